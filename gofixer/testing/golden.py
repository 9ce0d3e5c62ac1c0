"""Golden cases: what they say.

A case is a txtar file. Its header has ``key: value`` lines (``#`` starts a remark): ``transform`` (default: the name
of its folder), ``go`` (the go line, default 1.24), ``toolchain`` (the oldest Go that the case can be run with),
``select: true`` (gates lifted), ``unsafe: true``, ``options: key=value`` (any number), ``outcome`` (default:
``proposed`` with a wanted file, else ``skipped``; ``none`` for no finding, ``unchanged`` for whatever leaves the
files alone), and ``reason`` (part of the reason). Its files are a package, or a module where one of them is
``go.mod``; ``want/NAME`` is what NAME becomes. Files without one stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gofixer.engine.model import Outcome
from gofixer.errors import UserError
from gofixer.testing import txtar

NONE, UNCHANGED = "none", "unchanged"
_KEYS = frozenset({"transform", "go", "toolchain", "select", "unsafe", "options", "outcome", "reason"})
_OUTCOMES = frozenset({*(outcome.value for outcome in Outcome), NONE, UNCHANGED})
_VERSION = re.compile(r"1\.\d+")


@dataclass(frozen=True, slots=True)
class Case:
    """One situation. ``files`` are the inputs by name, ``want`` the files that change."""

    name: str
    transform: str
    files: Mapping[str, str]
    want: Mapping[str, str]
    go: str = "1.24"
    toolchain: str = ""
    select: bool = False
    unsafe: bool = False
    options: tuple[tuple[str, str], ...] = ()
    outcome: str = "proposed"
    reason: str = ""
    path: Path | None = None


def read_case(path: Path) -> Case:
    """Read a golden file. Raises `UserError` for one that says something that is not understood."""
    try:
        archive = txtar.parse(path.read_bytes().decode())
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: is not UTF-8") from error
    header: dict[str, str] = {}
    options: list[tuple[str, str]] = []
    for number, line in enumerate(archive.comment.splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        key, colon, value = text.partition(":")
        if not colon or key not in _KEYS:
            raise UserError(f"{path}:{number}: not a header line: {text!r} (remarks start with #)")
        if key == "options":
            name, _, setting = value.strip().partition("=")
            options.append((name.strip(), setting.strip()))
        else:
            header[key] = value.strip()
    want = {name.removeprefix("want/"): text for name, text in archive.files.items() if name.startswith("want/")}
    files = {name: text for name, text in archive.files.items() if not name.startswith("want/")}
    outcome = header.get("outcome", "proposed" if want else "skipped")
    if outcome not in _OUTCOMES:
        raise UserError(f"{path}: outcome {outcome!r} does not exist; there are {', '.join(sorted(_OUTCOMES))}")
    for key in ("go", "toolchain"):
        if key in header and not _VERSION.fullmatch(header[key]):
            raise UserError(f"{path}: `{key}` must be a version like 1.24")
    for key in ("select", "unsafe"):
        if header.get(key, "true") not in ("true", "false"):
            raise UserError(f"{path}: `{key}` must be true or false")
    if any(name.startswith("/") or ".." in name.split("/") for name in archive.files):
        raise UserError(f"{path}: the names of its files must be relative, without `..`")
    if not files or set(want) - set(files):
        raise UserError(f"{path}: each want/ file needs its input")
    return Case(
        name=path.stem,
        transform=header.get("transform", path.parent.name),
        files=files,
        want=want,
        go=header.get("go", "1.24"),
        toolchain=header.get("toolchain", ""),
        select=header.get("select") == "true",
        unsafe=header.get("unsafe") == "true",
        options=tuple(options),
        outcome=outcome,
        reason=header.get("reason", ""),
        path=path,
    )


def collect(paths: Iterable[Path]) -> list[Path]:
    """The golden files below some folders, and the files named. Raises `UserError` where there is none."""
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            files: Iterable[Path] = sorted(path.rglob("*.txtar"))
        elif path.is_file():
            files = [path]
        else:
            raise UserError(f"{path}: no such file or folder")
        found.update(dict.fromkeys(files))
    return list(found)


def updated(path: Path, case: Case, got: Mapping[str, str]) -> str:
    """A golden file with want/ sections for what a run made of its files; whoever updates has to read them."""
    archive = txtar.parse(path.read_bytes().decode())
    files = {name: text for name, text in archive.files.items() if not name.startswith("want/")}
    files |= {f"want/{name}": text for name, text in got.items() if text != case.files[name]}
    return txtar.render(txtar.Archive(archive.comment, files))
