"""What a person decided about single sites, and how that keeps its place while files change."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

from gofixer.edits.model import Edit

DECLINED = "declined in the review"
NOT_ASKED = "the review ended before this one was accepted"


@dataclass(frozen=True, slots=True, order=True)
class Site:
    """Where a transform found something: ``file`` absolute, ``line`` and byte ``column`` 1-based, as on disk."""

    file: Path
    transform: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a run may do: only ``accepted`` sites where that is given, never ``declined`` ones.

    ``declined`` has the pass from which a site is refused: the same place can hold another fix in an earlier pass.
    ``refused`` transforms fix ``known`` sites alone. ``comments`` are edits that suppress sites, by file, with the
    content that they were made for; the run makes them before it looks for anything, and reports their sites
    (``suppressed``, with the reason) as such.
    """

    accepted: frozenset[Site] | None = None
    known: frozenset[Site] = frozenset()
    declined: Mapping[Site, int] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    suppressed: Mapping[Site, str] = field(default_factory=dict)
    comments: Mapping[Path, tuple[bytes, tuple[Edit, ...]]] = field(default_factory=dict)

    def edits(self, path: Path, content: bytes) -> tuple[Edit, ...]:
        """The comments for a file; none where its content is not the one that they were made for."""
        made_for, edits = self.comments.get(path, (content, ()))
        return edits if made_for == content else ()

    def refusal(self, site: Site, turn: int) -> str:
        """Why a fix that the pass ``turn`` (1-based) would make is not wanted; empty where it may be made."""
        if self.declined.get(site, turn + 1) <= turn:
            return DECLINED
        if self.accepted is not None:
            return "" if site in self.accepted else NOT_ASKED
        return DECLINED if site.transform in self.refused and site not in self.known else ""


def moved(before: bytes, after: bytes) -> Callable[[int], int]:
    """Leads from the 1-based lines of a text to those of a newer one; 0 for lines that are no longer there as such."""
    old, new = before.split(b"\n"), after.split(b"\n")
    least = min(len(old), len(new))
    head = next((i for i in range(least) if old[i] != new[i]), least)
    tail = next((i for i in range(least - head) if old[-1 - i] != new[-1 - i]), least - head)
    matcher = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False)
    inner = [(a + head, b + head, size) for a, b, size in matcher.get_matching_blocks()]
    blocks = [(0, 0, head), *inner, (len(old) - tail, len(new) - tail, tail)]
    blocks = [block for block in blocks if block[2]]
    starts = [block[0] for block in blocks]

    def lead(line: int) -> int:
        index = bisect_right(starts, line - 1) - 1
        if index < 0:
            return 0
        a, b, size = blocks[index]
        return line - a + b if line - 1 < a + size else 0

    return lead
