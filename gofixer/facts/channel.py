"""The way to the helper process: requests go in, lines come out, and neither side waits for the other."""

from __future__ import annotations

import os
import queue
import subprocess
import threading
import time
from pathlib import Path

from gofixer.errors import ExitCode, UserError
from gofixer.facts import process

_TIMEOUT = 1800.0


class Channel:
    """A helper that runs, until `close` or until it dies. Not to be shared by threads."""

    def __init__(self, binary: Path) -> None:
        """Starts the helper. Raises `OSError`."""
        env = {**os.environ, "GODEBUG": "", "GOMEMLIMIT": "off", "GOGC": "50"}
        self._child = process.start([str(binary)], binary.parent, env, stdin=subprocess.PIPE)
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._complaint = b""
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._read, self._drain)]
        for thread in self._threads:
            thread.start()

    @property
    def alive(self) -> bool:
        """Whether the helper still runs."""
        return self._child.poll() is None

    def send(self, line: bytes) -> None:
        """Write a line; the helper reads at any time. Raises `UserError` (exit 3) where it has died."""
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(line + b"\n")
            self._child.stdin.flush()
        except BrokenPipeError:
            raise self._died() from None

    def receive(self, deadline: float) -> bytes:
        """The next line; ``deadline`` is on the monotonic clock, see `deadline`.

        Raises `UserError` (exit 3) where the helper has died, or when time is up.
        """
        try:
            line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            text = f"the type oracle did not answer within {_TIMEOUT:g} seconds"
            raise UserError(text, ExitCode.TOOLCHAIN) from None
        if not line:
            self._lines.put(line)
            raise self._died()
        return line

    def close(self) -> None:
        """End the helper."""
        process.kill(self._child)

    def _read(self) -> None:
        assert self._child.stdout is not None
        try:
            while line := self._child.stdout.readline():
                self._lines.put(line)
        except (OSError, ValueError):
            pass  # closed
        finally:
            self._lines.put(b"")

    def _drain(self) -> None:
        """Take what the helper complains, so that it never waits, and keep the beginning."""
        assert self._child.stderr is not None
        try:
            while data := os.read(self._child.stderr.fileno(), 4096):
                self._complaint = (self._complaint + data)[:4096]
        except (OSError, ValueError):
            return  # closed

    def _died(self) -> UserError:
        self._child.wait()
        self._threads[1].join(1.0)
        lines = self._complaint.decode("utf-8", "replace").strip().splitlines()
        detail = lines[0] if lines else f"exit status {self._child.returncode}"
        return UserError(f"the type oracle ended unexpectedly ({detail})", ExitCode.TOOLCHAIN)


def deadline() -> float:
    """When a question asked now has to be answered."""
    return time.monotonic() + _TIMEOUT
