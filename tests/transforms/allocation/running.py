"""Runs the transforms of this family over modules, and the modules before and after."""

from __future__ import annotations

from pathlib import Path

import pytest

from gofixer import pipeline
from gofixer.engine.config import Config
from gofixer.engine.model import Outcome, Report, Request, Verify
from gofixer.engine.registry import shipped
from gofixer.errors import UserError
from gofixer.facts.toolchain import Toolchain, find_toolchain


def go_toolchain() -> Toolchain:
    """The Go toolchain; the test is left out where there is none that knows iterators."""
    try:
        found = find_toolchain(None)
    except UserError as error:
        pytest.skip(f"no Go toolchain: {error}")
    if found.version < (1, 24, 0):
        pytest.skip(f"the programs are of Go 1.24; this is Go {found.text}")
    return found


def write(folder: Path, source: str) -> Path:
    """A module with one file."""
    (folder / "go.mod").write_text("module example.com/growing\n\ngo 1.24\n")
    (folder / "main.go").write_text(source)
    return folder


def rewrite(folder: Path, name: str) -> Report:
    """Apply one transform, unverified: what does not compile has to show."""
    chosen = tuple(transform for transform in shipped() if transform.name == name)
    names = frozenset({name})
    report = pipeline.analyse(Request(folder, (), Config(), chosen, names, verify=Verify.NONE, cache=False))
    for change in report.changes:
        change.path.write_bytes(change.after)
    return report


def run(folder: Path, toolchain: Toolchain) -> dict[str, str]:
    """What each function of the program prints: lines start with its name and a colon."""
    done = toolchain.run("run", ".", directory=folder)
    assert done.status == 0, done.stdout + done.stderr
    lines = [line.partition(": ") for line in done.stdout.splitlines()]
    return {name: text for name, _, text in lines}


def rewritten(report: Report) -> set[str]:
    """The functions with a fix."""
    return {f.function for f in report.findings if f.outcome is Outcome.PROPOSED}
