"""Only the moment of the release changes: a program prints the same, the lines of its deferred closures apart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from applying import module, rewrite, rewritten_functions, run
from gofixer.transforms.defers import defer_in_loop
from releasing import REWRITTEN, SOURCE

from gofixer.facts.toolchain import Toolchain

OLDEST_GO = (1, 23)  # the program ranges over functions


def written(folder: Path) -> Path:
    return module(folder, {"main.go": SOURCE}, go="1.23")


def lines(folder: Path, toolchain: Toolchain) -> list[str]:
    return re.sub(r"/\S*releasing\d+/", "", run(folder, toolchain)).splitlines()


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain) -> list[str]:
    return lines(written(tmp_path_factory.mktemp("before")), toolchain)


def split(lines: list[str]) -> tuple[list[str], list[str]]:
    """The lines of the program, and those of the releases in any order."""
    released = [line for line in lines if line.startswith("released")]
    return [line for line in lines if line not in released], sorted(released)


def test_only_the_release_moves(tmp_path: Path, toolchain: Toolchain, printed: list[str]) -> None:
    folder = written(tmp_path)
    report = rewrite(folder, "defer-in-loop", unsafe=True)
    assert rewritten_functions(report) == REWRITTEN
    after = lines(folder, toolchain)
    assert split(after) == split(printed)
    assert after != printed
    first = after[after.index("step plain") :]
    assert first[:8:7] == ["step plain", "released a"], "released before the next file is read"


def test_the_guards_are_needed(
    tmp_path: Path, toolchain: Toolchain, printed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without what follows the resources and reads the closures, the program prints something else."""
    monkeypatch.setattr(defer_in_loop, "leaves_iteration", lambda *_: None)
    monkeypatch.setattr(defer_in_loop, "_prints", lambda *_: True)
    monkeypatch.setattr(defer_in_loop, "_more", lambda *_: None)
    folder = written(tmp_path)
    rewrite(folder, "defer-in-loop", unsafe=True)
    after, before = (_steps(split(each)[0]) for each in (lines(folder, toolchain), printed))
    assert {name for name in before if after[name] != before[name]} == {
        "kept",
        "recovered",
        "counted",
        "result",
        "late",
    }


def _steps(lines: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines:
        if line.startswith("step "):
            name = line.removeprefix("step ")
            found[name] = []
        else:
            found[name].append(line)
    return found
