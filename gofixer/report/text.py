"""What people read in a terminal: findings, the patch in colour, the summary."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from gofixer.engine.checks import NEEDS_UNSAFE
from gofixer.engine.model import Finding, Note, Outcome, Report
from gofixer.report import heat
from gofixer.report.palette import Palette, palette_of
from gofixer.report.paths import relative

_DONE = frozenset({Outcome.APPLIED, Outcome.PROPOSED})
_QUOTED = re.compile(r"`[^`]*`")
_MOST_REASONS = 6


def render(report: Report, cwd: Path, *, colour: bool, verbose: bool) -> bytes:
    """The text report: one line per finding, by file."""
    lines = findings(report.findings, cwd, palette_of(colour), verbose=verbose)
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")


def findings(items: Iterable[Finding], cwd: Path, palette: Palette, *, verbose: bool) -> Iterator[str]:
    """``path:line:col: name message``, in the report's order; sites that were left alone only where ``verbose``."""
    quiet = {Outcome.SKIPPED, Outcome.SUPPRESSED}
    for finding in items:
        if verbose or finding.outcome not in quiet:
            yield _line(finding, cwd, palette)


def _line(finding: Finding, cwd: Path, palette: Palette) -> str:
    place = palette.bold(f"{relative(finding.file, cwd)}:{finding.line}:{finding.column}")
    if finding.outcome in _DONE:
        unproved = "" if finding.proved else " (not proved)"
        return f"{place}: {finding.transform} {finding.message}{unproved}{heat.suffix(finding)}"
    return (
        f"{place}: {finding.transform} {palette.outcome(finding.outcome.value)}: {finding.reason}{heat.suffix(finding)}"
    )


def notes(items: Iterable[Note], cwd: Path, palette: Palette) -> Iterator[str]:
    """One line per note."""
    for note in items:
        place = f"{relative(note.file, cwd)}:" if note.file else "gofixer:"
        if note.line:
            place += f"{note.line}:"
        yield f"{palette.bold(place)} {palette.outcome(note.level)}: {note.message}"


# -- the patch --------------------------------------------------------------------------------------------------


def coloured_patch(patch: bytes) -> bytes:
    """A patch with terminal colours as git gives it; without the colours it is the patch again."""
    out = []
    old = new = 0
    for line in patch.split(b"\n"):
        code = b""
        if old > 0 or new > 0:
            code = _HUNK_COLOURS.get(line[:1], b"")
            old -= line[:1] in (b" ", b"-", b"")
            new -= line[:1] in (b" ", b"+", b"")
        elif hunk := _HUNK.match(line):
            old, new = (int(count) if count is not None else 1 for count in hunk.groups())
            code = b"\x1b[36m"
        elif line.startswith((b"diff ", b"--- ", b"+++ ")):
            code = b"\x1b[1m"
        # The carriage return of a CRLF line stays at its end.
        body = line[:-1] if line.endswith(b"\r") else line
        out.append(code + body + b"\x1b[0m" + line[len(body) :] if code else line)
    return b"\n".join(out)


_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")
_HUNK_COLOURS = {b"+": b"\x1b[32m", b"-": b"\x1b[31m"}


def coloured_diff(diff: str) -> str:
    """A unified diff as text, in colours."""
    return coloured_patch(diff.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")


# -- the end ----------------------------------------------------------------------------------------------------


def summary(report: Report, *, unsafe: bool, verbose: bool) -> Iterator[str]:
    """What a run comes to, in a few lines."""
    outcomes = Counter(finding.outcome for finding in report.findings)
    done = [f for f in report.findings if f.outcome in _DONE]
    if done:
        files, names = len({f.file for f in done}), len({f.transform for f in done})
        text = f"{_count(len(done), 'fix', 'fixes')} in {_count(files, 'file')} ({_count(names, 'transform')})"
        if outcomes[Outcome.PROPOSED]:
            text += ", nothing written"
    else:
        text = f"nothing to fix in {_count(report.files, 'file')}"
    parts = [text]
    if skipped := outcomes[Outcome.SKIPPED]:
        parts.append(f"{skipped} skipped: {', '.join(_reasons(report.findings))}")
    rest = (Outcome.REJECTED, Outcome.CONFLICTED, Outcome.SUPPRESSED)
    parts += [f"{outcomes[outcome]} {outcome.value}" for outcome in rest if outcomes[outcome]]
    yield "; ".join(parts) + f" [{report.seconds:.1f} s]"
    if unproved := sum(not f.proved for f in done):
        yield f"{_count(unproved, 'fix was', 'fixes were')} not proved: --verify none was asked for"
    held_back = sum(f.reason == NEEDS_UNSAFE for f in report.findings)
    if held_back and not unsafe:
        verb = "changes" if held_back == 1 else "change"
        yield f"--unsafe would add {_count(held_back, 'fix', 'fixes')} that {verb} behaviour as documented"
    if outcomes[Outcome.SKIPPED] and not verbose:
        yield "-v shows each skipped site with its reason"


def statistics(report: Report, width: int = 0) -> Iterator[str]:
    """A table of transforms and outcomes, the most frequent first, with their sums.

    Where the table is wider than ``width`` columns (0: whatever it takes) each transform is a line of words.
    """
    totals = Counter(f.transform for f in report.findings)
    if not totals:
        return
    columns = [o for o in Outcome if any(f.outcome is o for f in report.findings)]
    names = [name for name, _ in sorted(totals.items(), key=lambda item: (-item[1], item[0]))]
    rows = {name: Counter(f.outcome for f in report.findings if f.transform == name) for name in names}
    if len(rows) > 1:
        rows["all"] = Counter(f.outcome for f in report.findings)
    widest = max(len(name) for name in ("transform", *rows))
    lines = [" ".join([f"{'transform':{widest}}", *(f"{o.value:>10}" for o in columns)])]
    lines += [" ".join([f"{name:{widest}}", *(f"{counts[o]:>10}" for o in columns)]) for name, counts in rows.items()]
    if not width or len(lines[0]) <= width:
        yield from lines
        return
    for name, counts in rows.items():
        yield f"{name}: {', '.join(f'{counts[o]} {o.value}' for o in columns if counts[o])}"


def short_reason(reason: str) -> str:
    """A reason without what is particular to the site, for counting."""
    return _QUOTED.sub("...", reason).split(":")[0]


def _reasons(items: Sequence[Finding]) -> list[str]:
    counts = Counter(short_reason(f.reason) for f in items if f.outcome is Outcome.SKIPPED)
    most = counts.most_common(_MOST_REASONS)
    shown = [f"{count} {reason}" for reason, count in most]
    rest = sum(counts.values()) - sum(count for _, count in most)
    return [*shown, f"{rest} for other reasons"] if rest else shown


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
