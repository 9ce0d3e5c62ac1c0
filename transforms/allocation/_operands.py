"""Calls, conversions and places: what the transforms of the family ask of a site."""

from __future__ import annotations

from collections.abc import Iterator

from gofixer.transforms._places._repeats import repeats

from gofixer.transform import Context, Node, Object, Type, nodes, unparen

_READERS = frozenset({"len", "cap", "min", "max", "complex", "real", "imag"})
_PATH = (nodes.Identifier, nodes.Selector, nodes.FieldIdentifier, nodes.PackageIdentifier)


def arguments(call: nodes.Call) -> list[Node]:
    """The arguments of a call, comments left out."""
    return [child for child in call.arguments.children if not isinstance(child, nodes.Comment)]


def receiver(call: nodes.Call) -> Node | None:
    """What stands before the dot of ``x.f(...)``."""
    function = unparen(call.function)
    return function.operand if isinstance(function, nodes.Selector) else None


def method(call: nodes.Call) -> str:
    """The name behind the dot of ``x.f(...)``, empty for other calls."""
    function = unparen(call.function)
    return function.field.str if isinstance(function, nodes.Selector) else ""


def argument_of(node: Node) -> nodes.Call | None:
    """The call that an expression is a plain argument of."""
    parent = node.parent
    call = parent.parent if isinstance(parent, nodes.ArgumentList) else None
    return call if isinstance(call, nodes.Call) else None


def converted(node: Node, cx: Context) -> Node | None:
    """The operand of a conversion ``string(b)`` of bytes or ``[]byte(s)`` of a string, None for all else."""
    match unparen(node):
        case nodes.TypeConversion(type=into, operand=operand):
            pass
        case nodes.Call(function=into) as call if len(arguments(call)) == 1:
            operand = arguments(call)[0]
        case _:
            return None
    info, target, source = cx.expr(into), cx.type(node), cx.type(operand)
    if info is None or info.mode != "type" or target is None or source is None:
        return None
    if target.string == "string" and is_bytes(source):
        return operand
    return operand if target.string == "[]uint8" and source.kind in ("string", "untyped string") else None


def is_bytes(type_: Type) -> bool:
    """Whether values of a type can be used where a ``[]byte`` is asked for."""
    return type_.kind == "slice" and type_.elem is not None and type_.elem.string == "uint8"


def is_text(node: Node, cx: Context) -> bool:
    """Whether an expression can be used where a ``string`` is asked for, without a conversion."""
    type_ = cx.type(node)
    return type_ is not None and type_.string in ("string", "untyped string")


def is_path(node: Node) -> bool:
    """Whether an expression is a name, or fields of a name."""
    return all(isinstance(part, _PATH) for part in (node, *node.descendants()))


def quiet(node: Node, cx: Context) -> bool:
    """Whether evaluating an expression runs no other code: no calls but builtins that only read, no receives."""
    for part in (node, *node.descendants()):
        if isinstance(part, nodes.FuncLiteral) or (isinstance(part, nodes.Unary) and part.operator.str == "<-"):
            return False
        if isinstance(part, nodes.Call):
            info = cx.expr(part.function)
            reads = info is not None and info.mode == "builtin" and part.function.str in _READERS
            if not reads and (info is None or info.mode != "type"):
                return False
    return True


def asks_error(node: Node, cx: Context) -> bool:
    """Whether a node is an ``if`` whose condition asks for an error, alone or with other things."""
    kinds = (cx.type(value) for value in compared_with_nil(node))
    return any(kind is not None and kind.is_error for kind in kinds)


def compared_with_nil(node: Node) -> Iterator[Node]:
    """What the condition of an ``if`` asks not to be nil; nothing for other nodes."""
    if not isinstance(node, nodes.If):
        return
    for test in (node.condition, *node.condition.descendants(nodes.Binary)):
        if isinstance(test, nodes.Binary) and test.operator.str == "!=" and test.right == "nil":
            yield test.left


def loops_around(node: Node) -> list[Node]:
    """The loops of the same function that repeat a node, the innermost first."""
    found: list[Node] = []
    for ancestor in node.ancestors():
        if isinstance(ancestor, nodes.FUNCTIONS):
            break
        if isinstance(ancestor, nodes.For) and repeats(ancestor, node):
            found.append(ancestor)
    return found


def uses(found: Object, cx: Context) -> Iterator[Node]:
    """The identifiers of this file that use an object."""
    root = cx.facts.tree.root.raw
    for use in found.uses:
        raw = root.descendant_for_byte_range(use.start, use.end)
        if raw is not None and use.file == cx.facts.path:
            yield cx.facts.tree.wrap(raw)


def value_of(found: Object, cx: Context) -> tuple[Node, int] | None:
    """What a local variable is declared with: the expression, and which of its results; None without a value."""
    if found.scope != "local" or found.decl is None or found.decl_file != cx.facts.path:
        return None
    raw = cx.facts.tree.root.raw.descendant_for_byte_range(*found.decl)
    name = cx.facts.tree.wrap(raw) if raw is not None else None
    if name is None or name.parent is None:
        return None
    match name.parent.parent if isinstance(name.parent, nodes.ExpressionList) else name.parent:
        case nodes.ShortVarDeclaration(left, right):
            names, values = list(left.children), list(right.children)
        case nodes.VarSpec() as spec if spec.value is not None:
            names, values = list(spec.name), list(spec.value.children)
        case _:
            return None
    place = names.index(name)
    return (values[place], 0) if len(names) == len(values) else (values[0], place)


def local(node: Node, cx: Context) -> Object | None:
    """The local variable that an expression names."""
    found = cx.object(unparen(node)) if isinstance(unparen(node), nodes.Identifier) else None
    return found if found is not None and found.kind == "var" and found.scope == "local" else None
