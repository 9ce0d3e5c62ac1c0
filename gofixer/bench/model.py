"""The values of a bench run: what changed, which benchmarks execute it, what they measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gofixer.edits.model import Span

Values = Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class ChangedFunction:
    """A top-level declaration that the fixes change.

    ``name`` is that of Go's own messages (``f``, ``(*T).m``, ``T.m``), empty for a declaration that is no function.
    ``span`` is the declaration and ``changes`` the replaced bytes (empty ranges for insertions), both in the unfixed
    file; ``line`` is 1-based.
    """

    file: Path
    name: str
    line: int
    span: Span
    changes: tuple[Span, ...]

    @property
    def in_test(self) -> bool:
        """Whether it stands in a test file, which coverage does not look into."""
        return self.file.name.endswith("_test.go")


@dataclass(frozen=True, slots=True, order=True)
class Benchmark:
    """A benchmark function of the user's: the folder of its package, the import path and the name."""

    directory: Path
    package: str
    name: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A benchmark, or a whole package (``name`` empty), that could not be used, and the clause that says why."""

    directory: Path
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A benchmark that works before the fixes and not after them."""

    benchmark: Benchmark
    reason: str


@dataclass(frozen=True, slots=True)
class Measured:
    """What one line of a benchmark's output measured, over all rounds: values by unit, before and after.

    ``name`` is as printed, without the word Benchmark: with sub-benchmarks and the ``-N`` of GOMAXPROCS.
    """

    benchmark: Benchmark
    name: str
    before: Values
    after: Values


@dataclass(frozen=True, slots=True)
class BenchResult:
    """The outcome of a bench run.

    ``covered`` gives, for each changed function, the benchmarks that execute its changed code; those without any are
    in ``uncovered`` with the clause that says why. ``settings`` are the lines that Go prints above results (goos,
    cpu). ``commands`` are go commands as they can be run again, each with its folder.
    """

    functions: tuple[ChangedFunction, ...]
    covered: Mapping[ChangedFunction, tuple[Benchmark, ...]]
    uncovered: Mapping[ChangedFunction, str]
    measured: tuple[Measured, ...]
    left_out: tuple[LeftOut, ...]
    failures: tuple[Failure, ...]
    settings: Mapping[str, str] = field(default_factory=dict)
    commands: tuple[tuple[Path, str], ...] = ()
    count: int = 0
