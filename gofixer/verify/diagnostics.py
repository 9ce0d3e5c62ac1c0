"""Messages of the compiler and of vet: read, mapped back to the unfixed files, compared with those before."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from gofixer.verify.linemap import LineMap
from gofixer.verify.model import Diagnostic
from gofixer.verify.overlay import Overlay

_POSITION = re.compile(
    r"^(?P<vet>vet: )?(?P<file>(?:[A-Za-z]:)?[^:\n]*\.[A-Za-z]+):(?P<line>\d+)(?::(?P<column>\d+))?: "
)
_INNER = re.compile(r"([^\s:()]+\.go):(\d+)(?::\d+)?")
_NOISE = re.compile(r"^(#|exit status \d+$|too many errors$|go: (downloading|finding|extracting|warning)|warning: )")
_C_SOURCES = frozenset({".c", ".cc", ".cpp", ".cxx", ".h", ".hh", ".hpp", ".m"})

# The line map of a file as it is in the overlay, or None where the overlay leaves the file alone.
Lines = Callable[[Path], LineMap | None]


def parse(
    text: str, root: Path, overlay: Overlay | None, lines: Lines, tool: str, package: Path | None
) -> list[Diagnostic]:
    """Reads messages as the go command prints them in folder ``root``.

    A position in a file of the overlay, named by either of its names, is mapped to the unfixed file. A
    message counts against the folder of its file, one without a position against ``package``. Remarks of a C
    compiler are left out. ``tool`` is "build" or "vet", and becomes "vet-stopped" where vet says that it could
    not analyse the package.
    """

    def inner(match: re.Match[str]) -> str:
        named = Path(os.path.normpath(root / match[1]))
        file = overlay.originals.get(named) if overlay else None
        if file is None:
            return match[0]
        line_map = lines(file)
        return f"{file.name}:{line_map.to_old(int(match[2]))[0] if line_map else match[2]}"

    found: list[Diagnostic] = []
    for line in text.splitlines():
        if not line.strip() or _NOISE.match(line):
            continue
        if line[0] in " \t" and found:
            more = _INNER.sub(inner, line.strip())
            found[-1] = replace(found[-1], message=f"{found[-1].message} {more}")
            continue
        match = _POSITION.match(line)
        if match is None:
            found.append(Diagnostic(package, None, 0, 0, 0, line.strip(), tool))
            continue
        file = Path(os.path.normpath(root / match["file"]))
        if file.suffix in _C_SOURCES:
            continue
        file = overlay.originals.get(file, file) if overlay else file
        number, column = int(match["line"]), int(match["column"] or 0)
        line_map = lines(file)
        first, last, exact = line_map.to_old(number) if line_map else (number, number, True)
        kind = "vet-stopped" if match["vet"] else tool
        message = _INNER.sub(inner, line[match.end() :])
        found.append(Diagnostic(file.parent, file, first, last, column if exact else 0, message, kind))
    return list(dict.fromkeys(found))


def new_ones(after: Sequence[Diagnostic], before: Sequence[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics of ``after`` that have no counterpart in ``before``, each of which counts once.

    A counterpart has the same file and message (positions inside the message aside) and a line among those
    that the text of the new one replaced.
    """
    left: dict[tuple[Path | None, Path | None, str], list[int]] = {}
    for old in before:
        left.setdefault(_key(old), []).append(old.line)
    fresh: list[Diagnostic] = []
    # Exact lines first: a message in replaced text must not take the counterpart of an untouched line.
    for diagnostic in sorted(after, key=lambda d: d.end_line - d.line):
        lines = left.get(_key(diagnostic), [])
        match = next((n for n in lines if diagnostic.line <= n <= diagnostic.end_line), None)
        if match is None:
            fresh.append(diagnostic)
        else:
            lines.remove(match)
    return sorted(fresh, key=lambda d: (str(d.file or ""), d.line, d.column, d.message))


def by_directory(diagnostics: Iterable[Diagnostic]) -> dict[Path | None, list[Diagnostic]]:
    """Diagnostics by the package folder they count against."""
    groups: dict[Path | None, list[Diagnostic]] = {}
    for diagnostic in diagnostics:
        groups.setdefault(diagnostic.directory, []).append(diagnostic)
    return groups


def line_maps(before: Mapping[Path, bytes], after: Mapping[Path, bytes]) -> Lines:
    """Line maps between two states of the same files, made when asked for."""
    made: dict[Path, LineMap] = {}

    def lines(file: Path) -> LineMap | None:
        if file not in after or file not in before:
            return None
        if file not in made:
            made[file] = LineMap(before[file], after[file])
        return made[file]

    return lines


def _key(diagnostic: Diagnostic) -> tuple[Path | None, Path | None, str]:
    return diagnostic.directory, diagnostic.file, _INNER.sub(lambda m: Path(m[1]).name, diagnostic.message)
