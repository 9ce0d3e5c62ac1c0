"""Which fixes change the outcome of a test: the tests of the packages before and after, and a search."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from gofixer.facts.constraints import Variant, configuration
from gofixer.facts.modules import Module
from gofixer.facts.toolchain import Toolchain
from gofixer.verify.bisection import Bisection
from gofixer.verify.checker import Checker, homes
from gofixer.verify.gotests import (
    DEFAULT_TEST_TIMEOUT,
    Ending,
    PackageRun,
    WithTests,
    packages_with_tests,
    race_problem,
    run_tests,
)
from gofixer.verify.gotool import GoTool
from gofixer.verify.model import Diagnostic, Level, Progress, Render, Unit
from gofixer.verify.overlay import OverlayStore
from gofixer.verify.packages import place

_HOST = Variant()
_MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What the tests of a fix's package said: how many ran before and after it (top-level ones, those that passed
    before), or why none did. ``race`` tells that the race detector watched.
    """

    package: str
    ran: int = 0
    race: bool = False
    not_run: str = ""


@dataclass(frozen=True, slots=True)
class RunVerdict:
    """``rejected`` gives for each fix that makes a test fail the test and its words; ``records`` is there for every
    fix. ``notes`` are sentences about packages; ``runs`` counts the states of the tree that were tested.
    """

    rejected: Mapping[int, str]
    records: Mapping[int, RunRecord]
    notes: Sequence[str] = ()
    commands: Sequence[str] = ()
    runs: int = 0


def unrunnable(toolchain: Toolchain, variant: Variant) -> str:
    """Why programs of a configuration cannot run on this machine; empty where they can."""
    host, wanted = toolchain.host, configuration(toolchain.host, variant)
    if (wanted.goos, wanted.goarch) == (host.hostos, host.hostarch):
        return ""
    return f"this machine cannot run programs for {wanted.goos}/{wanted.goarch}"


@contextmanager
def running_tool(toolchain: Toolchain, module: Module, variant: Variant) -> Iterator[GoTool]:
    """A go command whose tests put their temporary files into a folder that goes with it."""
    with tempfile.TemporaryDirectory(prefix="gofixer-", ignore_cleanup_errors=True) as folder:
        private = dict.fromkeys(("TMPDIR",) if os.name == "posix" else ("TMP", "TEMP"), folder)
        root = Path(os.path.realpath(module.root))
        yield GoTool(toolchain, root, variant, module.env, private=private)


def prove_by_tests(
    toolchain: Toolchain,
    module: Module,
    units: Sequence[Unit],
    render: Render,
    *,
    cache_dir: Path,
    variant: Variant = _HOST,
    base: Mapping[Path, bytes] | None = None,
    race: Collection[int] = (),
    timeout: float = DEFAULT_TEST_TIMEOUT,
    progress: Progress | None = None,
) -> RunVerdict:
    """Runs the tests of the packages of the fixes, and finds the fixes that make one fail that passes without.

    The fixes are known to build together. Packages with a fix of ``race`` are tested under the race detector,
    where there is one. A test counts as failing where it fails twice with the fixes and passes twice without;
    other differences are called flaky in a note. ``timeout`` is in seconds per package and run. The tests run in
    their own folders, as ``go test`` runs them. Raises UserError (exit 3) where the go command could not run.
    """
    if not units:
        return RunVerdict({}, {})
    if reason := unrunnable(toolchain, variant):
        files = sorted({unit.file.name for unit in units})
        note = f"{', '.join(files)}: built and vetted, but not tested: {reason}"
        return RunVerdict({}, {u.id: RunRecord("", not_run=reason) for u in units}, (note,))
    with running_tool(toolchain, module, variant) as tool:
        placed = [replace(u, file=place(u.file, module.root, tool.directory)) for u in units]
        given = {there.file: here.file for there, here in zip(placed, units, strict=True)}
        beside = {place(file, module.root, tool.directory): content for file, content in (base or {}).items()}
        checker = Checker(
            tool, OverlayStore(cache_dir), placed, lambda file, ids: render(given[file], ids), Level.BUILD, beside
        )
        return _Tests(checker, {u.id: u for u in placed}, frozenset(race), timeout, progress).verdict()


