"""`gofixer test`."""

from __future__ import annotations

import sys
from pathlib import Path

from gofixer.cli.fix import available, configuration
from gofixer.engine.config import FILE, Config, load
from gofixer.errors import ExitCode, UserError
from gofixer.testing.golden import Case, Result, collect, read_case, run_cases
from gofixer.testing.inline import cases as inline_cases


def test_command(paths: list[Path], folder: Path | None, go: Path | None) -> int:
    """Run goldens and inline tests; gives 0 when all pass, 1 when one fails."""
    configs = [path for path in paths if path.suffix == ".toml"]
    config = load(configs[0]) if configs else configuration(None, Path.cwd(), ())
    cases = [*_inline(configs), *(read_case(file) for file in collect(p for p in paths if p not in configs))]
    if not cases:
        raise UserError(f"no tests there: a folder with .txtar files or a {FILE} with `tests` is asked for")
    results = run_cases(cases, available(config, folder), go)
    for result in results:
        _print(result)
    failed = sum(bool(result.problems) for result in results)
    print(f"{len(results) - failed} passed, {failed} failed", file=sys.stderr)
    return ExitCode.FOUND if failed else ExitCode.OK


def _inline(configs: list[Path]) -> list[Case]:
    return [case for path in configs for case in inline_cases(load(path))]


def _print(result: Result) -> None:
    name = str(result.case.path or result.case.name)
    print(f"{'FAIL' if result.problems else 'ok  '} {name}")
    for problem in result.problems:
        print("\n".join(f"     {line}" for line in problem.splitlines()))


__all__ = ["Config", "test_command"]
