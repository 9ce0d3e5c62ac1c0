"""The toolchain that runs the programs of the transforms' tests."""

from __future__ import annotations

import pytest

from gofixer.facts.toolchain import Toolchain


@pytest.fixture(scope="module")
def toolchain(request: pytest.FixtureRequest, toolchain: Toolchain) -> Toolchain:
    """The Go toolchain; a test module whose programs need a newer Go than others names it in ``OLDEST_GO``."""
    oldest: tuple[int, ...] = getattr(request.module, "OLDEST_GO", ())
    if toolchain.version < oldest:
        pytest.skip(f"the programs need Go {'.'.join(map(str, oldest))}; this is Go {toolchain.text}")
    return toolchain
