"""Parts of a file that can be parsed by themselves: its header, and top-level declarations."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from gofixer.match.near import TOP_LEVEL
from gofixer.syntax import Tree, parse

Span = tuple[int, int]


def parse_pieces(source: bytes, pieces: list[Span]) -> Tree:
    """The tree of some parts of a file (see `pieces_of`), or of all of it where they do not parse by themselves."""
    tree = parse(source, ranges=pieces)
    return parse(source) if tree.has_errors else tree


def pieces_of(source: bytes, places: Iterable[Span]) -> list[Span]:
    """The byte ranges of a file's header and of the top-level declarations in which some places, in order, begin.

    Declarations are told apart by keywords at the start of a line. Where that is wrong (a raw string with such a
    line) the pieces do not parse.
    """
    starts = [m.start() + 1 for m in TOP_LEVEL.finditer(source)]
    header_end = next((s for s in starts if not source.startswith(b"import", s)), len(source))
    pieces = [(0, header_end)]
    bounds = [s for s in starts if s >= header_end] + [len(source)]
    last = -1
    for start, _ in places:
        piece = bisect_right(bounds, start) - 1
        if piece > last and piece + 1 < len(bounds):
            pieces.append((bounds[piece], bounds[piece + 1]))
            last = piece
    return [piece for piece in pieces if piece[0] < piece[1]]
