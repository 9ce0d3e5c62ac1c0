"""Paths as people and scripts see them."""

from __future__ import annotations

import os
from pathlib import Path


def relative(path: Path, cwd: Path) -> str:
    """A path relative to ``cwd``, with ``/`` and ``..``; bytes that are no UTF-8 are replaced."""
    name = os.path.relpath(path, cwd).replace(os.sep, "/")
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
