"""The toolchains to verify with, and a module to verify."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from gotree import GoTree, toolchain_at

from gofixer.facts.toolchain import Toolchain


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    go = shutil.which("go")
    if go is None:
        pytest.skip("no Go toolchain on PATH")
    return toolchain_at(Path(go))


@pytest.fixture(scope="session")
def old_toolchain() -> Toolchain:
    go = os.environ.get("GOFIXER_TEST_GO_OLD")
    if not go:
        pytest.skip("GOFIXER_TEST_GO_OLD names no Go 1.23 or older")
    return toolchain_at(Path(go))


@pytest.fixture
def tree(tmp_path: Path, toolchain: Toolchain) -> GoTree:
    made = GoTree(toolchain, tmp_path / "m", tmp_path / "cache")
    made.write({"go.mod": "module example.com/m\n\ngo 1.21\n"})
    return made
