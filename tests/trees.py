"""Files below a folder, and Go modules of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files, by their names below ``root``, and the folders that they need; gives ``root``."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def module(root: Path, files: Mapping[str, str | bytes], *, go: str, path: str = "example.com/m") -> Path:
    """Write a module with this go line; ``path`` is what its packages import each other by."""
    return write(root, {"go.mod": f"module {path}\n\ngo {go}\n", **files})
