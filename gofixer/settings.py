"""What a run may use and is told to: the configuration, the transforms, which of them are active."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from gofixer.engine import registry
from gofixer.engine.config import Config, find, load
from gofixer.errors import UserError
from gofixer.transform import Transform


def configuration(given: Path | None, cwd: Path, paths: Iterable[str]) -> Config:
    """The configuration file that was named, or the one found from the first path upwards."""
    if given is not None:
        return load(given)
    first = next(iter(paths), ".").removesuffix("...")
    start = Path(os.path.normpath(cwd / first))
    found = find(start if start.is_dir() else start.parent)
    return load(found) if found else Config()


def available(config: Config, folder: Path | None) -> tuple[Transform, ...]:
    """All transforms that this run may use; a name stands for one transform."""
    extra = registry.from_folder(folder) if folder else ()
    others = registry.collect(registry.shipped(), registry.installed(), extra)
    if not config.rules:
        return others
    from gofixer.rules import from_config

    taken = {word for t in others for word in (t.name, t.family)}
    return (*others, *from_config(config, taken))


def choose(
    transforms: tuple[Transform, ...], config: Config, select: tuple[str, ...], ignore: tuple[str, ...]
) -> tuple[tuple[Transform, ...], frozenset[str]]:
    """The active transforms and those whose gates are lifted; the command line goes before the file."""
    check_config(config, transforms)
    return registry.select(transforms, select or config.select, (*ignore, *config.ignore))


def profiling(
    config: Config, profiles: tuple[Path, ...], min_share: float | None
) -> tuple[tuple[Path, ...], float | None]:
    """The profiles of a run and the share below which nothing counts; the command line goes before the file."""
    if not profiles:
        profiles = tuple((config.root or Path()) / name for name in config.profile)
    if min_share is not None and not 0 <= min_share <= 100:
        raise UserError("--min-share: a number of percent from 0 to 100")
    if min_share is not None and not profiles:
        raise UserError("--min-share is a share of a profile: give one with --profile FILE")
    return profiles, min_share if min_share is not None or not profiles else config.min_share


def check_config(config: Config, transforms: tuple[Transform, ...]) -> None:
    """Raise `UserError`, with the file and the key, where a configuration names what does not exist."""
    for name, given in config.options.items():
        _check_options(name, given, transforms, config)
    words = [(f"per-file-ignores.{glob!r}", names) for glob, names in config.per_file_ignores.items()]
    for key, names in [("select", config.select), ("ignore", config.ignore), *words]:
        try:
            registry.select(transforms, names, ())
        except UserError as error:
            raise UserError(f"{config.path}: `{key}`: {str(error).removeprefix('--select ')}") from None


def _check_options(
    name: str, given: Mapping[str, str | int | bool], transforms: tuple[Transform, ...], config: Config
) -> None:
    transform = next((t for t in transforms if t.name == name), None)
    if transform is None:
        close = difflib.get_close_matches(name, [t.name for t in transforms], n=1)
        hint = f"did you mean {close[0]}?" if close else "`gofixer list` shows them"
        raise UserError(f"{config.path}: [transforms.{name}]: there is no such transform; {hint}")
    for key, value in given.items():
        option = transform.options.get(key)
        if option is None:
            known = ", ".join(transform.options) or "none"
            raise UserError(f"{config.path}: [transforms.{name}] has no option `{key}`; there are: {known}")
        if type(value) is not type(option.default):
            kind = {str: "a text", int: "a number", bool: "true or false"}[type(option.default)]
            raise UserError(f"{config.path}: {name}.{key} must be {kind}")
        if option.choices and value not in option.choices:
            raise UserError(f"{config.path}: {name}.{key} must be one of {', '.join(option.choices)}")
