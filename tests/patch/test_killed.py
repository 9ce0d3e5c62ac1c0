"""A run killed at any point leaves each file old or new, nothing beside them in the end, and a way back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

NAMES = ("a.go", "b.go", "sub/c.go")
OLD = {"go.mod": "module m\n", **{name: f"{name} old\n" for name in NAMES}}
NEW = {"go.mod": "module m\n", **{name: f"{name} new\n" for name in NAMES}}

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")


def records(folder: Path, mode: str) -> list[dict[str, Any]]:
    script = Path(__file__).with_name("killing.py")
    done = subprocess.run(
        [sys.executable, str(script), str(folder), mode], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def visible(tree: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in tree.items() if not Path(name).name.startswith(".gofixer-")}


def test_a_write_killed_at_any_step(tmp_path: Path) -> None:
    found = records(tmp_path, "write")
    states = set()
    for record in found:
        killed = visible(record["killed"])
        assert killed.keys() == OLD.keys(), record
        assert all(killed[name] in (OLD[name], NEW[name]) for name in OLD), record
        assert record["recovered"] == killed, record
        assert record["undone"] == OLD, record
        undone, again = record["answers"]
        assert undone == ("" if killed != OLD else again), record
        assert again.startswith("nothing to undo"), record
        states.add(tuple(killed[name] == NEW[name] for name in NAMES))
    assert visible(found[-1]["killed"]) == NEW
    # The test reaches what it is about: every number of files written, and files lying beside them.
    assert states == {(False,) * 3, (True, False, False), (True, True, False), (True,) * 3}
    assert any(record["killed"].keys() != OLD.keys() for record in found)


def test_an_undo_killed_at_any_step(tmp_path: Path) -> None:
    found = records(tmp_path, "undo")
    states = set()
    for record in found:
        killed = visible(record["killed"])
        assert killed.keys() == OLD.keys(), record
        assert all(killed[name] in (OLD[name], NEW[name]) for name in OLD), record
        assert record["undone"] == OLD, record
        undone, again = record["answers"]
        assert again.startswith("nothing to undo"), record
        assert undone == "" or killed == OLD, record
        states.add(tuple(killed[name] == NEW[name] for name in NAMES))
    assert states == {(True,) * 3, (False, True, True), (False, False, True), (False,) * 3}
