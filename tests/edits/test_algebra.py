"""Edits compose: merged, sequential and refined application give the same bytes, and offsets lead there and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gofixer.edits.algebra import OffsetMap, Taken, apply, keep, merge, normalise, refine, touches, untouched
from gofixer.edits.model import Edit, Fix

texts = st.text("ab\n", max_size=12).map(str.encode)


@st.composite
def sources_and_edits(draw: st.DrawFn) -> tuple[bytes, list[Edit]]:
    """A source and edits that go together, in source order."""
    source = draw(st.text("abc\n", max_size=40)).encode()
    cuts = sorted(draw(st.lists(st.integers(0, len(source)), max_size=8)))
    pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
    return source, [Edit(start, end, draw(texts)) for start, end in pairs]


@st.composite
def sources_and_fixes(draw: st.DrawFn) -> tuple[bytes, list[Fix]]:
    """A source and fixes that may overlap, each of them sound by itself."""
    source, edits = draw(sources_and_edits())
    fixes = [Fix("first", tuple(normalise(edits)))]
    for number in range(draw(st.integers(0, 4))):
        cuts = sorted(draw(st.lists(st.integers(0, len(source)), max_size=4)))
        more = [Edit(a, b, draw(texts)) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
        fixes.append(Fix(f"fix {number}", normalise(more)))
    return source, fixes


def test_insertions_at_one_offset_keep_their_order() -> None:
    assert apply(b"ac", [Edit(1, 1, b"1"), Edit(1, 1, b"2")]) == b"a12c"
    assert normalise([Edit(1, 1, b"2"), Edit(1, 1, b"1")]) == (Edit(1, 1, b"2"), Edit(1, 1, b"1"))


def test_an_insertion_stands_outside_of_the_replacement_that_it_borders() -> None:
    assert apply(b"abc", [Edit(1, 2, b"X"), Edit(1, 1, b"<"), Edit(2, 2, b">")]) == b"a<X>c"


@pytest.mark.parametrize("edits", [[Edit(0, 2, b""), Edit(1, 3, b"")], [Edit(0, 3, b""), Edit(1, 1, b"x")]])
def test_edits_that_overlap_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="overlap"):
        apply(b"abcd", edits)
    with pytest.raises(ValueError, match="overlap"):
        normalise(edits)


@pytest.mark.parametrize("edit", [Edit(-1, 0, b"x"), Edit(2, 1, b"x"), Edit(4, 5, b"x")])
def test_edits_outside_of_the_source_are_refused(edit: Edit) -> None:
    with pytest.raises(ValueError, match="lies outside"):
        apply(b"abcd", [edit])


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Edit(0, 2, b""), Edit(2, 4, b""), False),
        (Edit(0, 3, b""), Edit(2, 4, b""), True),
        (Edit(0, 4, b""), Edit(1, 2, b""), True),
        (Edit(2, 2, b"a"), Edit(2, 2, b"b"), True),
        (Edit(2, 2, b"a"), Edit(2, 4, b"b"), False),
        (Edit(4, 4, b"a"), Edit(2, 4, b"b"), False),
        (Edit(3, 3, b"a"), Edit(2, 4, b"b"), True),
    ],
)
def test_what_touches_what(one: Edit, other: Edit, expected: bool) -> None:
    assert touches(one, other) is expected
    assert touches(other, one) is expected


@given(sources_and_fixes())
def test_taken_answers_as_touches_does(case: tuple[bytes, list[Fix]]) -> None:
    taken = Taken()
    seen: list[Edit] = []
    for fix in case[1]:
        clash = any(touches(a, b) for a in seen for b in fix.edits)
        assert taken.clashes(fix.edits) is clash
        if not clash:
            taken.add(fix.edits)
            seen += fix.edits


def test_the_earlier_fix_wins_and_the_later_one_waits_whole() -> None:
    first = Fix("first", (Edit(2, 4, b"x"),))
    second = Fix("second", (Edit(0, 1, b"y"), Edit(3, 5, b"y")))
    third = Fix("third", (Edit(0, 1, b"z"),))
    assert merge([first, second, third]) == ([first, third], [second])


@given(sources_and_fixes())
def test_merged_fixes_do_what_they_do_one_after_the_other(case: tuple[bytes, list[Fix]]) -> None:
    source, fixes = case
    accepted, waiting = merge(fixes)
    assert sorted(f.title for f in fixes) == sorted(f.title for f in (*accepted, *waiting))
    text = source
    steps: list[OffsetMap] = []
    for fix in accepted:
        moved = []
        for edit in fix.edits:
            span = (edit.start, edit.end)
            for step in steps:
                span = step.span_to_new(span)
            moved.append(Edit(*span, edit.new))
        text = apply(text, moved)
        steps.append(OffsetMap(moved))
    assert apply(source, [edit for fix in accepted for edit in fix.edits]) == text


@given(sources_and_edits())
def test_offsets_outside_of_edits_lead_to_the_same_byte_and_back(case: tuple[bytes, list[Edit]]) -> None:
    source, edits = case
    text, step = apply(source, edits), OffsetMap(edits)
    for offset in range(len(source)):
        if not any(e.start <= offset < e.end for e in edits):
            new = step.to_new(offset)
            assert text[new] == source[offset]
            assert step.to_old(new) == offset
    assert step.to_new(len(source)) == len(text)
    assert step.to_old(len(text)) == len(source)


@given(sources_and_edits())
def test_offsets_never_change_their_order(case: tuple[bytes, list[Edit]]) -> None:
    source, edits = case
    step = OffsetMap(edits)
    new = [step.to_new(offset) for offset in range(len(source) + 1)]
    old = [step.to_old(offset) for offset in range(len(apply(source, edits)) + 1)]
    assert new == sorted(new)
    assert old == sorted(old)


def test_an_offset_inside_replaced_text_leads_to_the_replacement() -> None:
    step = OffsetMap([Edit(2, 6, b"xy")])
    assert [step.to_new(offset) for offset in (1, 2, 5, 6)] == [1, 2, 2, 4]
    assert [step.to_old(offset) for offset in (1, 2, 3, 4)] == [1, 2, 2, 6]


@given(sources_and_edits(), st.data())
def test_kept_runs_are_the_same_bytes_in_both_texts(case: tuple[bytes, list[Edit]], data: st.DataObject) -> None:
    source, edits = case
    kept, text = untouched(len(source)), source
    for _ in range(3):
        kept, text = keep(kept, edits), apply(text, edits)
        old_end = new_end = 0
        for old, new, length in kept:
            assert source[old : old + length] == text[new : new + length]
            assert length > 0
            assert old >= old_end
            assert new >= new_end
            old_end, new_end = old + length, new + length
        cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=4)))
        edits = [Edit(a, b, data.draw(texts)) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]


@given(sources_and_edits())
def test_one_round_keeps_all_that_no_edit_covers(case: tuple[bytes, list[Edit]]) -> None:
    source, edits = case
    covered = sum(e.end - e.start for e in edits)
    assert sum(length for _, _, length in keep(untouched(len(source)), edits)) == len(source) - covered


@given(sources_and_edits())
def test_refined_edits_do_the_same_and_replace_no_more(case: tuple[bytes, list[Edit]]) -> None:
    source, edits = case
    refined = refine(source, edits)
    assert apply(source, refined) == apply(source, edits)
    assert sum(e.end - e.start for e in refined) <= sum(e.end - e.start for e in edits)
    assert refine(source, refined) == refined


def test_refined_edits_keep_the_order_of_the_text_whatever_order_they_are_given_in() -> None:
    assert apply(b"abc", refine(b"abc", [Edit(3, 3, b"2"), Edit(0, 3, b"abc1")])) == b"abc12"
