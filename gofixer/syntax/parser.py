"""Parsing, with a second look at syntax that is newer than the grammar."""

from __future__ import annotations

from collections.abc import Sequence

import tree_sitter as ts

from gofixer.syntax.edit import Span
from gofixer.syntax.grammar import LANGUAGE
from gofixer.syntax.masking import mask
from gofixer.syntax.tree import Tree, error_spans


def parse(source: bytes, ranges: Sequence[Span] | None = None) -> Tree:
    """Parse a Go file; any bytes are taken, what is no Go is told by `Tree.errors`.

    ``ranges`` are byte ranges, sorted and apart from each other, that alone are parsed; offsets are those of the
    whole source. Raises `ValueError` for ranges that are not like that.

    The grammar does not know ``new(expression)`` (Go 1.26) and methods with type parameters (Go 1.27). A source with
    errors is therefore parsed again as a copy of the same length in which those tokens are masked, and the tree with
    fewer errors is kept. A masked ``new`` is a `Call` of the identifier ``new``; masked type parameters are white
    space.
    """
    included = None if ranges is None else _included(source, ranges)
    tree = _parse(source, included)
    if tree.root_node.has_error:
        masked = mask(source, [(0, len(source))] if ranges is None else ranges)
        if masked is not None:
            second = _parse(masked, included)
            if len(error_spans(second)) < len(error_spans(tree)):
                return Tree(source, second, masked=True)
    return Tree(source, tree, masked=False)


def _parse(source: bytes, included: Sequence[ts.Range] | None) -> ts.Tree:
    return ts.Parser(LANGUAGE, included_ranges=included).parse(source)


def _included(source: bytes, ranges: Sequence[Span]) -> list[ts.Range]:
    found: list[ts.Range] = []
    at, row = 0, 0
    for start, end in ranges:
        if not at <= start <= end <= len(source):
            raise ValueError("ranges are sorted, apart from each other and inside of the source")
        first = (row := row + source.count(b"\n", at, start)), _column(source, start)
        last = (row := row + source.count(b"\n", start, end)), _column(source, end)
        found.append(ts.Range(first, last, start, end))
        at = end
    return found


def _column(source: bytes, offset: int) -> int:
    return offset - source.rfind(b"\n", 0, offset) - 1
