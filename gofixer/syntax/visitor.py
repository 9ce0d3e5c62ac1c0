"""Visitors walk a tree; transformers walk it and return edits."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from gofixer.syntax.edit import Edit, apply_edits
from gofixer.syntax.metadata import Metadata, Provider
from gofixer.syntax.node import Node
from gofixer.syntax.tree import Tree, class_of

_CLASSES = {cls.__name__: cls for cls in Node.all_classes()}


class Visitor:
    """Walks a tree and calls ``visit_X`` before and ``leave_X`` after the children of each named node of class ``X``.

    ``X`` may be an abstract class; of several methods the one for the most specific class is called. A ``visit_X``
    that returns False keeps the walk out of the node's children; ``leave_X`` is called all the same. Nodes without a
    method are walked without being wrapped. A method for a class that does not exist raises `TypeError` where the
    visitor is defined.

    ``requires`` names the metadata that the visitor reads as ``self.metadata[SomeProvider]``.
    """

    requires: ClassVar[tuple[type[Provider[Any]], ...]] = ()
    metadata: Metadata

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name in vars(cls):
            prefix, _, target = name.partition("_")
            if prefix in ("visit", "leave") and target[:1].isupper() and target not in _CLASSES:
                raise TypeError(f"{cls.__name__}.{name}: there is no node class {target}")

    def walk(self, within: Tree | Node) -> None:
        """Walk a whole tree, or a node and what is below it."""
        top = within.root if isinstance(within, Tree) else within
        tree = top.tree
        self.metadata = Metadata(tree, self.requires)
        hooks: dict[int, tuple[Callable[[Any], Any] | None, Callable[[Any], Any] | None]] = {}
        cursor = top.raw.walk()
        down, along, up = cursor.goto_first_child, cursor.goto_next_sibling, cursor.goto_parent
        open_nodes: list[tuple[Node, Callable[[Any], Any]] | None] = []
        entered: object = True
        while True:
            raw = cursor.node
            assert raw is not None
            leave = None
            entered = True
            if raw.is_named:
                found = hooks.get(raw.kind_id)
                if found is None:
                    cls = class_of(raw.kind_id)
                    found = hooks[raw.kind_id] = (self._hook("visit_", cls), self._hook("leave_", cls))
                visit, leave = found
                if visit or leave:
                    node = tree.wrap(raw)
                    if visit:
                        entered = visit(node)
                    if leave:
                        open_nodes.append((node, leave))
            if not leave:
                open_nodes.append(None)
            if entered is not False and down():
                continue
            while True:
                self._leave(open_nodes.pop())
                if not open_nodes:
                    return
                if along():
                    break
                up()

    def _leave(self, entry: tuple[Node, Callable[[Any], Any]] | None) -> None:
        if entry:
            entry[1](entry[0])

    def _hook(self, prefix: str, cls: type[Node]) -> Callable[[Any], Any] | None:
        return next((m for c in cls.__mro__ if (m := getattr(self, prefix + c.__name__, None))), None)


class Transformer(Visitor):
    """A visitor whose ``leave_X`` returns edits: one `Edit`, several, or None for no change.

    The tree stays as it is. An edit that covers edits made below it takes their place; `text` gives the text of a node
    with the edits made inside of it, to take them along. Edits that overlap in any other way raise `ValueError`.
    """

    def transform(self, within: Tree | Node) -> tuple[Edit, ...]:
        """Walk, and give all edits, sorted and apart from each other."""
        self._edits: list[Edit] = []
        self.walk(within)
        return tuple(self._edits)

    def apply(self, tree: Tree) -> bytes:
        """The source of the tree with all edits made."""
        return apply_edits(tree.source, self.transform(tree))

    def text(self, node: Node) -> str:
        """Text of a node with the edits made so far inside of it; insertions at its two ends are outside."""
        start, end = node.span
        inside = [
            Edit(e.start - start, e.end - start, e.new)
            for e in self._edits
            if start <= e.start and e.end <= end and (e.start < e.end or start < e.start < end)
        ]
        return apply_edits(node.text, inside).decode("utf-8", "surrogateescape")

    def _leave(self, entry: tuple[Node, Callable[[Any], Any]] | None) -> None:
        if entry is None:
            return
        result: Edit | Iterable[Edit] | None = entry[1](entry[0])
        if result is None:
            return
        for edit in (result,) if isinstance(result, Edit) else tuple(result):
            self._add(edit)

    def _add(self, edit: Edit) -> None:
        edits = self._edits
        low = bisect_left(edits, edit.start, key=lambda e: e.start)
        if low and edits[low - 1].end > edit.start:
            low -= 1
            edit = _joined(edits[low], edit)
        while low < len(edits) and edits[low].end == edit.start:
            low += 1  # an insertion at the start of a node stands outside of it
        high = low
        while high < len(edits) and edits[high].start < edit.end:
            if edits[high].end > edit.end:
                edit = _joined(edit, edits[high])
            high += 1
        edits[low:high] = [edit]


def _joined(first: Edit, second: Edit) -> Edit:
    """One removal for two that share a separator: the comma or the semicolon between two nodes."""
    if first.new or second.new:
        raise ValueError(f"the edits {first} and {second} overlap")
    return Edit(first.start, max(first.end, second.end), b"")
