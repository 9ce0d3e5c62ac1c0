"""Edits: the values in which every change of a tree is said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Span = tuple[int, int]
"""A half-open byte range ``(start, end)``, 0-based."""


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace the bytes ``source[start:end]`` by ``new``; ``start == end`` inserts."""

    start: int
    end: int
    new: bytes


def apply_edits(source: bytes, edits: Iterable[Edit]) -> bytes:
    """The source with all edits made; bytes outside them are kept as they are.

    Insertions at one offset are made in the order given. Raises `ValueError` for edits that overlap or lie
    outside of the source.
    """
    parts: list[bytes] = []
    done = 0
    for edit in sorted(edits, key=lambda e: (e.start, e.end)):
        if not done <= edit.start <= edit.end <= len(source):
            raise ValueError(f"the edit {edit.start}..{edit.end} overlaps another one or lies outside of the source")
        parts += (source[done : edit.start], edit.new)
        done = edit.end
    return b"".join((*parts, source[done:]))
