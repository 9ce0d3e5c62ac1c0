"""Single keys and lines from a terminal."""

from __future__ import annotations

import os
import select
import signal
import sys
from types import FrameType

INTERRUPT, END = "\x03", "\x04"
_ESCAPE = b"\x1b"


class Cancelled(Exception):
    """Ctrl-C while a line was typed."""


def at_terminal() -> bool:
    """Whether questions can be asked: they are written to standard error and answered on standard input."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def read_key() -> str:
    """Wait for one key; `INTERRUPT` for Ctrl-C, `END` for Ctrl-D and where the terminal is gone.

    Keys that send several bytes (arrows, letters beyond ASCII) give an empty string.
    """
    sys.stderr.flush()
    if sys.platform == "win32":
        return _windows_key()
    return _posix_key()


def read_line() -> str:
    """Wait for a line, without its end; empty at the end of the input. Raises `Cancelled` on Ctrl-C."""

    def cancel(_number: int, _frame: FrameType | None) -> None:
        raise Cancelled

    sys.stderr.flush()
    previous = signal.signal(signal.SIGINT, cancel)
    try:
        return sys.stdin.readline().rstrip("\r\n")
    except OSError:
        return ""
    finally:
        signal.signal(signal.SIGINT, previous)


if sys.platform == "win32":

    def _windows_key() -> str:
        import msvcrt

        key = msvcrt.getwch()
        if key in ("\x00", "\xe0"):
            msvcrt.getwch()
            return ""
        return {"\x1a": END}.get(key, key)

else:

    def _posix_key() -> str:
        import termios

        descriptor = sys.stdin.fileno()
        try:
            before = termios.tcgetattr(descriptor)
            mode = termios.tcgetattr(descriptor)
            mode[3] &= ~(termios.ICANON | termios.ECHO)
            # Ctrl-C is a key like the others here; Ctrl-Z still stops the process.
            mode[6][termios.VINTR] = bytes([os.fpathconf(descriptor, "PC_VDISABLE")])
            mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0
            termios.tcsetattr(descriptor, termios.TCSADRAIN, mode)
        except termios.error:
            return END
        try:
            key = os.read(descriptor, 1)
            if key == _ESCAPE or key >= b"\x80":
                while select.select([descriptor], [], [], 0)[0] and os.read(descriptor, 64):
                    pass
                return ""
            return key.decode("ascii") or END
        except OSError:
            return END
        finally:
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
