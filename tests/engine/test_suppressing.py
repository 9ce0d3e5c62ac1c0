"""Suppression comments that are written, and decisions that stay where they belong when lines move."""

from __future__ import annotations

from pathlib import Path

import pytest

from gofixer.edits.algebra import apply
from gofixer.engine.decisions import Decisions, Site, moved
from gofixer.engine.suppress import read
from gofixer.engine.suppressing import Wanted, comment_edits

HEAD = "package p\n\nfunc f() {\n"


def written(source: str, *wanted: tuple[int, str, str]) -> str:
    content = source.encode()
    return apply(content, comment_edits(content, [Wanted(*one) for one in wanted])).decode()


def covers(source: str, line: int, name: str) -> bool:
    return read(source.encode()).match(name, "family", line, line) is not None


def test_a_comment_above_with_the_indentation() -> None:
    after = written(f"{HEAD}\tif ok {{\n\t\tg()\n\t}}\n}}\n", (5, "no-g", "not  hot\n here "))
    assert after == f"{HEAD}\tif ok {{\n\t\t//gofixer:ignore no-g not hot here\n\t\tg()\n\t}}\n}}\n"
    assert covers(after, 6, "no-g")


def test_two_transforms_share_the_comment_of_a_line() -> None:
    after = written(f"{HEAD}\tg()\n}}\n", (4, "no-g", "hot"), (4, "no-f", "cold"), (4, "no-g", "hot"))
    assert after == f"{HEAD}\t//gofixer:ignore no-g,no-f hot; cold\n\tg()\n}}\n"


def test_a_comment_that_is_there_is_joined() -> None:
    after = written(f"{HEAD}\t// gofixer:ignore no-x why x\n\tg()\n}}\n", (5, "no-g", "why g"))
    assert after == f"{HEAD}\t//gofixer:ignore no-x,no-g why x; why g\n\tg()\n}}\n"
    assert covers(after, 5, "no-x")
    assert covers(after, 5, "no-g")


def test_the_first_line_and_windows_line_ends() -> None:
    assert written("package p; var x = g()\r\n", (1, "no-g", "r")) == (
        "//gofixer:ignore no-g r\r\npackage p; var x = g()\r\n"
    )


def test_behind_the_code_where_the_line_begins_in_a_raw_string() -> None:
    after = written("package p\n\nvar x = `a\nb` + g()\n", (4, "no-g", "r"))
    assert after == "package p\n\nvar x = `a\nb` + g() //gofixer:ignore no-g r\n"
    assert covers(after, 4, "no-g")
    with pytest.raises(ValueError, match="begins and ends inside"):
        written("package p\n\nvar x = `a\nb` + g() + `c\nd`\n", (4, "no-g", "r"))


def test_a_raw_string_that_begins_in_the_line_is_left_whole() -> None:
    after = written("package p\n\nvar x = g() + `a\nb`\n", (3, "no-g", ""))
    assert after == "package p\n\n//gofixer:ignore no-g\nvar x = g() + `a\nb`\n"


def test_lines_are_followed_through_a_change() -> None:
    lead = moved(b"a\nb\nc\nd\n", b"new\na\nb changed\nc\nd\n")
    assert [lead(line) for line in (1, 2, 3, 4)] == [2, 0, 4, 5]
    same = moved(b"a\nb\n", b"a\nb\n")
    assert [same(line) for line in (1, 2, 3)] == [1, 2, 3]
    assert [moved(b"a\nb\n", b"b\n")(line) for line in (1, 2)] == [0, 1]


def test_what_is_declined_in_a_pass_stays_declined_in_later_ones() -> None:
    site, other = Site(Path("/a.go"), "no-g", 1, 1), Site(Path("/a.go"), "no-g", 2, 1)
    decisions = Decisions(declined={site: 2})
    assert [bool(decisions.refusal(site, turn)) for turn in (1, 2, 3)] == [False, True, True]
    assert not decisions.refusal(other, 1)
    assert Decisions(accepted=frozenset({site})).refusal(other, 1)
    assert not Decisions(accepted=frozenset({site})).refusal(site, 4)
    none_left = Decisions(refused=frozenset({"no-g"}), known=frozenset({site}))
    assert none_left.refusal(other, 1)
    assert not none_left.refusal(site, 1)
