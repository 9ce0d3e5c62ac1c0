"""Configuration: ``gofixer.toml`` at the module's or the repository's root. Data only, never code."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import overload

from gofixer.errors import UserError

FILE = "gofixer.toml"

Value = str | int | bool


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one run; ``rules`` are the raw tables of declarative transforms, ``root`` the file's folder.

    ``profile`` names files relative to that folder. ``hot_share`` is the cumulative percent of a profile from which a
    place is hot and the profile gate opens, ``min_share`` the percent below which nothing is proposed.
    """

    path: Path | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    unsafe: bool = False
    profile: tuple[str, ...] = ()
    hot_share: float = 1.0
    min_share: float | None = None
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    rules: tuple[Mapping[str, object], ...] = ()

    @property
    def root(self) -> Path | None:
        """Folder that the globs of this configuration are relative to."""
        return self.path.parent if self.path else None


def find(start: Path) -> Path | None:
    """The nearest ``gofixer.toml`` from ``start`` upwards, not beyond the repository's root."""
    for folder in (start, *start.parents):
        candidate = folder / FILE
        if candidate.is_file():
            return candidate
        if (folder / ".git").exists():
            return None
    return None


def load(path: Path) -> Config:
    """Read a configuration file. Raises `UserError` with the key that is wrong."""
    try:
        data = tomllib.loads(path.read_bytes().decode())
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: not valid TOML: {error}") from error
    reader = _Reader(path, data)
    config = Config(
        path=path.resolve(),
        select=reader.strings("select"),
        ignore=reader.strings("ignore"),
        exclude=reader.strings("exclude"),
        unsafe=reader.boolean("unsafe"),
        profile=reader.strings("profile"),
        hot_share=reader.percent("hot-share", 1.0),
        min_share=reader.percent("min-share", None),
        per_file_ignores=reader.ignores(),
        options=reader.options(),
        rules=reader.rules(),
    )
    reader.finish()
    return config


class _Reader:
    """Takes known keys out of a table, checks their types, and complains about what is left."""

    def __init__(self, path: Path, data: dict[str, object]) -> None:
        self._path = path
        self._data = dict(data)

    def _fail(self, key: str, wanted: str) -> UserError:
        return UserError(f"{self._path}: `{key}` must be {wanted}")

    def strings(self, key: str) -> tuple[str, ...]:
        value = self._data.pop(key, [])
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise self._fail(key, "a list of strings")
        return tuple(value)

    def boolean(self, key: str) -> bool:
        value = self._data.pop(key, False)
        if not isinstance(value, bool):
            raise self._fail(key, "true or false")
        return value

    @overload
    def percent(self, key: str, default: float) -> float: ...
    @overload
    def percent(self, key: str, default: None) -> float | None: ...
    def percent(self, key: str, default: float | None) -> float | None:
        value = self._data.pop(key, default)
        if value is default:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
            raise self._fail(key, "a number of percent from 0 to 100")
        return float(value)

    def ignores(self) -> dict[str, tuple[str, ...]]:
        value = self._data.pop("per-file-ignores", {})
        if not isinstance(value, dict):
            raise self._fail("per-file-ignores", "a table from globs to lists of transforms")
        return {glob: _Reader(self._path, {glob: names}).strings(glob) for glob, names in value.items()}

    def options(self) -> dict[str, dict[str, Value]]:
        value = self._data.pop("transforms", {})
        if not isinstance(value, dict) or not all(isinstance(v, dict) for v in value.values()):
            raise self._fail("transforms", "a table with one table for each transform")
        for name, table in value.items():
            for key, option in table.items():
                if not isinstance(option, str | int | bool):
                    raise self._fail(f"transforms.{name}.{key}", "a string, a number, true or false")
        return {name: dict(table) for name, table in value.items()}

    def rules(self) -> tuple[dict[str, object], ...]:
        value = self._data.pop("transform", [])
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            raise self._fail("transform", "an array of tables: [[transform]]")
        return tuple(value)

    def finish(self) -> None:
        if self._data:
            key = sorted(self._data)[0]
            raise UserError(f"{self._path}: unknown key `{key}`")
