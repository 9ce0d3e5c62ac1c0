"""One fix as it is shown to a person who decides about it: where, what, why, and the diff."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from gofixer.engine.model import Finding
from gofixer.report.evidence import lines as evidence_lines
from gofixer.report.heat import suffix
from gofixer.report.palette import Palette
from gofixer.report.paths import relative
from gofixer.report.text import coloured_diff
from gofixer.transform import Applicability, Transform

WIDEST = 100
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def card(
    finding: Finding, transform: Transform | None, cwd: Path, palette: Palette, *, width: int, place: str
) -> Iterator[str]:
    """The lines about a fix; ``place`` says which of how many it is, ``width`` is the terminal's in columns."""
    inside = f" in {finding.function}" if finding.function else ""
    yield palette.dim("─" * min(width, WIDEST))
    where = f"{relative(finding.file, cwd)}:{finding.line}:{finding.column}"
    yield f"{palette.dim(f'[{place}]')} {palette.bold(printable(where))}{printable(inside)}"
    yield f"{palette.name(finding.transform)} {printable(finding.message)}{suffix(finding)}"
    yield from explanation(finding, transform, min(width, WIDEST))
    yield ""
    diff = printable(finding.diff.rstrip("\n")).expandtabs(4)
    yield from (coloured_diff(diff) if palette.colour else diff).split("\n")
    yield ""
    if told := evidence_lines(finding.evidence):
        yield from (printable(line) for line in told)
        yield ""
    if finding.turn > 1:
        yield "This fix stands on what the fixes before it leave."
    if not finding.proved:
        yield "This fix is not proved: --verify none was asked for."


def explanation(finding: Finding, transform: Transform | None, width: int) -> Iterator[str]:
    """Why the site is slow, and for a fix that changes behaviour, how; from the transform's page."""
    if transform is None:
        return
    titles = ["Why it is slow"] if finding.applicability is Applicability.SAFE else ["Why it is slow", "Fix safety"]
    for title in titles:
        text = first_paragraph(transform.documentation, title)
        yield from textwrap.wrap(printable(text), width, initial_indent="  ", subsequent_indent="  ")


def first_paragraph(page: str, title: str) -> str:
    """The first paragraph under a heading of a page, as one line; empty where there is none."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    return " ".join(re.split(r"\n\s*\n|\n```", found[1].strip())[0].split()) if found else ""


def printable(text: str) -> str:
    """Text that cannot steer a terminal: control characters of somebody else's code become visible ones."""
    clean = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", clean.replace("\r\n", "\n").replace("\r", "\\r"))
