"""The JSON report, version 1: a contract with scripts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from gofixer.engine.model import Finding, Outcome, Report
from gofixer.report.paths import relative

VERSION: Literal[1] = 1


class JsonModule(msgspec.Struct, frozen=True):
    """A module: import path, folder, go line."""

    path: str
    dir: str
    go: str


class JsonFinding(msgspec.Struct, frozen=True):
    """A finding; lines and columns are 1-based, columns in bytes."""

    transform: str
    family: str
    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    applicability: str
    outcome: str
    reason: str
    function: str
    evidence: Mapping[str, object]
    diff: str


class JsonSummary(msgspec.Struct, frozen=True):
    """Counts of a run. Files are those looked at."""

    files: int
    findings: int
    applied: int
    proposed: int
    rejected: int
    skipped: int
    suppressed: int
    seconds: float


class JsonReport(msgspec.Struct, frozen=True):
    """The document."""

    version: Literal[1]
    go: str
    modules: tuple[JsonModule, ...]
    findings: tuple[JsonFinding, ...]
    summary: JsonSummary


def render(report: Report, cwd: Path) -> bytes:
    """The report as one JSON document with a final newline; files are relative to ``cwd`` with ``/``."""
    return msgspec.json.format(msgspec.json.encode(document(report, cwd)), indent=2) + b"\n"


def document(report: Report, cwd: Path) -> JsonReport:
    """The values of the JSON report."""
    outcomes = Counter(finding.outcome for finding in report.findings)
    return JsonReport(
        version=VERSION,
        go=report.go,
        modules=tuple(JsonModule(m.path, relative(m.dir, cwd), m.go) for m in report.modules),
        findings=tuple(_finding(finding, cwd) for finding in report.findings),
        summary=JsonSummary(
            files=report.files,
            findings=len(report.findings),
            applied=outcomes[Outcome.APPLIED],
            proposed=outcomes[Outcome.PROPOSED],
            rejected=outcomes[Outcome.REJECTED],
            skipped=outcomes[Outcome.SKIPPED],
            suppressed=outcomes[Outcome.SUPPRESSED],
            seconds=round(report.seconds, 3),
        ),
    )


def _finding(finding: Finding, cwd: Path) -> JsonFinding:
    evidence = dict(finding.evidence)
    if not finding.proved:
        # What --verify none shows is marked as such.
        evidence["proved"] = False
    return JsonFinding(
        transform=finding.transform,
        family=finding.family,
        file=relative(finding.file, cwd),
        line=finding.line,
        column=finding.column,
        end_line=finding.end_line,
        end_column=finding.end_column,
        message=_text(finding.message),
        applicability=finding.applicability.value,
        outcome=finding.outcome.value,
        reason=_text(finding.reason),
        function=_text(finding.function),
        evidence=evidence,
        diff=_text(finding.diff),
    )


def _text(text: str) -> str:
    """Text that JSON can hold: source bytes that are no UTF-8 were kept as surrogates."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
