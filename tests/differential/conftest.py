"""Caches and state of the tests' own."""

from __future__ import annotations

import shutil

import pytest


@pytest.fixture(autouse=True, scope="session")
def _go() -> None:
    if shutil.which("go") is None:
        pytest.skip("no Go toolchain on PATH")
