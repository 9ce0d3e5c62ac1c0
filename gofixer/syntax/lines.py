"""Lines: offsets of a file as lines and columns, for reports and editors."""

from __future__ import annotations

from bisect import bisect_right


class LineIndex:
    """The lines of a source. A line ends with LF (Go specification, "Source code representation"); a CR before it

    belongs to the line end. Offsets are bytes, 0-based.
    """

    __slots__ = ("_source", "_starts")

    def __init__(self, source: bytes) -> None:
        self._source = source
        starts = [0]
        at = source.find(b"\n")
        while at >= 0:
            starts.append(at + 1)
            at = source.find(b"\n", at + 1)
        self._starts = starts

    def __len__(self) -> int:
        """Number of lines; an empty source has one, and so has the place behind a final LF."""
        return len(self._starts)

    def position(self, offset: int) -> tuple[int, int]:
        """``(line, column)`` of an offset, both 1-based, the column in bytes, as Go's tools print them.

        Raises `ValueError` for an offset outside of the source; its end is inside.
        """
        self._check(offset)
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def offset(self, line: int, column: int = 1) -> int:
        """Offset of a 1-based line and byte column; columns behind the line's end mean its end.

        Raises `ValueError` for a line that the file does not have and a column below 1.
        """
        start, end = self.line_span(line)
        if column < 1:
            raise ValueError(f"columns count from 1: {column}")
        return min(start + column - 1, end)

    def line_span(self, line: int, *, keep_end: bool = False) -> tuple[int, int]:
        """Span of a 1-based line, without its line end (LF or CRLF) unless ``keep_end``.

        Raises `ValueError` for a line that the file does not have.
        """
        if not 1 <= line <= len(self._starts):
            raise ValueError(f"the file has {len(self._starts)} lines, not {line}")
        start = self._starts[line - 1]
        if line == len(self._starts):
            return start, len(self._source)
        end = self._starts[line]
        if not keep_end:
            end -= 2 if self._source[start : end - 1].endswith(b"\r") else 1
        return start, end

    def utf16_position(self, offset: int) -> tuple[int, int]:
        """``(line, character)``, both 0-based, the character in UTF-16 units, as the Language Server Protocol counts.

        Bytes that are no UTF-8 count as one unit each. Raises `ValueError` for an offset outside of the source.
        """
        line, _ = self.position(offset)
        start, end = self.line_span(line)
        return line - 1, _units(self._source[start : min(offset, end)])

    def utf16_offset(self, line: int, character: int) -> int:
        """Offset of a 0-based line and UTF-16 character; characters behind the line's end mean its end.

        A character inside of a surrogate pair means the pair's start. Raises `ValueError` for a line that the file
        does not have.
        """
        start, end = self.line_span(line + 1)
        text = self._source[start:end].decode("utf-8", "surrogateescape")
        units = 0
        for char in text:
            width = 2 if ord(char) > 0xFFFF else 1
            if units + width > character:
                break
            units += width
            start += len(char.encode("utf-8", "surrogateescape"))
        return start

    def _check(self, offset: int) -> None:
        if not 0 <= offset <= len(self._source):
            raise ValueError(f"the offset {offset} is outside of the source ({len(self._source)} bytes)")


def _units(text: bytes) -> int:
    decoded = text.decode("utf-8", "surrogateescape")
    return len(decoded) + sum(char > "\uffff" for char in decoded)
