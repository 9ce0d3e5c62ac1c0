"""Calls again what may work the second time. Safe for every call here: opening twice is answered with `Exists`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from gofixer.vcs.forges.errors import RateLimited, Unavailable

T = TypeVar("T")
pause = time.sleep


@dataclass(frozen=True, slots=True)
class Retry:
    """How often and how long: ``attempts`` calls at most, waits of up to ``longest`` seconds each."""

    attempts: int = 4
    longest: float = 120.0

    def __call__(self, call: Callable[[], T]) -> T:
        """The result of the call. Raises its last `ForgeError`; a rate limit that is too far away at once."""
        for attempt in range(1, self.attempts):
            try:
                return call()
            except RateLimited as error:
                if error.seconds > self.longest:
                    raise
                pause(error.seconds)
            except Unavailable:
                pause(2.0 ** (attempt - 1))
        return call()
