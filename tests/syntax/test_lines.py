"""Offsets as lines and columns, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gofixer.syntax import LineIndex

SOURCE = "a\r\nbä𝕏c\n\nlast".encode()


def test_positions_count_from_one_in_bytes() -> None:
    index = LineIndex(SOURCE)
    assert index.position(0) == (1, 1)
    assert index.position(3) == (2, 1)
    assert index.position(SOURCE.index(b"c")) == (2, 8)
    assert index.position(len(SOURCE)) == (4, 5)


def test_lines_end_before_their_line_end() -> None:
    index = LineIndex(SOURCE)
    spans = [index.line_span(line) for line in range(1, len(index) + 1)]
    assert [SOURCE[s:e] for s, e in spans] == [b"a", "bä𝕏c".encode(), b"", b"last"]
    assert index.line_span(1, keep_end=True) == (0, 3)


def test_utf16_counts_from_zero_and_surrogate_pairs_twice() -> None:
    index = LineIndex(SOURCE)
    assert index.utf16_position(SOURCE.index(b"c")) == (1, 4)
    assert index.utf16_offset(1, 4) == SOURCE.index(b"c")
    assert index.utf16_offset(1, 3) == SOURCE.index("𝕏".encode())
    assert index.utf16_offset(0, 99) == 1


@pytest.mark.parametrize("source", [b"", b"\n", b"\r\n", b"\r", b"a\r\r\n"])
def test_odd_line_ends(source: bytes) -> None:
    index = LineIndex(source)
    assert len(index) == source.count(b"\n") + 1
    assert index.position(len(source))[0] == len(index)


def test_what_is_outside_is_refused() -> None:
    index = LineIndex(b"a\n")
    for call in (
        lambda: index.position(3),
        lambda: index.position(-1),
        lambda: index.offset(3),
        lambda: index.offset(1, 0),
    ):
        with pytest.raises(ValueError, match=r"outside|lines|count from 1"):
            call()


@given(st.text(alphabet="ab\r\n𝕏ä", max_size=30), st.data())
def test_there_and_back(text: str, data: st.DataObject) -> None:
    source = text.encode()
    index = LineIndex(source)
    offset = len(text[: data.draw(st.integers(0, len(text)))].encode())
    line, column = index.position(offset)
    start, end = index.line_span(line)
    assert index.offset(line, column) == min(offset, end)
    assert start <= offset
    assert index.utf16_offset(*index.utf16_position(offset)) == min(offset, end)
