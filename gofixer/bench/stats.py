"""Medians, their confidence intervals and the Mann-Whitney U test, as benchstat computes them; nothing else.

No distribution is assumed: benchmark timings are not normal. The definitions are those of golang.org/x/perf/benchmath
(``AssumeNothing``), except that everything here is exact at any size, where benchstat turns to normal approximations
(above 30 values for the interval, above 50, with ties above 25, for the test).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

ALPHA = 0.05
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Summary:
    """A median and the bounds of its 95 % confidence interval; infinite bounds where there are too few values."""

    center: float
    low: float
    high: float

    @property
    def spread(self) -> str:
        """The interval as a share of the median: ``2%``, ``∞`` for too few values, ``?`` where the sign changes."""
        if math.isinf(self.low) or math.isinf(self.high):
            return "∞"
        if not _sign(self.low) == _sign(self.center) == _sign(self.high):
            return "?"
        if self.center == 0:
            return "0%"
        return f"{100 * max(self.high / self.center - 1, 1 - self.low / self.center):.0f}%"


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def summary(values: Sequence[float]) -> Summary:
    """The median of at least one value, with the order statistics that bound it at a confidence of 95 %."""
    ordered = sorted(values)
    count = len(ordered)
    middle = ordered[count // 2]
    below = ordered[(count - 1) // 2]
    center = below + (middle - below) / 2
    low, high = median_orders(count)
    return Summary(
        center, ordered[low - 1] if low >= 1 else -math.inf, ordered[high - 1] if high <= count else math.inf
    )


def median_orders(count: int) -> tuple[int, int]:
    """The order statistics (1-based) that bound the median of ``count`` values; 0 and ``count`` + 1 are outside.

    The number of values below the median is binomial with p = 1/2. Its probabilities are summed from the mode
    outwards, the larger neighbour first and the left one among equals, until they reach the confidence.
    """
    low = math.ceil((count + 1) / 2) - 1
    high = low + 1
    reached, total = math.comb(count, low), 2**count
    # An interval of whole numbers: compared as such, nothing is rounded.
    while reached * 20 < total * 19:
        left = math.comb(count, low - 1) if low > 0 else 0
        right = math.comb(count, high)
        if left >= right:
            low, reached = low - 1, reached + left
        else:
            high, reached = high + 1, reached + right
    return low, high


def mann_whitney(before: Sequence[float], after: Sequence[float]) -> float:
    """The two-sided exact p-value of the Mann-Whitney U test: whether two samples differ in their location.

    Tied values share the mean of their ranks, and the distribution is that over all ways to deal the pooled values
    into two samples of these sizes. The p-value is twice the smaller tail, 1 at the most; 1 where all values are
    equal or a sample is empty.
    """
    if not before or not after or len({*before, *after}) == 1:
        return 1.0
    ranks = _doubled_ranks([*before, *after])
    observed = sum(ranks[: len(before)])
    ways = _rank_sums(ranks, len(before))
    total = math.comb(len(ranks), len(before))
    lower = sum(ways[: observed + 1])
    upper = total - lower + ways[observed]
    return min(1.0, 2 * min(lower, upper) / total)


def _doubled_ranks(values: Sequence[float]) -> list[int]:
    """Twice the rank of each value, so that the mean ranks of ties are whole."""
    ordered = sorted(values)
    first: dict[float, int] = {}
    last: dict[float, int] = {}
    for rank, value in enumerate(ordered, 1):
        first.setdefault(value, rank)
        last[value] = rank
    return [first[value] + last[value] for value in values]


def _rank_sums(ranks: Sequence[int], size: int) -> list[int]:
    """How many subsets of ``size`` of the ranks have each sum, by the sum.

    The counts of one subset size are packed into one integer, a slot for each sum, so that adding a rank to all
    subsets is one shift: fifty against fifty values take a tenth of a second.
    """
    slot = (math.comb(len(ranks), size).bit_length() + 7) // 8
    packed = [1] + [0] * size
    for done, rank in enumerate(ranks, 1):
        for taken in range(min(done, size), 0, -1):
            packed[taken] += packed[taken - 1] << (8 * slot * rank)
    most = sum(sorted(ranks)[-size:])
    data = packed[size].to_bytes(slot * (most + 1), "little")
    return [int.from_bytes(data[at : at + slot], "little") for at in range(0, len(data), slot)]


def geometric_mean(values: Sequence[float]) -> float | None:
    """The geometric mean; None without values and where one of them is not above 0."""
    if not values or min(values) <= 0:
        return None
    return math.exp(math.fsum(math.log(value) for value in values) / len(values))


def ratio_mean(pairs: Sequence[tuple[float, float]]) -> float | None:
    """The geometric mean of after/before; 0/0 counts as 1, and None where it is not defined."""
    if any(before == 0 != after for before, after in pairs):
        return None
    return geometric_mean([1.0 if before == after else after / before for before, after in pairs])


def scaled(value: float, unit: str) -> str:
    """A value in base units with four significant digits and a prefix, binary for bytes: ``1.718µ``, ``159.9Ki``."""
    size = abs(value)
    if size == 0:
        return "0.000"
    base, prefixes = (1024.0, _BINARY) if unit.startswith("B/") else (1000.0, _DECIMAL)
    chosen, factor = prefixes[-1]
    for prefix, power in prefixes:
        # What would be printed as 1.000 of a prefix is printed with it, rounding included.
        if size >= base**power * 0.99995:
            chosen, factor = prefix, power
            break
    number = value / base**factor
    digits = max(0, 3 - math.floor(math.log10(abs(float(f"{number:.4g}")))))
    return f"{number:.{digits}f}{chosen}"


_DECIMAL = (("T", 4), ("G", 3), ("M", 2), ("k", 1), ("", 0), ("m", -1), ("µ", -2), ("n", -3))
_BINARY = (("Ti", 4), ("Gi", 3), ("Mi", 2), ("Ki", 1), ("", 0))


def tidy(value: float, unit: str) -> tuple[float, str]:
    """A metric in base units, as benchstat has them: ``ns/op`` as ``sec/op``, ``MB/s`` as ``B/s``."""
    if unit == "ns/op":
        return value * 1e-9, "sec/op"
    if unit == "MB/s":
        return value * 1e6, "B/s"
    return value, unit
