"""A picture of the results as SVG: for each benchmark how the values after relate to the median before."""

from __future__ import annotations

import math
from collections.abc import Sequence
from xml.sax.saxutils import escape

from gofixer.bench.stats import ALPHA, scaled
from gofixer.bench.table import Row, Table

_ROW, _HEAD, _GAP = 26, 46, 18
_LEFT, _WIDE, _RIGHT = 300, 420, 250
_WIDTH = _LEFT + _WIDE + _RIGHT
_LIMIT = 4.0
# Mid greys and two hues that are readable on white and on black; nothing is filled behind them.
_STYLE = """
text { font: 12px ui-sans-serif, system-ui, sans-serif; fill: #767676 }
.title { font-weight: 600; font-size: 13px }
.name { text-anchor: end }
.axis { stroke: #9a9a9a; stroke-width: 1 }
.grid { stroke: #9a9a9a; stroke-width: 1; stroke-dasharray: 2 4; opacity: .6 }
.tick { text-anchor: middle; font-size: 11px }
.before { stroke: #8c8c8c; fill: #8c8c8c }
.better { stroke: #1a9a6c; fill: #1a9a6c }
.worse { stroke: #d0652f; fill: #d0652f }
.same { stroke: #8c8c8c; fill: none }
.sample { stroke: none; opacity: .45 }
""".strip()


def svg(tables: Sequence[Table], title: str) -> str:
    """A picture with one panel for each table.

    The dots are the values after as a share of the median before, the bar is their interval of confidence, the tick
    the median; the grey bar at 100 % is the interval before.
    """
    parts: list[str] = []
    y: float = _GAP + 16
    parts.append(_text(16, y, "title", title))
    for table in tables:
        y += _GAP
        panel, y = _panel(table, y)
        parts += panel
    height = y + _GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:.0f}" width="{_WIDTH}" '
        f'height="{height:.0f}" role="img" aria-label="{escape(title, _QUOTE)}">\n<style>{_STYLE}</style>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


_QUOTE = {'"': "&quot;"}


def _panel(table: Table, top: float) -> tuple[list[str], float]:
    better = "more" if table.unit.endswith("/s") else "less"
    heading = f"{table.package}: {table.unit}, after as a share of before ({better} is better)"
    parts = [_text(16, top + 16, "title", heading)]
    low, high = _range(table.rows)
    start, end = top + _HEAD - 8, top + _HEAD + _ROW * len(table.rows)

    def at(share: float) -> float:
        return _LEFT + _WIDE * (min(max(share, low), high) - low) / (high - low)

    for share in _ticks(low, high):
        kind = "axis" if math.isclose(share, 1) else "grid"
        parts.append(_line(at(share), start, at(share), end, kind))
        parts.append(_text(at(share), end + 14, "tick", f"{share:.0%}"))
    for number, row in enumerate(table.rows):
        parts += _row(row, top + _HEAD + _ROW * number + _ROW / 2, at)
    return parts, end + 20


def _row(row: Row, y: float, at: object) -> list[str]:
    assert callable(at)
    name = row.measured.name if len(row.measured.name) <= 42 else f"{row.measured.name[:41]}…"
    told = f"{scaled(row.old.center, row.unit)} → {scaled(row.new.center, row.unit)}  {row.delta}  p={row.p:.3f}"
    parts = [_text(_LEFT - 12, y + 4, "name", name), _text(_LEFT + _WIDE + 14, y + 4, "", told)]
    base = row.old.center
    if base <= 0:
        return parts
    parts.append(
        _bar(at(_bound(row.old.low, base, row.before)), at(_bound(row.old.high, base, row.before)), y, "before")
    )
    kind = _kind(row)
    parts += [
        f'<circle class="{kind} sample" cx="{at(value / base):.1f}" cy="{y + 5:.1f}" r="2.5"/>' for value in row.after
    ]
    parts.append(_bar(at(_bound(row.new.low, base, row.after)), at(_bound(row.new.high, base, row.after)), y + 5, kind))
    middle = at(row.new.center / base)
    parts.append(f'<path class="{kind}" stroke-width="2.5" d="M{middle:.1f} {y - 1:.1f}v12"/>')
    return parts


def _kind(row: Row) -> str:
    if row.p >= ALPHA or row.new.center == row.old.center:
        return "same"
    less = row.new.center < row.old.center
    return "better" if less != row.unit.endswith("/s") else "worse"


def _bound(value: float, base: float, values: Sequence[float]) -> float:
    """A bound of an interval as a share; without one, that of the values."""
    if math.isinf(value):
        value = max(values) if value > 0 else min(values)
    return value / base


def _range(rows: Sequence[Row]) -> tuple[float, float]:
    shares = [1.0]
    for row in rows:
        if row.old.center > 0:
            shares += [value / row.old.center for value in (*row.before, *row.after)]
    low, high = min(shares), min(max(shares), _LIMIT)
    pad = max(0.02, (high - low) * 0.06)
    return max(0.0, low - pad), high + pad


def _ticks(low: float, high: float) -> list[float]:
    step = next(s for s in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if (high - low) / s <= 8)
    return [step * n for n in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _bar(x1: float, x2: float, y: float, kind: str) -> str:
    return (
        f'<path class="{kind}" stroke-width="3" stroke-linecap="round" d="M{x1:.1f} {y:.1f}H{max(x2, x1 + 0.1):.1f}"/>'
    )


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<path class="{kind}" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>'


def _text(x: float, y: float, kind: str, text: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>'
