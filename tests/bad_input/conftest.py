"""A small module with one certain finding, and a way to run the command line on it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

GOOD = """package p

import "fmt"

// Port renders a port number.
func Port(n int) string {
\treturn fmt.Sprintf("%d", n)
}
"""

FIXED = """package p

import "strconv"

// Port renders a port number.
func Port(n int) string {
\treturn strconv.Itoa(n)
}
"""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """A module `example.com/m` in its own folder with `good/p.go`, in which one site is fixed."""
    root = tmp_path / "m"
    (root / "good").mkdir(parents=True)
    (root / "go.mod").write_text("module example.com/m\n\ngo 1.24\n")
    (root / "good" / "p.go").write_text(GOOD)
    return root


def environment(tmp_path: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a run: caches of its own, no network, no configuration from outside."""
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith(("GOFIXER_", "NO_COLOR", "FORCE_COLOR"))},
        "GOFIXER_CACHE": str(tmp_path / "cache"),
        "GOFIXER_STATE": str(tmp_path / "state"),
        "GOPROXY": "off",
        **(extra or {}),
    }


@pytest.fixture
def gofixer(module: Path, tmp_path: Path) -> Run:
    """Run the command line in the module; gives the finished process with its output as text."""

    def run(*arguments: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "gofixer", *arguments],
            cwd=cwd or module,
            env=environment(tmp_path, env),
            capture_output=True,
            text=True,
            errors="surrogateescape",
            check=False,
            timeout=300,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run
