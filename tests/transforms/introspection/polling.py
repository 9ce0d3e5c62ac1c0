"""Programs that are run before and after a transform."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from gofixer import pipeline
from gofixer.engine.config import Config
from gofixer.engine.model import Report, Request, Verify
from gofixer.engine.registry import shipped
from gofixer.errors import UserError
from gofixer.facts.toolchain import Toolchain, find_toolchain


def toolchain() -> Toolchain:
    """The toolchain; the test is skipped where there is none."""
    try:
        return find_toolchain(None)
    except UserError as error:
        pytest.skip(f"no Go toolchain: {error}")


def module(folder: Path, sources: Mapping[str, str], go: str = "1.21") -> Path:
    """Write a module."""
    (folder / "go.mod").write_text(f"module example.com/running\n\ngo {go}\n")
    for name, text in sources.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text(text)
    return folder


def rewrite(folder: Path, name: str, *, unsafe: bool = True) -> Report:
    """Apply one transform, unverified: what does not compile has to show."""
    active = tuple(transform for transform in shipped() if transform.name == name)
    request = Request(folder, (), Config(), active, frozenset(), verify=Verify.NONE, unsafe=unsafe, cache=False)
    report = pipeline.analyse(request)
    for change in report.changes:
        change.path.write_bytes(change.after)
    return report


def run(folder: Path, *arguments: str) -> str:
    """What the module's program prints."""
    done = toolchain().run("run", ".", *arguments, directory=folder)
    assert done.status == 0, done.stdout + done.stderr
    return done.stdout
