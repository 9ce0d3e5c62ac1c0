"""The report as Markdown: what the body of a pull request, a comment or a chat message shows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from gofixer.engine.model import Finding, Outcome, Report
from gofixer.engine.registry import shipped
from gofixer.report.card import first_paragraph
from gofixer.report.evidence import lines as evidence_lines
from gofixer.report.heat import suffix
from gofixer.report.kept import is_fix, waits
from gofixer.report.paths import relative
from gofixer.report.text import short_reason
from gofixer.transform import Transform

# GitHub takes bodies of up to 65,536 characters.
MOST_CHARACTERS = 50_000
_MOST_WAITING = 50


def render(report: Report, cwd: Path, *, colour: bool, verbose: bool) -> bytes:
    """A table of the transforms, then for each of them why, and its fixes with diff and evidence, folded.

    With ``verbose`` it counts what was left alone, by reason. Fixes that would make the text longer than
    `MOST_CHARACTERS` are counted instead of shown.
    """
    fixes = [finding for finding in report.findings if is_fix(finding)]
    parts = [_head(report, fixes)]
    known = {transform.name: transform for transform in shipped()}
    parts += _table(fixes, known)
    parts += _verification(report)
    room = MOST_CHARACTERS - sum(map(len, parts))
    names = list(dict.fromkeys(finding.transform for finding in fixes))
    fixes.sort(key=lambda finding: names.index(finding.transform))
    for number, finding in enumerate(fixes):
        block = _fix(finding, cwd)
        if number == 0 or finding.transform != fixes[number - 1].transform:
            block = f"{_why(finding.transform, known)}\n{block}"
        if len(block) > room:
            parts.append(f"{len(fixes) - number} more are not shown here: `gofixer --dry-run` prints them all.\n")
            break
        parts.append(block)
        room -= len(block)
    parts += _left(report, cwd, verbose)
    if report.notes:
        parts.append("".join(f"- {note.level}: {_plain(note.message)}\n" for note in report.notes))
    return "\n".join(parts).encode("utf-8", "replace")


def _head(report: Report, fixes: list[Finding]) -> str:
    files = len({finding.file for finding in fixes})
    if not fixes:
        return f"## gofixer\n\nNothing to fix in {_count(report.files, 'file')}.\n"
    done = "applied" if any(f.outcome is Outcome.APPLIED for f in fixes) else "proposed"
    return f"## gofixer\n\n{_count(len(fixes), 'fix', 'fixes')} {done} in {_count(files, 'file')}.\n"


def _table(fixes: list[Finding], known: Mapping[str, Transform]) -> Iterator[str]:
    if not fixes:
        return
    counts = Counter((f.transform, f.applicability.value) for f in fixes)
    files = {name: len({f.file for f in fixes if f.transform == name}) for name, _ in counts}
    rows = [
        f"| `{name}` | {_cell(known[name].summary) if name in known else ''} | {applies} | {count} | {files[name]} |"
        for (name, applies), count in sorted(counts.items())
    ]
    yield (
        "\n".join(["| transform | what it finds | applies | fixes | files |", "|---|---|---|---:|---:|", *rows]) + "\n"
    )


def _why(name: str, known: Mapping[str, Transform]) -> str:
    """The heading of a transform, and why its sites are slow."""
    text = first_paragraph(known[name].documentation, "Why it is slow") if name in known else ""
    return f"### {name}\n" + (f"\n{text}\n" if text else "")


def _verification(report: Report) -> Iterator[str]:
    rejected = sum(f.outcome is Outcome.REJECTED for f in report.findings)
    if report.commands:
        commands = "\n".join(repeatable(report.commands))
        refused = f" {_count(rejected, 'fix was', 'fixes were')} rejected by it." if rejected else ""
        fence = _fence(commands)
        yield f"Verified with {report.go}.{refused}\n"
        title = "Commands, to be run with the fixes in place"
        yield f"<details><summary>{title}</summary>\n\n{fence}\n{commands}\n{fence}\n</details>\n"
    elif any(is_fix(f) for f in report.findings):
        yield "Not verified.\n"


def repeatable(commands: Sequence[str]) -> list[str]:
    """The commands of the verification for somebody who has the fixes on disk: without overlays, each once."""
    return list(dict.fromkeys(re.sub(r" -overlay=(?:'[^']*'|\S+)", "", command) for command in commands))


def _fix(finding: Finding, cwd: Path) -> str:
    place = f"{relative(finding.file, cwd)}:{finding.line}"
    inside = f" in `{finding.function}`" if finding.function else ""
    unproved = "" if finding.proved else " (not proved)"
    diff = finding.diff.rstrip("\n")
    fence = _fence(diff)
    summary = f"<code>{_html(place)}</code> {_html(finding.message)}{unproved}{_html(suffix(finding))}"
    told = "".join(f"- {_plain(line)}\n" for line in evidence_lines(finding.evidence))
    body = f"`{finding.transform}`{inside}\n\n{fence}diff\n{diff}\n{fence}\n" + (f"\n{told}" if told else "")
    return f"<details><summary>{summary}</summary>\n\n{body}\n</details>\n"


def _left(report: Report, cwd: Path, verbose: bool) -> Iterator[str]:
    waiting = [finding for finding in report.findings if waits(finding)]
    if waiting:
        rows = [
            f"- `{relative(f.file, cwd)}:{f.line}` {f.transform}: {_plain(f.reason)}{_plain(suffix(f))}"
            for f in waiting[:_MOST_WAITING]
        ]
        if len(waiting) > len(rows):
            rows.append(f"- and {len(waiting) - len(rows):,} more: `gofixer --dry-run -v` lists them")
        yield "### For a person to decide\n\n" + "\n".join(rows) + "\n"
    if not verbose:
        return
    reasons = Counter(
        (f.outcome.value, short_reason(f.reason)) for f in report.findings if not is_fix(f) and not waits(f)
    )
    if reasons:
        rows = [f"| {outcome} | {_cell(reason)} | {count} |" for (outcome, reason), count in reasons.most_common()]
        yield "\n".join(["### Left alone\n", "| outcome | reason | sites |", "|---|---|---:|", *rows]) + "\n"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def _fence(text: str) -> str:
    """A fence that no line of the text closes."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    return "`" * max(3, longest + 1)


def _plain(text: str) -> str:
    """Text in which Markdown and HTML mean nothing, but code spans stay."""
    pieces = re.split(r"(`[^`\n]+`)", text)
    return "".join(piece if i % 2 else re.sub(r"([\\*_\[\]<>#|~])", r"\\\1", piece) for i, piece in enumerate(pieces))


def _cell(text: str) -> str:
    return _plain(text).replace("\n", " ")


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
