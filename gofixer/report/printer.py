"""The forms of a report by name."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from gofixer.engine.model import Report
from gofixer.report import github, json_report, markdown, sarif, text


class Printer(Protocol):
    """Makes a report's document: paths relative to ``cwd``, ``colour`` for a terminal, ``verbose`` with refusals."""

    def __call__(self, report: Report, cwd: Path, *, colour: bool, verbose: bool) -> bytes: ...


def _json(report: Report, cwd: Path, *, colour: bool, verbose: bool) -> bytes:
    return json_report.render(report, cwd)


FORMATS: Mapping[str, Printer] = {
    "text": text.render,
    "json": _json,
    "sarif": sarif.render,
    "github": github.render,
    "markdown": markdown.render,
}
