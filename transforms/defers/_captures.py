"""Which variables a deferred closure captures, and whether their values are final when it is deferred."""

from __future__ import annotations

from collections.abc import Iterator

from gofixer.transform import Context, Node, Object, Span, nodes

Function = nodes.FunctionDeclaration | nodes.MethodDeclaration | nodes.FuncLiteral

_NAMES = (nodes.Identifier, nodes.TypeIdentifier)
# Functions that write through a pointer while they run and do not keep it.
_LENT = (
    "sync/atomic.",
    "errors.As",
    "fmt.Fscan",
    "fmt.Scan",
    "fmt.Sscan",
    "encoding/json.Unmarshal",
    "encoding/binary.Read",
)
# The compiler captures what is larger than this many bytes by reference (cmd/compile/internal/escape, flowClosure).
_BY_VALUE = 128


def captures(literal: nodes.FuncLiteral, cx: Context) -> list[Object]:
    """Local variables of the functions around a literal that it uses, in the order of their declaration."""
    found: dict[int, Object] = {}
    for name in literal.body.descendants(*_NAMES):
        variable = cx.types.object(name.span)
        if variable is None or variable.kind != "var" or variable.scope != "local" or variable.decl is None:
            continue
        if not _inside(variable.decl, literal.span):
            found[variable.id] = variable
    return sorted(found.values(), key=lambda v: v.decl or (0, 0))


def by_reference(variable: Object) -> bool:
    """Whether the compiler captures a variable by reference: then a defer in a loop puts it on the heap."""
    size = variable.type.size if variable.type else -1
    return variable.reassigned or variable.address_taken or size > _BY_VALUE


def not_final(variable: Object, deferred: nodes.Defer, literal: nodes.FuncLiteral, cx: Context) -> str | None:
    """Why a variable may hold another value when the closure runs than where it is deferred; None if it cannot.

    A write is harmless only if it stands before the defer statement in the function that declares the variable
    and no jump backwards leads from the defer to it while the variable lives.
    """
    name = f"`{variable.name}`"
    functions = [a for a in deferred.ancestors() if isinstance(a, Function)]
    depth = next((i for i, f in enumerate(functions) if _inside(variable.decl, f.span)), None)
    if depth is None:
        return f"{name} is declared in another place"
    home, point = functions[depth], functions[depth - 1] if depth else deferred
    loops = [a for a in point.ancestors() if isinstance(a, nodes.For) and _inside(a.span, home.span)]
    if cx.go < (1, 22) and any(_in_clause(variable.decl, loop) for loop in loops):
        return f"{name} is one variable for all iterations before Go 1.22"
    repeated = [loop.span for loop in loops if not _inside(variable.decl, loop.span)]
    repeated += [region for region in _backward_jumps(home) if variable.decl and variable.decl[0] < region[0]]
    for use in variable.uses:
        if use.role == "read":
            continue
        if _inside((use.start, use.end), literal.span):
            verb = "takes the address of" if use.role == "address" else "assigns"
            return f"the closure {verb} {name}"
        if use.role == "address" and not _lent((use.start, use.end), home, cx):
            return f"the address of {name} is taken: it may be assigned again after the defer"
        if use.func != home.span:
            return f"another function literal assigns {name}"
        if use.start > point.start or any(_inside((use.start, use.end), region) for region in repeated):
            return f"{name} is assigned again after the defer"
    return None


def _backward_jumps(function: Node) -> Iterator[Span]:
    """From the first label that a goto below it leads to, to the last such goto."""
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
            return isinstance(call, nodes.Call) and cx.callee(call).startswith(_LENT)
    return False


def _in_clause(decl: Span | None, loop: nodes.For) -> bool:
    return _inside(decl, loop.span) and not _inside(decl, loop.body.span)


def _inside(inner: Span | None, outer: Span) -> bool:
    return inner is not None and outer[0] <= inner[0] and inner[1] <= outer[1]
