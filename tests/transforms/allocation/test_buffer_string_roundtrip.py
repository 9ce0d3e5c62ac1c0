"""Programs that read a buffer in a loop keep the same texts before and after, and other ones without the guards."""

from __future__ import annotations

from pathlib import Path

import pytest
from applying import module, rewrite, rewritten_functions, run_functions
from buffering import KEPT, REWRITTEN, program
from gofixer.transforms.allocation import buffer_string_roundtrip

from gofixer.facts.toolchain import Toolchain

OLDEST_GO = (1, 24)


def written(folder: Path) -> Path:
    return module(folder, {"main.go": program()}, go="1.24")


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain) -> dict[str, str]:
    """What the functions keep as they are written."""
    return run_functions(written(tmp_path_factory.mktemp("before")), toolchain)


def test_texts_stay(tmp_path: Path, toolchain: Toolchain, printed: dict[str, str]) -> None:
    folder = written(tmp_path)
    assert rewritten_functions(rewrite(folder, "buffer-string-roundtrip", selected=True)) == REWRITTEN.keys()
    assert run_functions(folder, toolchain) == printed


def test_a_wrong_rewrite_shows(
    tmp_path: Path, toolchain: Toolchain, printed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the guards the later rounds keep the text of the first."""
    for guard in ("_changed", "held_elsewhere"):
        monkeypatch.setattr(buffer_string_roundtrip, guard, lambda *_: None)
    folder = written(tmp_path)
    rewrite(folder, "buffer-string-roundtrip", selected=True)
    after = run_functions(folder, toolchain)
    wrong = {name.rstrip("0123456789") for name, text in printed.items() if after[name] != text}
    assert wrong == (KEPT.keys() - {"Field", "Embedded"}) | {"Nested"}
