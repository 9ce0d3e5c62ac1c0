"""How often a loop runs: the length that says it, where asking for it is free and cannot go wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gofixer.transforms._places._syntax import inside

from gofixer.transform import Context, Node, Object, Skip, Type, nodes

FEWEST = 3
_INTEGER = re.compile(r"(?:untyped )?(?:u?int\d*|uintptr|rune)")
_NUMBERS = frozenset({"len", "cap", "min", "max", "rune", "byte", "uintptr"}).union(
    f"{sign}int{bits}" for sign in ("", "u") for bits in ("", 8, 16, 32, 64)
)
MOST_CONSTANT = 1 << 16
_PARTS = (nodes.Call, nodes.TypeConversion, nodes.CompositeLiteral, nodes.FuncLiteral, nodes.TypeAssertion)


@dataclass(frozen=True, slots=True)
class Rounds:
    """``text`` is an expression for the number of rounds, ``source`` what it is made of.

    ``known`` is the number itself where it is a constant, ``type`` the type of what is ranged over (None for a
    number), ``key`` and ``value`` the variables of the range.
    """

    text: str
    source: Node
    known: int | None = None
    type: Type | None = None
    key: Node | None = None
    value: Node | None = None


def rounds_refused(loop: nodes.For) -> Skip | None:
    """Why the number of rounds is not known in front of the loop, as far as the syntax tells."""
    match loop.child:
        case nodes.RangeClause(right=nodes.Call(function=function)) if function.str not in _NUMBERS:
            return Skip("the range is over the result of a call, which has no name to ask for its length")
        case nodes.RangeClause() | nodes.ForClause():
            return None
    return Skip("the number of rounds is not known: the loop has a condition only")


def rounds_of(loop: nodes.For, cx: Context) -> Rounds | Skip:
    """The number of rounds of a loop that no jump leaves, or why it is not known in front of the loop."""
    clause = loop.child
    if isinstance(clause, nodes.RangeClause):
        left = clause.left.items if clause.left is not None else ()
        key, value = (*left, None, None)[:2]
        type_ = cx.type(clause.right)
        if type_ is None:
            return Skip("the type of what is ranged over is not known")
        if _INTEGER.fullmatch(type_.kind):
            return _number(clause.right, cx)
        return _length(clause.right, type_, key, value, cx)
    if isinstance(clause, nodes.ForClause):
        return _counted(loop, clause, cx)
    return Skip("the number of rounds is not known")


def _length(ranged: Node, type_: Type, key: Node | None, value: Node | None, cx: Context) -> Rounds | Skip:
    text = ranged.str
    reasons = {
        "string": f"`{text}` is a string: how many runes it has is not known",
        "untyped string": f"`{text}` is a string: how many runes it has is not known",
        "chan": f"`{text}` is a channel: it has no length",
        "func": f"`{text}` is an iterator: it has no length",
        "typeparam": f"`{text}` has a type parameter for its type",
    }
    if type_.kind in reasons:
        return Skip(reasons[type_.kind])
    array = type_.elem if type_.kind == "pointer" else type_
    if type_.kind not in ("slice", "map", "array", "pointer") or array is None:
        return Skip(f"the length of `{text}` is not known")
    if array.kind == "array":
        if array.length < FEWEST:
            return Skip(f"`{text}` has {array.length} elements: growing costs nothing worth a rewrite")
        if array.length > MOST_CONSTANT:
            return Skip(f"`{text}` has {array.length} elements: too many to ask for at once")
    if not plain(ranged):
        if isinstance(ranged, nodes.CompositeLiteral):
            return Skip("the range is over a literal, which has no name to ask for its length")
        return Skip(f"`{text}` would be evaluated twice")
    if array.kind != "map" and array.elem is not None and array.elem.size == 0:
        return Skip(f"the elements of `{text}` take no memory: its length may be of any size")
    return Rounds(f"len({text})", ranged, array.length if array.kind == "array" else None, type_, key, value)


def _counted(loop: nodes.For, clause: nodes.ForClause, cx: Context) -> Rounds | Skip:
    """The rounds of ``for i := 0; i < n; i++`` whose body leaves ``i`` alone."""
    unknown = Skip("the number of rounds is not known: the loop does not count from 0 in steps of 1")
    match clause.initializer, clause.condition, clause.update:
        case (
            nodes.ShortVarDeclaration(left, right),
            nodes.Binary(nodes.Identifier() as counter, operator, limit),
            nodes.Inc(nodes.Identifier() as stepped),
        ):
            pass
        case _:
            return unknown
    found = cx.object(counter)
    single = len(left.items) == len(right.items) == 1
    if not single or operator.str != "<" or found is None or found.address_taken or found.captured:
        return unknown
    if cx.object(left.items[0]) != found or cx.object(stepped) != found or cx.constant(right.items[0]) != "0":
        return unknown
    start, end = loop.body.span
    if any(use.role != "read" for use in found.uses if start <= use.start < end):
        return Skip(f"`{counter.str}` is changed in the loop: the number of rounds is not known")
    rounds = _number(limit, cx)
    if isinstance(rounds, Skip):
        return rounds
    return Rounds(rounds.text, rounds.source, rounds.known, rounds.type, counter, None)


def _number(limit: Node, cx: Context) -> Rounds | Skip:
    """A number of rounds that is certainly neither negative nor made up by somebody else: a constant or a length."""
    constant = cx.constant(limit)
    if constant is not None:
        if not constant.isdigit() or int(constant) > MOST_CONSTANT:
            return Skip(f"`{limit.str}` is no number of elements to ask for at once")
        if int(constant) < FEWEST:
            return Skip(f"the loop has {constant} rounds: growing costs nothing worth a rewrite")
        return Rounds(limit.str, limit, int(constant))
    length = is_length(limit, cx)
    if length is not None:
        of = cx.type(length)
        found = _length(length, of, None, None, cx) if of is not None and of.kind != "string" else None
        if of is None or isinstance(found, Skip):
            return found if isinstance(found, Skip) else Skip(f"the type of `{length.str}` is not known")
        return Rounds(limit.str, limit, None, of) if plain(length) else Skip(f"`{limit.str}` would be evaluated twice")
    if isinstance(limit, nodes.Identifier) and _counts(cx.object(limit), limit, cx):
        return Rounds(limit.str, limit)
    return Skip(f"`{limit.str}` may be negative, or a number that somebody made up")


def is_length(node: Node, cx: Context) -> Node | None:
    """What ``len(x)`` is the length of; None for anything else."""
    match node:
        case nodes.Call(nodes.Identifier("len") as function, arguments) if len(arguments.children) == 1:
            info = cx.expr(function)
            return arguments.children[0] if info is not None and info.mode == "builtin" else None
    return None


def _counts(found: Object | None, name: Node, cx: Context) -> bool:
    """Whether a variable holds the length of something, and never anything else."""
    if found is None or found.scope != "local" or found.decl is None or found.reassigned or found.address_taken:
        return False
    function = cx.function(name)
    for statement in inside(function, nodes.ShortVarDeclaration) if function else ():
        if [item.span for item in statement.left.items] == [found.decl] and len(statement.right.items) == 1:
            length = is_length(statement.right.items[0], cx)
            kind = cx.type(length) if length is not None else None
            elem = kind.elem if kind is not None else None
            return kind is not None and kind.kind != "chan" and (elem is None or elem.size > 0)
    return False


def plain(node: Node) -> bool:
    """Whether an expression only reads variables: evaluated twice in a row it gives, or panics, the same."""
    if isinstance(node, _PARTS) or next(node.descendants(*_PARTS), None) is not None:
        return False
    return not any(isinstance(n, nodes.Unary) and n.operator.str != "*" for n in (node, *node.descendants(nodes.Unary)))
