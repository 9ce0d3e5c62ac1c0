"""Only the moment of the release changes: a program prints the same, the lines of its deferred closures apart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from gofixer.transforms.defers import defer_in_loop
from releasing import REWRITTEN, SOURCE

from gofixer import pipeline
from gofixer.engine.config import Config
from gofixer.engine.model import Outcome, Report, Request, Verify
from gofixer.engine.registry import shipped
from gofixer.errors import UserError
from gofixer.facts.toolchain import Toolchain, find_toolchain

TRANSFORMS = tuple(transform for transform in shipped() if transform.name == "defer-in-loop")


@pytest.fixture(scope="module")
def toolchain() -> Toolchain:
    try:
        found = find_toolchain(None)
    except UserError as error:
        pytest.skip(f"no Go toolchain: {error}")
    if found.version < (1, 23, 0):
        pytest.skip(f"ranges over functions came with Go 1.23; this is Go {found.text}")
    return found


def module(folder: Path) -> Path:
    (folder / "go.mod").write_text("module example.com/releasing\n\ngo 1.23\n")
    (folder / "main.go").write_text(SOURCE)
    return folder


def rewrite(folder: Path) -> Report:
    request = Request(folder, (), Config(), TRANSFORMS, frozenset(), unsafe=True, verify=Verify.NONE, cache=False)
    report = pipeline.analyse(request)
    for change in report.changes:
        change.path.write_bytes(change.after)
    return report


def run(folder: Path, toolchain: Toolchain) -> list[str]:
    done = toolchain.run("run", ".", directory=folder)
    assert done.status == 0, done.stdout + done.stderr
    return re.sub(r"/\S*releasing\d+/", "", done.stdout).splitlines()


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain) -> list[str]:
    return run(module(tmp_path_factory.mktemp("before")), toolchain)


def split(lines: list[str]) -> tuple[list[str], list[str]]:
    """The lines of the program, and those of the releases in any order."""
    released = [line for line in lines if line.startswith("released")]
    return [line for line in lines if line not in released], sorted(released)


def test_only_the_release_moves(tmp_path: Path, toolchain: Toolchain, printed: list[str]) -> None:
    folder = module(tmp_path)
    report = rewrite(folder)
    assert {f.function for f in report.findings if f.outcome is Outcome.PROPOSED} == REWRITTEN
    after = run(folder, toolchain)
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
    folder = module(tmp_path)
    rewrite(folder)
    after, before = (_steps(split(lines)[0]) for lines in (run(folder, toolchain), printed))
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
