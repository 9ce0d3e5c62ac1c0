"""What becomes of the structure that `runtime.ReadMemStats` fills."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gofixer.transforms._places._syntax import outside_parentheses

from gofixer.transform import Context, Node, Object, Skip, nodes

_HEAP = "/memory/classes/heap/"
_TINY = "/gc/heap/tiny/allocs:objects"

# The conversion that a field's type needs, and the metrics whose sum the field is.
FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "Alloc": ("", (f"{_HEAP}objects:bytes",)),
    "HeapAlloc": ("", (f"{_HEAP}objects:bytes",)),
    "TotalAlloc": ("", ("/gc/heap/allocs:bytes",)),
    "Sys": ("", ("/memory/classes/total:bytes",)),
    "Mallocs": ("", ("/gc/heap/allocs:objects", _TINY)),
    "Frees": ("", ("/gc/heap/frees:objects", _TINY)),
    "HeapObjects": ("", ("/gc/heap/objects:objects",)),
    "HeapIdle": ("", (f"{_HEAP}free:bytes", f"{_HEAP}released:bytes")),
    "HeapInuse": ("", (f"{_HEAP}objects:bytes", f"{_HEAP}unused:bytes")),
    "HeapReleased": ("", (f"{_HEAP}released:bytes",)),
    "StackInuse": ("", (f"{_HEAP}stacks:bytes",)),
    "NextGC": ("", ("/gc/heap/goal:bytes",)),
    "NumGC": ("uint32", ("/gc/cycles/total:gc-cycles",)),
    "NumForcedGC": ("uint32", ("/gc/cycles/forced:gc-cycles",)),
}
_STRUCT, _POINTER = "runtime.MemStats", "*runtime.MemStats"
_LAST = re.compile(r"(?i)last|prev|before|old|start|base|delta|diff|initial|used")
_KEEPS = re.compile(rb"-|\bgo\b|[^:=!<>]=[^=]")
_LOGS = re.compile(r"(?i)v?log|s?f?print|info|debug|warn|error|trace|set|gauge|with")


@dataclass(frozen=True, slots=True)
class Statistics:
    """A local structure of statistics: the statement that declares it, the call that fills it, the fields read."""

    declaration: Node
    call: nodes.Call
    reads: tuple[nodes.Selector, ...]


def statistics(argument: Node, call: Node, cx: Context) -> Statistics | Skip:
    """The structure that a call fills, where all that happens to it is that fields with a metric are read behind."""
    assert isinstance(call, nodes.Call)
    name = argument.operand if isinstance(argument, nodes.Unary) and argument.operator == "&" else argument
    variable = cx.object(name) if isinstance(name, nodes.Identifier) else None
    if variable is None or variable.scope != "local" or variable.is_param:
        return Skip("the statistics are kept elsewhere than in a local variable")
    statement = call.parent
    if not isinstance(statement, nodes.ExpressionStatement) or not isinstance(statement.parent, nodes.StatementList):
        return Skip("the call is part of another statement")
    function = cx.function(call)
    assert function is not None
    declaration = _declaration(variable, function, cx)
    if isinstance(declaration, Skip):
        return declaration
    if variable.captured:
        return Skip("the statistics are read in a function literal, which may run at another time")
    if any(True for _ in function.descendants(nodes.Goto)):
        return Skip("a goto may lead past the call")
    if cx.comments(declaration.span) or cx.comments(call.span):
        return Skip("there is a comment inside the call or the declaration")
    reads: list[nodes.Selector] = []
    spans = {(use.start, use.end) for use in variable.uses}
    for used in function.descendants(nodes.Identifier):
        if used.span not in spans or used == name:
            continue
        read = _read(used)
        if isinstance(read, Skip):
            return read
        if not (statement.end <= read.start < statement.parent.end):
            return Skip("the statistics are also read elsewhere than behind the call")
        reads.append(read)
    return Statistics(declaration, call, tuple(reads)) if reads else Skip("none of the statistics is read")


def _declaration(variable: Object, function: Node, cx: Context) -> Node | Skip:
    """The statement that declares the structure alone, without values."""
    for found in function.descendants(nodes.ShortVarDeclaration, nodes.VarDeclaration):
        if variable.decl is None or not found.start <= variable.decl[0] < found.end:
            continue
        if cx.function(found) != function:
            continue
        match found:
            case nodes.VarDeclaration(nodes.VarSpec(name=[_], type=type_, value=None)) if type_ is not None:
                fits = _is(type_, _STRUCT, cx)
            case nodes.VarDeclaration(nodes.VarSpec(name=[_], type=None, value=nodes.ExpressionList(items=[value]))):
                fits = _empty(value, cx)
            case nodes.ShortVarDeclaration(nodes.ExpressionList(items=[_]), nodes.ExpressionList(items=[value])):
                fits = _empty(value, cx)
            case _:
                fits = False
        if fits and isinstance(found.parent, nodes.StatementList):
            return found
    return Skip("the structure is not declared by itself and empty in the same function")


def _empty(value: Node, cx: Context) -> bool:
    """Whether an expression is an empty structure or a pointer to one."""
    match value:
        case nodes.Unary(operand=nodes.CompositeLiteral() as literal) if value.operator == "&":
            return _is(literal, _STRUCT, cx) and not literal.body.items
        case nodes.CompositeLiteral():
            return _is(value, _STRUCT, cx) and not value.body.items
        case nodes.Call(function=nodes.Identifier()) if cx.callee(value) == "new":
            return _is(value, _POINTER, cx)
    return False


def _is(node: Node, type_: str, cx: Context) -> bool:
    found = cx.type(node)
    return found is not None and found.string == type_


def _read(used: Node) -> nodes.Selector | Skip:
    """The selection of a field that a name stands in, where the field is only read and has a metric."""
    read = used.parent
    if not isinstance(read, nodes.Selector) or read.operand != used:
        return Skip("the whole structure is used, not some of its fields")
    if read.field.str not in FIELDS:
        return Skip(f"no metric gives `{read.field.str}`")
    outer = outside_parentheses(read)
    match outer.parent:
        case nodes.Unary() if outer.parent.operator == "&":
            return Skip("the address of a field is taken")
        case nodes.Inc() | nodes.Dec():
            return Skip("a field is written to")
        case nodes.ExpressionList(parent=nodes.Assignment(left=left)) if left == outer.parent:
            return Skip("a field is written to")
        case nodes.ExpressionList(parent=nodes.RangeClause()):
            return Skip("a field is written to")
    return read


# -- differences ------------------------------------------------------------------------------------------------


def compared(found: Statistics, cx: Context) -> str | None:
    """Why what was read may be subtracted from, or returned to somebody who does."""
    function = cx.function(found.call)
    assert function is not None
    calls = [c for c in function.descendants(nodes.Call) if cx.callee(c) == "runtime.ReadMemStats"]
    if len(calls) > 1:
        return "is read more than once in the function: before and after something"
    for read in found.reads:
        if reason := _kept(read, function, cx):
            return reason
    return None


def _kept(value: Node, function: Node, cx: Context, depth: int = 0) -> str | None:
    """What becomes of a value: it is a part of a difference, is returned, or is stored for later."""
    for around in value.ancestors():
        match around:
            case nodes.Binary(operator=operator) if operator.str == "-":
                return "a difference is taken of what was read"
            case nodes.Return():
                return "what was read is returned: callers may take differences of it"
            case nodes.Send():
                return "what was read is sent on: others may take differences of it"
            case nodes.Assignment() if around.operator.str == "-=":
                return "a difference is taken of what was read"
            case nodes.Assignment() | nodes.ShortVarDeclaration() | nodes.VarSpec():
                return _stored(value, around, function, cx, depth)
            case nodes.Call() if not _converts(around, cx):
                return _handed_on(around, cx)
            case nodes.StatementList():
                return None
    return None


def _converts(call: nodes.Call, cx: Context) -> bool:
    """Whether a call is a conversion, a builtin, or a function of the package that only computes its result."""
    info = cx.expr(call.function)
    if info is None or info.mode in ("type", "builtin"):
        return True
    callee = cx.types.callee(call.span)
    if callee is None or callee.pkg != cx.types.package:
        return False
    body = re.compile(
        rb"(?m)^func (?:\([^)\n]*\) )?%s[\[(][^\n]*\{(?:(.+)\}\r?$|\r?$((?s:.*?))^\})" % re.escape(callee.name.encode())
    )
    bodies = [found[1] or found[2] for source in cx.package_sources().values() for found in body.finditer(source)]
    return len(bodies) == 1 and not _KEEPS.search(bodies[0])


def _handed_on(call: nodes.Call, cx: Context) -> str | None:
    """Whether a function that gets a value may keep it for a difference: one of the module that is no logger."""
    callee = cx.types.callee(call.span)
    if callee is None:
        return "what was read is handed to a function value: differences may be taken of it"
    module = cx.facts.module
    own = module is not None and (callee.pkg == module.path or callee.pkg.startswith(f"{module.path}/"))
    if _LAST.search(callee.name) or (own and not _LOGS.match(callee.name)):
        return f"what was read is handed to `{callee.name}`: differences may be taken of it"
    return None


def _stored(value: Node, statement: Node, function: Node, cx: Context, depth: int) -> str | None:
    """Whether one of the names that a statement stores into is subtracted from somewhere."""
    for target in _targets(statement):
        variable = cx.object(target) if isinstance(target, nodes.Identifier | nodes.Selector) else None
        if variable is None:
            return "what was read is stored: differences may be taken of it"
        if variable.scope != "local":
            if _LAST.search(variable.name) or _subtracted(variable.name, cx):
                return f"`{variable.name}` keeps what was read: differences may be taken of it"
            continue
        if depth > 3 or variable.is_result:
            return "what was read is stored: differences may be taken of it"
        spans = {(use.start, use.end) for use in variable.uses if use.role != "write"}
        for name in function.descendants(nodes.Identifier):
            if name.span in spans and name.start > 0 and (reason := _kept(name, function, cx, depth + 1)):
                return reason
    return None


def _targets(statement: Node) -> Iterator[Node]:
    match statement:
        case nodes.Assignment(left=left) | nodes.ShortVarDeclaration(left=left):
            yield from left.items
        case nodes.VarSpec(name=names):
            yield from names


def _subtracted(name: str, cx: Context) -> bool:
    """Whether a name stands beside a minus anywhere in the package."""
    word = re.escape(name.encode())
    beside = re.compile(rb"\b%s\b[\w.()\[\]]*\s*-(?!-)|-\s*[\w.()\[\]]*\b%s\b" % (word, word))
    return any(beside.search(source) for source in cx.package_sources().values())
