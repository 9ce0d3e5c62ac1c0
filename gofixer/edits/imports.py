"""Import edits: computed once per file, after the fixes are merged.

The layout is what gofmt leaves alone and goimports would write: one line per import, a group for the standard
library, sorted by path. Comments stay with the import they belong to; ``import "C"`` and its preamble are never
touched. A file that was formatted stays so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gofixer.edits.algebra import apply
from gofixer.edits.model import Edit
from gofixer.match.imports import default_name
from gofixer.match.matcher import is_shadowed, top_level_names
from gofixer.syntax import Node, Tree, nodes, parse

_BLANK = re.compile(rb"[ \t\r]*\n?")


def import_edits(source: bytes, edits: Sequence[Edit], add: Iterable[str], drop: Iterable[str]) -> list[Edit]:
    """Edits of the import declarations that other edits of the file call for.

    ``add`` are import paths that the new text needs, ``drop`` paths whose last use may have gone: an import is
    dropped only where nothing in the edited file uses it. None of the edits touches one of ``edits``.
    """
    tree = parse(source)
    declarations = [_Declaration.of(node) for node in tree.root.children if isinstance(node, nodes.ImportDeclaration)]
    present = {spec.path for d in declarations for spec in d.specs if spec.name not in ("_", ".")}
    wanted = sorted(path for path in dict.fromkeys(add) if path not in present)
    candidates = set(drop) & present
    gone = candidates - _used(apply(source, edits), declarations, candidates) if candidates else set()
    if not wanted and not gone:
        return []
    return _Layout(tree, declarations).change(wanted, gone)


@dataclass(frozen=True, slots=True)
class _Spec:
    path: str
    name: str
    start: int
    end: int

    @property
    def local(self) -> str:
        return self.name or default_name(self.path)


@dataclass(frozen=True, slots=True)
class _Declaration:
    start: int
    end: int
    specs: tuple[_Spec, ...]
    grouped: bool

    @classmethod
    def of(cls, node: nodes.ImportDeclaration) -> _Declaration:
        specs = []
        for spec in node.descendants(nodes.ImportSpec):
            name = spec.name.str if spec.name is not None else ""
            specs.append(_Spec(spec.path.str[1:-1], name, spec.start, spec.end))
        grouped = any(True for _ in node.descendants(nodes.ImportSpecList))
        return cls(node.start, node.end, tuple(specs), grouped)

    @property
    def is_cgo(self) -> bool:
        return any(spec.path == "C" for spec in self.specs)


def _used(edited: bytes, declarations: Iterable[_Declaration], paths: set[str]) -> set[str]:
    """The paths among ``paths`` whose local name still qualifies something in the edited file."""
    names: dict[bytes, str] = {
        spec.local.encode(): spec.path
        for d in declarations
        for spec in d.specs
        if spec.path in paths and spec.name not in ("_", ".")
    }
    used: set[str] = set()
    root = parse(edited).root
    top = top_level_names(root.raw)
    qualifiers: list[Node] = [node.operand for node in root.descendants(nodes.Selector)]
    qualifiers += [node.package for node in root.descendants(nodes.QualifiedType)]
    for qualifier in qualifiers:
        path = names.get(qualifier.text)
        if path is not None and path not in used and not is_shadowed(qualifier.raw, top):
            used.add(path)
    return used


@dataclass(frozen=True, slots=True)
class _Layout:
    tree: Tree
    declarations: Sequence[_Declaration]

    @property
    def source(self) -> bytes:
        return self.tree.source

    @property
    def newline(self) -> bytes:
        first = self.source.find(b"\n")
        return b"\r\n" if first > 0 and self.source[first - 1 : first] == b"\r" else b"\n"

    def change(self, add: list[str], drop: set[str]) -> list[Edit]:
        """All edits for the paths to add (sorted) and to drop."""
        home = self._home()
        edits: list[Edit] = []
        for declaration in self.declarations:
            here = add if declaration is home else []
            gone = [spec for spec in declaration.specs if spec.path in drop and spec.name not in ("_", ".")]
            if not here and not gone:
                continue
            if not declaration.grouped:
                edits += self._single(declaration, here, bool(gone))
            elif self._one_per_line(declaration):
                edits += self._block(declaration, here, gone)
            else:
                edits += self._packed(declaration, here, gone)
        if home is None and add:
            edits.append(self._first(add))
        return edits

    def _home(self) -> _Declaration | None:
        """Where a new import goes: a block with the standard library, any block, a single import."""
        open_to_all = [d for d in self.declarations if not d.is_cgo]
        blocks = [d for d in open_to_all if d.grouped and d.specs]
        standard = [d for d in blocks if any(is_standard(spec.path) for spec in d.specs)]
        return next(iter([*standard, *blocks, *open_to_all]), None)

    def _first(self, add: list[str]) -> Edit:
        """The first import declaration of a file, below the package clause."""
        clause = next(iter(self.tree.root.descendants(nodes.PackageClause)))
        at = self._line_end(clause.end)
        new = self.newline
        ended = self.source[at - 1 : at] == b"\n"
        text = self._declare(add) + (new if ended else b"")
        follows = self.source[at : at + 1] not in (b"", b"\n", b"\r")
        return Edit(at, at, (new if ended else new + new) + text + (new if follows else b""))

    def _declare(self, add: list[str]) -> bytes:
        if len(add) == 1:
            return f'import "{add[0]}"'.encode()
        lines = [b"import (", *(f'\t"{path}"'.encode() for path in add), b")"]
        return self.newline.join(lines)

    # -- import "fmt" -----------------------------------------------------------------------------------------

    def _single(self, declaration: _Declaration, add: list[str], gone: bool) -> list[Edit]:
        spec = declaration.specs[0]
        if gone and len(add) == 1 and not spec.name:
            return [Edit(spec.start, spec.end, f'"{add[0]}"'.encode())]
        if gone and not add:
            return [Edit(*self._lines(declaration.start, declaration.end), b"")]
        singles = [d for d in self.declarations if not d.grouped and not d.is_cgo]
        if len(singles) > 1 and not gone:
            at = self._line_start(declaration.start)
            text = b"".join(f'import "{path}"'.encode() + self.newline for path in add)
            return [Edit(at, at, text)]
        line_end = self._line_end(declaration.end)
        kept = [] if gone else [(spec.path, self.source[spec.start : line_end].strip())]
        specs = sorted([*kept, *((path, f'"{path}"'.encode()) for path in add)])
        body = b"".join(b"\t" + text + self.newline for _, text in specs)
        ending = self.newline if self.source[line_end - 1 : line_end] == b"\n" else b""
        return [Edit(declaration.start, line_end, b"import (" + self.newline + body + b")" + ending)]

    # -- import ( ... ) ---------------------------------------------------------------------------------------

    def _one_per_line(self, declaration: _Declaration) -> bool:
        rows = [self.source.count(b"\n", 0, spec.start) for spec in declaration.specs]
        first = self.source.count(b"\n", 0, declaration.start)
        last = self.source.count(b"\n", 0, declaration.end)
        return len(set(rows)) == len(rows) and bool(rows) and first < rows[0] and rows[-1] < last

    def _block(self, declaration: _Declaration, add: list[str], gone: list[_Spec]) -> list[Edit]:
        start = self._line_end(self.source.index(b"(", declaration.start))
        end = self._line_start(declaration.end - 1)
        lines = self.source[start:end].splitlines(keepends=True)
        offsets = [start]
        for line in lines:
            offsets.append(offsets[-1] + len(line))
        rows: list[tuple[bytes, _Spec | None]] = []
        for line, at in zip(lines, offsets, strict=False):
            spec = next((s for s in declaration.specs if at <= s.start < at + len(line)), None)
            rows.append((line, spec))
        for spec in gone:
            _remove(rows, spec)
        for path in add:
            _insert(rows, path, self.newline)
        if not any(spec for _, spec in rows):
            if all(not line.strip() for line, _ in rows):
                return [Edit(*self._lines(declaration.start, declaration.end), b"")]
            return [Edit(start, end, b"".join(line for line, _ in rows))]
        return _difference(start, lines, [line for line, _ in rows])

    # -- import ("fmt"; "os") ---------------------------------------------------------------------------------

    def _packed(self, declaration: _Declaration, add: list[str], gone: list[_Spec]) -> list[Edit]:
        if len(gone) == len(declaration.specs) and not add:
            return [Edit(*self._lines(declaration.start, declaration.end), b"")]
        edits = []
        for spec in gone:
            rest = re.compile(rb"[ \t]*;[ \t]*").match(self.source, spec.end)
            edits.append(Edit(spec.start, rest.end() if rest else spec.end, b""))
        if add:
            at = self.source.index(b"(", declaration.start) + 1
            edits.append(Edit(at, at, b"".join(f'"{path}"; '.encode() for path in add)))
        return edits

    # -- lines ------------------------------------------------------------------------------------------------

    def _line_start(self, offset: int) -> int:
        return self.source.rfind(b"\n", 0, offset) + 1

    def _line_end(self, offset: int) -> int:
        found = self.source.find(b"\n", offset)
        return len(self.source) if found < 0 else found + 1

    def _lines(self, start: int, end: int) -> tuple[int, int]:
        """Whole lines of a declaration, with one blank line where it stood between two."""
        start, end = self._line_start(start), self._line_end(end)
        blank = _BLANK.match(self.source, end)
        before = self.source[:start].endswith((b"\n\n", b"\n\r\n"))
        if blank and blank.end() > end and before:
            end = blank.end()
        return start, end


def is_standard(path: str) -> bool:
    """Whether a path looks like one of the standard library: no dot in its first element (cmd/go's rule)."""
    return "." not in path.split("/", 1)[0]


Row = tuple[bytes, "_Spec | None"]


def _remove(rows: list[Row], spec: _Spec) -> None:
    """Take an import's line out, with the comment above it unless that may speak for the lines below too."""
    at = next(i for i, (_, found) in enumerate(rows) if found is spec)
    del rows[at]
    heads_more = at < len(rows) and rows[at][0].strip()
    first = at
    while not heads_more and first > 0 and rows[first - 1][1] is None and rows[first - 1][0].strip():
        first -= 1
    del rows[first:at]
    before = first > 0 and bool(rows[first - 1][0].strip())
    after = first < len(rows) and bool(rows[first][0].strip())
    if not before and first < len(rows) and not after:
        del rows[first]
    elif not after and first == len(rows) and first > 0 and not before:
        del rows[first - 1]


def _insert(rows: list[Row], path: str, newline: bytes) -> None:
    """Put an import into the standard library's group, sorted by path."""
    added: Row = (f'\t"{path}"'.encode() + newline, _Spec(path, "", -1, -1))
    group = _group(rows)
    if not group:
        rest = [(newline, None)] if rows and rows[0][0].strip() else []
        rows[:0] = [added, *rest]
        return
    at = group[0]
    for index in group:
        found = rows[index][1]
        if found is not None and found.path < path:
            at = index + 1
    while at == group[0] and at > 0 and rows[at - 1][0].strip():
        at -= 1
    rows.insert(at, added)


def _group(rows: list[Row]) -> list[int]:
    """Indices of the import lines of the first group (between blank lines) with a standard import."""
    group: list[int] = []
    for index, (line, spec) in enumerate([*rows, (b"", None)]):
        if spec is not None:
            group.append(index)
        elif not line.strip():
            if any((found := rows[i][1]) is not None and is_standard(found.path) for i in group):
                return group
            group = []
    return []


def _difference(start: int, old: list[bytes], new: list[bytes]) -> list[Edit]:
    """One edit over the lines that differ."""
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    begin = start + sum(map(len, old[:head]))
    end = begin + sum(map(len, old[head : len(old) - tail]))
    return [Edit(begin, end, b"".join(new[head : len(new) - tail]))]
