"""New benchmark files for changed functions that no benchmark executes; each is compiled before it is offered."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gofixer.bench.callgraph import read_file
from gofixer.bench.generate import FILE_NAME, Unsuitable, Written, file_text, write_benchmark
from gofixer.bench.model import BenchResult, ChangedFunction
from gofixer.bench.packages import Package, main_packages
from gofixer.bench.run import NOT_BUILT
from gofixer.facts.modules import Module
from gofixer.facts.toolchain import Toolchain
from gofixer.patch.names import quoted
from gofixer.verify.diagnostics import parse as parse_messages
from gofixer.verify.gotool import GoTool
from gofixer.verify.overlay import OverlayStore
from gofixer.verify.packages import compile_packages


@dataclass(frozen=True, slots=True)
class NewFile:
    """A benchmark file that is not there yet, and the names of its benchmarks."""

    path: Path
    content: bytes
    benchmarks: tuple[str, ...]


def patch_of(file: NewFile, name: str, *, git: bool) -> bytes:
    """The patch that makes the file; ``name`` and ``git`` as `gofixer.patch.diff.file_diff` takes them."""
    new = quoted(f"b/{name}")
    lines = file.content.splitlines(keepends=True)
    header = b"diff --git %s %s\nnew file mode 100644\n" % (quoted(f"a/{name}"), new) if git else b""
    return (
        header + b"--- /dev/null\n+++ %s\n@@ -0,0 +1,%d @@\n" % (new, len(lines)) + b"".join(b"+" + li for li in lines)
    )


@dataclass(frozen=True, slots=True)
class Proposal:
    """Files to write, and for the functions that got no benchmark the clause that says why."""

    files: tuple[NewFile, ...]
    refused: Mapping[ChangedFunction, str]


def propose(
    toolchain: Toolchain, module: Module, result: BenchResult, sources: Mapping[Path, bytes], cache_dir: Path
) -> Proposal:
    """Benchmarks for the uncovered functions of a module; nothing is written.

    ``sources`` are the unfixed contents of the changed files by the functions' file names. Raises `UserError`
    (exit 3) where the toolchain could not run.
    """
    root = Path(os.path.realpath(module.root))
    tool = GoTool(toolchain, root, env=module.env)
    homes = {package.directory: package for package in main_packages(tool).values()}
    refused: dict[ChangedFunction, str] = {}
    written: dict[Path, dict[ChangedFunction, Written]] = defaultdict(dict)
    taken: dict[Path, set[str]] = {}
    go = min(module.go, toolchain.version[:2])
    for function, reason in result.uncovered.items():
        package = homes.get(function.file.parent)
        if package is None or reason == NOT_BUILT:
            refused[function] = NOT_BUILT
            continue
        if (package.directory / FILE_NAME).exists():
            refused[function] = f"{FILE_NAME} is there already, and files are never overwritten"
            continue
        names = taken.setdefault(package.directory, _declared(package))
        contents = [(file, file.read_bytes()) for file in package.files]
        try:
            one = write_benchmark(function, sources[function.file], contents, go, names)
        except Unsuitable as why:
            refused[function] = str(why)
        else:
            written[package.directory][function] = one
    files = []
    for directory, members in written.items():
        path = directory / FILE_NAME
        content = file_text(homes[directory].name, list(members.values()))
        if said := _complaint(tool, OverlayStore(cache_dir), path, content):
            refused |= dict.fromkeys(members, f"the benchmark does not compile: {said}")
        else:
            files.append(NewFile(path, content, tuple(one.name for one in members.values())))
    return Proposal(tuple(files), refused)


def _declared(package: Package) -> set[str]:
    """The names that a package and its tests declare at the top."""
    files: Sequence[Path] = (*package.files, *package.tests)
    return {name for file in files for d in read_file(file).declarations if not d.receiver for name in d.names}


def _complaint(tool: GoTool, store: OverlayStore, path: Path, content: bytes) -> str:
    overlay = store.write(tool.directory, {path: content})
    compiled = compile_packages(tool, [path.parent], overlay)
    for directory, text in compiled.messages:
        for found in parse_messages(text, tool.directory, overlay, lambda _: None, "build", directory):
            return found.sentence(tool.directory)
    return compiled.failure
