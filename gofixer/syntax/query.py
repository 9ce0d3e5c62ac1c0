"""Queries in tree-sitter's own language: the fastest way to find many shapes in one pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import tree_sitter as ts

from gofixer.syntax.grammar import LANGUAGE
from gofixer.syntax.node import Node
from gofixer.syntax.tree import Tree


@dataclass(frozen=True, slots=True)
class QueryMatch:
    """One match: the number of its pattern in the query, and its captured nodes by name."""

    pattern: int
    captures: Mapping[str, tuple[Node, ...]]

    def __getitem__(self, name: str) -> Node:
        """The first node captured as ``@name``. Raises `KeyError` where there is none."""
        return self.captures[name][0]


class Query:
    """A compiled query; one query of many patterns costs about as much as one of one pattern."""

    __slots__ = ("_query", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        try:
            self._query = ts.Query(LANGUAGE, source)
        except ts.QueryError as error:
            raise ValueError(f"not a query: {error}") from error

    def matches(self, within: Tree | Node) -> list[QueryMatch]:
        """All matches inside of a tree or a node (the node itself too), in source order of their first capture."""
        node = within.root if isinstance(within, Tree) else within
        wrap = node.tree.wrap
        found = [
            QueryMatch(pattern, {name: tuple(map(wrap, raws)) for name, raws in captures.items()})
            for pattern, captures in ts.QueryCursor(self._query).matches(node.raw)
        ]
        return sorted(found, key=_start)


def _start(match: QueryMatch) -> int:
    return min((nodes[0].start for nodes in match.captures.values()), default=0)


@lru_cache(maxsize=64)
def query(source: str) -> Query:
    """Compile a query such as ``(call_expression function: (identifier) @name)``, once.

    Kinds and fields are the grammar's names (`Node.KIND`). Mind that a supertype in a query (``(_expression)``) misses
    nodes that the grammar reaches past it, such as string literals; `Node.descendants` with an abstract class does not.
    Predicates such as ``#eq?`` read the text that was parsed, which differs from the source in a masked ``new``. Raises
    `ValueError` for what is no query.
    """
    return Query(source)
