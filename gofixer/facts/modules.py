"""Modules and workspaces: which go.mod a file belongs to, and what it says."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from gofixer.facts.constraints import build_line_version, go_line_version
from gofixer.facts.modfile import ModFile, ModFileError, parse_mod, parse_work


class ModuleError(Exception):
    """A go.mod or go.work that cannot be read; the text is one clause that names it."""


@dataclass(frozen=True, slots=True)
class Module:
    """A module: a folder with a go.mod.

    ``root`` is absolute with symbolic links resolved; ``path`` the module path; ``go`` the version of its go line
    ((1, 16) without one, as the go command has it) and ``go_text`` the line's own text ("1.23.4", empty without
    one). ``workspace`` is the go.work that uses the module; ``env`` the environment that the go command needs to
    treat the module as its main module (GOWORK=off where the go.work above does not use it).
    """

    root: Path
    path: str
    go: tuple[int, int] = (1, 16)
    go_text: str = ""
    toolchain: str = ""
    godebug: Mapping[str, str] = field(default_factory=dict)
    requires: Mapping[str, str] = field(default_factory=dict)
    workspace: Path | None = None
    vendored: bool = False
    env: Mapping[str, str] = field(default_factory=dict)


def find_module(file: Path) -> Module | None:
    """The module that a file or folder belongs to: that of the nearest go.mod above it, None where there is none.

    Raises `ModuleError` where that go.mod, or the go.work that governs it, cannot be read.
    """
    start = Path(os.path.realpath(file))
    folders = [start, *start.parents] if start.is_dir() else list(start.parents)
    root = next((folder for folder in folders if (folder / "go.mod").is_file()), None)
    return read_module(root) if root is not None else None


def read_module(root: Path) -> Module:
    """The module of a folder with a go.mod. Raises `ModuleError`."""
    mod = _read(root / "go.mod")
    workspace, env = None, {}
    godebug = mod.godebug
    vendored = (root / "vendor" / "modules.txt").is_file()
    work = _workspace(root)
    if work is not None:
        uses = _read(work)
        if any(Path(os.path.realpath(work.parent / use)) == root for use in uses.use):
            workspace = work
            # In a workspace the go.work's own godebug lines count and go.mod's are ignored.
            godebug = uses.godebug
            vendored = (work.parent / "vendor" / "modules.txt").is_file()
        else:
            env = {"GOWORK": "off"}
    return Module(
        root=root,
        path=mod.module,
        go=go_line_version(mod.go) or (1, 16),
        go_text=mod.go,
        toolchain=mod.toolchain,
        godebug=godebug,
        requires=mod.require,
        workspace=workspace,
        vendored=vendored,
        env=env,
    )


def _workspace(root: Path) -> Path | None:
    """The go.work that governs a folder: $GOWORK, else the nearest one at or above it."""
    setting = os.environ.get("GOWORK", "")
    if setting == "off":
        return None
    if setting and setting != "auto":
        return Path(os.path.realpath(setting))
    return next((f / "go.work" for f in (root, *root.parents) if (f / "go.work").is_file()), None)


def _read(path: Path) -> ModFile:
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise ModuleError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ModuleError(f"{path} is not UTF-8") from error
    try:
        return _parsed(text, work=path.name.endswith(".work"))
    except ModFileError as error:
        raise ModuleError(f"{path}:{error.line}: {error}") from error


@lru_cache(maxsize=64)
def _parsed(text: str, *, work: bool) -> ModFile:
    """Each folder asks for its module: most have the same one."""
    return parse_work(text) if work else parse_mod(text)


def file_go_version(module: Module | None, source: bytes) -> tuple[int, int]:
    """The language version of a file: the module's go line, or what a ``//go:build go1.N`` line makes of it.

    Such a line raises the version, or lowers it, to 1.21 at the least (go/types, ``initFiles``). Without a module
    the oldest language is assumed, so that nothing is taken for granted: (1, 0).
    """
    asked = build_line_version(source)
    if asked is not None:
        return max(asked, (1, 21))
    return module.go if module is not None else (1, 0)
