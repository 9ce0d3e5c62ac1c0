"""The documents of `gofixer bench`: text, Markdown, JSON, SVG, and the lines beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from gofixer.bench.model import Benchmark, BenchResult, ChangedFunction
from gofixer.bench.plot import svg
from gofixer.bench.table import as_json, markdown, tables
from gofixer.bench.table import text as text_tables
from gofixer.engine.model import Report
from gofixer.paths import run_in
from gofixer.report.paths import relative

VERSION = 1


def merged(results: Sequence[BenchResult]) -> BenchResult:
    """The results of several modules as one."""
    return BenchResult(
        functions=tuple(f for r in results for f in r.functions),
        covered={f: b for r in results for f, b in r.covered.items()},
        uncovered={f: why for r in results for f, why in r.uncovered.items()},
        measured=tuple(m for r in results for m in r.measured),
        left_out=tuple(e for r in results for e in r.left_out),
        failures=tuple(e for r in results for e in r.failures),
        settings={name: value for r in results for name, value in r.settings.items()},
        commands=tuple(c for r in results for c in r.commands),
        count=max((r.count for r in results), default=0),
    )


def render(form: str, result: BenchResult, report: Report, cwd: Path) -> bytes:
    """The document in one of the forms ``text``, ``markdown`` and ``json``."""
    if form == "json":
        return msgspec.json.format(msgspec.json.encode(document(result, report, cwd)), indent=2) + b"\n"
    lines = _markdown(result, report, cwd) if form == "markdown" else _text(result, report, cwd)
    return "".join(f"{line}\n" for line in lines).encode()


def picture(result: BenchResult) -> bytes:
    """The SVG."""
    return svg(tables(result.measured), f"gofixer bench, {result.count} rounds").encode()


def place(function: ChangedFunction, cwd: Path) -> str:
    """``dir/file.go:12 (*T).m``."""
    return f"{relative(function.file, cwd)}:{function.line} {function.name or '(package level)'}"


def _text(result: BenchResult, report: Report, cwd: Path) -> Iterator[str]:
    if not result.functions:
        yield f"nothing to fix in {report.files} files, so nothing to measure"
        return
    if result.measured:
        yield from (f"{name}: {value}" for name, value in result.settings.items())
        yield from text_tables(tables(result.measured))
        yield ""
    for function, benchmarks in result.covered.items():
        yield f"{place(function, cwd)}: {_named(benchmarks)}"
    for function, reason in result.uncovered.items():
        yield f"{place(function, cwd)}: no benchmark: {reason}"
    if result.commands:
        yield ""
        yield "To run again, with the tree as it is and with the patch of `gofixer --dry-run` applied:"
        yield from (f"  {command}" for command in _commands(result, cwd))


def _markdown(result: BenchResult, report: Report, cwd: Path) -> Iterator[str]:
    if not result.functions:
        yield f"Nothing to fix in {report.files} files, so nothing to measure."
        return
    if result.measured:
        settings = ", ".join(f"{name} {value}" for name, value in result.settings.items())
        yield f"{report.go}, {settings}; {result.count} rounds, interleaved; median ± 95 % confidence interval,"
        yield "exact Mann-Whitney p, `~` where p is not below 0.05."
        yield ""
        yield from markdown(tables(result.measured))
        yield ""
    for function, benchmarks in result.covered.items():
        yield f"- `{place(function, cwd)}`: {_named(benchmarks)}"
    for function, reason in result.uncovered.items():
        yield f"- `{place(function, cwd)}`: no benchmark: {reason}"
    if result.commands:
        yield from ("", "To run again, before and after the patch:", "", "```", *_commands(result, cwd), "```")


def _commands(result: BenchResult, cwd: Path) -> list[str]:
    return [run_in(folder, command, cwd) for folder, command in result.commands]


def _named(benchmarks: Sequence[Benchmark]) -> str:
    shown = [b.name for b in benchmarks[:_MOST]]
    rest = len(benchmarks) - len(shown)
    return ", ".join(shown) + (f" and {rest} more" if rest else "")


_MOST = 6


def document(result: BenchResult, report: Report, cwd: Path) -> dict[str, object]:
    """The values of the JSON document, version 1; files are relative to ``cwd`` with ``/``."""
    return {
        "version": VERSION,
        "go": report.go,
        "settings": dict(result.settings),
        "rounds": result.count,
        "tables": as_json(tables(result.measured)),
        "functions": [
            {
                "file": relative(f.file, cwd),
                "line": f.line,
                "function": f.name,
                "benchmarks": [{"package": b.package, "name": b.name} for b in result.covered.get(f, ())],
                "reason": result.uncovered.get(f, ""),
            }
            for f in result.functions
        ],
        "left_out": [
            {"folder": relative(e.directory, cwd), "benchmark": e.name, "reason": e.reason} for e in result.left_out
        ],
        "failures": [
            {
                "folder": relative(e.benchmark.directory, cwd),
                "benchmark": e.benchmark.name,
                "reason": e.reason,
            }
            for e in result.failures
        ],
        "commands": _commands(result, cwd),
    }


def remarks(result: BenchResult, cwd: Path) -> Iterator[str]:
    """What was left out, one sentence each."""
    for entry in result.left_out:
        name = f"{entry.name} in {relative(entry.directory, cwd)}" if entry.name else relative(entry.directory, cwd)
        yield f"{name} is left out: {entry.reason}"


def failures(result: BenchResult, cwd: Path) -> Iterator[str]:
    """What works before the fixes and not after them, one sentence each."""
    for entry in result.failures:
        where = relative(entry.benchmark.directory, cwd)
        yield f"{entry.benchmark.name} in {where}, with the fixes only: {entry.reason}"
