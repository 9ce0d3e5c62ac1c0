"""`gofixer pr` with the real engine, from a clone to requests whose branches build."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from forge.server import Forge

from .conftest import Person, Pr

LOOP = """package a

import (
	"fmt"
	"runtime"
)

// Key is a key.
func Key(n int) string {
	runtime.GC()
	return fmt.Sprintf("%d", n)
}
"""


@pytest.fixture(scope="session")
def caches() -> dict[str, str]:
    """Where compiled packages and helpers are kept already: the person of the tests has a home of their own."""
    asked = subprocess.run([_go(), "env", "GOCACHE"], capture_output=True, text=True, check=True)
    return {"GOCACHE": asked.stdout.strip(), "GOFIXER_CACHE": os.environ["GOFIXER_CACHE"]}


def test_from_a_clone_to_requests_that_build(
    caches: dict[str, str], real_pr: Pr, person: Person, forge: Forge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, folder in caches.items():
        monkeypatch.setenv(name, folder)
    canary = tmp_path / "canary"
    evil = tmp_path / "bin"
    evil.mkdir()
    # The go command looks on PATH for the toolchain that a go.mod asks for.
    for name in ("go1.99.0-evil", "go1.99.0"):
        (evil / name).write_text(f"#!/bin/sh\ntouch '{canary}'\n")
        (evil / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{evil}:{os.environ['PATH']}")
    monkeypatch.delenv("GOTOOLCHAIN", raising=False)
    hostile = "module example.com/evil\n\ngo 1.24\n\ntoolchain go1.99.0-evil\n"
    person.push({"a/a.go": LOOP, "b/b.go": "package b\n", "evil/go.mod": hostile, "evil/e.go": LOOP})
    said = real_pr("a/...", "evil/...", "--split", "module", "--go", _go())
    assert said.code == 0, said.err
    assert not canary.exists()
    pull = next(pull for pull in forge.pulls if "evil" not in pull.title)
    assert pull.title == "top folder: 2 fixes (sprintf-to-strconv, manual-gc)"
    out = tmp_path / "out"
    person.git("clone", "-q", "-b", pull.branch, str(forge.bare), str(out), at=tmp_path)
    for commit in ("HEAD", "HEAD~1"):
        person.git("checkout", "-q", commit, at=out)
        subprocess.run([_go(), "vet", "./a", "./b"], cwd=out, check=True)
    assert "return strconv.Itoa(n)" in forge.git("show", f"{pull.branch}:a/a.go")
    assert "runtime" not in forge.git("show", f"{pull.branch}:a/a.go")
    assert "- `a/a.go: Key`: no longer `n escapes to heap`" in pull.body
    assert "go vet -overlay=overlay.json" in pull.body
    assert str(tmp_path) not in pull.body
    assert caches["GOFIXER_CACHE"] not in pull.body
    assert "up to date" in real_pr("a/...", "evil/...", "--split", "module", "--go", _go()).out


def _go() -> str:
    from gofixer.facts.toolchain import find_toolchain

    return str(find_toolchain().go)
