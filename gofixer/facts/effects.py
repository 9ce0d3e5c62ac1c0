"""What evaluating an expression may do besides giving a value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gofixer.facts.types import FileTypes, Type
from gofixer.syntax import Node, nodes

_PURE_LEAVES = (
    nodes.Identifier,
    nodes.IntLiteral,
    nodes.FloatLiteral,
    nodes.ImaginaryLiteral,
    nodes.RuneLiteral,
    nodes.InterpretedStringLiteral,
    nodes.RawStringLiteral,
    nodes.FuncLiteral,
    nodes.Nil,
    nodes.True_,
    nodes.False_,
    nodes.Iota,
)

# Builtins that evaluate to a value and neither panic nor change anything beyond their arguments' effects.
_PURE_BUILTINS = frozenset({"len", "cap", "min", "max", "real", "imag", "complex", "new"})


def effects(node: Node, types: FileTypes) -> Iterator[str]:
    """What in an expression may have an effect, panic or block, in source order, as clauses for people.

    Go specification, "Order of evaluation", "Run-time panics": calls, receives, indexing, dereferences, type
    assertions, integer division, shifts, comparison of interfaces and conversions to arrays.
    """
    info = types.expr(node.span)
    if info is not None and (info.const is not None or info.mode == "type"):
        return
    match node:
        case nodes.Parenthesized():
            yield from _each(node.children, types)
        case nodes.Selector():
            yield from _selector_effects(node, types)
        case nodes.Binary():
            yield from _binary_effects(node, types)
        case nodes.Unary():
            yield from _unary_effects(node, types)
        case nodes.Call() | nodes.TypeConversion():
            yield from _call_effects(node, types)
        case nodes.CompositeLiteral():
            yield from _each(node.descendants(nodes.LiteralElement), types)
        case nodes.LiteralElement():
            yield from _each(node.children, types)
        case nodes.LiteralValue():
            return
        case _ if not isinstance(node, _PURE_LEAVES):
            yield f"`{node.str}` may panic or have an effect"


def _each(parts: Iterable[Node], types: FileTypes) -> Iterator[str]:
    for part in parts:
        yield from effects(part, types)


def _selector_effects(node: nodes.Selector, types: FileTypes) -> Iterator[str]:
    base = node.operand
    target = types.object(base.span) if isinstance(base, nodes.Identifier) else None
    if target is not None and target.kind == "pkg":
        return
    info = types.expr(node.span)
    if info is None or info.implicit_deref:
        yield f"`{node.str}` follows a pointer that may be nil"
    yield from effects(base, types)


def _binary_effects(node: nodes.Binary, types: FileTypes) -> Iterator[str]:
    operator = node.operator.str
    left = _type(node.left, types)
    if operator in ("/", "%") and (left is None or not left.kind.startswith(("float", "complex"))):
        divisor = _constant(node.right, types)
        if divisor is None or divisor == "0":
            yield f"`{node.str}` may divide by zero"
    if operator in ("<<", ">>") and _constant(node.right, types) is None:
        count = _type(node.right, types)
        if count is None or not count.kind.startswith("uint"):
            yield f"`{node.str}` may shift by a negative count"
    if operator in ("==", "!="):
        sides = (left, _type(node.right, types))
        if any(s is None or s.kind in ("interface", "struct", "array", "typeparam") for s in sides):
            yield f"`{node.str}` may panic while comparing"
    yield from effects(node.left, types)
    yield from effects(node.right, types)


def _unary_effects(node: nodes.Unary, types: FileTypes) -> Iterator[str]:
    operator = node.operator.str
    if operator == "<-":
        yield f"`{node.str}` receives from a channel"
    if operator == "*":
        yield f"`{node.str}` follows a pointer that may be nil"
    yield from effects(node.operand, types)


def _call_effects(node: nodes.Call | nodes.TypeConversion, types: FileTypes) -> Iterator[str]:
    if isinstance(node, nodes.TypeConversion):
        callee: Node = node.type
        arguments: Sequence[Node] = (node.operand,)
    else:
        callee = node.function
        arguments = node.arguments.children
    info = types.expr(callee.span)
    target = _type(node, types)
    if info is None or target is None:
        yield f"`{node.str}` is a call"
    elif info.mode == "type":
        if target.kind in ("array", "typeparam", "pointer"):
            yield f"the conversion `{node.str}` may panic"
        yield from _each(arguments, types)
    elif info.mode == "builtin" and callee.str in _PURE_BUILTINS:
        yield from _each(arguments, types)
    else:
        yield f"`{node.str}` is a call"


def _type(node: Node, types: FileTypes) -> Type | None:
    info = types.expr(unparen(node).span)
    return info.type if info else None


def _constant(node: Node, types: FileTypes) -> str | None:
    info = types.expr(unparen(node).span)
    return info.const if info else None


def unparen(node: Node) -> Node:
    """The expression inside any number of parentheses."""
    while isinstance(node, nodes.Parenthesized) and len(node.children) == 1:
        node = node.children[0]
    return node
