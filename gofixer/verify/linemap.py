"""Which line of the unfixed file a line of the fixed one came from."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Block:
    """``length`` equal lines, from ``old`` and ``new`` (0-based) on."""

    old: int
    new: int
    length: int


class LineMap:
    """Maps lines of ``new`` back to lines of ``old``.

    Equal lines are paired by patience: lines that occur once on both sides anchor the rest, so that a
    thousand closing braces cost nothing and match nothing wrongly.
    """

    __slots__ = ("_blocks", "_starts", "old_lines")

    def __init__(self, old: bytes, new: bytes) -> None:
        a, b = old.split(b"\n"), new.split(b"\n")
        self.old_lines = len(a)
        self._blocks = _merge(_match(a, b))
        self._starts = [block.new for block in self._blocks]

    def to_old(self, line: int) -> tuple[int, int, bool]:
        """``(first, last, exact)`` for a 1-based line of the new text.

        An unchanged line gives itself and True; a line of changed text gives the range of old lines that the
        text replaced (where it replaced none, the line it was put after).
        """
        index = bisect_right(self._starts, line - 1) - 1
        before = self._blocks[index] if index >= 0 else Block(0, 0, 0)
        if line - 1 < before.new + before.length:
            old = before.old + line - 1 - before.new + 1
            return old, old, True
        first = before.old + before.length
        after = self._blocks[index + 1].old if index + 1 < len(self._blocks) else self.old_lines
        if after <= first:
            return max(first, 1), max(first, 1), False
        return first + 1, after, False


def _match(a: Sequence[bytes], b: Sequence[bytes]) -> Iterator[Block]:
    pending = [(0, len(a), 0, len(b))]
    while pending:
        low_a, high_a, low_b, high_b = pending.pop()
        head = _common(a, b, low_a, low_b, min(high_a - low_a, high_b - low_b), 1)
        if head:
            yield Block(low_a, low_b, head)
        low_a, low_b = low_a + head, low_b + head
        tail = _common(a, b, high_a - 1, high_b - 1, min(high_a - low_a, high_b - low_b), -1)
        high_a, high_b = high_a - tail, high_b - tail
        if tail:
            yield Block(high_a, high_b, tail)
        last_a, last_b = low_a, low_b
        anchors = _anchors(a, b, low_a, high_a, low_b, high_b)
        for old, new in anchors:
            pending.append((last_a, old, last_b, new))
            yield Block(old, new, 1)
            last_a, last_b = old + 1, new + 1
        if anchors:
            pending.append((last_a, high_a, last_b, high_b))


def _common(a: Sequence[bytes], b: Sequence[bytes], i: int, j: int, limit: int, step: int) -> int:
    count = 0
    while count < limit and a[i + count * step] == b[j + count * step]:
        count += 1
    return count


def _anchors(
    a: Sequence[bytes], b: Sequence[bytes], low_a: int, high_a: int, low_b: int, high_b: int
) -> list[tuple[int, int]]:
    """Pairs of lines that are unique in both ranges, as a longest sequence increasing on both sides."""
    if low_a == high_a or low_b == high_b:
        return []
    count_a, count_b = Counter(a[low_a:high_a]), Counter(b[low_b:high_b])
    place = {b[j]: j for j in range(low_b, high_b) if count_b[b[j]] == 1}
    pairs = [(i, place[a[i]]) for i in range(low_a, high_a) if count_a[a[i]] == 1 and a[i] in place]
    tops: list[int] = []
    piles: list[int] = []
    previous: list[int] = []
    for index, (_, j) in enumerate(pairs):
        pile = bisect_left(tops, j)
        previous.append(piles[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(j)
            piles.append(index)
        else:
            tops[pile], piles[pile] = j, index
    chain: list[tuple[int, int]] = []
    at = piles[-1] if piles else -1
    while at >= 0:
        chain.append(pairs[at])
        at = previous[at]
    return chain[::-1]


def _merge(blocks: Iterator[Block]) -> list[Block]:
    merged: list[Block] = []
    for block in sorted(blocks, key=lambda b: b.new):
        last = merged[-1] if merged else None
        if last and last.old + last.length == block.old and last.new + last.length == block.new:
            merged[-1] = Block(last.old, last.new, last.length + block.length)
        else:
            merged.append(block)
    return merged
