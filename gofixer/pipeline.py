"""The composition root: puts toolchain, oracle, prover and patch engine around the engine."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gofixer.engine.model import FileChange, Finding, Note, Outcome, Report, Request, Verify
from gofixer.engine.proof import Prover, Unproved
from gofixer.engine.run import Services, run
from gofixer.errors import UserError
from gofixer.evidence.attach import with_evidence
from gofixer.facts.oracle import Oracle
from gofixer.facts.toolchain import Toolchain, find_toolchain
from gofixer.patch import undo as undoing
from gofixer.patch.apply import Write, Written, write_files
from gofixer.patch.diff import file_diff, hunks
from gofixer.patch.names import naming
from gofixer.paths import cache_dir, state_dir
from gofixer.profiles.read import read_profile
from gofixer.prove import GoProver


@dataclass(frozen=True, slots=True)
class Tools:
    """What runs work with: the toolchain, or the sentence that says why there is none, and the type oracle.

    They may serve any number of runs, one after the other, until the oracle is closed.
    """

    toolchain: Toolchain | None
    missing: str
    oracle: Oracle | None


def tools(go: Path | None, oracle: Callable[[Toolchain, Path], Oracle] = Oracle) -> Tools:
    """The tools that runs with ``--go`` would use. Raises `UserError` where a toolchain that was named is of no use."""
    try:
        toolchain = find_toolchain(go)
    except UserError as error:
        if go is not None:
            raise
        return Tools(None, str(error), None)
    return Tools(toolchain, "", oracle(toolchain, cache_dir()))


def analyse(request: Request, kept: Tools | None = None) -> Report:
    """Find, rewrite and prove; nothing is written to the tree.

    ``kept`` are tools of earlier runs; without them the run has its own. Raises `UserError` for wrong use, for a
    profile that cannot be used, and where the toolchain that the user named cannot be used. Without any toolchain the
    report says so, and every finding that needs it is skipped with that reason.
    """
    profiles = [read_profile(request.cwd / path, str(path)) for path in request.profiles]
    used = kept or tools(request.go)
    toolchain, oracle = used.toolchain, used.oracle
    prover: Prover = Unproved()
    if toolchain is not None and request.verify is not Verify.NONE:
        limit = request.test_timeout
        prover = GoProver(toolchain, request.verify, cache_dir(), request.progress, oracle, limit)
    services = Services(
        toolchain=toolchain,
        no_toolchain=used.missing,
        oracle=oracle,
        prover=prover,
        hunks=hunks,
        cache=cache_dir() if request.cache else None,
        profiles=profiles,
    )
    try:
        report = run(request, services)
    finally:
        if oracle is not None and kept is None:
            oracle.close()
    return with_evidence(request, report, toolchain, cache_dir()) if toolchain is not None else report


def patch_of(changes: Sequence[FileChange], folder: Path) -> bytes:
    """The patch that `git apply` takes in ``folder``, one file after the other in path order."""
    style = naming([change.path for change in changes], folder)
    return b"".join(
        file_diff(style.name(change.path), change.before, change.after, change.kept, git=style.git)
        for change in changes
    )


def apply(request: Request, report: Report) -> Report:
    """Write a report's changes to the tree, and remember how to take them back.

    Proposed findings become applied. Files that could not be written keep theirs as skipped with the reason, and
    an error note each. Raises `UserError` where nothing can be written at all; then nothing was changed.
    """
    base = undoing.base_of(request.cwd)
    undoing.recover(state_dir(), base)
    if not report.changes:
        return report
    reversals = [undoing.Reversal(c.path, c.before, c.after, c.kept) for c in report.changes]
    saved = undoing.save(state_dir(), base, reversals)
    roots = sorted({module.dir for module in report.modules}) or [request.cwd]
    try:
        written = write_files([Write(c.path, c.before, c.after) for c in report.changes], roots)
    except BaseException:
        saved.discard()
        raise
    saved.complete(written)
    return dataclasses.replace(
        report,
        findings=[_after_writing(finding, written) for finding in report.findings],
        changes=[change for change in report.changes if change.path not in written.failed],
        notes=[
            *report.notes,
            *(Note(f"{why}; left as it was", path, level="error") for path, why in written.failed.items()),
            *(Note(note, path) for path, note in written.notes.items()),
        ],
    )


def _after_writing(finding: Finding, written: Written) -> Finding:
    if finding.outcome is not Outcome.PROPOSED:
        return finding
    if reason := written.failed.get(finding.file):
        return dataclasses.replace(finding, outcome=Outcome.SKIPPED, reason=f"the file {reason}")
    return dataclasses.replace(finding, outcome=Outcome.APPLIED)


def undo(folder: Path) -> tuple[list[Path], dict[Path, str]]:
    """Take back what the latest run in a repository wrote.

    Gives the files that are as they were again, and why others could not be written. Raises `UserError` where
    there is nothing to undo or a file was changed since.
    """
    written, _ = undoing.undo(state_dir(), folder)
    return written.done, written.failed