@dataclass(slots=True)
class _Tests:
    """One comparison of tests, package by package down to the fixes that are to blame."""

    checker: Checker
    units: Mapping[int, Unit]
    race: frozenset[int]
    timeout: float
    progress: Progress | None
    alive: set[int] = field(default_factory=set)
    rejected: dict[int, str] = field(default_factory=dict)
    not_run: dict[Path, str] = field(default_factory=dict)
    tested: dict[Path, WithTests] = field(default_factory=dict)
    before: dict[Path, PackageRun] = field(default_factory=dict)
    racing: frozenset[Path] = frozenset()
    notes: list[str] = field(default_factory=list)
    runs: int = 0

    def verdict(self) -> RunVerdict:
        self.alive = set(self.units)
        folders = homes(unit.file for unit in self.units.values())
        self.tested = packages_with_tests(self.checker.tool, sorted(folders), self.checker.overlay(()))
        self.not_run = dict.fromkeys(folders - self.tested.keys(), "the package has no tests")
        self.racing = self._racing()
        self.before = self._run((), sorted(self.tested))
        self._judge_baseline()
        after = self._run(self.alive, sorted(self.before))
        failing = {d: names for d in self.before if (names := worse(self.before[d], after[d]))}
        if failing:
            self._judge(failing)
        return RunVerdict(
            self.rejected,
            {unit.id: self._record(unit) for unit in self.units.values()},
            tuple(self.notes),
            tuple(self.checker.tool.commands),
            self.runs,
        )

    def _racing(self) -> frozenset[Path]:
        wanted = homes(self.units[u].file for u in self.race) & self.tested.keys()
        if not wanted:
            return frozenset()
        problem = race_problem(self.checker.tool)
        if problem:
            self.notes.append(f"the tests ran without the race detector: {problem}")
        return frozenset() if problem else wanted

    def _run(self, ids: Collection[int], folders: Collection[Path]) -> dict[Path, PackageRun]:
        """Runs the tests of some packages with exactly these fixes, under the race detector where that is asked for."""
        runs: dict[Path, PackageRun] = {}
        overlay = self.checker.overlay(ids)
        for race in (False, True):
            chosen = {f: self.tested[f].path for f in folders if (f in self.racing) is race}
            if chosen:
                self._tell(f"testing {len(chosen)} packages{' for races' if race else ''}")
                runs |= run_tests(self.checker.tool, chosen, overlay, timeout=self.timeout, race=race)
        self.runs += 1
        return runs

    def _judge_baseline(self) -> None:
        for folder, run in sorted(self.before.items()):
            name, said = self._name(folder), f": {run.words['']}" if run.words.get("") else ""
            if run.ending is Ending.NOT_BUILT:
                self.not_run[folder] = f"the tests of {name} do not build without any fix{said}"
            elif run.ending is Ending.TIMED_OUT:
                self.not_run[folder] = (
                    f"the tests of {name} take longer than {self.timeout:g} seconds without any fix: "
                    "--test-timeout allows more"
                )
            elif run.failed:
                self.notes.append(f"{name}: {_names(run.failed)} fail without any fix and were left out")
            elif run.ending is Ending.FAILED:
                self.not_run[folder] = f"the tests of {name} fail without any fix{said}"
        for folder in self.not_run.keys() & self.before.keys():
            self.notes.append(f"{self.not_run[folder]}; its fixes were built and vetted, but not tested")
            del self.before[folder]

    def _judge(self, failing: Mapping[Path, frozenset[str]]) -> None:
        """Looks a second time, with the fixes and without, and searches where a test fails for good."""
        again = self._run(self.alive, sorted(failing))
        without = self._run((), sorted(failing))
        for folder, names in sorted(failing.items()):
            lasting = names & worse(self.before[folder], again[folder]) & worse(without[folder], again[folder])
            if flaky := names - lasting:
                words = _names(flaky - {""}) or "the package as a whole"
                self.notes.append(f"{self._name(folder)}: {words} failed once and not again: flaky, and left out")
            if lasting:
                self._search(folder, lasting, again[folder])

    def _search(self, folder: Path, names: frozenset[str], run: PackageRun) -> None:
        """Rejects the fixes of the packages that the tests are made of, one by one."""
        made_of = self.tested[folder].made_of
        members = {u: self.units[u] for u in self.alive if self.units[u].file.parent in made_of}
        others = self.alive - members.keys()
        bisection = Bisection(members, lambda found: frozenset())

        def said(run: PackageRun) -> list[Diagnostic]:
            bad = sorted(worse(self.before[folder], run) & names)
            return [self._diagnostic(folder, name, run) for name in bad]

        found = said(run)
        if self.rejected:
            found = said(self._run(self.alive, [folder])[folder])
        search = bisection.search(found)
        try:
            wanted = next(search)
            while True:
                self._tell(f"searching among {len(members)} fixes for the one that fails {names and min(names)}")
                wanted = search.send(said(self._run(others | wanted, [folder])[folder]))
        except StopIteration as end:
            kept: frozenset[int] = end.value
        for unit, diagnostic in bisection.rejected.items():
            self.rejected[unit] = diagnostic.message
        for unit in members.keys() - kept - bisection.rejected.keys():
            self.rejected[unit] = "it needs a fix that was rejected"
        self.alive -= self.rejected.keys()

    def _diagnostic(self, folder: Path, name: str, run: PackageRun) -> Diagnostic:
        """The test's name and the first line of its failure."""
        where = self._name(folder)
        if run.ending is Ending.TIMED_OUT:
            what = f"test {name} of {where}" if name else f"the tests of {where}"
            text = f"{what} did not end within {self.timeout:g} seconds (--test-timeout)"
        else:
            words = run.words.get(name) or run.words.get("") or "it gives no message"
            text = f"{f'test {name}' if name else 'the test program'} of {where} fails: {words}"
        return Diagnostic(folder, None, 0, 0, 0, text, "test")

    def _record(self, unit: Unit) -> RunRecord:
        folder = unit.file.parent
        if folder in self.before:
            ran = sum("/" not in name for name in self.before[folder].passed)
            return RunRecord(self._name(folder), ran, folder in self.racing)
        return RunRecord(self._name(folder), not_run=self.not_run.get(folder, "the tests did not run"))

    def _name(self, folder: Path) -> str:
        if folder in self.tested:
            return self.tested[folder].path
        root = self.checker.tool.directory
        return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else str(folder)

    def _tell(self, text: str) -> None:
        if self.progress is not None:
            self.progress("verify", self.runs, 0, text)


def worse(before: PackageRun, after: PackageRun) -> frozenset[str]:
    """Names of the tests that pass in one run and fail in another, the innermost ones.

    The empty name stands for the package: it fails although no test does, or a top-level test that passed did not
    come to its turn because the process ended.
    """
    failed = before.passed & after.failed
    inner = {name for name in failed if not any(other.startswith(f"{name}/") for other in failed)}
    if inner:
        return frozenset(inner)
    if after.ending is Ending.PASSED:
        return frozenset()
    missing = {name for name in before.passed - after.passed if "/" not in name}
    return frozenset({""}) if before.ending is Ending.PASSED or missing else frozenset()


def _names(names: Collection[str]) -> str:
    """Names for a sentence: parents of subtests that are named too are left out, and so are more than a few."""
    inner = sorted(n for n in names if not any(other.startswith(f"{n}/") for other in names))
    rest = len(inner) - _MOST_NAMES
    return ", ".join(inner[:_MOST_NAMES]) + (f" and {rest} more" if rest > 0 else "")
