"""Programs that add to strings in loops print the same before and after: texts, order of calls, panics."""

from __future__ import annotations

from pathlib import Path

import pytest
from applying import module, rewrite, rewritten_functions, run_functions
from gofixer.transforms.allocation import _accumulate
from joining import GROWS, REFUSED, STARTS, program

from gofixer.facts.toolchain import Toolchain

OLDEST_GO = (1, 24)


def written(folder: Path) -> Path:
    return module(folder, {"main.go": program()}, go="1.24")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain) -> dict[str, str]:
    """What the functions print as they are written."""
    return run_functions(written(tmp_path_factory.mktemp("before")), toolchain)


def test_texts_stay(tmp_path: Path, toolchain: Toolchain, printed: dict[str, str]) -> None:
    folder = written(tmp_path)
    changed = rewritten_functions(rewrite(folder, "string-concat-in-loop", selected=True))
    assert run_functions(folder, toolchain) == printed
    taken = {f"{start}{grow}Whole" for start in STARTS for grow in GROWS if grow not in REFUSED}
    assert taken <= changed
    assert not {f"{start}{grow}Whole" for start in STARTS for grow in REFUSED} & changed


def test_a_wrong_order_shows(
    tmp_path: Path, toolchain: Toolchain, printed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where every sum is written piece by piece, the piece that a call changes is read too early."""
    monkeypatch.setattr(_accumulate, "_independent", lambda *_: True)
    folder = written(tmp_path)
    rewrite(folder, "string-concat-in-loop", selected=True)
    after = run_functions(folder, toolchain)
    wrong = {name for name, text in printed.items() if after[name] != text}
    assert {"EmptyLateWhole1", "VarLateWhole2"} <= wrong
    assert all("Late" in name for name in wrong)
