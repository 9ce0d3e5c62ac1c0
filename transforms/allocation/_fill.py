"""Loops that fill a slice or a map that starts empty: where it is made, and what the loop puts into it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gofixer.transforms._places._lines import lines_above, starts_line
from gofixer.transforms._places._syntax import inside, labelled, statements, target, unlabelled
from gofixer.transforms.allocation._rounds import Rounds
from gofixer.transforms.allocation._uses import named

from gofixer.transform import Context, Edit, Node, Object, Skip, nodes

_NAMES = (nodes.Identifier, nodes.TypeIdentifier, nodes.PackageIdentifier)


@dataclass(frozen=True, slots=True)
class Made:
    """The statement that makes an empty slice or map.

    ``value`` is what stands there for it: the literal, the call of make, None for ``var x []T``. ``type`` is the type
    as it is written, ``alone`` tells that the statement declares nothing else. ``name`` is the declared name.
    """

    statement: Node
    name: nodes.Identifier
    type: Node
    value: Node | None
    alone: bool

    @property
    def is_nil(self) -> bool:
        """Whether a slice starts as nil."""
        return self.value is None


def made(statement: Node, name: str) -> Made | None:
    """How a statement declares an empty slice or map of that name; None where it does not."""
    match statement:
        case nodes.ShortVarDeclaration(left, right) if len(left.items) == len(right.items) == 1:
            declared = left.items[0]
            if isinstance(declared, nodes.Identifier) and declared == name:
                return _value(statement, declared, right.items[0], True)
        case nodes.VarDeclaration():
            for spec in statement.descendants(nodes.VarSpec):
                found = next((n for n in spec.name if n == name), None)
                if found is None:
                    continue
                alone = len(spec.name) == 1 and spec.parent == statement and b"(" not in statement.text[:6]
                if spec.value is None:
                    return Made(statement, found, spec.type, None, alone) if spec.type is not None else None
                if spec.type is None and len(spec.name) == len(spec.value.items) == 1:
                    return _value(statement, found, spec.value.items[0], alone)
    return None


def _value(statement: Node, name: nodes.Identifier, value: Node, alone: bool) -> Made | None:
    match value:
        case nodes.CompositeLiteral(type_, body) if not body.children:
            if isinstance(type_, nodes.SliceType | nodes.MapType | nodes.TypeIdentifier | nodes.QualifiedType):
                return Made(statement, name, type_, value, alone)
        case nodes.Call(nodes.Identifier("make"), arguments) if 1 <= len(arguments.children) <= 2:
            type_, *sizes = arguments.children
            if all(size.str == "0" for size in sizes):
                return Made(statement, name, type_, value, alone)
    return None


def maker(loop: Node, name: str) -> Made | None:
    """The statement before a loop, in the same list, that declares an empty slice or map of a name."""
    top = labelled(loop)
    if not isinstance(top.parent, nodes.StatementList):
        return None
    for statement in reversed([s for s in statements(top.parent) if s.end <= top.start]):
        if found := made(statement, name):
            return found
    return None


def leaves(loop: nodes.For, failing: Callable[[Node], bool]) -> Skip | bool:
    """Whether a round of a loop may return early because of an error, or why rounds may be left out otherwise.

    ``failing`` tells of a node around a return whether it is an ``if`` that asks for an error.
    """
    early = False
    for jump in inside(loop.body, nodes.Break, nodes.Continue, nodes.Goto, nodes.Return):
        match jump:
            case nodes.Goto():
                return Skip("a goto may leave the loop or a round of it early")
            case nodes.Return():
                within = itertools.takewhile(lambda around: around != loop, jump.ancestors())
                if not any(failing(around) for around in within):
                    return Skip("the loop may return early: it would allocate for rounds that never come")
                early = True
            case nodes.Break() | nodes.Continue():
                aim = target(jump)
                if aim is None or aim.start <= loop.start:
                    what = "in some rounds only" if isinstance(jump, nodes.Continue) else "until the loop is left"
                    return Skip(f"grows {what}: a full-size allocation may be too large")
    return early


def directly(made_by: Made, loop: Node, rounds: Rounds, cx: Context) -> bool:
    """Whether an expression for the rounds means in the declaration's place what it means at the loop.

    That is so where nothing but declarations without effects stands between them.
    """
    top = labelled(loop)
    between = [s for s in statements(top.parent) if made_by.statement.end <= s.start < top.start] if top.parent else []
    for statement in between:
        match statement:
            case nodes.ShortVarDeclaration(_, right) if all(_quiet(value, cx) for value in right.items):
                continue
            case nodes.VarDeclaration():
                specs = list(statement.descendants(nodes.VarSpec))
                if all(spec.value is None or all(_quiet(v, cx) for v in spec.value.items) for spec in specs):
                    continue
        return False
    for part in (rounds.source, *rounds.source.descendants()):
        found = cx.object(part) if isinstance(part, nodes.Identifier) else None
        if found is not None and found.scope == "local" and found.decl is not None:
            if made_by.statement.start <= found.decl[0]:
                return False
            if any(top.parent and made_by.statement.start < n.start < top.start for n in _written(found, cx)):
                return False
    return True


def _written(found: Object, cx: Context) -> list[Node]:
    spans = {(use.start, use.end) for use in found.uses if use.role != "read"}
    return [node for node in named(found, cx) if node.span in spans]


def _quiet(value: Node, cx: Context) -> bool:
    match value:
        case nodes.Call(nodes.Identifier("make"), arguments):
            return all(cx.constant(size) is not None for size in arguments.children[1:])
    return cx.effect(value) is None


def moved(made_by: Made, loop: Node, text: str, cx: Context) -> list[Edit]:
    """Edits that take a declaration away and put ``text`` in front of the loop; none where that may not be done."""
    statement, top = made_by.statement, labelled(loop)
    function = cx.function(loop)
    if function is None or next(function.descendants(nodes.Goto), None) is not None:
        return []
    if not (starts_line(statement, cx) and starts_line(top, cx)) or isinstance(statement.parent, nodes.Labeled):
        return []
    start = cx.source.rfind(b"\n", 0, statement.start) + 1
    end = cx.source.find(b"\n", statement.end) + 1
    above = cx.source[cx.source.rfind(b"\n", 0, start - 1) + 1 : start].strip()
    if cx.source[statement.end : end].strip() or above.startswith(b"//") or above.endswith(b"*/"):
        return []
    words = {n.str for n in (made_by.type, *made_by.type.descendants()) if isinstance(n, _NAMES)} | {"make", "len"}
    for other in statements(top.parent) if top.parent else ():
        if statement.end <= other.start < top.start and words & _declared(other):
            return []
    below = cx.source[end : cx.source.find(b"\n", end) + 1]
    if not below.strip() and (not above or above.endswith((b"{", b":"))):
        end += len(below)
    # With the line break in front: two neighbours are moved one after the other, and each sees what it leaves behind.
    return [Edit(start - 1, end, cx.source[start - 1 : start]), lines_above(top, [text], cx)]


def _declared(statement: Node) -> set[str]:
    """Names that a statement of a list declares in it."""
    match statement:
        case nodes.ShortVarDeclaration(left, _):
            return {item.str for item in left.items}
        case nodes.VarDeclaration() | nodes.ConstDeclaration() | nodes.TypeDeclaration():
            return {n.str for n in statement.descendants() if isinstance(n, _NAMES)}
    return set()


# -- maps -----------------------------------------------------------------------------------------------------


def map_loop(statement: Node, name: str) -> nodes.For | None:
    """The loop behind a map's declaration that stores into it once a round, where nothing else comes first."""
    if statement.parent is None:
        return None
    for follower in statements(statement.parent):
        if follower.start < statement.end or not _mentions(follower, name):
            continue
        follower = unlabelled(follower)
        stores = isinstance(follower, nodes.For) and any(True for _ in _stores(follower, name))
        return follower if isinstance(follower, nodes.For) and stores else None
    return None


