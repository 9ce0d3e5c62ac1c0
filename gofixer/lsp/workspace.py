"""What the client told of its workspace: folders, settings, and the configuration that counts for each file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pathspec
from pygls.uris import to_fs_path

from gofixer import settings
from gofixer.engine import config as configuration
from gofixer.engine.config import Config
from gofixer.engine.discover import ignored_by_git
from gofixer.transform import Transform

_SKIPPED = frozenset({"vendor", "testdata", "node_modules"})


@dataclass(frozen=True, slots=True)
class Settings:
    """What the client may set, in the section ``gofixer``.

    ``unsafe`` offers unsafe fixes, each by itself; ``debounce`` is the pause after a change in milliseconds.
    """

    unsafe: bool = True
    go: Path | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    debounce: float = 150.0


def read_settings(raw: object, before: Settings) -> tuple[Settings, list[str]]:
    """Settings from what a client sent, and a sentence for each that is of no use; what is not named stays as before.

    Both ``{"gofixer": {...}}`` and the section itself are understood. Keys of the client's own, such as those of an
    extension, are left alone.
    """
    table = _table(raw)
    table = _table(table["gofixer"]) if isinstance(table.get("gofixer"), Mapping) else table
    found, wrong = before, []
    for key, value in table.items():
        if key == "unsafe" and isinstance(value, bool):
            found = replace(found, unsafe=value)
        elif key == "go" and (value is None or isinstance(value, str)):
            found = replace(found, go=Path(value).expanduser() if value else None)
        elif key == "select" and _strings(value):
            found = replace(found, select=tuple(value))  # type: ignore[arg-type]
        elif key == "ignore" and _strings(value):
            found = replace(found, ignore=tuple(value))  # type: ignore[arg-type]
        elif key == "debounce" and isinstance(value, int | float) and not isinstance(value, bool) and value >= 0:
            found = replace(found, debounce=float(value))
        elif key in ("unsafe", "go", "select", "ignore", "debounce"):
            wrong.append(f"the setting gofixer.{key} is of no use, it must be {_WANTED[key]}")
    return found, wrong


_WANTED = {
    "unsafe": "true or false",
    "go": "the path of a go command",
    "select": "a list of names",
    "ignore": "a list of names",
    "debounce": "a number of milliseconds",
}


def _strings(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(word, str) for word in value)


def _table(raw: object) -> Mapping[str, object]:
    if isinstance(raw, Mapping):
        return raw
    if hasattr(raw, "_asdict"):  # what the protocol library makes of objects that it does not know
        table: dict[str, object] = raw._asdict()
        return table
    return {}


@dataclass(frozen=True, slots=True)
class Project:
    """What counts for a file: its configuration, all transforms there are, the active ones, those that are selected."""

    config: Config
    available: tuple[Transform, ...]
    active: tuple[Transform, ...]
    selected: frozenset[str]


@dataclass(slots=True)
class Workspace:
    """The folders of the workspace and what is known of the files below them."""

    transforms: Path | None = None
    settings: Settings = field(default_factory=Settings)
    _folders: tuple[Path, ...] = ()
    _projects: dict[object, Project] = field(default_factory=dict)
    _ignored: dict[Path, frozenset[str]] = field(default_factory=dict)

    def set_folders(self, uris: Iterable[str]) -> None:
        """Take the folders that the client has opened; those that are no files are left out."""
        paths = (path_of(uri) for uri in uris)
        self._folders = tuple(path for path in paths if path is not None)
        self.forget()

    @property
    def empty(self) -> bool:
        """Whether there is no folder at all."""
        return not self._folders

    def forget(self) -> None:
        """Read configurations, and what git ignores, again when they are needed."""
        self._projects.clear()
        self._ignored.clear()

    def root(self, path: Path) -> Path | None:
        """The innermost folder of the workspace that holds a file, links resolved, too; None where none does."""
        real = Path(os.path.realpath(path))
        holding = [f for f in self._folders if path.is_relative_to(f) and real.is_relative_to(os.path.realpath(f))]
        return max(holding, key=lambda folder: len(folder.parts), default=None)

    def accepts(self, path: Path) -> bool:
        """Whether a file is for gofixer: Go code of the workspace that a run over its folder would look at."""
        root = self.root(path)
        if root is None or path.suffix != ".go":
            return False
        parts = path.relative_to(root).parts
        if any(part in _SKIPPED or part.startswith((".", "_")) for part in parts):
            return False
        if path.parent not in self._ignored:
            self._ignored[path.parent] = ignored_by_git(path.parent) if path.parent.is_dir() else frozenset()
        return str(path) not in self._ignored[path.parent]

    def excluded(self, path: Path, project: Project) -> bool:
        """Whether the configuration of a file leaves it out."""
        config = project.config
        if not config.exclude or config.root is None or not path.is_relative_to(config.root):
            return False
        return pathspec.GitIgnoreSpec.from_lines(config.exclude).match_file(path.relative_to(config.root))

    def project(self, path: Path) -> Project:
        """What counts for a file. Raises `UserError` where its configuration is of no use."""
        found = configuration.find(path.parent)
        key = (found, _stamp(found))
        if key not in self._projects:
            config = configuration.load(found) if found else Config()
            available = settings.available(config, self.transforms)
            active, selected = settings.choose(available, config, self.settings.select, self.settings.ignore)
            self._projects[key] = Project(config, available, active, selected)
        return self._projects[key]


def _stamp(path: Path | None) -> tuple[int, int]:
    try:
        status = path.stat() if path else None
    except OSError:
        status = None
    return (status.st_mtime_ns, status.st_size) if status else (0, 0)


def path_of(uri: str) -> Path | None:
    """The absolute path that a URI names, None for anything but a file on this machine."""
    if not uri.startswith("file://"):
        return None
    try:
        text = to_fs_path(uri)
    except ValueError:
        return None
    if not text or "\0" in text or not Path(text).is_absolute():
        return None
    return Path(os.path.normpath(text))
