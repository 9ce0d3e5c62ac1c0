"""Results as tables, in the manner of benchstat: text, Markdown and JSON. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gofixer.bench.model import Measured
from gofixer.bench.stats import ALPHA, Summary, geometric_mean, mann_whitney, ratio_mean, scaled, summary, tidy

_FIRST = ("sec/op", "B/op", "allocs/op")
_FEW = "± ∞: fewer than 6 samples give no 95 % confidence interval"
_TOO_FEW = "fewer than 4 samples on each side cannot show a difference"


@dataclass(frozen=True, slots=True)
class Row:
    """One benchmark in one unit: values in base units, medians with their intervals, and the test between them."""

    measured: Measured
    unit: str
    before: tuple[float, ...]
    after: tuple[float, ...]
    old: Summary
    new: Summary
    p: float

    @property
    def delta(self) -> str:
        """The change of the median in per cent, ``~`` where the difference is not significant, ``?`` from nothing."""
        if self.p >= ALPHA:
            return "~"
        change = relative(self.old.center, self.new.center)
        return "?" if change is None else f"{change:+.2%}" if change else "0.00%"

    @property
    def samples(self) -> str:
        """How many values there are: ``n=6``, or ``n=6+5`` where the sides differ."""
        left, right = len(self.before), len(self.after)
        return f"n={left}" if left == right else f"n={left}+{right}"


@dataclass(frozen=True, slots=True)
class Table:
    """All benchmarks of one package in one unit, with the geometric means; None where there is none."""

    package: str
    unit: str
    rows: tuple[Row, ...]
    old_mean: float | None
    new_mean: float | None
    ratio: float | None


def relative(before: float, after: float) -> float | None:
    """The change as a share of ``before``; 0 for equal values, None where it is not defined."""
    if before == after:
        return 0.0
    return after / before - 1 if before else None


def tables(measured: Sequence[Measured]) -> list[Table]:
    """A table for each package and unit: time, bytes and allocations first, other metrics as they come."""
    found: list[Table] = []
    for package in dict.fromkeys(m.benchmark.package for m in measured):
        rows: dict[str, list[Row]] = {unit: [] for unit in _FIRST}
        for one in measured:
            if one.benchmark.package == package:
                for row in _rows(one):
                    rows.setdefault(row.unit, []).append(row)
        found += [_table(package, unit, members) for unit, members in rows.items() if members]
    return found


def _rows(measured: Measured) -> Iterator[Row]:
    for name, values in measured.before.items():
        if others := measured.after.get(name):
            before = tuple(tidy(value, name)[0] for value in values)
            after = tuple(tidy(value, name)[0] for value in others)
            unit = tidy(0, name)[1]
            p = mann_whitney(before, after)
            yield Row(measured, unit, before, after, summary(before), summary(after), p)


def _table(package: str, unit: str, rows: Sequence[Row]) -> Table:
    pairs = [(row.old.center, row.new.center) for row in rows]
    return Table(
        package,
        unit,
        tuple(rows),
        geometric_mean([old for old, _ in pairs]),
        geometric_mean([new for _, new in pairs]),
        ratio_mean(pairs),
    )


def text(found: Sequence[Table]) -> list[str]:
    """The tables for a terminal, one package after the other."""
    lines: list[str] = []
    package = None
    for table in found:
        if table.package != package:
            lines += [*([""] if lines else []), f"pkg: {table.package}"]
            package = table.package
        else:
            lines.append("")
        lines += _grid(table)
    return [*lines, *(f"  {note}" for note in notes(found))]


def _grid(table: Table) -> list[str]:
    cells: list[tuple[str, ...]] = [
        ("", "before", "", "after", "", "", ""),
        ("", table.unit, "", table.unit, "", "vs before", ""),
    ]
    cells += [_cells(row) for row in table.rows]
    if len(table.rows) > 1:
        cells.append(("geomean", *_means(table)))
    widths = [max(len(line[n]) for line in cells) for n in range(7)]
    widths[1], widths[3] = (max(widths[n], 7) for n in (1, 3))
    return [
        "  ".join(
            [
                line[0].ljust(widths[0]),
                f"{line[1].rjust(widths[1])} {line[2].ljust(widths[2])}",
                f"{line[3].rjust(widths[3])} {line[4].ljust(widths[4])}",
                line[5].rjust(widths[5]),
                line[6],
            ]
        ).rstrip()
        for line in cells
    ]


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.measured.name,
        scaled(row.old.center, row.unit),
        f"± {row.old.spread}",
        scaled(row.new.center, row.unit),
        f"± {row.new.spread}",
        row.delta,
        f"(p={row.p:.3f} {row.samples})",
    )


def _means(table: Table) -> tuple[str, str, str, str, str, str]:
    old = scaled(table.old_mean, table.unit) if table.old_mean is not None else "-"
    new = scaled(table.new_mean, table.unit) if table.new_mean is not None else "-"
    return old, "", new, "", f"{table.ratio - 1:+.2%}" if table.ratio is not None else "?", ""


def markdown(found: Sequence[Table]) -> list[str]:
    """The tables for a pull request."""
    lines: list[str] = []
    for table in found:
        unit = _escaped(table.unit)
        lines += [*([""] if lines else []), f"`{table.package}`, {unit}", ""]
        lines += ["| benchmark | before | after | change | p |", "|---|---:|---:|---:|---|"]
        for row in table.rows:
            old = f"{scaled(row.old.center, row.unit)} ± {row.old.spread}"
            new = f"{scaled(row.new.center, row.unit)} ± {row.new.spread}"
            p = f"{row.p:.3f} ({row.samples})"
            lines.append(f"| {_escaped(row.measured.name)} | {old} | {new} | {row.delta} | {p} |")
        if len(table.rows) > 1:
            old, _, new, _, change, _ = _means(table)
            lines.append(f"| geometric mean | {old} | {new} | {change} | |")
    remarks = notes(found)
    return [*lines, *([""] if remarks else []), *remarks]


def _escaped(name: str) -> str:
    return name.replace("\\", "\\\\").replace("|", "\\|").replace("_", "\\_").replace("*", "\\*")


def notes(found: Sequence[Table]) -> list[str]:
    """What limits the figures, said once."""
    sizes = [len(side) for table in found for row in table.rows for side in (row.before, row.after)]
    if not sizes:
        return []
    return [*([_FEW] if min(sizes) < 6 else []), *([_TOO_FEW] if max(sizes) < 4 else [])]


def as_json(found: Sequence[Table]) -> list[dict[str, object]]:
    """The rows as JSON values: in base units, samples included, ``interval`` None where there is none."""
    return [
        {
            "package": table.package,
            "unit": table.unit,
            "benchmarks": [_json_row(row) for row in table.rows],
            "geomean": {"before": table.old_mean, "after": table.new_mean, "ratio": table.ratio},
        }
        for table in found
    ]


def _json_row(row: Row) -> dict[str, object]:
    def side(values: Sequence[float], found: Summary) -> dict[str, object]:
        few = found.spread == "∞"
        return {
            "median": found.center,
            "interval": None if few else [found.low, found.high],
            "samples": list(values),
        }

    return {
        "name": row.measured.name,
        "benchmark": row.measured.benchmark.name,
        "before": side(row.before, row.old),
        "after": side(row.after, row.new),
        "change": relative(row.old.center, row.new.center),
        "p": row.p,
        "significant": row.p < ALPHA,
    }
