"""Which variables a deferred closure captures, and whether their values are final when it is deferred."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gofixer.transform import Context, Node, Object, Span, nodes

Function = nodes.FunctionDeclaration | nodes.MethodDeclaration | nodes.FuncLiteral

_ASSIGNING = (nodes.Assignment, nodes.ShortVarDeclaration, nodes.RangeClause, nodes.Receive)
_DECLARING = (
    nodes.ParameterDeclaration,
    nodes.VariadicParameterDeclaration,
    nodes.VarSpec,
    nodes.ShortVarDeclaration,
    nodes.RangeClause,
    nodes.Receive,
    nodes.TypeSwitch,
)
_NAMES = (nodes.Identifier, nodes.TypeIdentifier)


@dataclass(frozen=True, slots=True)
class Capture:
    """A captured variable and its place.

    ``home`` is the function that declares it, ``point`` the statement of that function (or function literal in it)
    that leads to the defer. ``repeated`` are the loops and regions of backward jumps that run ``point`` again while
    the variable lives.
    """

    variable: Object
    home: Node
    point: Node
    repeated: tuple[Span, ...]

    @property
    def name(self) -> str:
        """The variable's name."""
        return self.variable.name

    @property
    def perhaps_by_reference(self) -> bool:
        """Whether the compiler may capture by reference (cmd/compile/internal/escape, flowClosure)."""
        size = self.variable.type.size if self.variable.type else -1
        return self.variable.address_taken or self.variable.reassigned or not 0 <= size <= 128


def names_around(deferred: nodes.Defer, literal: nodes.FuncLiteral) -> tuple[set[str], set[str]]:
    """Names of variables that the functions around a literal declare outside of it, and those that are results."""
    functions = [a for a in deferred.ancestors() if isinstance(a, Function)]
    results = {
        name.str
        for function in functions
        if isinstance(function.result, nodes.ParameterList)
        for parameter in function.result.descendants(nodes.ParameterDeclaration)
        for name in parameter.name
    }
    names = {
        name.str
        for declaration in (functions[-1].descendants(*_DECLARING) if functions else ())
        if not _inside(declaration.span, literal.span)
        for name in _declared(declaration)
    }
    return names, results


def _declared(declaration: Node) -> Iterator[Node]:
    match declaration:
        case nodes.ParameterDeclaration(name=names) | nodes.VarSpec(name=names):
            yield from names
        case nodes.VariadicParameterDeclaration(name=nodes.Identifier() as name):
            yield name
        case (
            nodes.ShortVarDeclaration(left=nodes.ExpressionList() as left)
            | nodes.RangeClause(left=nodes.ExpressionList() as left)
            | nodes.Receive(left=nodes.ExpressionList() as left)
            | nodes.TypeSwitch(alias=nodes.ExpressionList() as left)
        ):
            yield from left.children


def captures(deferred: nodes.Defer, literal: nodes.FuncLiteral, cx: Context) -> list[Capture]:
    """Local variables of the functions around a literal that it uses, in the order of their declaration."""
    found: dict[int, Capture] = {}
    functions = [a for a in deferred.ancestors() if isinstance(a, Function)]
    for name in literal.body.descendants(*_NAMES):
        variable = cx.types.object(name.span)
        if variable is None or variable.kind != "var" or variable.scope != "local" or variable.id in found:
            continue
        depth = next((i for i, function in enumerate(functions) if _inside(variable.decl, function.span)), None)
        if depth is not None and not _inside(variable.decl, literal.span):
            home, point = functions[depth], functions[depth - 1] if depth else deferred
            found[variable.id] = Capture(variable, home, point, tuple(_repeated(variable, home, point)))
    return sorted(found.values(), key=lambda capture: capture.variable.decl or (0, 0))


def not_final(capture: Capture, literal: nodes.FuncLiteral, cx: Context) -> str | None:
    """Why a variable may hold another value when the closure runs than where it is deferred; None if it cannot.

    A write is harmless only if it stands before the defer statement in the function that declares the variable
    and no jump backwards leads from the defer to it while the variable lives.
    """
    name, home = f"`{capture.name}`", capture.home
    done = _assigned_from(capture.point)
    if cx.go < (1, 22) and any(_in_clause(capture.variable, loop) for loop in capture.point.ancestors()):
        return f"{name} is one variable for all iterations before Go 1.22"
    for use in capture.variable.uses:
        span = (use.start, use.end)
        if use.role == "read":
            continue
        if _inside(span, literal.span):
            verb = "takes the address of" if use.role == "address" else "assigns"
            return f"the closure {verb} {name}"
        if use.role == "address" and not _lent(span, home, cx):
            return f"the address of {name} is taken: it may be assigned again after the defer"
        if use.func != home.span:
            return f"another function literal assigns {name}"
        if use.start >= done or any(_inside(span, region) for region in capture.repeated):
            return f"{name} is assigned again after the defer"
    return None


def _assigned_from(point: Node) -> int:
    """Offset from which assignments happen after ``point``: ``x = f(func() { ... })`` assigns when f is through."""
    around = (a for a in point.ancestors() if isinstance(a, _ASSIGNING))
    return min((a.start for a in around), default=point.start)


def runs_again(deferred: nodes.Defer) -> bool:
    """Whether a function may come to the same defer twice: then the compiler allocates it on the heap."""
    around = (a for a in deferred.ancestors() if isinstance(a, nodes.For | Function))
    home = next(around, None)
    if home is None or isinstance(home, nodes.For):
        return home is not None
    return any(start <= deferred.start < end for start, end in _backward_jumps(home))


def _repeated(variable: Object, home: Node, point: Node) -> Iterator[Span]:
    for loop in point.ancestors():
        if isinstance(loop, nodes.For) and _inside(loop.span, home.span) and not _inside(variable.decl, loop.span):
            yield loop.span
    for start, end in _backward_jumps(home):
        if variable.decl and variable.decl[0] < start and start <= point.end and point.start < end:
            yield start, end


def _backward_jumps(function: Node) -> Iterator[Span]:
    """From each label that a goto below it leads to, to the last such goto."""
    if b"goto" not in function.text:
        return
    labels = {label.label.str: label.start for label in function.descendants(nodes.Labeled)}
    jumps = [
        (labels[jump.child.str], jump.end)
        for jump in function.descendants(nodes.Goto)
        if jump.child and labels.get(jump.child.str, jump.end) < jump.start
    ]
    for start, _ in jumps:
        yield start, max(end for _, end in jumps)


def _lent(span: Span, function: Node, cx: Context) -> bool:
    """Whether an address is taken for the time of one call only: ``atomic.AddInt64(&n, 1)``."""
    name = next((n for n in function.descendants(nodes.Identifier) if n.span == span), None)
    match name and name.parent:
        case nodes.Unary(operator=operator) as address if operator.str == "&":
            around = address.parent
            call = around.parent if isinstance(around, nodes.ArgumentList) else None
            later = call is not None and isinstance(call.parent, nodes.Go | nodes.Defer)
            return isinstance(call, nodes.Call) and not later and cx.callee(call).startswith("sync/atomic.")
    return False


def _in_clause(variable: Object, loop: Node) -> bool:
    return (
        isinstance(loop, nodes.For) and _inside(variable.decl, loop.span) and not _inside(variable.decl, loop.body.span)
    )


def _inside(inner: Span | None, outer: Span) -> bool:
    return inner is not None and outer[0] <= inner[0] and inner[1] <= outer[1]
