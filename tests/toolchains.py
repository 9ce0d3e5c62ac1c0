"""Go toolchains for tests that do without the environment of the person who runs them."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from gofixer.facts.toolchain import Toolchain, describe


def toolchain_of(source: str) -> Toolchain:
    """The toolchain on PATH, or the one that a variable such as GOFIXER_TEST_GO_OLD names; skips where there is none.

    Neither the network nor the settings of the person who runs the tests can reach it.
    """
    go = shutil.which("go") if source == "PATH" else os.environ.get(source)
    if not go:
        pytest.skip(f"no Go toolchain on {source}")
    return replace(describe(Path(go)), env={"GOTOOLCHAIN": "local", "GOFLAGS": "", "GOPROXY": "off"}, goflags=())
