"""Opening a file in the user's editor, at a line."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

# How editors that do not take `+LINE FILE` want to be told, by the name of their command.
_GOTO = {"code", "code-insiders", "codium", "vscodium", "cursor", "windsurf"}
_COLON = {"hx", "helix", "subl", "sublime_text", "zed", "zeditor"}
_PLAIN = {"notepad", "open", "xdg-open"}
_WAITING = _GOTO | {"subl", "sublime_text", "zed", "zeditor"}


def command(file: Path, line: int, environment: dict[str, str] | None = None) -> list[str]:
    """The command of ``$VISUAL`` or ``$EDITOR`` (else vi) for a file at a 1-based line; it ends when the editor does.

    Raises `ValueError` where the variable cannot be read as a command.
    """
    variables = dict(os.environ) if environment is None else environment
    default = "notepad" if sys.platform == "win32" else "vi"
    words = shlex.split(variables.get("VISUAL") or variables.get("EDITOR") or "") or [default]
    name = Path(words[0]).stem.lower()
    if name in _WAITING and not {"-w", "--wait"} & set(words):
        words.append("--wait")
    if name in _GOTO:
        return [*words, "--goto", f"{file}:{line}"]
    if name in _COLON:
        return [*words, f"{file}:{line}"]
    return [*words, str(file)] if name in _PLAIN else [*words, f"+{line}", str(file)]


def edit(file: Path, line: int) -> str:
    """Open a file and wait; gives what went wrong, empty where nothing did."""
    try:
        words = command(file, line)
    except ValueError as error:
        return f"$EDITOR is no command: {error}"
    try:
        code = subprocess.run(words, check=False, cwd=file.parent).returncode
    except OSError as error:
        return f"{words[0]}: cannot be started: {error.strerror}; set $EDITOR"
    return f"{words[0]} ended with exit code {code}" if code else ""
