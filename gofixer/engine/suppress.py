"""Suppression: ``//gofixer:ignore NAME reason``, ``//gofixer:file-ignore NAME reason``, ``//nolint:gofixer``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_COMMENT = re.compile(
    rb"//[ \t]*(?:gofixer:(?P<form>ignore|file-ignore)(?:[ \t]+(?P<names>[\w,-]+))?|nolint:(?P<linters>[\w,-]+))"
)
MARKERS = (b"gofixer:", b"nolint:")


@dataclass(slots=True)
class Suppression:
    """One comment: 1-based line, the names it lists (transforms, families or ``all``), whether it was of use."""

    line: int
    names: frozenset[str]
    whole_file: bool = False
    own_line: bool = False
    nolint: bool = False
    used: bool = False


@dataclass(slots=True)
class Suppressions:
    """All suppression comments of one file."""

    entries: list[Suppression] = field(default_factory=list)

    def match(self, name: str, family: str, first_line: int, last_line: int) -> Suppression | None:
        """The comment that covers a finding on these lines (1-based), marked as used."""
        for entry in self.entries:
            if not entry.names & {name, family, "all"}:
                continue
            near = first_line <= entry.line <= last_line or (entry.own_line and entry.line == first_line - 1)
            if entry.whole_file or near:
                entry.used = True
                return entry
        return None


def read(source: bytes) -> Suppressions:
    """Find the suppression comments of a file. Text inside string literals is told apart by `covered` callers."""
    found = Suppressions()
    if not any(marker in source for marker in MARKERS):
        return found
    for number, line in enumerate(source.split(b"\n"), 1):
        match = _COMMENT.search(line)
        if match is None:
            continue
        if match["linters"] is not None:
            if b"gofixer" not in match["linters"].split(b","):
                continue
            names = frozenset({"all"})
        else:
            names = frozenset((match["names"] or b"all").decode().split(","))
        found.entries.append(
            Suppression(
                line=number,
                names=names,
                whole_file=match["form"] == b"file-ignore",
                own_line=not line[: match.start()].strip(),
                nolint=match["linters"] is not None,
            )
        )
    return found
