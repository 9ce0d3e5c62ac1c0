"""How many builds it takes to find the guilty fixes, counted on builders that are plain functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log2
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gofixer.verify.bisection import Bisection
from gofixer.verify.model import Diagnostic, Unit

FILE = Path("/m/a/a.go")
Build = Callable[[frozenset[int]], Sequence[Diagnostic]]


def word(unit: int) -> Diagnostic:
    return Diagnostic(FILE.parent, FILE, unit, unit, 1, f"wrong {unit}", "build")


def run(
    count: int, build: Build, *, pointing: bool = False, requires: dict[int, set[int]] | None = None
) -> tuple[frozenset[int], dict[int, Diagnostic], int]:
    needed = requires or {}
    units = {n: Unit(n, FILE, n, requires=frozenset(needed.get(n, ()))) for n in range(count)}

    def suspects(found: Sequence[Diagnostic]) -> frozenset[int]:
        return frozenset(d.line for d in found) if pointing else frozenset()

    bisection = Bisection(units, suspects)
    first = build(frozenset(units))
    assert first, "a search starts from a state that is bad"
    search = bisection.search(first)
    builds = 0
    try:
        wanted = next(search)
        while True:
            for unit in wanted:
                assert needed.get(unit, set()) <= wanted, "a fix was tried without one that it needs"
            builds += 1
            wanted = search.send(build(wanted))
    except StopIteration as end:
        return end.value, bisection.rejected, builds


def guilty_are(guilty: set[int], shown: int = 10) -> Build:
    """Each guilty fix is wrong by itself; as the compiler does, at most ten are shown at once."""
    return lambda ids: [word(n) for n in sorted(guilty & ids)][:shown]


@pytest.mark.parametrize("pointing", [False, True])
@pytest.mark.parametrize("guilty", [set(range(0, 64, 3)), {0}, {63}, {5, 6}, set(range(64)), set(range(32, 64))])
def test_the_guilty_are_found_within_the_bound(guilty: set[int], pointing: bool) -> None:
    good, rejected, builds = run(64, guilty_are(guilty), pointing=pointing)
    assert rejected.keys() == guilty
    assert good == set(range(64)) - guilty
    assert builds <= len(guilty) * (log2(64) + 1)


def test_a_diagnostic_that_points_at_its_fix_costs_one_build() -> None:
    good, rejected, builds = run(64, guilty_are({17}), pointing=True)
    assert rejected == {17: word(17)}
    assert len(good) == 63
    assert builds == 1


def test_a_single_fix_costs_no_build() -> None:
    assert run(1, guilty_are({0})) == (frozenset(), {0: word(0)}, 0)


def test_of_two_that_are_only_wrong_together_the_later_goes() -> None:
    def build(ids: frozenset[int]) -> Sequence[Diagnostic]:
        return [word(3)] if {3, 40} <= ids else []

    for pointing in (False, True):
        good, rejected, _ = run(64, build, pointing=pointing)
        assert len(good) == 63
        assert rejected.keys() == ({40} if not pointing else {3})


def test_pointed_at_innocents_are_kept() -> None:
    """The compiler points at fix 9, the fault of which is fix 2 alone."""

    def build(ids: frozenset[int]) -> Sequence[Diagnostic]:
        return [word(9)] if 2 in ids else []

    good, rejected, _ = run(16, build, pointing=True)
    assert rejected.keys() == {2}
    assert good == set(range(16)) - {2}


def test_dependents_of_the_guilty_are_never_tried_alone() -> None:
    good, rejected, _ = run(16, guilty_are({4}), requires={5: {4}, 6: {5}, 12: {4}})
    assert rejected.keys() == {4}
    assert good == set(range(16)) - {4, 5, 6, 12}
    good, rejected, _ = run(16, guilty_are({4}), requires={5: {4}, 6: {5}, 12: {4}}, pointing=True)
    assert rejected.keys() == {4}
    assert good == set(range(16)) - {4, 5, 6, 12}


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_whatever_is_wrong_with_whatever_the_result_is_good(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 24))
    some = st.sets(st.integers(0, count - 1), min_size=1, max_size=3)
    wrong = data.draw(st.lists(some, min_size=1, max_size=6))
    pairs = data.draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=5))
    requires: dict[int, set[int]] = {}
    for a, b in pairs:
        if a < b:
            requires.setdefault(b, set()).add(a)

    def build(ids: frozenset[int]) -> Sequence[Diagnostic]:
        return [word(max(w)) for w in wrong if w <= ids]

    good, rejected, _ = run(count, build, pointing=data.draw(st.booleans()), requires=requires)
    assert not build(good)
    assert not good & rejected.keys()
    lost = set(rejected)
    for unit in range(count):
        if requires.get(unit, set()) & lost:
            lost.add(unit)
    assert good == set(range(count)) - lost
