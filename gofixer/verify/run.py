"""Proves fixes: which of them leave a tree that builds and vets as it did."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from gofixer.facts.constraints import Variant
from gofixer.facts.modules import Module
from gofixer.facts.toolchain import Toolchain
from gofixer.verify.bisection import Bisection, Search
from gofixer.verify.checker import Checker, NothingListed, State, homes
from gofixer.verify.gotool import GoTool
from gofixer.verify.model import Diagnostic, Level, Progress, Render, Unit, Verdict
from gofixer.verify.overlay import OverlayStore
from gofixer.verify.packages import importers, place

_HOST = Variant()


def verify(
    toolchain: Toolchain,
    module: Module,
    units: Sequence[Unit],
    render: Render,
    *,
    cache_dir: Path,
    level: Level = Level.VET,
    variant: Variant = _HOST,
    base: Mapping[Path, bytes] | None = None,
    timeout: float | None = None,
    progress: Progress | None = None,
) -> Verdict:
    """Compiles and vets the packages that can see the fixes, and keeps the fixes that break nothing.

    ``units`` are fixes of one module, to be checked under one configuration. What counts is the difference to
    the unfixed tree: only new diagnostics reject. ``base`` gives further files of the unfixed tree that differ
    from those on disk, such as the outcome of an earlier pass. Nothing is written but the overlay contents below
    ``cache_dir``. ``timeout`` is in seconds for each go command (default: $GOFIXER_GO_TIMEOUT or 30 minutes).

    ``Level.TEST`` asks for no more than ``Level.VET`` here: `prove_by_tests` runs the tests of what was accepted.
    Raises UserError (exit 3) where the toolchain or the machine could not do the work.
    """
    if level is Level.NONE or not units:
        return Verdict(frozenset(u.id for u in units), {}, {})
    root = Path(os.path.realpath(module.root))
    placed = [replace(u, file=place(u.file, module.root, root)) for u in units]
    given = {there.file: here.file for there, here in zip(placed, units, strict=True)}
    tool = GoTool(toolchain, root, variant, module.env, timeout)
    beside = {place(file, module.root, root): content for file, content in (base or {}).items()}
    checker = Checker(tool, OverlayStore(cache_dir), placed, lambda file, ids: render(given[file], ids), level, beside)
    return _Run(checker, {u.id: u for u in placed}, progress or _silent).verdict()


_BLOCKED = Diagnostic(None, None, 0, 0, 0, "a package that it imports no longer compiles", "build")


@dataclass(slots=True, eq=False)
class _Group:
    """Packages whose fixes have to be searched together, and the search among them."""

    directories: frozenset[Path]
    units: frozenset[int]
    bisection: Bisection
    search: Search
    wanted: frozenset[int] | None = None
    good: set[frozenset[int]] = field(default_factory=lambda: {frozenset()})

    def advance(self, diagnostics: Sequence[Diagnostic], kept: set[int]) -> bool:
        """Answers the search, which then says what it wants next; True when it has ended.

        ``good`` collects the sets of its fixes that were compiled and found good, as is having none of them.
        """
        if self.wanted is not None and not diagnostics:
            self.good.add(self.wanted)
        try:
            self.wanted = next(self.search) if self.wanted is None else self.search.send(diagnostics)
        except StopIteration as end:
            kept |= end.value
            return True
        return False


class _Run:
    """One verification, from the state with all the fixes down to one that is good."""

    def __init__(self, checker: Checker, units: dict[int, Unit], progress: Progress) -> None:
        self.checker = checker
        self.units = units
        self.root = checker.tool.directory
        self.alive = set(units)
        self.rejected: dict[int, str] = {}
        self.unproved: dict[int, str] = {}
        self.builds = 0
        self._progress = progress
        self._newlines: dict[Path, list[int]] = {}

    def verdict(self) -> Verdict:
        try:
            targets = self._targets()
            state = self._check(self.alive, targets, f"{len(targets)} packages")
            while self.alive and (state.new or state.blocked):
                area = self._search(state) if state.new else state.blocked
                if not area:
                    break
                before = frozenset(self.alive)
                state = self._check(self.alive, area, "what is left")
                if before == self.alive and not state.new:
                    self._give_up(state.blocked)
                    break
        except NothingListed as failure:
            reason = f"the go command cannot list the packages of {self.root}: {failure}"
            self.unproved |= dict.fromkeys(self.alive, reason)
            self.alive.clear()
        notes = [f"package {self._name(d)} {why}" for d, why in sorted(self.checker.broken.items())]
        return Verdict(
            frozenset(self.alive),
            self.rejected,
            self.unproved,
            tuple(notes),
            tuple(self.checker.tool.commands),
            self.builds,
        )

    def _targets(self) -> frozenset[Path]:
        targets = homes(u.file for u in self.units.values())
        declared = homes(u.file for u in self.units.values() if u.declaration)
        if declared:
            # Fixes may import anew: who imports whom is asked with the fixes in place.
            targets |= importers(self.checker.tool, declared, self.checker.overlay(self.alive))
        return targets

    def _check(self, ids: set[int] | frozenset[int], directories: frozenset[Path], text: str) -> State:
        self._progress("verify", self.builds, 0, text)
        state = self.checker.check(ids, directories)
        self.builds += 1
        for unit in sorted(self.alive):
            if unit in self.unproved:
                continue
            file = self.units[unit].file
            if file in self.checker.ignored:
                self._leave_out(unit, f"{self._name(file)} is left out by its build constraints here")
            elif file.parent in self.checker.broken:
                self._leave_out(unit, f"package {self._name(file.parent)} {self.checker.broken[file.parent]}")
        return state

    def _give_up(self, directories: frozenset[Path]) -> None:
        """Leaves out the fixes of packages that could not be compiled to the end, and what those may observe."""
        for unit in sorted(self.alive):
            if self.units[unit].declaration or self.units[unit].file.parent in directories:
                self._leave_out(unit, _BLOCKED.message)

    def _leave_out(self, unit: int, reason: str) -> None:
        self.alive.discard(unit)
        self.unproved[unit] = reason
        for other in sorted(u for u in self.alive if unit in self.units[u].requires):
            self._leave_out(other, f"it needs a fix that could not be proved: {reason}")

    def _search(self, state: State) -> frozenset[Path]:
        """Rejects the guilty fixes; returns the folders whose final state has not been compiled yet."""
        groups = self._groups(state)
        elsewhere = frozenset(self.alive - {u for g in groups for u in g.units})
        kept: set[int] = set()
        waiting = [g for g in groups if not g.advance((), kept)]
        while waiting:
            area = frozenset[Path]().union(*(g.directories for g in waiting))
            trial = elsewhere.union(kept, *(g.wanted or () for g in waiting)) - self.unproved.keys()
            now = self._check(trial, area, f"searching among {sum(len(g.units) for g in waiting)} fixes")
            answered = [g for g in waiting if self._answered(g, now)]
            ended = [g for g in answered if g.advance(self._new_in(g.directories, now), kept)]
            if not answered:
                # They wait for each other's packages to compile: the first gives way.
                ended = [g for g in waiting[:1] if g.advance([_BLOCKED], kept)]
            waiting = [g for g in waiting if g not in ended]
        for group in groups:
            self._settle(group, kept)
        self.alive -= self.unproved.keys()
        unseen = (g.directories for g in groups if g.units & self.alive not in g.good)
        return (state.blocked - self.checker.broken.keys()).union(*unseen)

    def _groups(self, state: State) -> list[_Group]:
        """Each failing package with its own fixes; those that see changed declarations share one group."""
        declared = homes(self.units[u].file for u in self.alive if self.units[u].declaration)
        single: list[frozenset[Path]] = []
        shared: set[Path] = set()
        everything = homes(self.units[u].file for u in self.alive)
        for directory in state.new:
            if directory is None or (directory not in everything and not declared):
                shared |= everything | ({directory} if directory else set())
            elif declared:
                shared |= declared | {directory}
            else:
                single.append(frozenset({directory}))
        areas = [area for area in single if not area & shared]
        if shared:
            areas.append(frozenset(shared))
        groups = []
        for area in areas:
            members = {u: self.units[u] for u in self.alive if self.units[u].file.parent in area}
            bisection = Bisection(members, self._suspects)
            ids = frozenset(members)
            groups.append(_Group(area, ids, bisection, bisection.search(self._new_in(area, state))))
        return groups

    @staticmethod
    def _new_in(area: frozenset[Path], state: State) -> list[Diagnostic]:
        return [d for directory in (*sorted(area), None) for d in state.new.get(directory, ())]

    def _answered(self, group: _Group, state: State) -> bool:
        return bool(self._new_in(group.directories, state)) or not group.directories & state.blocked

    def _settle(self, group: _Group, kept: set[int]) -> None:
        for unit, diagnostic in group.bisection.rejected.items():
            said = self._narrowed(diagnostic, self.units[unit]).sentence(self.root)
            self.rejected[unit] = said if diagnostic.tool == "build" else f"vet: {said}"
        for unit in group.units - kept - self.rejected.keys() - self.unproved.keys():
            cause = min(self.units[unit].requires & self.rejected.keys(), default=None)
            why = f": {self.rejected[cause]}" if cause is not None else ""
            self.rejected[unit] = f"it needs a fix that was rejected{why}"
        for unit in self.unproved.keys() & self.rejected.keys():
            del self.rejected[unit]
        self.alive -= self.rejected.keys()

    def _suspects(self, diagnostics: Sequence[Diagnostic]) -> frozenset[int]:
        return frozenset(
            unit.id
            for found in diagnostics
            for unit in self.units.values()
            if unit.file == found.file
            and any(first <= found.end_line and found.line <= last for first, last in self._lines(unit))
        )

    def _narrowed(self, found: Diagnostic, unit: Unit) -> Diagnostic:
        """A diagnostic in text that several fixes replaced, put on the lines of the one."""
        if found.file != unit.file:
            return found
        inside = [first for first, last in self._lines(unit) if first <= found.end_line and found.line <= last]
        return replace(found, line=max(found.line, inside[0])) if inside else found

    def _lines(self, unit: Unit) -> list[tuple[int, int]]:
        """The 1-based lines of the unfixed file that a fix replaces text of."""
        if unit.file not in self._newlines:
            content = self.checker.unfixed[unit.file]
            self._newlines[unit.file] = [i for i, byte in enumerate(content) if byte == 10]
        ends = self._newlines[unit.file]
        return [(bisect_left(ends, a) + 1, bisect_left(ends, max(a, b - 1)) + 1) for a, b in unit.spans]

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)


def _silent(stage: str, done: int, total: int, text: str) -> None:
    del stage, done, total, text
