"""Where gofixer keeps what it remembers: caches, which may be thrown away, and state, which may not."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def cache_dir() -> Path:
    """Folder for caches: ``$GOFIXER_CACHE``, else the user's cache folder. Not created here."""
    return Path(os.environ.get("GOFIXER_CACHE") or platformdirs.user_cache_dir("gofixer", appauthor=False))


def state_dir() -> Path:
    """Folder for what `gofixer undo` needs: ``$GOFIXER_STATE``, else the user's state folder. Not created here."""
    return Path(os.environ.get("GOFIXER_STATE") or platformdirs.user_state_dir("gofixer", appauthor=False))
