"""The worker: runs the engine over open files, with what the editor has and the disk has not."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from gofixer import pipeline
from gofixer.edits.algebra import line_edits
from gofixer.edits.model import Edit
from gofixer.engine.decisions import Decisions, Site
from gofixer.engine.model import Finding, Note, Outcome, Progress, Report, Request, Verify
from gofixer.facts.oracle import Oracle, Questions
from gofixer.lsp.workspace import Project


class SharedOracle(Oracle):
    """An oracle that several threads may ask, one after the other."""

    resident = True

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self._turn = threading.RLock()

    @contextmanager
    def questions(self) -> Iterator[Questions]:
        """As `Oracle.questions`; other threads wait for the end."""
        with self._turn, super().questions() as questions:
            yield questions

    def format(self, sources: Sequence[bytes]) -> list[bytes | None]:
        """As `Oracle.format`."""
        with self._turn:
            return super().format(sources)


@dataclass(frozen=True, slots=True)
class Look:
    """What there is to see in files: findings, notes about them, and why nothing can be proved, empty if it can."""

    findings: Sequence[Finding]
    notes: Sequence[Note]
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Proved:
    """What became of a fix: edits of the file as it is in the editor, or the sentence that says why there are none."""

    edits: tuple[Edit, ...]
    reason: str = ""


class Analyst:
    """Runs the engine for the server; keeps the toolchain and the type oracle from one run to the next."""

    def __init__(self) -> None:
        self._tools: pipeline.Tools | None = None
        self._go: Path | None = None
        self._turn = threading.Lock()

    def use(self, go: Path | None) -> None:
        """Work with another toolchain from now on."""
        with self._turn:
            if go != self._go:
                self._close()
                self._go = go

    def look(
        self, cwd: Path, project: Project, files: Sequence[Path], buffers: Mapping[Path, bytes], progress: Progress
    ) -> Look:
        """The findings in some files of one package, unproved. Raises `UserError`, and what ``progress`` raises."""
        request = self._request(cwd, project, files, buffers, progress)
        tools = self._used()
        try:
            report = pipeline.analyse(replace(request, verify=Verify.NONE, unsafe=True, look=True), tools)
        finally:
            gc.collect()  # trees and answers refer to each other, and are many
        return Look(report.findings, report.notes, report.missing_toolchain)

    def prove(
        self, cwd: Path, project: Project, site: Site, buffers: Mapping[Path, bytes], progress: Progress
    ) -> Proved:
        """The edits of the fix at one site, built and vetted. Raises `UserError`, and what ``progress`` raises."""
        request = self._request(cwd, project, [site.file], buffers, progress)
        decisions = Decisions(accepted=frozenset({site}))
        report = self._proved(replace(request, unsafe=True, decisions=decisions))
        edits = edits_for(report, site.file)
        return Proved(edits, "" if edits else _why_not(report, site))

    def fix_all(
        self, cwd: Path, project: Project, path: Path, buffers: Mapping[Path, bytes], progress: Progress
    ) -> Proved:
        """The edits of all safe fixes of a file, built and vetted. Raises `UserError`, and what ``progress`` raises.

        Unsafe fixes are never among them, whatever the configuration says.
        """
        safe = replace(project, config=replace(project.config, unsafe=False))
        report = self._proved(self._request(cwd, safe, [path], buffers, progress))
        refused = [f for f in report.findings if f.outcome is Outcome.REJECTED]
        reason = f"{refused[0].transform} was refused: {refused[0].reason}" if refused else ""
        return Proved(edits_for(report, path), reason)

    def close(self) -> None:
        """End the helper process."""
        with self._turn:
            self._close()

    def _proved(self, request: Request) -> Report:
        tools = self._used()
        if tools.toolchain is None:
            return Report("", (), (), (), (), 0, 0.0, missing_toolchain=tools.missing)
        return pipeline.analyse(replace(request, verify=Verify.VET), tools)

    def _request(
        self, cwd: Path, project: Project, files: Sequence[Path], buffers: Mapping[Path, bytes], progress: Progress
    ) -> Request:
        return Request(
            cwd=cwd,
            paths=tuple(str(path) for path in files),
            config=project.config,
            transforms=project.active,
            selected=project.selected,
            go=self._go,
            jobs=1,
            cache=False,
            progress=progress,
            buffers=buffers,
        )

    def _used(self) -> pipeline.Tools:
        with self._turn:
            if self._tools is None:
                self._tools = pipeline.tools(self._go, SharedOracle)
            return self._tools

    def _close(self) -> None:
        if self._tools is not None and self._tools.oracle is not None:
            self._tools.oracle.close()
        self._tools = None


def edits_for(report: Report, path: Path) -> tuple[Edit, ...]:
    """What a run changed in a file, as whole lines: those never cut a character."""
    for change in report.changes:
        if change.path == path:
            return tuple(line_edits(change.before, change.after))
    return ()


def _why_not(report: Report, site: Site) -> str:
    if report.missing_toolchain:
        return report.missing_toolchain
    for f in report.findings:
        if (f.file, f.transform, f.line, f.column) == (site.file, site.transform, site.line, site.column) and f.reason:
            verb = "was refused" if f.outcome is Outcome.REJECTED else "cannot be applied"
            return f"{site.transform} {verb}: {f.reason}"
    return f"{site.transform} finds nothing here any more"
