"""The values of verification: what is asked and what is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from gofixer.edits.model import Span


class Level(StrEnum):
    """How far to prove; each level includes the ones before it."""

    NONE = "none"
    BUILD = "build"
    VET = "vet"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Unit:
    """One fix, seen from outside: its edits stay with the caller, who renders files on demand.

    ``order`` decides who yields when two fixes are only wrong together: the later one. ``spans`` are the byte
    ranges of the unfixed file that the fix replaces; they point the search at the guilty fix and change no
    verdict. ``requires`` names fixes without which this one cannot be applied. ``declaration`` says that
    importing packages can observe the change.
    """

    id: int
    file: Path
    order: int
    spans: tuple[Span, ...] = ()
    declaration: bool = False
    requires: frozenset[int] = frozenset()


# The content of a file with exactly the fixes named, all of them of that file; with none, the unfixed file.
Render = Callable[[Path, frozenset[int]], bytes]

# stage, done, total (0 where it is not known), text
Progress = Callable[[str, int, int, str], None]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One message of the compiler or of vet, in the lines of the unfixed file.

    ``line`` and ``end_line`` are 1-based; they differ where the message lies in replaced text, and then give
    the lines it replaced. ``column`` is 1-based in bytes, 0 where unknown. ``file`` is None for a message
    without a position. ``directory`` is the package folder that the message is counted against.
    """

    directory: Path | None
    file: Path | None
    line: int
    end_line: int
    column: int
    message: str
    tool: str

    def sentence(self, root: Path) -> str:
        """``dir/file.go:12:3: message``, the file relative to ``root`` where it lies below it."""
        if self.file is None:
            return self.message
        name = self.file.relative_to(root) if self.file.is_relative_to(root) else self.file
        column = f":{self.column}" if self.column else ""
        return f"{name.as_posix()}:{self.line}{column}: {self.message}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was proved. Every unit is in exactly one of ``accepted``, ``rejected`` and ``unproved``.

    ``rejected`` gives the sentence of the compiler or of vet, ``unproved`` why nothing could be said; neither
    is to be applied. ``notes`` are sentences about packages, not about fixes. ``commands`` are the go commands
    as they were run; ``builds`` counts the candidate states of the tree that were compiled, baselines aside.
    """

    accepted: frozenset[int]
    rejected: Mapping[int, str]
    unproved: Mapping[int, str]
    notes: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    builds: int = 0
