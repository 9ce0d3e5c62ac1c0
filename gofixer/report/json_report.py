"""The JSON report, version 1: a contract with scripts (fields are only ever added)."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import msgspec

from gofixer.engine.model import Finding, Outcome, Report

VERSION = 1


def render(report: Report, cwd: Path) -> bytes:
    """The report as one JSON document with a final newline.

    Files are relative to ``cwd`` with ``/``; lines and columns are 1-based, columns in bytes.
    """
    outcomes = Counter(finding.outcome for finding in report.findings)
    document = {
        "version": VERSION,
        "go": report.go,
        "modules": [{"path": m.path, "dir": relative(m.dir, cwd), "go": m.go} for m in report.modules],
        "findings": [_finding(finding, cwd) for finding in report.findings],
        "notes": [
            {
                "level": note.level,
                "file": relative(note.file, cwd) if note.file else "",
                "line": note.line,
                "message": note.message,
            }
            for note in report.notes
        ],
        "commands": list(report.commands),
        "summary": {
            "files": report.files,
            "findings": len(report.findings),
            **{outcome.value: outcomes[outcome] for outcome in Outcome},
            "seconds": round(report.seconds, 3),
        },
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _finding(finding: Finding, cwd: Path) -> dict[str, object]:
    return {
        "transform": finding.transform,
        "family": finding.family,
        "file": relative(finding.file, cwd),
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "message": finding.message,
        "applicability": finding.applicability.value,
        "outcome": finding.outcome.value,
        "reason": finding.reason,
        "function": finding.function,
        "evidence": dict(finding.evidence),
        "diff": finding.diff,
        "proved": finding.proved,
    }


def relative(path: Path, cwd: Path) -> str:
    """A path as people and scripts see it: relative to ``cwd``, with ``/``."""
    name = os.path.relpath(path, cwd).replace(os.sep, "/")
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
