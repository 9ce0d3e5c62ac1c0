"""What a run is asked for and what it answers: the values behind every report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from gofixer.edits.algebra import Kept
from gofixer.engine.config import Config
from gofixer.engine.decisions import Decisions
from gofixer.transform import Applicability, Transform


class Outcome(StrEnum):
    """What became of a finding; exactly one per finding."""

    APPLIED = "applied"
    PROPOSED = "proposed"
    REJECTED = "rejected"
    CONFLICTED = "conflicted"
    SKIPPED = "skipped"
    SUPPRESSED = "suppressed"


class Verify(StrEnum):
    """How far fixes are proved; each level includes the ones before it."""

    NONE = "none"
    BUILD = "build"
    VET = "vet"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Finding:
    """One site of one transform.

    ``file`` is absolute; lines and columns are 1-based, columns in bytes, positions those of the file as it was
    before the run. ``reason`` is empty for applied and proposed fixes. ``diff`` holds the hunks of this fix
    alone, from ``@@`` on, empty where nothing was rewritten. ``proved`` is false for fixes that were not
    verified (``--verify none``). ``turn`` is the pass that made the fix, 1-based: later ones stand on what the
    earlier ones left.
    """

    transform: str
    family: str
    file: Path
    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    applicability: Applicability
    outcome: Outcome
    reason: str = ""
    function: str = ""
    evidence: Mapping[str, object] = field(default_factory=dict)
    diff: str = ""
    proved: bool = True
    turn: int = 1

    @property
    def share(self) -> float:
        """Percent of the run's profile that falls on the finding, the kind that matters most to it; 0 without one."""
        profile = self.evidence.get("profile")
        share = profile.get("share") if isinstance(profile, Mapping) else None
        return float(share) if isinstance(share, int | float) else 0.0


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file before and after the run; ``path`` is absolute, ``kept`` are the bytes that both contents share."""

    path: Path
    before: bytes
    after: bytes
    kept: Kept


@dataclass(frozen=True, slots=True)
class ModuleInfo:
    """A module that the run looked into: import path, absolute folder, go line as text."""

    path: str
    dir: Path
    go: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something a user should know that is no finding: a broken file, an unused suppression, a missing module.

    ``level`` is ``warning`` or ``error``; ``file`` absolute or None; ``line`` 1-based or 0.
    """

    message: str
    file: Path | None = None
    line: int = 0
    level: str = "warning"


@dataclass(frozen=True, slots=True)
class Request:
    """What to do. ``paths`` as given by the user, relative to ``cwd``; so are ``profiles``.

    ``evidence`` asks the compiler about every fix, ``allocations`` also the benchmarks that execute it. ``min_share``
    is the percent of the profiles that a finding must have to be acted on; ``test_timeout`` is in seconds (0: the
    default). ``decisions`` are those of a person who looked at each fix; ``force_exclude`` makes exclusions hold for
    files that are named, too.

    ``buffers`` are contents that count instead of what is on disk, such as the unsaved ones of an editor, by absolute
    path; a file that only has a buffer need not exist. ``look`` asks for one pass: what there is to find in the files
    as they are, nothing built upon it.
    """

    cwd: Path
    paths: tuple[str, ...]
    config: Config
    transforms: tuple[Transform, ...]
    selected: frozenset[str]
    verify: Verify = Verify.VET
    unsafe: bool = False
    go: Path | None = None
    jobs: int = 0
    cache: bool = True
    include_generated: bool = False
    exclude: tuple[str, ...] = ()
    profiles: tuple[Path, ...] = ()
    min_share: float | None = None
    progress: Progress | None = None
    evidence: bool = False
    allocations: bool = False
    test_timeout: float = 0.0
    decisions: Decisions | None = None
    force_exclude: bool = False
    buffers: Mapping[Path, bytes] = field(default_factory=dict)
    look: bool = False


# Called with the stage's name, how much is done, of how much (0 where unknown).
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found. ``changes`` are verified and not yet written; ``go`` is like ``go1.26.8`` or empty,
    ``missing_toolchain`` the sentence that says why there is none.
    """

    go: str
    modules: Sequence[ModuleInfo]
    findings: Sequence[Finding]
    changes: Sequence[FileChange]
    notes: Sequence[Note]
    files: int
    seconds: float
    commands: Sequence[str] = ()
    missing_toolchain: str = ""
