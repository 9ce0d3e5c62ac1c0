"""Where gofixer keeps what it remembers: caches, which may be thrown away, and state, which may not."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import platformdirs


def cache_dir() -> Path:
    """Folder for caches: ``$GOFIXER_CACHE``, else the user's cache folder. Not created here."""
    return Path(os.environ.get("GOFIXER_CACHE") or platformdirs.user_cache_dir("gofixer", appauthor=False))


def state_dir() -> Path:
    """Folder for what `gofixer undo` needs: ``$GOFIXER_STATE``, else the user's state folder. Not created here."""
    return Path(os.environ.get("GOFIXER_STATE") or platformdirs.user_state_dir("gofixer", appauthor=False))


def run_in(folder: Path, command: str, cwd: Path) -> str:
    """A shell command for people who stand in ``cwd``, although it belongs into another folder."""
    if os.path.realpath(folder) == os.path.realpath(cwd):
        return command
    return f"(cd {shlex.quote(os.path.relpath(os.path.realpath(folder), os.path.realpath(cwd)))} && {command})"
