"""Programs print the same before and after collections were taken out, and something else without the guards."""

from __future__ import annotations

from pathlib import Path

import pytest
from applying import module, module_of_packages, rewrite, rewritten_packages, run, run_packages
from collecting import MODULE, OFF, PACKAGES, REWRITTEN
from gofixer.transforms.gc import _place, manual_gc

from gofixer.engine.model import Outcome
from gofixer.facts.toolchain import Toolchain

OLDEST_GO = (1, 24)  # it came with weak pointers and cleanups


def programs(folder: Path) -> Path:
    return module_of_packages(folder, PACKAGES, go="1.24", path=MODULE)


def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Switch off what knows that a collection is wanted, and what keeps conditions."""
    for name in ("collector_is_watched", "wanted"):
        monkeypatch.setattr(_place, name, lambda *_: None)
    monkeypatch.setattr(manual_gc, "collector_may_be_off", lambda *_: None)
    monkeypatch.setattr("gofixer.transforms.gc._removal._condition", lambda *_: None)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain) -> dict[str, str]:
    """What the packages print as they are written."""
    return run_packages(programs(tmp_path_factory.mktemp("before")), toolchain)


def test_programs_print_the_same(tmp_path: Path, toolchain: Toolchain, printed: dict[str, str]) -> None:
    folder = programs(tmp_path)
    report = rewrite(folder, "gc", selected=True)
    assert run_packages(folder, toolchain) == printed
    assert rewritten_packages(report) == REWRITTEN
    assert "GC()" not in (folder / "branches" / "branches.go").read_text()


def test_programs_tell_a_wrong_rewrite(
    tmp_path: Path, toolchain: Toolchain, printed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the guards every package but those that are rewritten prints something else."""
    folder = programs(tmp_path)
    unguarded(monkeypatch)
    rewrite(folder, "gc", selected=True)
    after = run_packages(folder, toolchain)
    assert {name for name, text in printed.items() if after[name] != text} == printed.keys() - REWRITTEN


def test_the_only_collections_of_a_program_stay(
    tmp_path: Path, toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = module(tmp_path, OFF, go="1.24", path=MODULE)
    before = run(folder, toolchain)
    report = rewrite(folder, "gc", selected=True)
    assert [finding.outcome for finding in report.findings] == [Outcome.SKIPPED]
    assert "turn the collector off" in report.findings[0].reason
    unguarded(monkeypatch)
    rewrite(folder, "gc", selected=True)
    assert run(folder, toolchain) != before == "true\n"
