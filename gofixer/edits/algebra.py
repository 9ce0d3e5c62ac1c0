"""Edits as an algebra on byte ranges: what touches what, and where an offset goes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import accumulate, pairwise

from gofixer.edits.model import Edit, Fix, Span
from gofixer.syntax.edit import apply_edits as apply

__all__ = [
    "Kept",
    "OffsetMap",
    "Taken",
    "apply",
    "keep",
    "line_edits",
    "merge",
    "normalise",
    "refine",
    "touches",
    "untouched",
]


_BRACKETS = ((b"(", b")"), (b"[", b"]"), (b"{", b"}"))


def touches(a: Edit, b: Edit) -> bool:
    """Whether two edits cannot be made together without one deciding about the other's text.

    True where their ranges overlap, where both insert at one offset, and where one inserts inside the other. An
    insertion at the border of a replacement is fine, and so are two that put whole lines in front of the same
    place (`is_lines`): they follow each other in the order of their fixes.
    """
    if a.start == a.end and b.start == b.end:
        return a.start == b.start and not (is_lines(a) and is_lines(b))
    return a.start < b.end and b.start < a.end


def is_lines(edit: Edit) -> bool:
    """Whether an edit inserts whole lines in front of what stands at its offset: statements, not half of a bracket."""
    text = edit.new
    if edit.start != edit.end or not text.rstrip(b" \t").endswith(b"\n"):
        return False
    return all(text.count(opening) == text.count(closing) for opening, closing in _BRACKETS)


def normalise(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Edits in source order, without those that do nothing; insertions at one offset keep their order.

    Raises `ValueError` where two of them overlap.
    """
    ordered = sorted((e for e in edits if e.new or e.start < e.end), key=lambda e: (e.start, e.end))
    for one, other in pairwise(ordered):
        if one.end > other.start:
            raise ValueError(f"the edits {one.start}..{one.end} and {other.start}..{other.end} overlap")
    return tuple(ordered)


class Taken:
    """Edits that go together, and whether others could join them; a question costs the logarithm of their number."""

    __slots__ = ("_inserted", "_partial", "_replaced")

    def __init__(self) -> None:
        self._replaced: list[Span] = []
        self._inserted: list[int] = []
        self._partial: set[int] = set()  # offsets where something else than whole lines is inserted

    def clashes(self, edits: Iterable[Edit]) -> bool:
        """Whether one of these edits touches one that was added (see `touches`)."""
        return any(self._touched(edit) for edit in edits)

    def _touched(self, edit: Edit) -> bool:
        at = bisect_left(self._replaced, (edit.start, edit.start))
        if at > 0 and self._replaced[at - 1][1] > edit.start:
            return True
        if edit.start == edit.end:
            place = bisect_left(self._inserted, edit.start)
            here = place < len(self._inserted) and self._inserted[place] == edit.start
            return here and (edit.start in self._partial or not is_lines(edit))
        if at < len(self._replaced) and self._replaced[at][0] < edit.end:
            return True
        place = bisect_right(self._inserted, edit.start)
        return place < len(self._inserted) and self._inserted[place] < edit.end

    def add(self, edits: Iterable[Edit]) -> None:
        """Add edits that do not clash."""
        for edit in edits:
            if edit.start == edit.end:
                if not is_lines(edit):
                    self._partial.add(edit.start)
                insort(self._inserted, edit.start)
            else:
                insort(self._replaced, (edit.start, edit.end))


def merge(fixes: Iterable[Fix]) -> tuple[list[Fix], list[Fix]]:
    """Split the fixes of one file, given in rule order, into those that go together and those that have to wait.

    A fix waits when one of its edits touches one of a fix before it; it is whole or not at all.
    """
    taken = Taken()
    accepted: list[Fix] = []
    waiting: list[Fix] = []
    for fix in fixes:
        if taken.clashes(fix.edits):
            waiting.append(fix)
        else:
            taken.add(fix.edits)
            accepted.append(fix)
    return accepted, waiting


class OffsetMap:
    """Leads from offsets in the edited text back to offsets in the text before, and the other way."""

    __slots__ = ("_news", "_olds")

    def __init__(self, edits: Iterable[Edit]) -> None:
        self._olds: list[Span] = []
        self._news: list[Span] = []
        shift = 0
        for edit in sorted(edits, key=lambda e: (e.start, e.end)):
            self._olds.append((edit.start, edit.end))
            self._news.append((edit.start + shift, edit.start + shift + len(edit.new)))
            shift += len(edit.new) - (edit.end - edit.start)

    def to_old(self, offset: int) -> int:
        """Offset before the edits; an offset inside new text gives the start of what was replaced."""
        return _lead(offset, self._news, self._olds)

    def to_new(self, offset: int) -> int:
        """Offset after the edits; an offset inside replaced text gives the start of what replaced it.

        At an insertion it is the offset behind the inserted text.
        """
        return _lead(offset, self._olds, self._news)

    def span_to_new(self, span: Span) -> Span:
        """Where an untouched range has moved to; text inserted at one of its ends stays outside of it."""
        start, end = span
        moved = self.to_new(start)
        return moved, self.to_new(end - 1) + 1 if end > start else moved


def _lead(offset: int, here: Sequence[Span], there: Sequence[Span]) -> int:
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
    end = kept[-1][1] + kept[-1][2] if kept else 0
    runs = _unedited(end, normalise(edits))
    result: list[tuple[int, int, int]] = []
    i = j = 0
    while i < len(kept) and j < len(runs):
        (old, middle, length), (here, new, count) = kept[i], runs[j]
        start, stop = max(middle, here), min(middle + length, here + count)
        if start < stop:
            result.append((old + start - middle, new + start - here, stop - start))
        if middle + length < here + count:
            i += 1
        else:
            j += 1
    return tuple(result)


def _unedited(end: int, edits: Sequence[Edit]) -> Kept:
    """What a text of ``end`` bytes shares with the one that edits make of it; some edits may lie behind its end."""
    runs: list[tuple[int, int, int]] = []
    at = shift = 0
    for edit in edits:
        if edit.start > at:
            runs.append((at, at + shift, edit.start - at))
        at = edit.end
        shift += len(edit.new) - (edit.end - edit.start)
    if end > at:
        runs.append((at, at + shift, end - at))
    return tuple(runs)


def refine(source: bytes, edits: Iterable[Edit]) -> list[Edit]:
    """Edits with the same result that replace less: what the old and the new text share is left in place."""
    refined: list[Edit] = []
    for edit in normalise(edits):
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


def line_edits(old: bytes, new: bytes) -> list[Edit]:
    """Edits that make ``new`` of ``old``, whole lines each."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if len(before) == len(after):
        blocks = [(i, i + 1, i, i + 1) for i in range(len(before)) if before[i] != after[i]]
    else:
        opcodes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        blocks = [block for tag, *block in opcodes if tag != "equal"]  # type: ignore[misc]
    starts = [0, *accumulate(map(len, before))]
    return [Edit(starts[a], starts[b], b"".join(after[c:d])) for a, b, c, d in blocks]
