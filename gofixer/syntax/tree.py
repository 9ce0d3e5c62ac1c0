"""Trees: the source, what tree-sitter made of it, and the way from its nodes to ours."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any

import tree_sitter as ts

from gofixer.syntax import nodes
from gofixer.syntax.edit import Span
from gofixer.syntax.grammar import LANGUAGE
from gofixer.syntax.lines import LineIndex
from gofixer.syntax.node import Error, Node, Token

_BY_KIND = {cls.KIND: cls for cls in Node.all_classes() if cls.KIND}


def _class_of(kind_id: int) -> type[Node]:
    kind = LANGUAGE.node_kind_for_id(kind_id)
    return _BY_KIND.get(kind or "", Token) if LANGUAGE.node_kind_is_named(kind_id) else Token


# Indexed by tree-sitter's number of the kind; the number of ERROR lies beyond.
_CLASSES = tuple(_class_of(kind_id) for kind_id in range(LANGUAGE.node_kind_count))
_KINDS = len(_CLASSES)


_ERROR_ID = 0xFFFF
_COMMENTS = ts.Query(LANGUAGE, "(comment) @comment")


def class_of(kind_id: int) -> type[Node]:
    """The class of nodes with tree-sitter's number of a kind."""
    return _CLASSES[kind_id] if kind_id < _KINDS else Error


@lru_cache(maxsize=256)
def _kind_ids(classes: tuple[type[Node], ...]) -> frozenset[int]:
    """Numbers of all kinds that are instances of one of the classes."""
    return frozenset(number for number in (*range(_KINDS), _ERROR_ID) if issubclass(class_of(number), classes))


class Tree:
    """A parsed file. Nothing in it can be changed: changes are said as edits of the source.

    ``masked`` tells that syntax newer than the grammar was read through a masked copy (see `parse`).
    """

    __slots__ = ("_comments", "_errors", "_lines", "_root", "masked", "metadata", "raw", "source")

    def __init__(self, source: bytes, raw: ts.Tree, masked: bool) -> None:
        self.source = source
        self.raw = raw
        self.masked = masked
        self.metadata: dict[object, object] = {}
        self._root = nodes.SourceFile(raw.root_node, self)
        self._errors: tuple[Span, ...] | None = None
        self._lines: LineIndex | None = None
        self._comments: tuple[nodes.Comment, ...] | None = None

    @property
    def root(self) -> nodes.SourceFile:
        """The root node; it spans the whole source."""
        return self._root

    @property
    def has_errors(self) -> bool:
        """Whether there is anything that the grammar could not read."""
        return self._root.raw.has_error

    @property
    def errors(self) -> tuple[Span, ...]:
        """Spans that the grammar could not read, in source order; a missing token has an empty span."""
        if self._errors is None:
            self._errors = error_spans(self.raw)
        return self._errors

    @property
    def comments(self) -> tuple[nodes.Comment, ...]:
        """All comments of the file, in source order."""
        if self._comments is None:
            found = ts.QueryCursor(_COMMENTS).captures(self._root.raw).get("comment", [])
            self._comments = tuple(nodes.Comment(raw, self) for raw in sorted(found, key=_start))
        return self._comments

    @property
    def newline(self) -> bytes:
        """The file's line end: CRLF where its first line has one, else LF."""
        first = self.source.find(b"\n")
        return b"\r\n" if first > 0 and self.source[first - 1 : first] == b"\r" else b"\n"

    @property
    def lines(self) -> LineIndex:
        """The file's lines, to tell offsets as lines and columns and back."""
        if self._lines is None:
            self._lines = LineIndex(self.source)
        return self._lines

    def wrap(self, raw: ts.Node) -> Node:
        """Our node for a tree-sitter node of this tree."""
        kind_id = raw.kind_id
        if kind_id < _KINDS:
            return _CLASSES[kind_id](raw, self)
        return self._root if raw == self._root.raw else Error(raw, self)

    def node_at(self, start: int, end: int | None = None) -> Node:
        """The smallest named node that covers the bytes from ``start`` to ``end`` (to ``start`` if not given)."""
        raw = self._root.raw.named_descendant_for_byte_range(start, start if end is None else end)
        return self._root if raw is None else self.wrap(raw)

    def descendants(self, raw: ts.Node, classes: tuple[type[Any], ...]) -> Iterator[Any]:
        """Named nodes below ``raw`` that are instances of the classes (of any, when empty); see `Node.descendants`."""
        wanted = _kind_ids(classes) if classes else None
        wrap = self.wrap
        for node in walk(raw):
            if node.is_named if wanted is None else node.kind_id in wanted:
                yield wrap(node)


def walk(raw: ts.Node) -> Iterator[ts.Node]:
    """All nodes below ``raw``, tokens too, parents first; without recursion, as trees may be very deep."""
    cursor = raw.walk()
    if not cursor.goto_first_child():
        return
    down, along, up = cursor.goto_first_child, cursor.goto_next_sibling, cursor.goto_parent
    depth = 1
    while True:
        node = cursor.node
        assert node is not None
        yield node
        if down():
            depth += 1
            continue
        while not along():
            up()
            depth -= 1
            if not depth:
                return


def _start(raw: ts.Node) -> int:
    return raw.start_byte


def error_spans(tree: ts.Tree) -> tuple[Span, ...]:
    """Spans of ERROR and MISSING nodes, outermost only, in source order.

    A missing token that the grammar hides (the end of a declaration or of a specification) is in no list of children:
    it is told between the first two children that follow each other on one line, else at the end of the parent.
    """
    found: list[Span] = []
    pending = [tree.root_node]
    while pending:
        node = pending.pop()
        if node.is_error or node.is_missing:
            found.append(node.byte_range)
        elif node.has_error:
            children = node.children
            wrong = [child for child in children if child.has_error or child.is_missing]
            pending.extend(reversed(wrong))
            if not wrong:
                found.append(_hidden_end(node.end_byte, children))
    return tuple(found)


def _hidden_end(end: int, children: list[ts.Node]) -> Span:
    """The empty span of a token that is missing among the children of a node that ends at ``end``."""
    for left, right in pairwise(children):
        if left.is_named and right.is_named and left.end_point.row == right.start_point.row:
            return (left.end_byte, left.end_byte)
    return (end, end)
