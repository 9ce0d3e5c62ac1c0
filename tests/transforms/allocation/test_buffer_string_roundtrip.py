"""Programs that read a buffer in a loop keep the same texts before and after, and other ones without the guards."""

from __future__ import annotations

from pathlib import Path

import pytest
from buffering import KEPT, REWRITTEN, program
from gofixer.transforms.allocation import buffer_string_roundtrip
from running import go_toolchain, rewrite, rewritten, run, write

from gofixer.facts.toolchain import Toolchain


@pytest.fixture(scope="module")
def toolchain() -> Toolchain:
    return go_toolchain()


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain) -> dict[str, str]:
    """What the functions keep as they are written."""
    return run(write(tmp_path_factory.mktemp("before"), program()), toolchain)


def test_texts_stay(tmp_path: Path, toolchain: Toolchain, printed: dict[str, str]) -> None:
    folder = write(tmp_path, program())
    assert rewritten(rewrite(folder, "buffer-string-roundtrip")) == REWRITTEN.keys()
    assert run(folder, toolchain) == printed


def test_a_wrong_rewrite_shows(
    tmp_path: Path, toolchain: Toolchain, printed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the guards the later rounds keep the text of the first."""
    for guard in ("_changed", "held_elsewhere"):
        monkeypatch.setattr(buffer_string_roundtrip, guard, lambda *_: None)
    folder = write(tmp_path, program())
    rewrite(folder, "buffer-string-roundtrip")
    after = run(folder, toolchain)
    wrong = {name.rstrip("0123456789") for name, text in printed.items() if after[name] != text}
    assert wrong == (KEPT.keys() - {"Field", "Embedded"}) | {"Nested"}
