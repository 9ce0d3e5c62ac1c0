"""Strategies and samples that the tests of the tables share."""

from __future__ import annotations

from pathlib import Path

from gofixer.bench.model import Benchmark, Measured

# Each row: the name, times before and after in ns, allocations before and after, bytes before and after.
BEFORE = {
    "Clear-8": ([155.2, 151.0, 158.3, 149.9, 160.1, 154.4, 152.2, 157.7], [3.0] * 8, [48.0] * 8),
    "Ties-8": ([100.0, 100, 101, 101, 102, 102, 103, 103], [5.0] * 8, [1024.0] * 8),
    "Noise-8": (
        [2010.0, 1990, 2105, 1880, 2222, 2050, 1930, 2001],
        [7.0] * 8,
        [70000.0, 70010, 70020, 70000, 70000, 70030, 70000, 70000],
    ),
    "Slow-8": ([8.1e9, 8.2e9, 8.0e9, 8.05e9, 8.3e9, 8.15e9, 8.11e9, 8.12e9], [0.0] * 8, [0.0] * 8),
}
AFTER = {
    "Clear-8": ([67.4, 66.1, 70.2, 69.9, 65.0, 68.8, 67.7, 66.6], [2.0] * 8, [36.0] * 8),
    "Ties-8": ([101.0, 100, 102, 103, 103, 104, 102, 103], [5.0] * 8, [1024.0] * 8),
    "Noise-8": (
        [2003.0, 2011, 2070, 1905, 2150, 1999, 1985, 2044],
        [7.0] * 8,
        [70000.0, 70040, 70020, 70010, 70020, 70030, 70010, 70050],
    ),
    "Slow-8": ([8.2e9, 8.2e9, 8.4e9, 8.25e9, 8.3e9, 8.15e9, 8.31e9, 8.22e9], [0.0] * 8, [0.0] * 8),
}


def measured(rounds: int = 8, package: str = "example.com/m") -> list[Measured]:
    """The samples above, or their first rounds."""

    def side(row: tuple[list[float], list[float], list[float]]) -> dict[str, list[float]]:
        times, allocations, size = row
        return {"ns/op": times[:rounds], "B/op": size[:rounds], "allocs/op": allocations[:rounds]}

    return [
        Measured(Benchmark(Path("/m"), package, f"Benchmark{name.split('-')[0]}"), name, side(row), side(AFTER[name]))
        for name, row in BEFORE.items()
    ]
