"""The lines of one import block: what gofmt leaves alone and goimports would write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gofixer.match.imports import default_name


@dataclass(frozen=True, slots=True)
class Spec:
    """One import: path, name (empty where none is given) and byte range."""

    path: str
    name: str
    start: int
    end: int

    @property
    def local(self) -> str:
        """The name that the file knows the package by."""
        return self.name or default_name(self.path)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a block with its end, or several where a comment goes over them.

    ``comment`` is where the comment behind the import starts in the text, -1 without one.
    """

    text: bytes
    spec: Spec | None = None
    comment: int = -1

    @property
    def is_blank(self) -> bool:
        """Whether it separates groups."""
        return not self.text.strip()

    @property
    def is_directive(self) -> bool:
        """Whether it is a comment that tools read, such as ``//go:generate``."""
        return self.spec is None and self.text.lstrip().startswith(b"//go:")


def is_standard(path: str) -> bool:
    """Whether a path looks like one of the standard library: no dot in its first element (cmd/go's rule)."""
    return "." not in path.split("/", 1)[0]


def changed(rows: Sequence[Row], add: Sequence[str], gone: Sequence[Spec], newline: bytes) -> list[Row]:
    """The rows with imports added (paths, sorted) and taken out; comments stay aligned where they were."""
    new = list(rows)
    for path in add:
        _insert(new, path, newline)
    for spec in gone:
        _remove(new, spec)
    if not any(row.spec for row in new):
        # gofmt does not indent comments that are alone in a block.
        return [row if row.is_blank else replace(row, text=row.text.lstrip(b" \t")) for row in new]
    return _aligned(new) if _aligned(rows) == list(rows) else new


def grouped(rows: Sequence[Row], newline: bytes) -> list[Row]:
    """Rows in gofmt's order, the standard library first and apart from the rest."""
    ordered = sorted(rows, key=lambda row: row.spec.path if row.spec else "")
    standard = [row for row in ordered if row.spec and is_standard(row.spec.path)]
    others = [row for row in ordered if row not in standard]
    return _aligned([*standard, *([Row(newline)] if standard and others else []), *others])


def _remove(rows: list[Row], spec: Spec) -> None:
    """Take an import's line out, with the comment above it unless that may speak for the lines below too."""
    at = next(i for i, row in enumerate(rows) if row.spec is spec)
    del rows[at]
    heads_more = at < len(rows) and not rows[at].is_blank
    first = at
    while not heads_more and first > 0 and rows[first - 1].spec is None and not rows[first - 1].is_blank:
        if rows[first - 1].is_directive:
            break
        first -= 1
    del rows[first:at]
    above = first > 0 and not rows[first - 1].is_blank
    below = first < len(rows) and not rows[first].is_blank
    if not above and not below:
        if first < len(rows):
            del rows[first]
        elif first > 0:
            del rows[first - 1]
    _close_up(rows)


def _close_up(rows: list[Row]) -> None:
    """No blank lines below the last import: gofmt keeps none between comments that end a block."""
    last = max((i for i, row in enumerate(rows) if row.spec is not None), default=-1)
    if last >= 0:
        rows[last + 1 :] = [row for row in rows[last + 1 :] if not row.is_blank]


def _insert(rows: list[Row], path: str, newline: bytes) -> None:
    """Put an import into the standard library's group, or its own kind's where it is of no standard package."""
    added = Row(f'\t"{path}"'.encode() + newline, Spec(path, "", -1, -1))
    group = _group(rows, is_standard(path))
    if not group and is_standard(path):
        rows[:0] = [added, *([Row(newline)] if rows and not rows[0].is_blank else [])]
        return
    if not group:
        rows += [*([Row(newline)] if rows and not rows[-1].is_blank else []), added]
        return
    at = -1
    for index in group:
        found = rows[index].spec
        if found is not None and found.path < path:
            at = index + 1
    if at < 0:
        at = group[0]
        while at > 0 and rows[at - 1].spec is None and not rows[at - 1].is_blank:
            at -= 1
    rows.insert(at, added)


def _group(rows: Sequence[Row], standard: bool) -> list[int]:
    """Indices of the imports of the first group (between blank lines) that has one of the kind."""
    group: list[int] = []
    for index, row in enumerate([*rows, Row(b"")]):
        if row.spec is not None:
            group.append(index)
        elif row.is_blank:
            if any((found := rows[i].spec) is not None and is_standard(found.path) == standard for i in group):
                return group
            group = []
    return []


def _aligned(rows: Sequence[Row]) -> list[Row]:
    """Rows with the comments behind neighbouring imports in one column, as gofmt has them."""
    result = list(rows)
    section: list[int] = []
    for index, row in enumerate([*rows, Row(b"")]):
        if row.comment >= 0:
            section.append(index)
            continue
        cells = {i: rows[i].text[: rows[i].comment].rstrip(b" \t") for i in section}
        width = max((len(cell.decode(errors="replace")) for cell in cells.values()), default=0)
        for i, cell in cells.items():
            padded = cell + b" " * (width - len(cell.decode(errors="replace")) + 1)
            text = padded + rows[i].text[rows[i].comment :]
            result[i] = replace(rows[i], text=text, comment=len(padded))
        section = []
    return result
