"""Where imports stand in a file, and the edits that add and drop some.

Comments stay with the import they belong to; ``import "C"`` and its preamble are never touched, and nothing comes
between the two. A file that was formatted stays so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gofixer.edits.algebra import OffsetMap, apply
from gofixer.edits.import_block import Row, Spec, changed, grouped, is_standard
from gofixer.edits.model import Edit
from gofixer.syntax import Node, Tree, nodes

_BLANKS = re.compile(rb"[ \t\r]*")
_BLANK_LINE = re.compile(rb"[ \t\r]*\n")
_SEPARATOR = re.compile(rb"[ \t]*;[ \t]*")
_COMMENTED = re.compile(rb'((?:\xef\xbb\xbf)?(?:package \w+|\)|import [^"`]*["`][^"`]*["`]))([ \t]+)/[/*]')


@dataclass(frozen=True, slots=True)
class Declaration:
    """An import declaration; ``open`` is the offset behind its parenthesis, -1 without one."""

    start: int
    end: int
    specs: tuple[Spec, ...]
    open: int

    @classmethod
    def of(cls, node: nodes.ImportDeclaration) -> Declaration:
        """The declaration that a node stands for."""
        specs = []
        for spec in node.descendants(nodes.ImportSpec):
            name = spec.name.str if spec.name is not None else ""
            specs.append(Spec(spec.path.str[1:-1], name, spec.start, spec.end))
        block = next(iter(node.descendants(nodes.ImportSpecList)), None)
        return cls(node.start, node.end, tuple(specs), block.start + 1 if block is not None else -1)

    @property
    def is_cgo(self) -> bool:
        """Whether the comment above it may be C."""
        return any(spec.path == "C" for spec in self.specs)


@dataclass(frozen=True, slots=True)
class Layout:
    """The import declarations of a file and its comments, by their start and by their end."""

    source: bytes
    clause_end: int
    declarations: Sequence[Declaration]
    starts: Mapping[int, int]
    ends: Mapping[int, int]

    @classmethod
    def of(cls, tree: Tree) -> Layout:
        """The layout of a file."""
        parts = _parts(tree)
        clause = next((node for node in parts if isinstance(node, nodes.PackageClause)), None)
        declarations = [Declaration.of(node) for node in parts if isinstance(node, nodes.ImportDeclaration)]
        # A comment up to the end of a line with CRLF has the CR in it.
        comments = [node for node in parts if isinstance(node, nodes.Comment)]
        starts = {node.start: node.start + len(node.text.rstrip(b"\r")) for node in comments}
        ends = {end: start for start, end in starts.items()}
        return cls(tree.source, clause.end if clause else 0, declarations, starts, ends)

    @property
    def newline(self) -> bytes:
        """The file's line end."""
        first = self.source.find(b"\n")
        return b"\r\n" if first > 0 and self.source[first - 1 : first] == b"\r" else b"\n"

    def change(self, add: Sequence[str], drop: Sequence[Spec]) -> list[Edit]:
        """All edits for the paths to add (sorted) and the imports to drop."""
        home = self._home()
        edits: list[Edit] = []
        cut: list[Declaration] = []
        for declaration in self.declarations:
            here = add if declaration is home else ()
            gone = [spec for spec in declaration.specs if spec in drop]
            if not here and not gone:
                continue
            if not here and len(gone) == len(declaration.specs) and not self._has_more(declaration, gone):
                cut.append(declaration)
            elif declaration.open < 0:
                edits += self._single(declaration, here, drop)
            elif not declaration.specs:
                edits.append(Edit(declaration.start, declaration.end, self._declare(here)))
            elif self._is_one_per_line(declaration):
                edits.append(self._block(declaration, here, gone))
            else:
                edits += self._packed(declaration, here, gone)
        if home is None and add:
            edits.append(self._first(add))
        return self._aligned(self._apart(sorted([*edits, *self._cuts(cut)])))

    def _apart(self, edits: list[Edit]) -> list[Edit]:
        """Also put a blank line above the comments that stood right below the comment of an import, if that moves.

        gofmt sets a comment apart from an import above it, but not from another comment.
        """
        step, after = OffsetMap(edits), apply(self.source, edits)
        result = list(edits)
        for declaration in self.declarations:
            tail, _ = self._tail(declaration.end)
            at = self._line_end(tail)
            if tail == declaration.end or self._skip(at) not in self.starts:
                continue
            if any(edit.start <= at < edit.end for edit in edits):
                continue
            above = after[: step.to_new(at)].removesuffix(b"\n").removesuffix(b"\r")
            if step.to_new(tail - 1) + 1 == len(above) or above.endswith(b"\n"):
                continue
            here = max((edit for edit in result if edit.start == edit.end == at), default=Edit(at, at, b""))
            result = [*(edit for edit in result if edit is not here), Edit(at, at, here.new + self.newline)]
        return sorted(result)

    def _aligned(self, edits: list[Edit]) -> list[Edit]:
        """Also move the comments behind one-line imports and the package clause, where they stood in one column."""
        end = max((d.end for d in self.declarations), default=self.clause_end)
        before = self.source[: self._line_end(end)]
        if _paddings(before):
            return edits
        step = OffsetMap(edits)
        moved = _paddings(apply(self.source, edits)[: step.to_new(len(before))])
        return sorted([*edits, *(Edit(step.to_old(e.start), step.to_old(e.end - 1) + 1, e.new) for e in moved)])

    def _home(self) -> Declaration | None:
        """Where a new import goes: a block with the standard library, any block, a single import."""
        candidates = [d for d in self.declarations if not d.is_cgo]
        blocks = [d for d in candidates if d.open >= 0 and d.specs]
        standard = [d for d in blocks if any(is_standard(spec.path) for spec in d.specs)]
        return next(iter([*standard, *blocks, *candidates]), None)

    def _first(self, add: Sequence[str]) -> Edit:
        """The first import declaration of a file, below the package clause and above the preamble of cgo."""
        end, whole = self._tail(self.clause_end)
        if not whole:
            text = b"".join(f'; import "{path}"'.encode() for path in add)
            return Edit(self.clause_end, self.clause_end, text)
        at = self._line_end(end)
        new = self.newline
        if self.source[at - 1 : at] != b"\n":
            return Edit(at, at, new + new + self._declare(add))
        follows = at < len(self.source) and not _BLANK_LINE.match(self.source, at)
        return Edit(at, at, new + self._declare(add) + new + (new if follows else b""))

    def _declare(self, add: Sequence[str]) -> bytes:
        rows = grouped([self._row(path) for path in add], self.newline)
        if len(rows) == 1:
            return f'import "{add[0]}"'.encode()
        return b"import (" + self.newline + b"".join(row.text for row in rows) + b")"

    def _row(self, path: str) -> Row:
        return Row(f'\t"{path}"'.encode() + self.newline, Spec(path, "", -1, -1))

    # -- import "fmt" -----------------------------------------------------------------------------------------

    def _single(self, declaration: Declaration, add: Sequence[str], drop: Sequence[Spec]) -> list[Edit]:
        """Change a declaration without parentheses; something is added."""
        spec = declaration.specs[0]
        gone = spec in drop
        if not self._is_alone(declaration):
            text = b"".join(f'import "{path}"; '.encode() for path in add)
            kept = Edit(declaration.start, declaration.start, text)
            return [Edit(declaration.start, declaration.end, text.removesuffix(b"; ")) if gone else kept]
        tail, _ = self._tail(declaration.end)
        if gone:
            return [Edit(self._head(declaration.start), tail, self._declare(add))]
        singles = [d for d in self.declarations if d.open < 0 and not d.is_cgo and self._is_alone(d)]
        singles = [d for d in singles if d.specs[0] not in drop]
        if len(singles) > 1:
            return [self._beside(singles, path) for path in add]
        text = self.source[spec.start : tail]
        comment = self._comment_of(spec)
        row = Row(b"\t" + text + self.newline, spec, 1 + comment - spec.start if comment >= 0 else -1)
        rows = grouped([row, *(self._row(path) for path in add)], self.newline)
        body = b"".join(row.text for row in rows)
        return [Edit(declaration.start, tail, b"import (" + self.newline + body + b")")]

    def _beside(self, singles: Sequence[Declaration], path: str) -> Edit:
        """One more declaration below the last one of a smaller path, or above all."""
        smaller = [d for d in singles if d.specs[0].path < path]
        text = f'import "{path}"'.encode() + self.newline
        if not smaller:
            at = self._head(singles[0].start)
            documented = at != self._line_start(singles[0].start)
            return Edit(at, at, text + (self.newline if documented else b""))
        end = self._line_end(self._tail(smaller[-1].end)[0])
        if self.source[end - 1 : end] != b"\n":
            return Edit(end, end, self.newline + text.rstrip())
        return Edit(end, end, text)

    def _cuts(self, declarations: Sequence[Declaration]) -> list[Edit]:
        """Take declarations out, with the comments that belong to them and a blank line where two would meet."""
        edits: list[Edit] = []
        lines: list[tuple[int, int]] = []
        for declaration in declarations:
            if not self._is_alone(declaration):
                separator = _SEPARATOR.match(self.source, declaration.end)
                end = separator.end() if separator else declaration.end
                edits.append(Edit(declaration.start, end, b""))
                continue
            start, end = self._head(declaration.start), self._line_end(self._tail(declaration.end)[0])
            if lines and lines[-1][1] == start:
                start = lines.pop()[0]
            lines.append((start, end))
        for start, end in lines:
            blank = _BLANK_LINE.match(self.source, end)
            joined = blank and self.source[:start].endswith((b"\n\n", b"\n\r\n"))
            edits.append(Edit(start, blank.end() if blank and joined else end, b""))
        return edits

    # -- import ( ... ) ---------------------------------------------------------------------------------------

    def _is_one_per_line(self, declaration: Declaration) -> bool:
        """Whether each import and both parentheses have their lines for themselves."""
        close = declaration.end - 1
        if not self._tail(declaration.open)[1] or self.source[self._line_start(close) : close].strip():
            return False
        specs = declaration.specs
        return all(self._tail(s.end)[1] and not self.source[self._line_start(s.start) : s.start].strip() for s in specs)

    def _has_more(self, declaration: Declaration, gone: Sequence[Spec]) -> bool:
        """Whether a block without these imports would still hold comments."""
        if declaration.open < 0 or not self._is_one_per_line(declaration):
            return False
        return any(not row.is_blank for row in changed(self._rows(declaration)[1], (), gone, self.newline))

    def _block(self, declaration: Declaration, add: Sequence[str], gone: Sequence[Spec]) -> Edit:
        start, old = self._rows(declaration)
        rows = changed(old, add, gone, self.newline)
        head = 0
        while head < min(len(old), len(rows)) and old[head].text == rows[head].text:
            head += 1
        tail = 0
        while tail < min(len(old), len(rows)) - head and old[-1 - tail].text == rows[-1 - tail].text:
            tail += 1
        begin = start + sum(len(row.text) for row in old[:head])
        stop = begin + sum(len(row.text) for row in old[head : len(old) - tail])
        return Edit(begin, stop, b"".join(row.text for row in rows[head : len(rows) - tail]))

    def _rows(self, declaration: Declaration) -> tuple[int, list[Row]]:
        """The lines between the parentheses, and where they start."""
        at = start = self._line_end(self._tail(declaration.open)[0])
        end = self._line_start(declaration.end - 1)
        rows: list[Row] = []
        while at < end:
            stop = self._line_end(at)
            while over := [e for s, e in self.starts.items() if at <= s < stop < e]:
                stop = self._line_end(max(over))
            spec = next((s for s in declaration.specs if at <= s.start < stop), None)
            comment = self._comment_of(spec) if spec else -1
            rows.append(Row(self.source[at:stop], spec, comment - at if comment >= 0 else -1))
            at = stop
        return start, rows

    def _comment_of(self, spec: Spec) -> int:
        """Offset of the comment behind an import, -1 without one."""
        at = self._skip(spec.end)
        return at if at in self.starts else -1

    # -- import ("fmt"; "os") ---------------------------------------------------------------------------------

    def _packed(self, declaration: Declaration, add: Sequence[str], gone: Sequence[Spec]) -> list[Edit]:
        edits: list[Edit] = []
        if add:
            text = b"".join(f'"{path}"; '.encode() for path in add)
            edits.append(Edit(declaration.open, declaration.open, text))
        for spec in gone:
            rest = _SEPARATOR.match(self.source, spec.end)
            edits.append(Edit(spec.start, rest.end() if rest else spec.end, b""))
        return edits

    # -- lines and comments -----------------------------------------------------------------------------------

    def _is_alone(self, declaration: Declaration) -> bool:
        """Whether nothing but comments stands on the declaration's lines."""
        before = self.source[self._line_start(declaration.start) : declaration.start]
        return not before.removeprefix(b"\xef\xbb\xbf").strip() and self._tail(declaration.end)[1]

    def _skip(self, offset: int) -> int:
        found = _BLANKS.match(self.source, offset)
        return found.end() if found else offset

    def _tail(self, offset: int) -> tuple[int, bool]:
        """End of the comments behind an offset, and whether the line ends with them."""
        while (at := self._skip(offset)) in self.starts:
            offset = self.starts[at]
        return offset, self.source[at : at + 1] in (b"", b"\n")

    def _head(self, offset: int) -> int:
        """Start of the lines with an offset and of the comments directly above; directives stay out of it."""
        start = self._line_start(offset)
        while start > 0:
            end = start - 1
            while end not in self.ends and self.source[end - 1 : end] in (b" ", b"\t", b"\r"):
                end -= 1
            comment = self.ends.get(end)
            if comment is None or self.source.startswith(b"//go:", comment):
                break
            first = self._line_start(comment)
            if self.source[first:comment].strip():
                break
            start = first
        return start

    def _line_start(self, offset: int) -> int:
        return self.source.rfind(b"\n", 0, offset) + 1

    def _line_end(self, offset: int) -> int:
        found = self.source.find(b"\n", offset)
        return len(self.source) if found < 0 else found + 1


