"""Positions at the border: the protocol's lines and characters, and the byte offsets that everything else counts in."""

from __future__ import annotations

import re
from bisect import bisect_right

from lsprotocol import types

from gofixer.edits.model import Span
from gofixer.engine.model import Finding
from gofixer.syntax.lines import LineIndex

# What ends a line for the protocol. Go knows LF only; a CR alone is a line for editors, not for its tools.
_LINE_END = re.compile(rb"\r\n|\n|\r")


class Positions:
    """Translates between offsets of a content (bytes, 0-based) and positions (line and character, 0-based).

    Characters count in the encoding that client and server agreed on, UTF-16 unless the client wants another. Bytes
    that are no UTF-8 count as one each.
    """

    def __init__(self, content: bytes, encoding: str = types.PositionEncodingKind.Utf16) -> None:
        self.content = content
        self._encoding = encoding
        self._starts = [0]
        self._ends: list[int] = []
        for end in _LINE_END.finditer(content):
            self._ends.append(end.start())
            self._starts.append(end.end())
        self._ends.append(len(content))
        self._go_lines = LineIndex(content)

    def position(self, offset: int) -> types.Position:
        """The position of an offset; offsets outside of the content mean its nearest end."""
        offset = min(max(offset, 0), len(self.content))
        line = bisect_right(self._starts, offset) - 1
        text = _text(self.content[self._starts[line] : min(offset, self._ends[line])])
        return types.Position(line, sum(self._width(char) for char in text))

    def offset(self, position: types.Position) -> int:
        """The offset of a position; places behind a line's end mean its end, lines that are not there the file's.

        A character inside of a pair of surrogates means the pair's start.
        """
        if position.line >= len(self._starts):
            return len(self.content)
        offset = self._starts[position.line]
        units = 0
        for char in _text(self.content[offset : self._ends[position.line]]):
            units += self._width(char)
            if units > position.character:
                break
            offset += len(char.encode("utf-8", "surrogateescape"))
        return offset

    def range(self, span: Span) -> types.Range:
        """The range of a span."""
        return types.Range(self.position(span[0]), self.position(span[1]))

    def place(self, finding: Finding) -> types.Range:
        """The range of a finding, on its first line only: a whole loop is nothing to underline."""
        start = self._go_offset(finding.line, finding.column)
        end = self._go_offset(finding.end_line, finding.end_column)
        if finding.end_line > finding.line:
            end = self._go_lines.line_span(min(finding.line, len(self._go_lines)))[1]
        return self.range((start, max(start, end)))

    def line(self, number: int) -> types.Range:
        """The range of a line that Go's tools number from 1, without the blanks in front of it."""
        start, end = self._go_lines.line_span(min(max(number, 1), len(self._go_lines)))
        text = self.content[start:end]
        return self.range((start + len(text) - len(text.lstrip()), end))

    def _go_offset(self, line: int, column: int) -> int:
        if not 1 <= line <= len(self._go_lines):
            return len(self.content)
        return self._go_lines.offset(line, max(1, column))

    def _width(self, char: str) -> int:
        if "\udc80" <= char <= "\udcff" or self._encoding == types.PositionEncodingKind.Utf32:
            return 1
        if self._encoding == types.PositionEncodingKind.Utf8:
            return len(char.encode("utf-8", "surrogateescape"))
        return 2 if char > "\uffff" else 1


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")
