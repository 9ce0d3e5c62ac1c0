"""The view for a terminal: groups, widths, colours."""

from __future__ import annotations

import re

import pytest
from inline_snapshot import snapshot
from reports import CWD, MIXED, finding

from gofixer.engine.model import Finding, Outcome
from gofixer.engine.registry import shipped
from gofixer.report.listing import GROUPS, folded, listing
from gofixer.report.palette import COLOURED, PLAIN, Palette

ESCAPES = re.compile(r"\x1b\[[\d;]*m")
LONG = "undefined: strange, and the compiler has a lot more to say about what it found here in this line of the file"
MANY = [
    *MIXED.findings,
    finding(file=CWD / "internal" / "a" / "rather" / "long" / "folder" / "worker_pool_test.go", line=1234, column=56),
    finding(Outcome.REJECTED, LONG, file=CWD / "z.go", transform="manual-gc"),
]


def show(
    group: str, width: int, *, verbose: bool = False, palette: Palette = PLAIN, of: list[Finding] = MANY
) -> list[str]:
    return list(listing(of, shipped(), CWD, palette, group=group, width=width, verbose=verbose))


def test_by_file() -> None:
    assert show("file", 80) == snapshot(
        [
            "worker.go",
            "  12:10  time-after-in-loop  Reuse one timer",
            "  30:10  manual-gc           Drop runtime.GC()",
            "  50:10  time-after-in-loop  rejected: undefined: strange",
            "",
            "internal/a/rather/long/folder/worker_pool_test.go",
            "  1234:56  time-after-in-loop  Reuse one timer",
            "",
            "z.go",
            "  12:10  manual-gc           rejected: undefined: strange, and the compiler has",
            "                             a lot more to say about what it found here in this",
            "                             line of the file",
            "",
        ]
    )


def test_by_transform_in_a_narrow_terminal() -> None:
    assert show("transform", 60) == snapshot(
        [
            "time-after-in-loop: 2 fixes in 2 files, 1 rejected",
            "  a select in a loop makes a new timer in each round",
            "  worker.go:12:10                   in (*Pool).run",
            "  worker.go:50:10                   rejected: undefined:",
            "                                    strange",
            "  internal/a/rather/long/folder/worker_pool_test.go:1234:56",
            "      in (*Pool).run",
            "",
            "manual-gc: 1 fix in 1 file, 1 rejected",
            "  runtime.GC() stops the program for a collection that the",
            "  runtime would do by itself",
            "  worker.go:30:10  in (*Pool).run",
            "  z.go:12:10       rejected: undefined: strange, and the",
            "                   compiler has a lot more to say about what",
            "                   it found here in this line of the file",
            "",
        ]
    )


def test_by_transform_in_a_wide_terminal() -> None:
    lines = show("transform", 200)
    assert "  worker.go:50:10                                            rejected: undefined: strange" in lines
    assert f"  z.go:12:10       rejected: {LONG}" in lines


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("width", [20, 60, 80, 200])
def test_lines_fit_unless_a_word_does_not(group: str, width: int) -> None:
    for line in show(group, width, verbose=True):
        assert len(line) <= width or (width == 20 and (line[0] != " " or len(line.split()) <= 2)), line


@pytest.mark.parametrize("group", GROUPS)
def test_colours_change_no_word_and_end_in_their_line(group: str) -> None:
    coloured = show(group, 60, verbose=True, palette=COLOURED)
    assert [ESCAPES.sub("", line) for line in coloured] == show(group, 60, verbose=True)
    for line in coloured:
        assert line.count("\x1b[0m") * 2 == line.count("\x1b[")
    assert any("\x1b[31mrejected\x1b[0m" in line for line in coloured)


def test_what_was_left_alone_is_listed_where_asked_for() -> None:
    assert any("skipped: `x` is captured" in line for line in show("file", 100, verbose=True))
    assert not any("skipped" in line for line in show("file", 100))


def test_messages_are_told_where_they_differ() -> None:
    two = [finding(), finding(line=13, message="Make one timer, and stop it")]
    assert "  worker.go:13:10  Make one timer, and stop it" in show("transform", 100, of=two)


def test_a_path_cannot_steer_the_terminal() -> None:
    odd = finding(file=CWD / "a\x1b[2Jb.go", function="f\x07")
    for group in GROUPS:
        assert not any("\x1b" in line or "\x07" in line for line in show(group, 80, of=[odd]))


def test_folding() -> None:
    assert folded("one two three four", 9) == ["one two", "  three", "  four"]
    assert folded("", 9) == [""]
