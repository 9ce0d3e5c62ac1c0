"""Edits as an algebra on byte ranges: what touches what, and where an offset goes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from gofixer.edits.model import Edit
from gofixer.syntax.edit import apply_edits as apply

__all__ = ["Kept", "OffsetMap", "apply", "keep", "refine", "touches", "untouched"]


def touches(a: Edit, b: Edit) -> bool:
    """Whether two edits cannot be made together without one deciding about the other's text.

    True where their ranges overlap, where both insert at one offset, and where one inserts inside the other. An
    insertion at the border of a replacement is fine.
    """
    if a.start == a.end and b.start == b.end:
        return a.start == b.start
    return a.start < b.end and b.start < a.end


class OffsetMap:
    """Leads from offsets in the edited text back to offsets in the text before, and the other way."""

    __slots__ = ("_news", "_olds")

    def __init__(self, edits: Iterable[Edit]) -> None:
        self._olds: list[tuple[int, int]] = []
        self._news: list[tuple[int, int]] = []
        shift = 0
        for edit in sorted(edits, key=lambda e: (e.start, e.end)):
            self._olds.append((edit.start, edit.end))
            self._news.append((edit.start + shift, edit.start + shift + len(edit.new)))
            shift += len(edit.new) - (edit.end - edit.start)

    def to_old(self, offset: int) -> int:
        """Offset before the edits; an offset inside new text gives the start of what was replaced."""
        return _lead(offset, self._news, self._olds)

    def to_new(self, offset: int) -> int:
        """Offset after the edits; an offset inside replaced text gives the start of what replaced it."""
        return _lead(offset, self._olds, self._news)


def _lead(offset: int, here: list[tuple[int, int]], there: list[tuple[int, int]]) -> int:
    index = bisect_right(here, offset, key=lambda span: span[0]) - 1
    if index < 0:
        return offset
    if offset < here[index][1]:
        return there[index][0]
    return offset - here[index][1] + there[index][1]


Kept = tuple[tuple[int, int, int], ...]
"""Runs of bytes that two texts share: ``(old offset, new offset, length)``, in order and apart from each other."""


def untouched(length: int) -> Kept:
    """A text of that length and itself."""
    return ((0, 0, length),) if length else ()


def keep(kept: Kept, edits: Iterable[Edit]) -> Kept:
    """What two texts share after the newer one was edited."""
    result: list[tuple[int, int, int]] = []
    ordered = sorted(edits, key=lambda e: (e.start, e.end))
    for old, new, length in kept:
        at = new
        for edit in ordered:
            if edit.end < at or edit.start > new + length or (edit.start == edit.end == new + length):
                continue
            if edit.start > at:
                result.append((old + at - new, at, edit.start - at))
            at = max(at, edit.end)
        if at < new + length:
            result.append((old + at - new, at, new + length - at))
    shifted = []
    for old, new, length in result:
        shift = sum(len(e.new) - (e.end - e.start) for e in ordered if e.end <= new)
        shifted.append((old, new + shift, length))
    return tuple(shifted)


def refine(source: bytes, edits: Iterable[Edit]) -> list[Edit]:
    """Edits with the same result that replace less: what the old and the new text share is left in place."""
    refined: list[Edit] = []
    for edit in edits:
        old = source[edit.start : edit.end]
        at = old.find(edit.new) if edit.new else -1
        if at >= 0:
            pieces = [Edit(edit.start, edit.start + at, b""), Edit(edit.start + at + len(edit.new), edit.end, b"")]
        else:
            head = _shared(old, edit.new)
            tail = _shared(old[head:][::-1], edit.new[head:][::-1])
            new = edit.new[head : len(edit.new) - tail]
            pieces = [Edit(edit.start + head, edit.end - tail, new)]
        refined += [piece for piece in pieces if piece.new or piece.start < piece.end]
    return refined


def _shared(a: bytes, b: bytes) -> int:
    """Length of the common beginning of two texts."""
    length = min(len(a), len(b))
    return next((i for i in range(length) if a[i] != b[i]), length)
