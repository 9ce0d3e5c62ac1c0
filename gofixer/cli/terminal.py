"""What the command line knows of the terminal: whether to colour a stream, and how to write to it."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TextIO

from gofixer.report.palette import PLAIN, Palette, palette_of

AUTO, ALWAYS, NEVER = "auto", "always", "never"


def palette(wanted: str, stream: TextIO) -> Palette:
    """Colours for a stream: as ``--color`` says, else NO_COLOR and FORCE_COLOR, else on a terminal only."""
    return palette_of(_colours(wanted, stream))


def _colours(wanted: str, stream: TextIO) -> bool:
    if wanted != AUTO:
        return wanted == ALWAYS
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def width_of() -> int:
    """Columns of the terminal: as COLUMNS says, else those of standard error, output or input, else 80."""
    with contextlib.suppress(ValueError):
        if (given := int(os.environ.get("COLUMNS", ""))) > 0:
            return given
    for stream in (sys.stderr, sys.stdout, sys.stdin):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            if columns := os.get_terminal_size(stream.fileno()).columns:
                return columns
    return 80


def write_bytes(content: bytes) -> None:
    """Write to standard output as it is, whatever the locale's encoding."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def complain(text: str) -> None:
    """Write a line to standard error; what the terminal cannot show is escaped."""
    encoding = sys.stderr.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), file=sys.stderr)


__all__ = ["ALWAYS", "AUTO", "NEVER", "PLAIN", "Palette", "complain", "palette", "width_of", "write_bytes"]
