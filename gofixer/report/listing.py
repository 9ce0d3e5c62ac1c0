"""Findings for a person at a terminal: grouped by file or by transform, folded to the terminal's width."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from gofixer.engine.model import Finding, Outcome
from gofixer.report.card import printable
from gofixer.report.heat import suffix
from gofixer.report.palette import Palette
from gofixer.report.paths import relative
from gofixer.transform import Transform

GROUPS = ("file", "transform")
_DONE = frozenset({Outcome.APPLIED, Outcome.PROPOSED})
_QUIET = frozenset({Outcome.SKIPPED, Outcome.SUPPRESSED})
# Below this many columns a text stands on lines of its own instead of beside its place.
_LEAST = 24


def listing(
    findings: Iterable[Finding],
    transforms: Iterable[Transform],
    cwd: Path,
    palette: Palette,
    *,
    group: str,
    width: int,
    verbose: bool,
) -> Iterator[str]:
    """Lines of at most ``width`` columns where words and paths allow it; colours begin and end in the same line.

    ``group`` is one of `GROUPS`. Sites that were left alone are listed where ``verbose``.
    """
    shown = [f for f in findings if verbose or f.outcome not in _QUIET]
    if group == "transform":
        known = {transform.name: transform for transform in transforms}
        yield from _by_transform(shown, known, cwd, palette, width)
    else:
        yield from _by_file(shown, cwd, palette, width)


def _by_file(shown: Sequence[Finding], cwd: Path, palette: Palette, width: int) -> Iterator[str]:
    names = max((len(f.transform) for f in shown), default=0)
    for file in dict.fromkeys(f.file for f in shown):
        here = [f for f in shown if f.file == file]
        places = max(len(_position(f)) for f in here)
        yield palette.bold(printable(relative(file, cwd)))
        for finding in here:
            head = f"  {_position(finding):>{places}}  {finding.transform:{names}}  "
            coloured = f"  {_position(finding):>{places}}  {palette.name(finding.transform)}"
            coloured += " " * (names - len(finding.transform) + 2)
            yield from _beside(head, coloured, finding, _said(finding), palette, width)
        yield ""


def _by_transform(
    shown: Sequence[Finding], known: Mapping[str, Transform], cwd: Path, palette: Palette, width: int
) -> Iterator[str]:
    fixes = Counter({f.transform: 0 for f in shown})
    fixes.update(f.transform for f in shown if f.outcome in _DONE)
    for name, count in sorted(fixes.items(), key=lambda item: (-item[1], item[0])):
        here = [f for f in shown if f.transform == name]
        files = len({f.file for f in here if f.outcome in _DONE})
        parts = [f"{_count(count, 'fix', 'fixes')} in {_count(files, 'file')}"] if count else []
        rest = Counter(f.outcome.value for f in here if f.outcome not in _DONE)
        parts += [f"{number} {word}" for word, number in rest.items()]
        title, *more = folded(f"{name}: {', '.join(parts)}", width)
        yield from (palette.bold(name) + title.removeprefix(name), *more)
        if summary := known[name].summary if name in known else "":
            yield from (palette.dim(line) for line in _wrapped(summary, width, "  ", "  "))
        messages = {f.message for f in here if f.outcome in _DONE}
        places = {id(f): printable(f"{relative(f.file, cwd)}:{_position(f)}") for f in here}
        column = max(0, min(max(map(len, places.values())), width - _LEAST - 4))
        for finding in here:
            place = f"  {places[id(finding)]:{column}}  "
            inside = f"in {finding.function}" if finding.function else "at package level"
            said = inside + suffix(finding) if len(messages) < 2 and finding.outcome in _DONE else _said(finding)
            yield from _beside(place, place, finding, said, palette, width)
        yield ""


def _beside(head: str, coloured: str, finding: Finding, said: str, palette: Palette, width: int) -> Iterator[str]:
    """A text beside its place, or below it where there is little room."""
    if width - len(head) < _LEAST or len(said) > 3 * (width - len(head)):
        yield coloured.rstrip()
        lines = _wrapped(said, width, " " * 6, " " * 6)
    else:
        lines = _wrapped(said, width, head, " " * len(head))
        lines[0] = coloured + lines[0][len(head) :]
    word = finding.outcome.value
    for line in lines:
        # The outcome is the first word of what is not a fix.
        yield line.replace(f"{word}:", f"{palette.outcome(word)}:", 1) if finding.outcome not in _DONE else line


def _said(finding: Finding) -> str:
    if finding.outcome in _DONE:
        return f"{finding.message}{'' if finding.proved else ' (not proved)'}{suffix(finding)}"
    return f"{finding.outcome.value}: {finding.reason}{suffix(finding)}"


def _wrapped(text: str, width: int, first: str, rest: str) -> list[str]:
    lines = textwrap.wrap(
        " ".join(printable(text).split()),
        max(width, len(first) + 1, len(rest) + 1),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    )
    return lines or [first]


def folded(line: str, width: int) -> list[str]:
    """A long line of a summary on several lines, at spaces; what does not fit is indented."""
    return _wrapped(line, width, "", "  ")


def _position(finding: Finding) -> str:
    return f"{finding.line}:{finding.column}"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
