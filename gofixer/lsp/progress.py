"""Work-done progress in the editor, for work that takes long enough to be noticed."""

from __future__ import annotations

import asyncio
import time
import uuid
from contextlib import suppress
from types import TracebackType
from typing import Self

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from gofixer.lsp.debounce import Token

_PATIENCE = 0.4
_APART = 0.1


class WorkDone:
    """Shows the progress of some work once it has taken a moment; the user can cancel it there.

    An asynchronous context manager; the thread that works reports through the `Token`.
    """

    def __init__(self, server: LanguageServer, title: str, token: Token, *, shown: bool) -> None:
        self._server = server
        self._title = title
        self._token = token
        self._shown = shown
        self._name = f"gofixer-{uuid.uuid4()}"
        self._task: asyncio.Task[None] | None = None
        self._begun = False
        self._last = 0.0

    async def __aenter__(self) -> Self:
        if self._shown:
            loop = asyncio.get_running_loop()
            self._token.listener = lambda stage, done, total: _later(loop, self._report, stage, done, total)
            self._task = loop.create_task(self._begin())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._token.listener = None
        if self._task is not None:
            self._task.cancel()
        if self._begun:
            self._begun = False
            self._server.work_done_progress.end(self._name, types.WorkDoneProgressEnd())
            self._server.work_done_progress.tokens.pop(self._name, None)

    async def _begin(self) -> None:
        await asyncio.sleep(_PATIENCE)
        progress = self._server.work_done_progress
        await progress.create_async(self._name)
        progress.tokens[self._name].add_done_callback(lambda _: self._token.cancel())
        self._begun = True
        progress.begin(self._name, types.WorkDoneProgressBegin(title=self._title, cancellable=True))

    def _report(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if not self._begun or now - self._last < _APART:
            return
        self._last = now
        percentage = min(100, 100 * done // total) if total and done else None
        self._server.work_done_progress.report(
            self._name, types.WorkDoneProgressReport(message=stage, percentage=percentage)
        )


def _later(loop: asyncio.AbstractEventLoop, work: object, *arguments: object) -> None:
    with suppress(RuntimeError):  # the server has ended
        loop.call_soon_threadsafe(work, *arguments)  # type: ignore[arg-type]
