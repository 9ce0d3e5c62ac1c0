"""Unified diffs, as `git apply` takes them, from what is known to have changed.

Lines end with LF and nothing else: form feeds, U+2028 or a lone CR are part of a line, CRLF stays CRLF. difflib only
ever sees the changed windows; over a whole repetitive file its heuristics report thousands of changed lines for one.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gofixer.edits.algebra import Kept

CONTEXT = 3
_PLAIN_NAME = re.compile(r"[\x20\x21\x23-\x5b\x5d-\x7e]+")
_ESCAPES = {
    "\a": "\\a",
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\v": "\\v",
    "\f": "\\f",
    "\r": "\\r",
    '"': '\\"',
    "\\": "\\\\",
}


@dataclass(frozen=True, slots=True)
class _Change:
    """Lines ``[i1, i2)`` of the old text became lines ``[j1, j2)`` of the new one; 0-based."""

    i1: int
    i2: int
    j1: int
    j2: int


def file_diff(name: str, before: bytes, after: bytes, kept: Kept) -> bytes:
    """The patch of one file, with git's headers; empty where nothing changed.

    ``name`` is the path relative to where the patch will be applied, with ``/``. ``kept`` tells which bytes the two
    contents share (see `gofixer.edits.algebra.keep`).
    """
    body = hunks(before, after, kept)
    if not body:
        return b""
    old, new = quoted(f"a/{name}"), quoted(f"b/{name}")
    tab = b"\t" if b" " in old and not old.startswith(b'"') else b""
    return b"diff --git %s %s\n--- %s%s\n+++ %s%s\n%s" % (old, new, old, tab, new, tab, body)


def hunks(before: bytes, after: bytes, kept: Kept) -> bytes:
    """The hunks of a patch, from the first ``@@`` on, with three lines of context."""
    old, new = split_lines(before), split_lines(after)
    changes = list(_changes(before, after, kept, old, new))
    return b"".join(_hunk(group, old, new) for group in _grouped(changes))


def split_lines(content: bytes) -> list[bytes]:
    """Lines with their LF; the last one may lack it."""
    lines = content.split(b"\n")
    last = lines.pop()
    return [line + b"\n" for line in lines] + ([last] if last else [])


def quoted(name: str) -> bytes:
    """A file name as git writes it in a patch: C-quoted where it holds anything but plain ASCII."""
    if _PLAIN_NAME.fullmatch(name):
        return name.encode()
    raw = name.encode("utf-8", "surrogateescape")
    parts = [_ESCAPES.get(chr(byte)) or (chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}") for byte in raw]
    return f'"{"".join(parts)}"'.encode()


def _changes(before: bytes, after: bytes, kept: Kept, old: Sequence[bytes], new: Sequence[bytes]) -> Iterator[_Change]:
    """Changed line ranges: the lines around each gap between kept bytes, refined by difflib."""
    old_starts, new_starts = _starts(old), _starts(new)
    for window in _windows(before, after, kept, old_starts, new_starts):
        a, b = old[window.i1 : window.i2], new[window.j1 : window.j2]
        for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
            if tag != "equal":
                yield _Change(window.i1 + i1, window.i1 + i2, window.j1 + j1, window.j1 + j2)


def _starts(lines: Sequence[bytes]) -> list[int]:
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    return starts


def _windows(
    before: bytes, after: bytes, kept: Kept, old_starts: Sequence[int], new_starts: Sequence[int]
) -> list[_Change]:
    """Line ranges that cover the gaps; where two gaps share a line they are one window."""
    windows: list[_Change] = []
    old_at = new_at = 0
    for old, new, length in (*kept, (len(before), len(after), 0)):
        if old > old_at or new > new_at:
            window = _Change(
                *_line_range(old_starts, old_at, old, before),
                *_line_range(new_starts, new_at, new, after),
            )
            last = windows[-1] if windows else None
            if last and (window.i1 < last.i2 or window.j1 < last.j2):
                windows[-1] = _Change(last.i1, max(last.i2, window.i2), last.j1, max(last.j2, window.j2))
            else:
                windows.append(window)
        old_at, new_at = old + length, new + length
    return windows


def _line_range(starts: Sequence[int], begin: int, end: int, content: bytes) -> tuple[int, int]:
    """Lines that the bytes ``[begin, end]`` touch, both borders included: a kept border byte costs nothing."""
    from bisect import bisect_left, bisect_right

    first = max(0, bisect_right(starts, max(0, begin - 1)) - 1)
    last = min(len(starts) - 1, bisect_left(starts, min(len(content), end + 1)))
    return first, max(first, last)


def _grouped(changes: Sequence[_Change]) -> Iterator[list[_Change]]:
    """Changes whose contexts meet belong to one hunk."""
    group: list[_Change] = []
    for change in changes:
        if group and change.i1 - group[-1].i2 > 2 * CONTEXT:
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def _hunk(group: Sequence[_Change], old: Sequence[bytes], new: Sequence[bytes]) -> bytes:
    first, last = group[0], group[-1]
    before = min(CONTEXT, first.i1)
    after = min(CONTEXT, len(old) - last.i2)
    i1, i2 = first.i1 - before, last.i2 + after
    j1, j2 = first.j1 - before, last.j2 + after
    out = [f"@@ -{_range(i1, i2)} +{_range(j1, j2)} @@\n".encode()]
    at = i1
    for change in group:
        out += [_line(b" ", line) for line in old[at : change.i1]]
        out += [_line(b"-", line) for line in old[change.i1 : change.i2]]
        out += [_line(b"+", line) for line in new[change.j1 : change.j2]]
        at = change.i2
    out += [_line(b" ", line) for line in old[at:i2]]
    return b"".join(out)


def _range(start: int, stop: int) -> str:
    length = stop - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"


def _line(sign: bytes, line: bytes) -> bytes:
    return sign + line if line.endswith(b"\n") else sign + line + b"\n\\ No newline at end of file\n"
