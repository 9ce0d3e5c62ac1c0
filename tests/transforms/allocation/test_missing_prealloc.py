"""Programs that fill slices and maps print the same before and after: JSON, nil-ness, panics, order."""

from __future__ import annotations

from pathlib import Path

import pytest
from applying import module, rewrite, rewritten_functions, run_functions
from gofixer.transforms.allocation import missing_prealloc
from growing import DECLARED, functions, program

from gofixer.facts.toolchain import Toolchain

# Loops whose rounds are known, with no other thing in the way.
KNOWN = ("Slice", "Pair", "Counted", "Map", "Field", "Deep", "Late", "Error", "Rest", "First")


OLDEST_GO = (1, 24)


def written(folder: Path) -> Path:
    return module(folder, {"main.go": program()}, go="1.24")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain) -> dict[str, str]:
    """What the functions print as they are written."""
    return run_functions(written(tmp_path_factory.mktemp("before")), toolchain)


def test_what_can_be_seen_stays(tmp_path: Path, toolchain: Toolchain, printed: dict[str, str]) -> None:
    folder = written(tmp_path)
    changed = rewritten_functions(rewrite(folder, "missing-prealloc", selected=True))
    assert run_functions(folder, toolchain) == printed
    known = {f"{declared}{loop}" for declared in DECLARED for loop in KNOWN}
    assert {f"{start}Whole" for start in known} <= changed
    assert {"MapCopy", "MapIndex", "MapLate", "MapDeep"} <= changed <= functions().keys()
    for loop in ("Number", "Upto", "Result", "Deferred", "Runes", "Shadow", "Reset", "Seen"):
        assert not {f"{declared}{loop}{seen}" for declared in DECLARED for seen in ("Whole", "Nil")} & changed
    assert "MapGroup" not in changed


def test_a_wrong_rewrite_shows(
    tmp_path: Path, toolchain: Toolchain, printed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the guard that looks for nil, functions without elements print something else."""
    folder = written(tmp_path)
    monkeypatch.setattr(missing_prealloc, "_nil_is_seen", lambda *_: False)
    rewrite(folder, "missing-prealloc", selected=True)
    after = run_functions(folder, toolchain)
    wrong = {name for name, text in printed.items() if after[name] != text}
    assert {"VarSliceWhole0", "VarMapNil0", "VarLateField0", "VarRestRest1"} <= wrong
    assert all(name.startswith("Var") for name in wrong)
