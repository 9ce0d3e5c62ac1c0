"""`gofixer test`."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from gofixer.cli.terminal import Palette
from gofixer.engine.config import FILE, Config, load
from gofixer.errors import ExitCode, UserError
from gofixer.report.text import coloured_diff
from gofixer.rules import read_rules
from gofixer.settings import available, configuration
from gofixer.testing.golden import Case, collect, read_case, updated
from gofixer.testing.inline import cases as inline_cases
from gofixer.testing.runner import Result, run_cases
from gofixer.transform import Transform


def test_command(paths: list[Path], folder: Path | None, go: Path | None, update: bool, palette: Palette) -> int:
    """Run goldens and inline tests; gives 0 when all pass, 1 when one fails."""
    files: list[Path] = []
    configs: list[Path] = []
    for path in paths:
        own = path / FILE if path.is_dir() else path
        if own.suffix == ".toml":
            if own.is_file():
                configs.append(own)
            elif own == path:
                raise UserError(f"{path}: no such file or folder")
        if path not in configs:
            files += collect([path])
    if not files and not configs:
        raise UserError(f"no tests there: a folder with .txtar files or a {FILE} with `tests` is asked for")
    results = _run_goldens(files, folder, go) if files else []
    for path in configs:
        results += _run_inline(path, folder, go)
    if not results:
        raise UserError(f"no tests there: no rule of {', '.join(map(str, configs))} has `tests`")
    if update:
        results = [_update(result) for result in results]
    for result in results:
        _print(result, palette)
    counts = Counter("failed" if r.problems else "left out" if r.left_out else "passed" for r in results)
    shown = [f"{counts[word]} {word}" for word in ("passed", "failed", "left out") if counts[word] or word == "passed"]
    print(", ".join(shown), file=sys.stderr)
    return ExitCode.FOUND if counts["failed"] else ExitCode.OK


def _run_goldens(files: list[Path], folder: Path | None, go: Path | None) -> list[Result]:
    config = configuration(None, Path.cwd(), ())
    return run_cases([read_case(file) for file in files], available(config, folder), go)


def _run_inline(path: Path, folder: Path | None, go: Path | None) -> list[Result]:
    config = load(path)
    transforms = available(config, folder)
    rules = read_rules(config)
    cases: list[Case] = list(inline_cases(rules, path))
    own: list[Transform] = [t for t in transforms if t.declarative]
    return run_cases(cases, own, go)


def _update(result: Result) -> Result:
    """Write what a run made into a golden file whose contents differ; then only the outcome can still be wrong."""
    case, path = result.case, result.case.path
    got = {name: text for name, text in result.got.items() if text != case.files[name]}
    if path is None or result.left_out or got == dict(case.want):
        return result
    path.write_bytes(updated(path, case, result.got).encode())
    print(f"{path}: want sections rewritten; read them before you keep them", file=sys.stderr)
    return Result(case, tuple(p for p in result.problems if not p.startswith("---")), result.got)


def _print(result: Result, palette: Palette) -> None:
    name = str(result.case.path or result.case.name)
    word = "FAIL" if result.problems else "skip" if result.left_out else "ok"
    print(f"{palette.outcome(word)}{' ' * (5 - len(word))}{name}{f': {result.left_out}' if result.left_out else ''}")
    for problem in result.problems:
        text = coloured_diff(problem) if palette.colour and problem.startswith("---") else problem
        print("\n".join(f"     {line}" for line in text.splitlines()))


__all__ = ["Config", "test_command"]
