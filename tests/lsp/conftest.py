"""The language server, one process for the tests of a module, each with a package of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_lsp
from pytest_lsp import ClientServerConfig

from tests.lsp.editor import SERVER, Client, make_client, module, start


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the workspace, a module."""
    return module(tmp_path_factory.mktemp("workspace").resolve())


@pytest_lsp.fixture(config=ClientServerConfig(SERVER, make_client), scope="module")
async def client(client: Client, root: Path) -> AsyncIterator[None]:
    """A session in which a client that can do everything has opened the workspace."""
    await start(client, root)
    yield
    await client.shutdown_session()
