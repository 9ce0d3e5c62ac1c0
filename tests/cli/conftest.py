"""The command line, run in this process."""

from __future__ import annotations

import pytest
from calling import Go

from gofixer.cli.main import run


@pytest.fixture
def go(capfd: pytest.CaptureFixture[str]) -> Go:
    """Calls gofixer."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(list(arguments))
        return code, *capfd.readouterr()

    return call
