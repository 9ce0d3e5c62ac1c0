"""Debounce and cancellation: of all that was asked for a key, only the latest is done, after a pause."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable

Report = Callable[[str, int, int], None]


class Cancelled(Exception):
    """The work has been overtaken; raised out of its progress reports."""


class Token:
    """Whether some work is still wanted. The thread that does it asks by reporting its progress."""

    def __init__(self) -> None:
        self.cancelled = False
        self.listener: Report | None = None

    def cancel(self) -> None:
        """Nobody waits for the result any more."""
        self.cancelled = True

    def progress(self, stage: str, done: int, total: int) -> None:
        """A report of progress, as the engine makes them. Raises `Cancelled`."""
        if self.cancelled:
            raise Cancelled
        if self.listener is not None:
            self.listener(stage, done, total)


class Debouncer:
    """Starts work after a pause, one piece per key; asking again for a key forgets what was asked before."""

    def __init__(self) -> None:
        self._tasks: dict[Hashable, tuple[asyncio.Task[None], Token]] = {}

    def start(self, key: Hashable, pause: float, work: Callable[[Token], Awaitable[None]]) -> None:
        """Do some work after ``pause`` seconds, unless something else is asked for the key until then."""
        self.cancel(key)
        token = Token()
        task = asyncio.get_running_loop().create_task(self._later(pause, work, token))
        self._tasks[key] = (task, token)
        task.add_done_callback(lambda done: self._forget(key, done))

    def cancel(self, key: Hashable) -> None:
        """Forget what was asked for a key, whether it has started or not."""
        if key in self._tasks:
            task, token = self._tasks.pop(key)
            token.cancel()
            task.cancel()

    def cancel_all(self) -> None:
        """Forget everything."""
        for key in list(self._tasks):
            self.cancel(key)

    def pending(self, key: Hashable) -> bool:
        """Whether there is work for a key that has not ended."""
        return key in self._tasks

    async def finished(self, key: Hashable) -> None:
        """Wait until there is no more work for a key."""
        while key in self._tasks:
            await asyncio.wait([self._tasks[key][0]])

    def _forget(self, key: Hashable, task: asyncio.Task[None]) -> None:
        if key in self._tasks and self._tasks[key][0] is task:
            del self._tasks[key]

    @staticmethod
    async def _later(pause: float, work: Callable[[Token], Awaitable[None]], token: Token) -> None:
        await asyncio.sleep(pause)
        await work(token)
