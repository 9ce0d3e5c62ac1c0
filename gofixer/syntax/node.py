"""What all nodes have in common: a thin, read-only view of a tree-sitter node, made when somebody looks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast, overload

import tree_sitter as ts

from gofixer.syntax import rewriting
from gofixer.syntax.edit import Edit, Span
from gofixer.syntax.grammar import field_id

if TYPE_CHECKING:
    from gofixer.syntax.tree import Tree

T = TypeVar("T")
Text = str  # `Node.str` hides the builtin inside of the class
N = TypeVar("N", bound="Node")


class Node:
    """One node of a tree.

    Offsets are bytes, 0-based and end-exclusive. Two nodes are equal when they are the same node of the same
    tree, however often it was wrapped. ``raw`` is the tree-sitter node; after a masked parse (see `parse`) its
    own ``text`` is the masked one, `Node.text` is always the source's.
    """

    __slots__ = ("raw", "tree")
    __match_args__: ClassVar[tuple[Text, ...]] = ()

    KIND: ClassVar[Text] = ""
    """Name of the kind in the grammar; empty for abstract classes, tokens and errors."""

    def __init__(self, raw: ts.Node, tree: Tree) -> None:
        self.raw = raw
        self.tree = tree

    # -- identity ---------------------------------------------------------------------------------------------

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> Text:
        text = self.str
        shown = text if len(text) <= 40 else f"{text[:37]}..."
        return f"{type(self).__name__}({shown!r})"

    @property
    def kind(self) -> Text:
        """The grammar's name of the node's kind (``call_expression``); a token's kind is its text."""
        return self.raw.type

    # -- place and text ---------------------------------------------------------------------------------------

    @property
    def start(self) -> int:
        """Offset of the first byte."""
        return self.raw.start_byte

    @property
    def end(self) -> int:
        """Offset behind the last byte."""
        return self.raw.end_byte

    @property
    def span(self) -> Span:
        """``(start, end)``."""
        return self.raw.start_byte, self.raw.end_byte

    @property
    def text(self) -> bytes:
        """The node's bytes, as they stand in the source."""
        start, end = self.span
        return self.tree.source[start:end]

    @property
    def str(self) -> Text:
        """The node's text; bytes that are no UTF-8 become surrogate escapes."""
        return self.text.decode("utf-8", "surrogateescape")

    @property
    def line(self) -> int:
        """Row of the first byte, 0-based (lines end with LF)."""
        return self.raw.start_point.row

    @property
    def column(self) -> int:
        """Column of the first byte in its row, in bytes, 0-based."""
        return self.raw.start_point.column

    # -- neighbours -------------------------------------------------------------------------------------------

    @property
    def parent(self) -> Node | None:
        """The node around this one, None for the root."""
        raw = self.raw.parent
        return None if raw is None else self.tree.wrap(raw)

    @property
    def children(self) -> tuple[Node, ...]:
        """Named children in source order, comments included."""
        wrap = self.tree.wrap
        return tuple([wrap(child) for child in self.raw.named_children])

    @property
    def all_children(self) -> tuple[Node, ...]:
        """All children in source order, tokens included."""
        wrap = self.tree.wrap
        return tuple([wrap(child) for child in self.raw.children])

    @property
    def next_sibling(self) -> Node | None:
        """The next named child of the parent."""
        raw = self.raw.next_named_sibling
        return None if raw is None else self.tree.wrap(raw)

    @property
    def previous_sibling(self) -> Node | None:
        """The named child of the parent before this one."""
        raw = self.raw.prev_named_sibling
        return None if raw is None else self.tree.wrap(raw)

    def ancestors(self) -> Iterator[Node]:
        """The parent, its parent and so on up to the root."""
        wrap = self.tree.wrap
        raw = self.raw.parent
        while raw is not None:
            yield wrap(raw)
            raw = raw.parent

    @overload
    def descendants(self) -> Iterator[Node]: ...
    @overload
    def descendants(self, *classes: type[N]) -> Iterator[N]: ...
    def descendants(self, *classes: type[Any]) -> Iterator[Any]:
        """Named nodes below this one in source order, parents first; ``classes`` (abstract ones too) limit them."""
        return self.tree.descendants(self.raw, classes)

    def field(self, name: Text) -> Node | None:
        """The node in a field of the grammar, the first one where the field has several; None where it is empty.

        Raises `KeyError` for a name that the grammar does not have.
        """
        raw = self.raw.child_by_field_id(field_id(name))
        return None if raw is None else self.tree.wrap(raw)

    # -- edits: the tree itself never changes ------------------------------------------------------------------

    def replace(self, text: Text | bytes) -> Edit:
        """The edit that puts ``text`` in this node's place."""
        return Edit(self.start, self.end, to_bytes(text))

    def with_changes(self, **texts: Text | bytes) -> tuple[Edit, ...]:
        """The edits that put new texts in the place of fields, in source order.

        A field with several nodes is replaced from the first to the last. Raises `TypeError` for a name that is no
        attribute in ``__match_args__`` and `ValueError` for a field that is empty.
        """
        edits = []
        for name, text in texts.items():
            if name not in self.__match_args__ or isinstance(self, Leaf):
                raise TypeError(f"{type(self).__name__} has no field {name}")
            found: Node | tuple[Node, ...] | None = getattr(self, name)
            if not found:
                raise ValueError(f"the field {name} of {self!r} is empty: there is nothing to replace")
            first, last = (found[0], found[-1]) if isinstance(found, tuple) else (found, found)
            edits.append(Edit(first.start, last.end, to_bytes(text)))
        return tuple(sorted(edits))

    def remove(self) -> Edit:
        """The edit that takes this node away.

        A statement or declaration goes with its whole lines where nothing else, no comment either, stands on them,
        else with its semicolon; an element of a list goes with a comma. Any other node's text is just cut out. Where
        several are removed at the end of a list, the separator before them stays.
        """
        return rewriting.remove(self)

    def insert_before(self, statement: Text | bytes) -> Edit:
        """The edit that puts a statement before this one, on its own line where this one starts a line.

        Further lines of ``statement`` get this one's indentation. Raises `ValueError` for a node that is no statement
        of a block or case, nor a declaration of the file.
        """
        return rewriting.insert_before(self, to_bytes(statement))

    def insert_after(self, statement: Text | bytes) -> Edit:
        """The edit that puts a statement behind this one and the comment on its line; see `insert_before`."""
        return rewriting.insert_after(self, to_bytes(statement))

    @classmethod
    def all_classes(cls) -> frozenset[type[Node]]:
        """This class and all classes based on it."""
        return frozenset({cls}).union(*(sub.all_classes() for sub in cls.__subclasses__()))


