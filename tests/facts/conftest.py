"""An oracle and small modules to ask about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gofixer.facts.oracle import Oracle
from gofixer.facts.toolchain import Toolchain

from .bench import Workbench
from .remembering import Pair, Remembering


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def oracle(toolchain: Toolchain, cache: Path) -> Iterator[Oracle]:
    with Oracle(toolchain, cache) as oracle:
        yield oracle


@pytest.fixture
def bench(tmp_path: Path, oracle: Oracle, monkeypatch: pytest.MonkeyPatch) -> Workbench:
    for name in ("GOFLAGS", "GOWORK", "GOOS", "GOARCH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GOPROXY", "off")
    return Workbench(tmp_path, oracle)


@pytest.fixture
def pair(
    tmp_path: Path, toolchain: Toolchain, cache: Path, oracle: Oracle, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Pair]:
    with Remembering(toolchain, cache) as remembering:
        yield Pair(tmp_path, remembering, oracle, monkeypatch)
