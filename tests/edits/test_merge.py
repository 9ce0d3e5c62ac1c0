"""Which fixes of one pass go together, and that those which have to wait come to their turn."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from gofixer.edits.algebra import normalise, touches
from gofixer.edits.model import Edit, Fix, Span
from gofixer.engine.checks import Draft
from gofixer.engine.merging import fix_edits, merge, render_fixes
from gofixer.transform import Transform, pattern

ANY = Transform("t-any", "t", "any", (pattern("f($x)"),), lambda match, cx: None)
SOURCE = b'package p\n\nimport "fmt"\n\nvar a, b = fmt.Sprint(1), fmt.Sprint(2)\n'
HERE, THERE = (0, 100), (100, 200)


def draft(order: int, *edits: Edit, names: frozenset[tuple[Span, str]] = frozenset()) -> Draft:
    span = (edits[0].start, edits[-1].end)
    return Draft(ANY, order, span, Fix("fix", edits), "f", HERE, names)


def test_where_fixes_overlap_the_earlier_rule_wins_wherever_it_stands() -> None:
    left, right = draft(1, Edit(0, 5, b"")), draft(0, Edit(4, 9, b""))
    assert merge([left, right]) == ([right], [left])


def test_among_fixes_of_one_rule_the_first_in_the_file_wins() -> None:
    left, right = draft(0, Edit(0, 5, b"")), draft(0, Edit(4, 9, b""))
    assert merge([right, left]) == ([left], [right])


def test_insertions_at_one_place_have_no_order_so_the_second_waits() -> None:
    one, other = draft(0, Edit(4, 4, b"x")), draft(1, Edit(4, 4, b"y"))
    assert merge([one, other]) == ([one], [other])


def test_half_of_a_bracket_waits() -> None:
    one, other = draft(0, Edit(4, 4, b"for {\n"), Edit(8, 8, b"}\n")), draft(1, Edit(4, 4, b"x()\n\t"))
    assert merge([one, other]) == ([one], [other])


def test_whole_lines_in_front_of_one_place_stand_in_source_order_whatever_their_rules() -> None:
    source = b"\tuse(1, 2, 3)\n"
    third = draft(0, Edit(1, 1, b"a := f()\n\t"), Edit(11, 12, b"a"))
    first = draft(1, Edit(1, 1, b"z := g()\n\t"), Edit(5, 6, b"z"))
    second = draft(2, Edit(1, 1, b"m := h()\n\t"), Edit(8, 9, b"m"))
    # The span of a draft is that of its match, not of what it inserts.
    drafts = [replace(third, span=(11, 12)), replace(first, span=(5, 6)), replace(second, span=(8, 9))]
    together, waiting = merge(drafts)
    assert waiting == []
    fixed = render_fixes(source, [one.fix for one in together])
    assert fixed == b"\tz := g()\n\tm := h()\n\ta := f()\n\tuse(z, m, a)\n"


def test_neighbours_go_together() -> None:
    one, other, third = draft(0, Edit(0, 4, b"x")), draft(1, Edit(4, 4, b"y")), draft(2, Edit(4, 8, b"z"))
    assert merge([one, other, third]) == ([one, other, third], [])


def test_a_fix_waits_whole_and_does_not_hold_others_up() -> None:
    first = draft(0, Edit(10, 20, b""))
    waits = draft(1, Edit(0, 5, b""), Edit(15, 16, b""))
    free = draft(2, Edit(0, 5, b""))
    assert merge([first, waits, free]) == ([free, first], [waits])


def test_the_same_new_name_in_one_declaration_waits() -> None:
    one = draft(0, Edit(0, 1, b"x"), names=frozenset({(HERE, "timer")}))
    same = draft(0, Edit(9, 10, b"x"), names=frozenset({(HERE, "timer"), (HERE, "done")}))
    other = draft(0, Edit(20, 21, b"x"), names=frozenset({(HERE, "done")}))
    elsewhere = draft(0, Edit(30, 31, b"x"), names=frozenset({(THERE, "timer")}))
    assert merge([one, same, other, elsewhere]) == ([one, other, elsewhere], [same])


drafts = st.lists(
    st.tuples(st.integers(0, 3), st.lists(st.integers(0, 30), min_size=2, max_size=6).map(sorted)).map(
        lambda t: draft(t[0], *normalise(Edit(a, b, b"x") for a, b in zip(t[1][::2], t[1][1::2], strict=False)))
    ),
    max_size=8,
)


@given(drafts)
def test_what_goes_together_never_touches_and_who_waits_has_a_reason(given_: list[Draft]) -> None:
    taken, waiting = merge(given_)
    assert sorted(map(id, given_)) == sorted(map(id, [*taken, *waiting]))
    edits = [(number, edit) for number, one in enumerate(taken) for edit in one.fix.edits]
    assert not any(touches(a, b) for n, a in edits for m, b in edits if n != m)
    for late in waiting:
        before = [one for one in taken if (one.order, one.span) <= (late.order, late.span)]
        assert any(touches(a, b) for one in before for a in one.fix.edits for b in late.fix.edits)


@given(drafts)
def test_every_pass_takes_something_so_all_come_to_their_turn(given_: list[Draft]) -> None:
    taken, waiting = merge(given_)
    assert bool(taken) == bool(given_)
    assert not merge(taken)[1]
    assert len(waiting) < len(given_) or not given_


def test_an_import_goes_only_when_all_fixes_that_use_it_are_in() -> None:
    first, second = (SOURCE.index(b"fmt.Sprint(%d)" % n) for n in (1, 2))
    one = Fix("one", (Edit(first, first + 13, b'"1"'),), drops=("fmt",))
    two = Fix("two", (Edit(second, second + 13, b'"2"'),), drops=("fmt",))
    assert b'import "fmt"' in render_fixes(SOURCE, [one])
    assert render_fixes(SOURCE, [one, two]) == b'package p\n\nvar a, b = "1", "2"\n'


def test_an_import_that_two_fixes_need_comes_once() -> None:
    first, second = (SOURCE.index(b"fmt.Sprint(%d)" % n) for n in (1, 2))
    one = Fix("one", (Edit(first, first + 13, b"strconv.Itoa(1)"),), imports=("strconv",))
    two = replace(one, edits=(Edit(second, second + 13, b"strconv.Itoa(2)"),), drops=("fmt",))
    assert render_fixes(SOURCE, [one, two]).count(b'"strconv"') == 1
    edits = fix_edits(SOURCE, [one, two])
    assert edits == sorted(edits)
    assert not any(touches(a, b) for i, a in enumerate(edits) for b in edits[i + 1 :])
