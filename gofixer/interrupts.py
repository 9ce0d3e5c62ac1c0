"""Signals that end a run, held back for the moments in which an end would leave something behind."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


@contextlib.contextmanager
def held_back() -> Iterator[list[int]]:
    """Collect signals that would end the run, and let the first one through at the end.

    Handlers of Python can only be set, and only run, in the main thread; elsewhere nothing is done.
    """
    caught: list[int] = []

    def collect(number: int, _frame: FrameType | None) -> None:
        caught.append(number)

    previous = {}
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) not in (signal.SIG_IGN, None):
                previous[number] = signal.signal(number, collect)
    try:
        yield caught
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        if caught:
            signal.raise_signal(caught[0])
