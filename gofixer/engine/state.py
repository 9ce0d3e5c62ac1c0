"""The bytes of the files that a run works on, pass by pass."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gofixer.edits.algebra import Kept, OffsetMap
from gofixer.edits.model import Span
from gofixer.engine.model import Finding, Outcome
from gofixer.engine.scan import Hit
from gofixer.engine.suppress import Suppressions
from gofixer.facts.constraints import Variant
from gofixer.facts.modules import Module


@dataclass(slots=True)
class FileState:
    """One file with candidates.

    ``original`` is what was read from disk, ``current`` what the fixes accepted so far make of it, ``kept`` the
    bytes that both share, ``maps`` lead from current offsets back to original ones. ``settled`` findings are final,
    ``open`` ones are those of the latest pass. ``refused`` holds the sites (transform, original offset) that the
    prover did not let through, with what became of them. ``hits`` are what the scan found in the original, ``fresh``
    the spans of the latest pass's new text, ``turn`` is the number of the run's pass. ``reopened`` are the
    lines of findings that are to be decided again.
    """

    path: Path
    original: bytes
    current: bytes
    module: Module | None
    variant: Variant | None
    suppressions: Suppressions
    kept: Kept
    maps: list[OffsetMap] = field(default_factory=list)
    settled: list[Finding] = field(default_factory=list)
    open: list[Finding] = field(default_factory=list)
    refused: dict[tuple[str, int], tuple[Outcome, str]] = field(default_factory=dict)
    hits: Sequence[Hit] = ()
    visited: bool = False
    fresh: list[Span] = field(default_factory=list)
    turn: int = 0
    reopened: frozenset[int] = frozenset()
    _counted: tuple[int, int] = (0, 1)  # an offset of the original and its line: most questions come in order

    @property
    def scanned(self) -> bool:
        """Whether a pattern was found in the file."""
        return bool(self.hits)

    def original_offset(self, offset: int) -> int:
        """Offset in the original file of an offset in the current one (of the nearest byte that is still there)."""
        for step in reversed(self.maps):
            offset = step.to_old(offset)
        return offset

    def original_position(self, offset: int) -> tuple[int, int]:
        """1-based line and byte column in the original file."""
        start = self.original_offset(offset)
        known, line = self._counted if self._counted[0] <= start else (0, 1)
        line += self.original.count(b"\n", known, start)
        self._counted = start, line
        return line, start - (self.original.rfind(b"\n", 0, start) + 1) + 1

    def lines(self, span: Span) -> tuple[int, int]:
        """First and last line of a span of the current content, in the original file."""
        return self.original_position(span[0])[0], self.original_position(span[1])[0]

    def elsewhere(self, spans: Iterable[Span]) -> list[Finding]:
        """The open findings of earlier passes that stand outside of some spans."""
        ranges = [self.lines(span) for span in spans]
        return [f for f in self.open if not any(first <= f.line <= last for first, last in ranges)]
