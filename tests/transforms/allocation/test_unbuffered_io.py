"""Files hold the same, and functions return the same errors, with a buffer in between."""

from __future__ import annotations

from pathlib import Path

import pytest
from applying import module_of_packages, rewrite, rewritten_packages, run_packages
from file_programs import GUARDED, SAME, SYSTEM_CALLS
from gofixer.transforms.allocation import _files, unbuffered_io

from gofixer.facts.toolchain import Toolchain

OLDEST_GO = (1, 24)
NAME = "unbuffered-io"


def test_files_hold_the_same(tmp_path: Path, toolchain: Toolchain) -> None:
    folder = module_of_packages(tmp_path, SAME | GUARDED, go="1.24")
    before = run_packages(folder, toolchain)
    report = rewrite(folder, NAME, selected=True, unsafe=True)
    assert rewritten_packages(report) == set(SAME)
    assert run_packages(folder, toolchain) == before
    assert (folder / "rows" / "rows.go").read_text().count(".Flush()") == 3


def test_programs_tell_a_wrong_rewrite(tmp_path: Path, toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the guards every program of `GUARDED` prints something else."""
    folder = module_of_packages(tmp_path, GUARDED, go="1.24")
    before = run_packages(folder, toolchain)
    for name in ("_not_own", "_waits", "_unbounded"):
        monkeypatch.setattr(_files, name, lambda *_: None)
    monkeypatch.setattr(unbuffered_io, "_leaves", lambda *_: [])
    rewrite(folder, NAME, selected=True, unsafe=True)
    after = run_packages(folder, toolchain)
    assert {name for name, text in before.items() if after[name] != text} == set(GUARDED)


def test_one_system_call_in_place_of_many(tmp_path: Path, toolchain: Toolchain) -> None:
    if not Path("/proc/self/io").exists():
        pytest.skip("the system does not count system calls")
    folder = module_of_packages(tmp_path, SYSTEM_CALLS, go="1.24")
    before = int(run_packages(folder, toolchain)["calls"])
    rewrite(folder, NAME, selected=True, unsafe=True)
    after = int(run_packages(folder, toolchain)["calls"])
    assert before >= 1000
    assert after <= before - 990
