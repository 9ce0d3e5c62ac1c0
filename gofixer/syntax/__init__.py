"""A typed, lossless, read-only tree of Go source over tree-sitter-go."""

from gofixer.syntax import nodes
from gofixer.syntax.edit import Edit, Span, apply_edits
from gofixer.syntax.lines import LineIndex
from gofixer.syntax.node import Node
from gofixer.syntax.parser import parse
from gofixer.syntax.tree import Tree

__all__ = ["Edit", "LineIndex", "Node", "Span", "Tree", "apply_edits", "nodes", "parse"]
