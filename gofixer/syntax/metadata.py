"""Metadata: what follows from a tree, computed when somebody asks, once per tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar, cast

import tree_sitter as ts

from gofixer.syntax.node import Node
from gofixer.syntax.tree import Tree

T = TypeVar("T")


class Provider(Generic[T]):
    """Computes one kind of metadata. A subclass is never instantiated; it is the key under which its value is asked.

    ``requires`` names the metadata that `compute` reads.
    """

    requires: ClassVar[tuple[type[Provider[Any]], ...]] = ()

    @classmethod
    def compute(cls, tree: Tree, metadata: Metadata) -> T:
        """The value for a tree."""
        raise NotImplementedError


class Metadata:
    """The metadata of one tree: ``Metadata(tree)[ParentProvider]``.

    Values are kept with the tree. ``declared``, when given, limits what may be asked to what the reader declared.
    """

    __slots__ = ("_declared", "tree")

    def __init__(self, tree: Tree, declared: tuple[type[Provider[Any]], ...] | None = None) -> None:
        self.tree = tree
        self._declared = declared

    def __getitem__(self, provider: type[Provider[T]]) -> T:
        """The provider's value. Raises `KeyError` for a provider that was not declared."""
        if self._declared is not None and provider not in self._declared:
            raise KeyError(f"{provider.__name__} is read but not declared in `requires`")
        cache = self.tree.metadata
        if provider not in cache:
            cache[provider] = provider.compute(self.tree, Metadata(self.tree, provider.requires))
        return cast("T", cache[provider])


class Parents:
    """Parents of all nodes of a tree: cheaper than `Node.parent` where most of a tree is asked for."""

    __slots__ = ("_parents", "_tree")

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        parents: dict[int, ts.Node] = {}
        cursor = tree.root.raw.walk()
        stack = [tree.root.raw]
        while stack:
            if cursor.goto_first_child():
                node = cursor.node
                assert node is not None
                parents[node.id] = stack[-1]
                stack.append(node)
                continue
            while True:
                stack.pop()
                if not stack:
                    break
                if cursor.goto_next_sibling():
                    node = cursor.node
                    assert node is not None
                    parents[node.id] = stack[-1]
                    stack.append(node)
                    break
                cursor.goto_parent()
        self._parents = parents

    def of(self, node: Node) -> Node | None:
        """The parent, None for the root. Raises `ValueError` for a node of another tree."""
        if node.tree is not self._tree:
            raise ValueError("the node belongs to another tree")
        found = self._parents.get(node.raw.id)
        return None if found is None else self._tree.wrap(found)


class ParentProvider(Provider[Parents]):
    """`Parents` of a tree."""

    @classmethod
    def compute(cls, tree: Tree, metadata: Metadata) -> Parents:
        """Walk the tree once."""
        return Parents(tree)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a node stands, as a report says it: lines and byte columns count from 1, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class Positions:
    """Positions of nodes; the line index behind it is made once."""

    __slots__ = ("_tree",)

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def of(self, node: Node) -> Position:
        """The node's position."""
        lines = self._tree.lines
        return Position(*lines.position(node.start), *lines.position(node.end))


class PositionProvider(Provider[Positions]):
    """`Positions` of a tree."""

    @classmethod
    def compute(cls, tree: Tree, metadata: Metadata) -> Positions:
        """Nothing is computed before a position is asked for."""
        return Positions(tree)
