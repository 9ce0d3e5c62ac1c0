"""Findings as the editor shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types

from gofixer.engine.checks import DISPLAY_ONLY
from gofixer.engine.model import Finding, Note, Outcome
from gofixer.lsp.positions import Positions
from gofixer.lsp.workspace import Project
from gofixer.transform import Applicability

SOURCE = "gofixer"


@dataclass(frozen=True, slots=True)
class Document:
    """An open file as it is in the editor at one version."""

    uri: str
    path: Path
    version: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Shown:
    """What was found in a document, and said of it; ``provable`` tells whether there is a toolchain for fixes."""

    document: Document
    project: Project
    findings: tuple[Finding, ...]
    notes: tuple[Note, ...]
    positions: Positions
    provable: bool


def is_fixable(finding: Finding) -> bool:
    """Whether there is a fix to offer. One that overlaps another can be had by itself."""
    return finding.outcome in (Outcome.PROPOSED, Outcome.CONFLICTED)


def visible(findings: Sequence[Finding], path: Path, *, unsafe: bool) -> tuple[Finding, ...]:
    """The findings of a file that an editor shows: what has a fix, and what is for people to decide.

    Refused and suppressed sites are for reports; unsafe fixes are shown where the user wants them.
    """
    return tuple(
        f
        for f in findings
        if f.file == path
        and ((is_fixable(f) and (unsafe or f.applicability is Applicability.SAFE)) or f.reason == DISPLAY_ONLY)
    )


def diagnostic(shown: Shown, finding: Finding) -> types.Diagnostic:
    """One finding: information where there is a fix, a hint where there is only advice."""
    fixable = is_fixable(finding)
    return types.Diagnostic(
        range=shown.positions.place(finding),
        message=finding.message if fixable else f"{finding.message} ({finding.reason})",
        severity=types.DiagnosticSeverity.Information if fixable else types.DiagnosticSeverity.Hint,
        code=finding.transform,
        source=SOURCE,
    )


def diagnostics(shown: Shown) -> list[types.Diagnostic]:
    """All that is said of a document, in the order of its lines."""
    found = [diagnostic(shown, finding) for finding in shown.findings]
    found += _notes(shown)
    return sorted(found, key=lambda d: (d.range.start.line, d.range.start.character, str(d.code)))


def _notes(shown: Shown) -> Iterator[types.Diagnostic]:
    for note in shown.notes:
        if note.file == shown.document.path and note.line:
            unused = note.message.startswith("unused suppression")
            yield types.Diagnostic(
                range=shown.positions.line(note.line),
                message=note.message,
                severity=types.DiagnosticSeverity.Hint if unused else types.DiagnosticSeverity.Warning,
                code="unused-suppression" if unused else None,
                source=SOURCE,
                tags=[types.DiagnosticTag.Unnecessary] if unused else None,
            )
