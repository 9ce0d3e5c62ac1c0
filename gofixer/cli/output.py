"""Files that a command writes for its user: whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from gofixer.errors import UserError


def check_target(path: Path, option: str) -> None:
    """Raise `UserError`, before any work is done, where a file cannot be written there."""
    if path.is_dir():
        raise UserError(f"{option} {path}: is a folder")
    if not path.parent.is_dir():
        raise UserError(f"{option} {path}: there is no folder {path.parent}")


def write_output(path: Path, content: bytes, option: str = "--output") -> None:
    """Write a file by a rename. Raises `UserError` where that fails."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise UserError(f"{option} {path}: cannot be written: {error.strerror}") from error
