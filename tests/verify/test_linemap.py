"""Lines of a fixed file mapped back to the unfixed one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gofixer.verify.linemap import LineMap

OLD = b"package a\n\nfunc A() {\n\tx()\n}\n\nfunc B() {\n\tx()\n}\n"


@pytest.mark.parametrize(
    ("new", "line", "expected"),
    [
        (OLD, 4, (4, 4, True)),
        (OLD.replace(b"\nfunc A", b"\nimport _ \"b\"\n\nfunc A"), 6, (4, 4, True)),
        (OLD.replace(b"\nfunc A", b"\nimport _ \"b\"\n\nfunc A"), 3, (2, 2, False)),
        (OLD.replace(b"func A() {\n\tx()", b"func A() {\n\ty()\n\tz()"), 5, (4, 4, False)),
        (OLD.replace(b"func A() {\n\tx()", b"func A() {\n\ty()\n\tz()"), 9, (8, 8, True)),
        (OLD.replace(b"func A() {\n\tx()\n}\n\n", b""), 4, (8, 8, True)),
        (b"// new\n" + OLD, 1, (1, 1, False)),
        (b"other", 1, (1, 10, False)),
    ],
)  # fmt: skip
def test_lines(new: bytes, line: int, expected: tuple[int, int, bool]) -> None:
    assert LineMap(OLD, new).to_old(line) == expected


_LINES = st.lists(st.sampled_from([b"a", b"b", b"}", b"", b"c", b"d"]), max_size=20)


@given(_LINES, _LINES)
def test_exact_lines_are_equal_and_never_cross(old: list[bytes], new: list[bytes]) -> None:
    a, b = b"\n".join(old), b"\n".join(new)
    line_map = LineMap(a, b)
    a_lines, b_lines = a.split(b"\n"), b.split(b"\n")
    reached = 0
    for number, text in enumerate(b_lines, 1):
        first, last, exact = line_map.to_old(number)
        assert 1 <= first <= last <= len(a_lines)
        if exact:
            assert a_lines[first - 1] == text
            assert first > reached
            reached = first


def test_a_long_repetitive_file_is_no_burden() -> None:
    old = b"\t}\n\n" * 20_000 + b"end\n" + b"\t}\n" * 20_000
    new = old.replace(b"end\n", b"new\nend\n")
    assert LineMap(old, new).to_old(40_002) == (40_001, 40_001, True)
