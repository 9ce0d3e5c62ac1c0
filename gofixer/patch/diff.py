"""Unified diffs, as `git apply` takes them, from what is known to have changed.

Lines end with LF and nothing else: form feeds, U+2028 or a lone CR are part of a line, CRLF stays CRLF. difflib only
ever sees the changed windows; over a whole repetitive file its heuristics report thousands of changed lines for one.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gofixer.edits.algebra import Kept
from gofixer.patch.names import quoted

CONTEXT = 3
# Above this many pairs of lines a window is shown as replaced whole: comparing them could take quadratic time.
_COMPARABLE = 250_000


@dataclass(frozen=True, slots=True)
class _Change:
    """The bytes ``[a, b)`` of the old text, whole lines, became ``[c, d)`` of the new one."""

    a: int
    b: int
    c: int
    d: int


def file_diff(name: str, before: bytes, after: bytes, kept: Kept, *, git: bool = True) -> bytes:
    """The patch of one file with its headers; empty where nothing changed.

    ``name`` is the path relative to where the patch will be applied, with ``/``. ``kept`` tells which bytes the two
    contents share (see `gofixer.edits.algebra.keep`). ``git`` adds git's own header line; `git apply` then takes the
    name as relative to the top of the working tree, whatever folder it runs in.
    """
    body = hunks(before, after, kept)
    if not body:
        return b""
    old, new = quoted(f"a/{name}"), quoted(f"b/{name}")
    tab = b"\t" if b" " in old and not old.startswith(b'"') else b""
    header = b"diff --git %s %s\n" % (old, new) if git else b""
    return header + b"--- %s%s\n+++ %s%s\n%s" % (old, tab, new, tab, body)


def hunks(before: bytes, after: bytes, kept: Kept) -> bytes:
    """The hunks of a patch, from the first ``@@`` on, with three lines of context."""
    out: list[bytes] = []
    at, number, grown = 0, 1, 0
    for group in _grouped(before, list(_changes(before, after, kept))):
        start = _back(before, group[0].a)
        number += before.count(b"\n", at, start)
        at = start
        body, old, new = _body(before, after, group, start)
        out += [f"@@ -{_range(number, old)} +{_range(number + grown, new)} @@\n".encode(), *body]
        grown += new - old
    return b"".join(out)


def split_lines(content: bytes) -> list[bytes]:
    """Lines with their LF; the last one may lack it."""
    lines = content.split(b"\n")
    last = lines.pop()
    return [line + b"\n" for line in lines] + ([last] if last else [])


def signed(sign: bytes, line: bytes) -> bytes:
    """A line of a hunk; one without LF is followed by the mark that says so."""
    return sign + line if line.endswith(b"\n") else sign + line + b"\n\\ No newline at end of file\n"


def _changes(before: bytes, after: bytes, kept: Kept) -> Iterator[_Change]:
    """Changed lines: those between the lines that are known to be equal, refined by difflib."""
    a = c = 0
    for old, new, length in (*_equal_lines(before, after, kept), (len(before), len(after), 0)):
        if before[a:old] != after[c:new]:
            yield from _compare(before, after, _Change(a, old, c, new))
        a, c = old + length, new + length


def _equal_lines(before: bytes, after: bytes, kept: Kept) -> Iterator[tuple[int, int, int]]:
    """The part of each kept run that consists of whole lines in both texts: ``(old, new, length)``."""
    for old, new, length in kept:
        starts = _at_line_start(before, old) and _at_line_start(after, new)
        ends = old + length == len(before) and new + length == len(after)
        first = old if starts else before.find(b"\n", old, old + length) + 1
        last = old + length if ends else before.rfind(b"\n", old, old + length) + 1
        if (starts or first) and first < last:
            yield first, new + first - old, last - first


def _at_line_start(content: bytes, offset: int) -> bool:
    return offset == 0 or content[offset - 1 : offset] == b"\n"


def _compare(before: bytes, after: bytes, window: _Change) -> Iterator[_Change]:
    old, new = split_lines(before[window.a : window.b]), split_lines(after[window.c : window.d])
    if len(old) * len(new) > _COMPARABLE:
        yield window
        return
    a, c = window.a, window.c
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        removed, added = sum(map(len, old[i1:i2])), sum(map(len, new[j1:j2]))
        if tag != "equal":
            yield _Change(a, a + removed, c, c + added)
        a, c = a + removed, c + added


def _grouped(before: bytes, changes: Sequence[_Change]) -> Iterator[list[_Change]]:
    """Changes whose contexts meet belong to one hunk."""
    group: list[_Change] = []
    for change in changes:
        if group and before.count(b"\n", group[-1].b, change.a) > 2 * CONTEXT:
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def _body(before: bytes, after: bytes, group: Sequence[_Change], start: int) -> tuple[list[bytes], int, int]:
    """The lines of a hunk that begins at an offset of the old text, and how many old and new ones they are."""
    out: list[bytes] = []
    at = start
    counts = {b" ": 0, b"-": 0, b"+": 0}

    def put(sign: bytes, text: bytes) -> None:
        lines = split_lines(text)
        counts[sign] += len(lines)
        out.extend(signed(sign, line) for line in lines)

    for change in group:
        put(b" ", before[at : change.a])
        put(b"-", before[change.a : change.b])
        put(b"+", after[change.c : change.d])
        at = change.b
    put(b" ", before[at : _forward(before, at)])
    return out, counts[b" "] + counts[b"-"], counts[b" "] + counts[b"+"]


def _back(content: bytes, offset: int) -> int:
    """Start of the context above a line start."""
    for _ in range(CONTEXT):
        if offset == 0:
            break
        offset = content.rfind(b"\n", 0, offset - 1) + 1
    return offset


def _forward(content: bytes, offset: int) -> int:
    """End of the context below a line start."""
    for _ in range(CONTEXT):
        found = content.find(b"\n", offset)
        if found < 0:
            return len(content)
        offset = found + 1
    return offset


def _range(number: int, length: int) -> str:
    """Lines from a 1-based number on, in a hunk's header; an empty range names the line before it."""
    if length == 1:
        return str(number)
    return f"{number if length else number - 1},{length}"
