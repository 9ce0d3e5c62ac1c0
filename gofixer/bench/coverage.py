"""Cover profiles: whether a run executed the changed code."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gofixer.bench.model import ChangedFunction
from gofixer.edits.model import Span
from gofixer.syntax import LineIndex

_LINE = re.compile(r"(?P<file>.+):(\d+)\.(\d+),(\d+)\.(\d+) \d+ (?P<count>\d+)")


@dataclass(frozen=True, slots=True)
class Block:
    """A run of statements: lines and byte columns, 1-based, the end exclusive, and whether it was executed."""

    start: tuple[int, int]
    end: tuple[int, int]
    executed: bool


Profile = Mapping[str, Sequence[Block]]


def read_profile(text: str) -> dict[str, list[Block]]:
    """The blocks of a cover profile by the file's name as it stands there: import path and base name."""
    blocks: dict[str, list[Block]] = defaultdict(list)
    for line in text.splitlines():
        if match := _LINE.fullmatch(line):
            a, b, c, d = (int(match[n]) for n in (2, 3, 4, 5))
            blocks[match["file"]].append(Block((a, b), (c, d), match["count"] != "0"))
    return blocks


def executed(function: ChangedFunction, source: bytes, blocks: Sequence[Block]) -> bool:
    """Whether a run with these blocks of the function's file executed changed code of it.

    Text between blocks, such as the head of a case, belongs to none: such a change counts as executed where
    anything of the function was.
    """
    index = LineIndex(source)
    spans = [(_span(index, block), block.executed) for block in blocks]
    inside = [(span, done) for span, done in spans if _overlap(span, function.span)]
    for change in function.changes:
        touched = [done for span, done in inside if span[0] <= change[1] and change[0] <= span[1]]
        if any(touched) or (not touched and any(done for _, done in inside)):
            return True
    return False


def _span(index: LineIndex, block: Block) -> Span:
    return index.offset(*block.start), index.offset(*block.end)


def _overlap(a: Span, b: Span) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def profile_name(package: str, file: Path) -> str:
    """The name of a package's file in a cover profile."""
    return f"{package}/{file.name}"
