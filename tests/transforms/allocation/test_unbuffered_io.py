"""Files hold the same, and functions return the same errors, with a buffer in between."""

from __future__ import annotations

from pathlib import Path

import pytest
from before_and_after import changed, module, printed, rewrite, toolchain_or_skip
from file_programs import GUARDED, SAME, SYSTEM_CALLS
from gofixer.transforms.allocation import _files, unbuffered_io

from gofixer.facts.toolchain import Toolchain

NAME = "unbuffered-io"


@pytest.fixture(scope="module")
def toolchain() -> Toolchain:
    return toolchain_or_skip((1, 24, 0))


def test_files_hold_the_same(tmp_path: Path, toolchain: Toolchain) -> None:
    folder = module(tmp_path, SAME | GUARDED)
    before = printed(folder, toolchain)
    report = rewrite(folder, NAME)
    assert changed(report) == set(SAME)
    assert printed(folder, toolchain) == before
    assert (folder / "rows" / "rows.go").read_text().count(".Flush()") == 3


def test_programs_tell_a_wrong_rewrite(tmp_path: Path, toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the guards every program of `GUARDED` prints something else."""
    folder = module(tmp_path, GUARDED)
    before = printed(folder, toolchain)
    for name in ("_not_own", "_waits", "_unbounded"):
        monkeypatch.setattr(_files, name, lambda *_: None)
    monkeypatch.setattr(unbuffered_io, "_leaves", lambda *_: [])
    rewrite(folder, NAME)
    after = printed(folder, toolchain)
    assert {name for name, text in before.items() if after[name] != text} == set(GUARDED)


def test_one_system_call_in_place_of_many(tmp_path: Path, toolchain: Toolchain) -> None:
    if not Path("/proc/self/io").exists():
        pytest.skip("the system does not count system calls")
    folder = module(tmp_path, SYSTEM_CALLS)
    before = int(printed(folder, toolchain)["calls"])
    rewrite(folder, NAME)
    after = int(printed(folder, toolchain)["calls"])
    assert before >= 1000
    assert after <= before - 990
