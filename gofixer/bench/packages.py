"""The packages of a module, or of all modules of its workspace: files, tests, and who imports whom."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gofixer.errors import ExitCode, UserError
from gofixer.verify.gotool import GoTool
from gofixer.verify.packages import first_line, pattern

_FIELDS = "ImportPath,Dir,Name,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles,Imports,TestImports,XTestImports"


@dataclass(frozen=True, slots=True)
class Package:
    """A package of the main modules as this machine builds it; files are absolute."""

    path: str
    directory: Path
    name: str
    files: tuple[Path, ...]
    tests: tuple[Path, ...]
    outer_tests: tuple[Path, ...]
    imports: frozenset[str]
    test_imports: frozenset[str]

    @property
    def all_tests(self) -> tuple[Path, ...]:
        """The test files, those of the external test package included."""
        return (*self.tests, *self.outer_tests)


def main_packages(tool: GoTool) -> dict[str, Package]:
    """All packages of the main modules, by import path.

    Raises `UserError` (exit 3) where the go command lists none.
    """
    modules = tool.run("list", "-m", "-json=Dir")
    roots = [entry["Dir"] for entry in _objects(modules.stdout) if entry.get("Dir")]
    patterns = [pattern(tool.directory, Path(root)).rstrip("/") + "/..." for root in roots] or ["./..."]
    listing = tool.run("list", "-e", f"-json={_FIELDS}", *patterns)
    packages = {entry["ImportPath"]: _package(entry) for entry in _objects(listing.stdout) if entry.get("Dir")}
    if not packages:
        said = first_line(listing.stderr) or first_line(modules.stderr) or "it listed none"
        raise UserError(f"the go command cannot list the packages of {tool.directory}: {said}", ExitCode.TOOLCHAIN)
    return packages


def _package(entry: Mapping[str, Any]) -> Package:
    directory = Path(entry["Dir"])

    def files(*kinds: str) -> tuple[Path, ...]:
        return tuple(Path(os.path.normpath(directory / name)) for kind in kinds for name in entry.get(kind) or ())

    return Package(
        path=entry["ImportPath"],
        directory=directory,
        name=entry.get("Name", ""),
        files=files("GoFiles", "CgoFiles"),
        tests=files("TestGoFiles"),
        outer_tests=files("XTestGoFiles"),
        imports=frozenset(entry.get("Imports") or ()),
        test_imports=frozenset([*(entry.get("TestImports") or ()), *(entry.get("XTestImports") or ())]),
    )


def closure(packages: Mapping[str, Package], path: str) -> frozenset[str]:
    """The packages that the tests of a package are linked with, itself included."""
    seen = {path}
    pending = [path, *packages[path].test_imports]
    while pending:
        name = pending.pop()
        if name in packages:
            seen.add(name)
            pending.extend(packages[name].imports - seen)
    return frozenset(seen)


def importers(packages: Mapping[str, Package], changed: Iterable[str]) -> frozenset[str]:
    """The changed packages and those that import one of them, however indirectly or from their tests only."""
    users: dict[str, set[str]] = {}
    for path, package in packages.items():
        for imported in package.imports:
            users.setdefault(imported, set()).add(path)
    seen = set(changed)
    pending = list(seen)
    while pending:
        fresh = users.get(pending.pop(), set()) - seen
        seen |= fresh
        pending.extend(fresh)
    # Nobody imports tests: they lead no further.
    return frozenset(seen | {path for path, package in packages.items() if package.test_imports & seen})


def _objects(text: str) -> Iterator[dict[str, Any]]:
    decoder = json.JSONDecoder()
    at = 0
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        if at == len(text):
            return
        value, at = decoder.raw_decode(text, at)
        yield value
