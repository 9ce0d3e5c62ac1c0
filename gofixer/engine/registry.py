"""The transforms that exist: those shipped, those of installed packages, those of a folder that the user names."""

from __future__ import annotations

import dataclasses
import importlib
import importlib.util
import inspect
import pkgutil
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

from gofixer.errors import UserError
from gofixer.transform import Transform

ENTRY_POINTS = "gofixer.transforms"


@cache
def shipped() -> tuple[Transform, ...]:
    """The transforms of this distribution, in the order of the catalogue: by family, then by name."""
    package = importlib.import_module("gofixer.transforms")
    found = [
        transform
        for info in pkgutil.walk_packages(package.__path__, "gofixer.transforms.")
        if not info.ispkg and not info.name.rpartition(".")[2].startswith("_")
        for transform in of_module(importlib.import_module(info.name))
    ]
    return tuple(sorted(found, key=lambda t: (t.family, t.name)))


def of_module(module: ModuleType) -> Iterator[Transform]:
    """The transforms that a Python module defines; its docstring is their documentation."""
    for value in vars(module).values():
        if isinstance(value, Transform):
            yield dataclasses.replace(value, documentation=inspect.getdoc(module) or "")


def installed() -> tuple[Transform, ...]:
    """Transforms of other installed distributions (entry points of group ``gofixer.transforms``)."""
    return tuple(t for point in entry_points(group=ENTRY_POINTS) for t in of_module(point.load()))


def from_folder(folder: Path) -> tuple[Transform, ...]:
    """Transforms of the Python files in a folder that the user named on the command line."""
    if not folder.is_dir():
        raise UserError(f"--transforms {folder}: there is no such folder")
    found: list[Transform] = []
    for file in sorted(folder.glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"gofixer_user_{file.stem}", file)
        if spec is None or spec.loader is None:
            continue
        module = importlib.util.module_from_spec(spec)
        sys.modules[module.__name__] = module
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            raise UserError(f"{file}: the transform could not be loaded: {error}") from error
        found += of_module(module)
    return tuple(found)


def collect(*groups: Iterable[Transform]) -> tuple[Transform, ...]:
    """All transforms, shipped first. Raises `UserError` where a name is taken twice."""
    names: dict[str, Transform] = {}
    for transform in (t for group in groups for t in group):
        if transform.name in names:
            raise UserError(f"the transform {transform.name!r} exists already: choose another name")
        names[transform.name] = transform
    return tuple(names.values())


def select(
    transforms: Iterable[Transform], chosen: Iterable[str], ignored: Iterable[str]
) -> tuple[tuple[Transform, ...], frozenset[str]]:
    """Apply ``--select`` and ``--ignore`` (names, families or ``all``).

    Gives the active transforms and the names that were selected explicitly, whose gates are lifted. Raises
    `UserError` for a word that is neither a transform nor a family, with the nearest name.
    """
    everything = tuple(transforms)
    wanted = _expand(everything, chosen, "--select")
    unwanted = _expand(everything, ignored, "--ignore")
    active = tuple(t for t in everything if (not wanted or t.name in wanted) and t.name not in unwanted)
    return active, frozenset(wanted)


def _expand(transforms: tuple[Transform, ...], words: Iterable[str], option: str) -> set[str]:
    names: set[str] = set()
    for word in (part.strip() for entry in words for part in entry.split(",")):
        if not word:
            continue
        matched = {t.name for t in transforms if word in ("all", t.name, t.family)}
        if not matched:
            raise UserError(f"{option} {word}: no transform or family of that name{_nearest(word, transforms)}")
        names |= matched
    return names


def _nearest(word: str, transforms: tuple[Transform, ...]) -> str:
    import difflib

    known = [t.name for t in transforms] + sorted({t.family for t in transforms})
    close = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]}?" if close else "; `gofixer list` shows them"
