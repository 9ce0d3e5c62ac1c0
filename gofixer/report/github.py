"""Workflow annotations: what GitHub shows beside the lines of a pull request.

The form is that of "Workflow commands for GitHub Actions", `::warning file=...,line=...::message`, with its escapes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gofixer.engine.model import Finding, Report
from gofixer.report.heat import suffix
from gofixer.report.kept import shown
from gofixer.report.paths import relative


def render(report: Report, cwd: Path, *, colour: bool, verbose: bool) -> bytes:
    """One line for each fix, for each that only waits for a person's word, and for each thing that went wrong."""
    lines = [*(_finding(one, cwd) for one in shown(report)), *_notes(report, cwd)]
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")


def _finding(finding: Finding, cwd: Path) -> str:
    reason = f" ({finding.reason})" if finding.reason else ""
    message = f"{finding.message}{reason}{suffix(finding)}. gofixer explain {finding.transform} says why."
    place = {
        "file": relative(finding.file, cwd),
        "line": str(finding.line),
        "endLine": str(finding.end_line),
        "title": f"gofixer: {finding.transform}",
    }
    if finding.line == finding.end_line:  # GitHub takes columns within one line only
        place |= {"col": str(finding.column), "endColumn": str(finding.end_column)}
    return _command("notice" if finding.reason else "warning", place, message)


def _notes(report: Report, cwd: Path) -> Iterator[str]:
    for note in report.notes:
        place = {"title": "gofixer"}
        if note.file is not None:
            place |= {"file": relative(note.file, cwd), "line": str(note.line or 1)}
        yield _command("error" if note.level == "error" else "warning", place, note.message)


def _command(name: str, properties: dict[str, str], message: str) -> str:
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {listed}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
