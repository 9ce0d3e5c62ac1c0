"""One writer at a time: a lock that the operating system lets go of when its holder dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from gofixer.errors import UserError

if sys.platform != "win32":
    import fcntl


class Lock:
    """Holds a file's lock from its making to `release`; never waits.

    Raises `UserError` with ``busy`` where somebody else holds it, `OSError` where the file cannot be made. On file
    systems and platforms without such locks it always succeeds.
    """

    __slots__ = ("_handle",)

    def __init__(self, path: Path, busy: str) -> None:
        self._handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        if sys.platform == "win32":
            return
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.release()
            raise UserError(busy) from error
        except OSError:
            pass

    def release(self) -> None:
        """Let go; a second time does nothing."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    close = release