class Leaf(Node):
    """A node that is one word or literal; it equals a string with the same text.

    So a pattern reads ``case Selector(Identifier("time"), "After")``. A leaf's hash is the node's, not the text's:
    do not mix leaves and strings as keys of one dictionary.
    """

    __slots__ = ()
    __match_args__ = ("str",)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            return self.str == other
        return isinstance(other, Node) and self.raw == other.raw

    __hash__ = Node.__hash__


class Token(Leaf):
    """An operator, a keyword, a bracket: what the grammar has no name for."""

    __slots__ = ()


class Root(Node):
    """The root of a tree: it spans the whole source, white space at both ends included."""

    __slots__ = ()

    @property
    def start(self) -> int:
        """Always 0."""
        return 0

    @property
    def end(self) -> int:
        """Length of the source."""
        return len(self.tree.source)

    @property
    def span(self) -> Span:
        """The whole source."""
        return 0, len(self.tree.source)

    @property
    def line(self) -> int:
        """Always 0."""
        return 0

    @property
    def column(self) -> int:
        """Always 0."""
        return 0


class Error(Node):
    """Source text that the grammar could not read."""

    __slots__ = ()
    KIND = "ERROR"


class Required(Generic[T]):
    """A field that is always there; reading it from a node broken by a syntax error raises `AttributeError`."""

    __slots__ = ("_id", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self._id = field_id(name)

    def __get__(self, node: Any, owner: type[Node]) -> T:
        if node is None:
            return cast("T", self)
        raw = node.raw.child_by_field_id(self._id)
        if raw is None:
            raise AttributeError(f"this {node.kind} has no {self.name}: the source is broken there")
        found: T = node.tree.wrap(raw)
        return found


class Optional(Generic[T]):
    """A field that may be empty."""

    __slots__ = ("_id", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self._id = field_id(name)

    def __get__(self, node: Any, owner: type[Node]) -> T | None:
        if node is None:
            return cast("T", self)
        raw = node.raw.child_by_field_id(self._id)
        found: T | None = None if raw is None else node.tree.wrap(raw)
        return found


class Many(Generic[T]):
    """A field with any number of nodes, in source order."""

    __slots__ = ("_id", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self._id = field_id(name)

    def __get__(self, node: Any, owner: type[Node]) -> tuple[T, ...]:
        if node is None:
            return cast("tuple[T, ...]", self)
        wrap = node.tree.wrap
        return tuple([wrap(raw) for raw in node.raw.children_by_field_id(self._id) if raw.is_named])


class Child(Generic[T]):
    """The one child that has no field name, comments aside; None where there is none."""

    __slots__ = ()

    def __get__(self, node: Any, owner: type[Node]) -> T | None:
        if node is None:
            return cast("T", self)
        raw = next(_unnamed(node.raw), None)
        found: T | None = None if raw is None else node.tree.wrap(raw)
        return found


class Items(Generic[T]):
    """The children that have no field name, in source order, comments aside."""

    __slots__ = ()

    def __get__(self, node: Any, owner: type[Node]) -> tuple[T, ...]:
        if node is None:
            return cast("tuple[T, ...]", self)
        wrap = node.tree.wrap
        return tuple([wrap(raw) for raw in _unnamed(node.raw)])


def _unnamed(raw: ts.Node) -> Iterator[ts.Node]:
    for index, child in enumerate(raw.children):
        if child.is_named and not child.is_extra and raw.field_name_for_child(index) is None:
            yield child


def to_bytes(text: str | bytes) -> bytes:
    """UTF-8 of a text; the inverse of `Node.str`."""
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
