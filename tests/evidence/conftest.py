"""The toolchains whose words are read: a new one and an old one."""

from __future__ import annotations

import pytest
from toolchains import toolchain_of

from gofixer.facts.toolchain import Toolchain


@pytest.fixture(scope="module", params=["PATH", "GOFIXER_TEST_GO_OLD"])
def toolchain(request: pytest.FixtureRequest) -> Toolchain:
    return toolchain_of(request.param)