def _parts(tree: Tree) -> list[Node]:
    """Package clause, import declarations and the comments in them and between declarations, in source order."""
    if tree.has_errors:
        return list(tree.root.descendants(nodes.PackageClause, nodes.ImportDeclaration, nodes.Comment))
    parts: list[Node] = []
    for raw in tree.root.raw.named_children:
        if raw.type in ("package_clause", "import_declaration", "comment"):
            node = tree.wrap(raw)
            parts += [node, *node.descendants(nodes.Comment)]
    return parts


def _paddings(text: bytes) -> list[Edit]:
    """Edits that bring the comments behind neighbouring lines of one import each into one column."""
    edits: list[Edit] = []
    section: list[tuple[int, re.Match[bytes]]] = []
    at = 0
    for line in [*text.split(b"\n"), b""]:
        if found := _COMMENTED.match(line):
            section.append((at, found))
        else:
            width = max((_width(match) for _, match in section), default=0)
            for start, match in section:
                blanks = b" " * (width - _width(match) + 1)
                if blanks != match[2]:
                    edits.append(Edit(start + match.start(2), start + match.end(2), blanks))
            section = []
        at += len(line) + 1
    return edits


def _width(match: re.Match[bytes]) -> int:
    return len(match[1].removeprefix(b"\xef\xbb\xbf").decode(errors="replace"))
