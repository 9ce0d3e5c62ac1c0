"""A typed, lossless, read-only tree of Go source over tree-sitter-go.

`parse` gives a `Tree`; ``nodes`` has the classes of its nodes. `Visitor` and `Transformer` walk, ``matchers`` and
`query` find, `Metadata` tells parents, positions and scopes. Changes are values: `Edit`.
"""

from gofixer.syntax import matchers, nodes
from gofixer.syntax.edit import Edit, Span, apply_edits
from gofixer.syntax.lines import LineIndex
from gofixer.syntax.metadata import Metadata, ParentProvider, PositionProvider, Provider
from gofixer.syntax.node import Node
from gofixer.syntax.parser import parse
from gofixer.syntax.query import Query, query
from gofixer.syntax.scope_builder import ScopeProvider
from gofixer.syntax.tree import Tree
from gofixer.syntax.visitor import Transformer, Visitor

__all__ = [
    "Edit",
    "LineIndex",
    "Metadata",
    "Node",
    "ParentProvider",
    "PositionProvider",
    "Provider",
    "Query",
    "ScopeProvider",
    "Span",
    "Transformer",
    "Tree",
    "Visitor",
    "apply_edits",
    "matchers",
    "nodes",
    "parse",
    "query",
]