def _mentions(node: Node, name: str) -> bool:
    return any(word == name for word in (node, *node.descendants(nodes.Identifier)))


def _stores(loop: nodes.For, name: str) -> Iterator[nodes.Assignment]:
    """The statements ``m[k] = v`` of a loop's body."""
    for statement in statements(loop.body):
        match statement:
            case nodes.Assignment(left, operator, _) if operator.str == "=" and len(left.items) == 1:
                index = left.items[0]
                if isinstance(index, nodes.Index) and index.operand == name:
                    yield statement


def repeats_keys(found: Object, loop: nodes.For, rounds: Rounds, cx: Context) -> str | None:
    """Why a map may end up with fewer elements than the loop has rounds; None where each round has a key of its own.

    Sure where the key is that of another map or the position; taken for granted where the value comes from the
    element that the key comes from: that is an index of the elements.
    """
    stores = list(_stores(loop, found.name))
    if len(stores) != 1:
        return f"`{found.name}` gets several elements in each round"
    store = stores[0]
    index, value = store.left.items[0], store.right.items[0]
    assert isinstance(index, nodes.Index)
    start, end = loop.span
    if cx.object(index.operand) != found:
        return f"another variable is called `{found.name}` in the loop"
    for use in named(found, cx):
        if start <= use.start < end and use != index.operand:
            return f"`{found.name}` is used in the loop in other ways: rounds may share a key"
    key = index.index
    if rounds.key is not None and _is(key, rounds.key, cx):
        return None
    of_map = rounds.type is not None and rounds.type.kind == "map"
    element = rounds.value
    if element is not None and not of_map and (_is(key, element, cx) or _from(value, element, cx) is not None):
        return None
    if rounds.key is not None and not of_map and _from(value, rounds.key, cx) is not None:
        return None
    return f"rounds may share the key `{key.str}`: how many elements there will be is not known"


def _is(node: Node, variable: Node, cx: Context) -> bool:
    return isinstance(node, nodes.Identifier) and cx.object(node) == cx.object(variable) and variable != "_"


def _from(value: Node, variable: Node, cx: Context) -> Node | None:
    return next((n for n in (value, *value.descendants(nodes.Identifier)) if _is(n, variable, cx)), None)
