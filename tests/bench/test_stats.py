"""The statistics against benchstat's output for the same input, and against what must hold for any input."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from samples import measured

from gofixer.bench.stats import (
    geometric_mean,
    mann_whitney,
    median_orders,
    ratio_mean,
    scaled,
    summary,
    tidy,
)
from gofixer.bench.table import relative, tables

# benchstat (golang.org/x/perf v0.0.0-20260908200009-22c9c6c9d4da) -format csv on the samples in samples.py: medians
# and their intervals before and after, the change, p; "~" where it is not significant.
BENCHSTAT = {
    ("sec/op", "Clear-8"): (1.548e-07, "3%", 6.755e-08, "4%", "-56.36%", "0.000"),
    ("sec/op", "Ties-8"): (1.015e-07, "1%", 1.025e-07, "2%", "~", "0.295"),
    ("sec/op", "Noise-8"): (2.0055e-06, "6%", 2.007e-06, "5%", "~", "0.959"),
    ("sec/op", "Slow-8"): (8.115, "1%", 8.235, "1%", "+1.48%", "0.010"),
    ("B/op", "Clear-8"): (48, "0%", 36, "0%", "-25.00%", "0.000"),
    ("B/op", "Ties-8"): (1024, "0%", 1024, "0%", "~", "1.000"),
    ("B/op", "Noise-8"): (70000, "0%", 70020, "0%", "~", "0.059"),
    ("B/op", "Slow-8"): (0, "0%", 0, "0%", "~", "1.000"),
    ("allocs/op", "Clear-8"): (3, "0%", 2, "0%", "-33.33%", "0.000"),
    ("allocs/op", "Slow-8"): (0, "0%", 0, "0%", "~", "1.000"),
}
GEOMEANS = {"sec/op": (2.2487286199566304e-05, 1.8392469675994538e-05, -0.1821), "B/op": (None, None, -0.0693)}
ROWS = {(table.unit, row.measured.name): row for table in tables(measured()) for row in table.rows}

numbers = st.floats(min_value=-1e9, max_value=1e9, allow_nan=False)
# Few different values, so that ties are frequent.
coarse = st.integers(0, 4).map(float)
samples = st.lists(st.one_of(numbers, coarse), min_size=1, max_size=9)


@pytest.mark.parametrize("key", BENCHSTAT, ids=" ".join)
def test_benchstat_says_the_same(key: tuple[str, str]) -> None:
    old, spread, new, new_spread, delta, p = BENCHSTAT[key]
    row = ROWS[key]
    assert (row.old.center, row.new.center) == (pytest.approx(old), pytest.approx(new))
    assert (row.old.spread, row.new.spread, row.delta, f"{row.p:.3f}") == (spread, new_spread, delta, p)


@pytest.mark.parametrize("unit", GEOMEANS)
def test_benchstat_has_the_same_geometric_means(unit: str) -> None:
    table = next(t for t in tables(measured()) if t.unit == unit)
    old, new, ratio = GEOMEANS[unit]
    assert (table.old_mean, table.new_mean) == (old and pytest.approx(old), new and pytest.approx(new))
    assert table.ratio is not None
    assert round(table.ratio - 1, 4) == ratio


def test_samples_of_different_sizes_as_benchstat_has_them() -> None:
    assert f"{mann_whitney([155.2, 151.0, 158.3, 149.9, 160.1], [67.4, 66.1, 70.2]):.3f}" == "0.036"


@pytest.mark.parametrize(
    ("count", "orders"), [(1, (0, 2)), (5, (0, 5)), (6, (1, 6)), (7, (1, 7)), (8, (1, 7)), (9, (2, 8)), (20, (6, 15))]
)
def test_the_median_lies_between_order_statistics(count: int, orders: tuple[int, int]) -> None:
    """As in tables of the sign test, but for 8 values, where the shorter interval on the left is enough."""
    assert median_orders(count) == orders


@given(st.integers(1, 50))
def test_the_interval_holds_the_median_often_enough_and_is_no_wider_than_needed(count: int) -> None:
    low, high = median_orders(count)
    held = sum(math.comb(count, k) for k in range(low, high)) / 2**count
    assert held >= 0.95
    edge = min(math.comb(count, low), math.comb(count, high - 1)) / 2**count
    assert held - edge < 0.95


@given(samples)
def test_the_median_is_within_its_interval(values: list[float]) -> None:
    found = summary(values)
    assert found.low <= found.center <= found.high
    assert sum(v <= found.center for v in values) * 2 >= len(values)
    assert sum(v >= found.center for v in values) * 2 >= len(values)


def by_enumeration(before: list[float], after: list[float]) -> float:
    """The definition: the pairs won by one side, over all ways to deal the values."""
    pooled = [*before, *after]

    def wins(chosen: tuple[int, ...]) -> float:
        rest = [pooled[i] for i in range(len(pooled)) if i not in chosen]
        return sum((pooled[i] > v) + (pooled[i] == v) / 2 for i in chosen for v in rest)

    observed = wins(tuple(range(len(before))))
    dealt = [wins(chosen) for chosen in itertools.combinations(range(len(pooled)), len(before))]
    tails = sum(w <= observed for w in dealt), sum(w >= observed for w in dealt)
    return min(1.0, 2 * min(tails) / len(dealt))


@given(st.lists(coarse, min_size=1, max_size=5), st.lists(coarse, min_size=1, max_size=5))
def test_p_is_that_of_all_permutations(before: list[float], after: list[float]) -> None:
    assert mann_whitney(before, after) == pytest.approx(by_enumeration(before, after))


@given(samples, samples)
def test_p_is_a_probability_and_does_not_care_which_side_is_which(before: list[float], after: list[float]) -> None:
    p = mann_whitney(before, after)
    assert 0 < p <= 1
    assert mann_whitney(after, before) == pytest.approx(p)


@given(samples)
def test_a_sample_does_not_differ_from_itself(values: list[float]) -> None:
    assert mann_whitney(values, values) == 1


@given(st.lists(numbers, min_size=1, max_size=8), st.lists(numbers, min_size=1, max_size=8), st.randoms())
def test_p_depends_on_the_order_of_values_only(before: list[float], after: list[float], random: object) -> None:
    shuffled = list(before)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert mann_whitney(shuffled, after) == mann_whitney(before, after)
    ranks = {value: float(n) for n, value in enumerate(sorted({*before, *after}))}
    assert mann_whitney([ranks[v] for v in before], [ranks[v] for v in after]) == mann_whitney(before, after)


def test_no_values_show_no_difference() -> None:
    assert mann_whitney([], [1.0]) == mann_whitney([1.0], []) == 1


def test_fifty_against_fifty_is_exact() -> None:
    before = [float(n) for n in range(50)]
    assert mann_whitney(before, [n + 100 for n in before]) == pytest.approx(2 / math.comb(100, 50))


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1.718e-6, "sec/op", "1.718µ"),
        (99.996e-9, "sec/op", "100.0n"),
        (999.96e-9, "sec/op", "1.000µ"),
        (0.5e-9, "sec/op", "0.5000n"),
        (8.115, "sec/op", "8.115"),
        (70000, "B/op", "68.36Ki"),
        (1020, "B/op", "1020"),
        (1024, "B/op", "1.000Ki"),
        (2e9, "B/s", "1.863Gi"),
        (23, "allocs/op", "23.00"),
        (0, "allocs/op", "0.000"),
        (12345, "allocs/op", "12.35k"),
        (-5.0, "x", "-5.000"),
    ],
)
def test_values_have_four_digits_and_a_prefix(value: float, unit: str, text: str) -> None:
    assert scaled(value, unit) == text


def test_units_become_base_units() -> None:
    assert tidy(250.0, "ns/op") == (pytest.approx(2.5e-7), "sec/op")
    assert tidy(3.0, "MB/s") == (3e6, "B/s")
    assert tidy(7.0, "rows/op") == (7.0, "rows/op")


def test_spreads_that_are_no_share_of_the_median() -> None:
    assert summary([1.0, 2, 3]).spread == "∞"
    assert summary([0.0] * 6).spread == "0%"
    assert summary([-1.0, -1, 1, 1, 1, 1]).spread == "?"


def test_means_and_changes_that_are_not_defined() -> None:
    assert geometric_mean([]) is None
    assert geometric_mean([0.0, 4.0]) is None
    assert geometric_mean([2.0, 8.0]) == pytest.approx(4.0)
    assert ratio_mean([(0.0, 0.0), (2.0, 8.0)]) == pytest.approx(2.0)
    assert ratio_mean([(0.0, 1.0)]) is None
    assert relative(0, 0) == 0
    assert relative(0, 1) is None
