"""What people read in a terminal: findings, the patch in colour, the summary."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from gofixer.engine.checks import NEEDS_UNSAFE
from gofixer.engine.model import Finding, Note, Outcome, Report
from gofixer.report.json_report import relative

_RESET, _BOLD, _DIM = "\x1b[0m", "\x1b[1m", "\x1b[2m"
_COLOURS = {
    Outcome.APPLIED: "\x1b[32m",
    Outcome.PROPOSED: "\x1b[32m",
    Outcome.REJECTED: "\x1b[31m",
    Outcome.CONFLICTED: "\x1b[33m",
    Outcome.SKIPPED: "\x1b[33m",
    Outcome.SUPPRESSED: "\x1b[2m",
}
_PATCH_COLOURS = ((b"+++ ", b"\x1b[1m"), (b"--- ", b"\x1b[1m"), (b"diff ", b"\x1b[1m"), (b"@@", b"\x1b[36m"))
_QUOTED = re.compile(r"`[^`]*`")
_MOST_REASONS = 6


def coloured_patch(patch: bytes) -> bytes:
    """A patch with terminal colours as git gives it."""
    out = []
    in_hunk = False
    for line in patch.splitlines(keepends=True):
        body, ending = line.rstrip(b"\n"), line[len(line.rstrip(b"\n")) :]
        colour = b""
        if line.startswith(b"diff "):
            in_hunk = False
        if in_hunk and line[:1] in b"+-":
            colour = b"\x1b[32m" if line[:1] == b"+" else b"\x1b[31m"
        else:
            colour = next((code for prefix, code in _PATCH_COLOURS if line.startswith(prefix)), b"")
        in_hunk = in_hunk or line.startswith(b"@@")
        out.append(colour + body + b"\x1b[0m" + ending if colour else line)
    return b"".join(out)


def findings(report: Report, cwd: Path, *, verbose: bool, colour: bool) -> Iterator[str]:
    """One line per finding: what was done, what was rejected, and when ``verbose`` what was left alone and why."""
    always = {Outcome.APPLIED, Outcome.PROPOSED, Outcome.REJECTED, Outcome.CONFLICTED}
    for finding in report.findings:
        if verbose or finding.outcome in always:
            yield _line(finding, cwd, colour)


def _line(finding: Finding, cwd: Path, colour: bool) -> str:
    place = f"{relative(finding.file, cwd)}:{finding.line}:{finding.column}"
    outcome = finding.outcome.value
    if colour:
        place = f"{_BOLD}{place}{_RESET}"
        outcome = f"{_COLOURS[finding.outcome]}{outcome}{_RESET}"
    text = finding.reason or finding.message
    unproved = "" if finding.proved else " (not proved)"
    return f"{place}: {finding.transform} {outcome}{unproved}: {text}"


def notes(items: Iterable[Note], cwd: Path, *, colour: bool) -> Iterator[str]:
    """One line per note."""
    for note in items:
        place = f"{relative(note.file, cwd)}:" if note.file else "gofixer:"
        if note.line:
            place += f"{note.line}:"
        if colour:
            place = f"{_BOLD}{place}{_RESET}"
        yield f"{place} {note.level}: {note.message}"


def summary(report: Report, *, unsafe: bool) -> Iterator[str]:
    """What a run comes to, in a few lines."""
    outcomes = Counter(finding.outcome for finding in report.findings)
    done = [f for f in report.findings if f.outcome in (Outcome.APPLIED, Outcome.PROPOSED)]
    word = "applied" if outcomes[Outcome.APPLIED] else "proposed"
    if done:
        files = len({f.file for f in done})
        names = len({f.transform for f in done})
        text = f"{_count(len(done), 'fix', 'fixes')} {word} in {_count(files, 'file')} ({_count(names, 'transform')})"
    else:
        text = f"nothing to fix in {_count(report.files, 'file')}"
    parts = [text]
    if skipped := outcomes[Outcome.SKIPPED]:
        parts.append(f"{skipped} skipped: {', '.join(_reasons(report.findings))}")
    parts += [
        f"{outcomes[o]} {o.value}" for o in (Outcome.REJECTED, Outcome.CONFLICTED, Outcome.SUPPRESSED) if outcomes[o]
    ]
    yield "; ".join(parts) + f" [{report.seconds:.1f} s]"
    held_back = sum(f.reason == NEEDS_UNSAFE for f in report.findings)
    if held_back and not unsafe:
        yield f"--unsafe would add {_count(held_back, 'fix', 'fixes')} that change behaviour as documented"
    if outcomes[Outcome.SKIPPED]:
        yield "-v shows each skipped site with its reason"


def statistics(report: Report) -> Iterator[str]:
    """A table of transforms and outcomes."""
    names = sorted({f.transform for f in report.findings})
    width = max((len(name) for name in names), default=9)
    columns = [o for o in Outcome if any(f.outcome is o for f in report.findings)]
    yield " ".join([f"{'transform':{width}}", *(f"{o.value:>10}" for o in columns)])
    for name in names:
        counts = Counter(f.outcome for f in report.findings if f.transform == name)
        yield " ".join([f"{name:{width}}", *(f"{counts[o]:>10}" for o in columns)])


def short_reason(reason: str) -> str:
    """A reason without what is particular to the site, for counting."""
    return _QUOTED.sub("...", reason).split(":")[0]


def _reasons(items: Sequence[Finding]) -> list[str]:
    counts = Counter(short_reason(f.reason) for f in items if f.outcome is Outcome.SKIPPED)
    shown = [f"{count} {reason}" for reason, count in counts.most_common(_MOST_REASONS)]
    rest = sum(counts.values()) - sum(count for _, count in counts.most_common(_MOST_REASONS))
    return [*shown, f"{rest} for other reasons"] if rest else shown


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
