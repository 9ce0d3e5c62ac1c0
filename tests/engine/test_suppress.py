"""Suppression comments."""

from __future__ import annotations

import pytest

from gofixer.engine.suppress import read


@pytest.mark.parametrize(
    ("text", "line", "hit"),
    [
        ("x() //gofixer:ignore manual-gc because", 1, True),
        ("//gofixer:ignore manual-gc because\nx()", 2, True),
        ("// gofixer:ignore manual-gc\nx()", 2, True),
        ("//gofixer:ignore gc\nx()", 2, True),
        ("//gofixer:ignore all\nx()", 2, True),
        ("//gofixer:ignore other,manual-gc\nx()", 2, True),
        ("//gofixer:ignore other\nx()", 2, False),
        ("y() //gofixer:ignore manual-gc\nx()", 2, False),
        ("//gofixer:ignore manual-gc\n\nx()", 3, False),
        ("//gofixer:file-ignore manual-gc reason\n\n\nx()", 4, True),
        ("x() //nolint:gofixer", 1, True),
        ("x() //nolint:errcheck,gofixer // why", 1, True),
        ("x() //nolint:errcheck", 1, False),
    ],
)
def test_what_a_comment_covers(text: str, line: int, hit: bool) -> None:
    found = read(text.encode()).match("manual-gc", "gc", line, line)
    assert (found is not None) is hit
    if found is not None:
        assert found.used


def test_a_site_of_several_lines_is_covered_from_any_of_them() -> None:
    found = read(b"select {\ncase <-a: //gofixer:ignore time-after-in-loop slow\n}")
    assert found.match("time-after-in-loop", "timers", 1, 3) is not None
