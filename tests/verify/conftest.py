"""The toolchains to verify with, and a module to verify."""

from __future__ import annotations

from pathlib import Path

import pytest
from gotree import GoTree
from toolchains import toolchain_of

from gofixer.facts.toolchain import Toolchain


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    return toolchain_of("PATH")


@pytest.fixture(scope="session")
def old_toolchain() -> Toolchain:
    """One of Go 1.23 or older."""
    return toolchain_of("GOFIXER_TEST_GO_OLD")


@pytest.fixture
def tree(tmp_path: Path, toolchain: Toolchain) -> GoTree:
    made = GoTree(toolchain, tmp_path / "m", tmp_path / "cache")
    made.write({"go.mod": "module example.com/m\n\ngo 1.21\n"})
    return made
