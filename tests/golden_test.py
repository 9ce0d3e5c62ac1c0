"""Every golden of tests/golden, one test each; they are run together, once."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from gofixer.engine.registry import shipped
from gofixer.testing.golden import read_case
from gofixer.testing.runner import Result, run_cases

FOLDER = Path(__file__).parent / "golden"
FILES = sorted(FOLDER.rglob("*.txtar"))
pytestmark = pytest.mark.xdist_group("golden")


@cache
def results() -> dict[Path, Result]:
    cases = [read_case(path) for path in FILES]
    return {result.case.path: result for result in run_cases(cases, shipped()) if result.case.path}


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_golden(path: Path) -> None:
    problems = results()[path].problems
    assert not problems, "\n\n".join(problems)


def test_every_transform_has_goldens_and_refusals() -> None:
    by_transform: dict[str, list[str]] = defaultdict(list)
    for path in FILES:
        case = read_case(path)
        by_transform[case.transform].append(case.outcome)
    for transform in shipped():
        outcomes = by_transform[transform.name]
        assert len(outcomes) >= 8, f"{transform.name} has {len(outcomes)} goldens"
        assert sum(outcome != "proposed" for outcome in outcomes) >= 3, f"{transform.name} has too few refusals"
        assert "proposed" in outcomes, f"{transform.name} has no golden that rewrites"
