"""What ``go list`` says about packages: their files, what compiles, who imports whom."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gofixer.errors import ExitCode, UserError
from gofixer.verify.gotool import GoTool, machine_failure
from gofixer.verify.overlay import Overlay

_FIELDS = "ImportPath,Dir,IgnoredGoFiles,Error,DepsErrors,Match"


@dataclass(frozen=True, slots=True)
class Compiled:
    """The outcome of compiling packages with their tests.

    ``messages`` are (package folder, text of the compiler), one per package variant that failed by itself or
    through what it imports; ``ignored`` the files of each folder that the build configuration leaves out;
    ``said`` what the compiler printed besides; ``failure`` what the go command said when it listed nothing.
    """

    messages: tuple[tuple[Path, str], ...]
    ignored: Mapping[Path, frozenset[str]]
    said: str = ""
    failure: str = ""


def compile_packages(tool: GoTool, directories: Sequence[Path], overlay: Overlay | None, *more: str) -> Compiled:
    """Compiles the packages of the folders, tests included, without linking anything; ``more`` are flags.

    Raises UserError (exit 3) where the machine and not the code is at fault.
    """
    flags = [f"-overlay={overlay.json}"] if overlay else []
    patterns = [pattern(tool.directory, d) for d in directories]
    result = tool.run("list", "-e", "-export", "-test", *flags, *more, f"-json={_FIELDS}", *patterns)
    try:
        entries = list(objects(result.stdout))
    except ValueError as error:
        raise UserError(f"go list answered with broken JSON: {error}", ExitCode.TOOLCHAIN) from error
    if not entries:
        said = first_line(result.stderr) or f"go list ended with status {result.status}"
        return Compiled((), {}, failure=said)
    messages: list[tuple[Path, str]] = []
    ignored: dict[Path, frozenset[str]] = {}
    asked = dict(zip(patterns, directories, strict=True))
    for entry in entries:
        matched = [asked[m] for m in entry.get("Match") or () if m in asked]
        directory = Path(entry["Dir"]) if entry.get("Dir") else matched[0] if matched else None
        if directory is None:
            directory = asked.get(entry.get("ImportPath", ""), tool.directory)
        ignored[directory] = ignored.get(directory, frozenset()) | set(entry.get("IgnoredGoFiles") or ())
        problems = (entry.get("Error"), *(entry.get("DepsErrors") or ()))
        messages.extend((directory, _text(problem)) for problem in problems if problem)
    if failure := machine_failure(text for _, text in messages):
        raise UserError(f"the packages could not be compiled: {failure}", ExitCode.TOOLCHAIN)
    return Compiled(tuple(dict.fromkeys(messages)), ignored, result.stderr)


def importers(tool: GoTool, changed: Iterable[Path], overlay: Overlay | None = None) -> frozenset[Path]:
    """Folders of the packages of the main modules that import one of the changed ones, however indirectly.

    Test files count. In a workspace all of its modules are looked through.
    """
    flags = [f"-overlay={overlay.json}"] if overlay else []
    modules = tool.run("list", "-m", "-json=Dir")
    roots = [entry["Dir"] for entry in objects(modules.stdout) if entry.get("Dir")]
    patterns = [pattern(tool.directory, Path(root)).rstrip("/") + "/..." for root in roots] or ["./..."]
    fields = "ImportPath,Dir,Imports,TestImports,XTestImports"
    listing = tool.run("list", "-e", *flags, f"-json={fields}", *patterns)
    directories: dict[str, Path] = {}
    users: dict[str, set[str]] = {}
    for entry in objects(listing.stdout):
        path = entry["ImportPath"]
        directories[path] = Path(entry.get("Dir") or tool.directory)
        for kind in ("Imports", "TestImports", "XTestImports"):
            for imported in entry.get(kind) or ():
                users.setdefault(imported, set()).add(path)
    wanted = set(changed)
    pending = [path for path, directory in directories.items() if directory in wanted]
    seen = set(pending)
    while pending:
        fresh = users.get(pending.pop(), set()) - seen
        seen |= fresh
        pending.extend(fresh)
    return frozenset(directories[path] for path in seen) - wanted


def place(file: Path, given: Path, root: Path) -> Path:
    """The name that the go command, run in ``root``, uses for a file below the module folder as given."""
    for folder in (given.absolute(), root):
        if file.is_relative_to(folder):
            return root / file.relative_to(folder)
    return Path(os.path.realpath(file.parent)) / file.name


def pattern(root: Path, directory: Path) -> str:
    """A package pattern for a folder, to be used in ``root``."""
    if not directory.is_relative_to(root):
        return str(directory)
    below = directory.relative_to(root).as_posix()
    return "." if below == "." else f"./{below}"


def first_line(text: str) -> str:
    """The first line that says something, without a ``#`` header."""
    lines = (line.strip() for line in text.splitlines())
    return next((line for line in lines if line and not line.startswith("#")), "")


def _text(problem: Mapping[str, Any]) -> str:
    """The error as the go command prints it: a position that it knows, put in front of the first line."""
    text = str(problem.get("Err", "")).rstrip()
    position = str(problem.get("Pos") or "")
    return f"{position}: {text}" if position and not text.startswith("#") else text


def objects(text: str) -> Iterator[dict[str, Any]]:
    """The JSON values that stand one behind the other in a text. Raises ValueError."""
    decoder = json.JSONDecoder()
    at = 0
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        if at == len(text):
            return
        value, at = decoder.raw_decode(text, at)
        yield value
