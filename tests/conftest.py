"""What all tests share: no network, caches of their own, slow tests only when asked for, the Go toolchain."""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

from gofixer.errors import UserError
from gofixer.facts.toolchain import Toolchain, find_toolchain

# A loaded machine is no defect of the code under test, and a run says the same as the run before: `make fuzz` is what
# looks for new examples.
settings.register_profile("gofixer", deadline=None, derandomize="GOFIXER_FUZZ" not in os.environ)
settings.load_profile("gofixer")


def pytest_configure(config: pytest.Config) -> None:
    """Keep the user's caches, settings and the network out; helper programs are built once and kept."""
    cache = config.rootpath / ".pytest_cache" / "gofixer"
    os.environ.update(
        GOFIXER_CACHE=os.environ.get("GOFIXER_CACHE", str(cache)),
        GOFIXER_STATE=str(Path(tempfile.gettempdir()) / f"gofixer-state-{os.getpid()}"),
        GOPROXY="off",
        GOTOOLCHAIN="local",
        GOFLAGS="-buildvcs=false",
        GOWORK="",
    )
    # A background job starts with these ignored, and so would every process that a test starts.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGHUP, signal.SIGTERM):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    for name in ("GOFIXER_GO", "NO_COLOR", "FORCE_COLOR", "GODEBUG", "GOOS", "GOARCH"):
        os.environ.pop(name, None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave tests marked slow out, unless GOFIXER_SLOW is set."""
    if os.environ.get("GOFIXER_SLOW"):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="takes minutes: set GOFIXER_SLOW=1"))


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    """The Go toolchain that gofixer itself finds; what asks for it is skipped where there is none."""
    try:
        return find_toolchain()
    except UserError as error:
        pytest.skip(f"no Go toolchain: {error}")
