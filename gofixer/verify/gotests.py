"""Runs ``go test`` over a state of the tree, and reads what it says test by test."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from gofixer.errors import ExitCode, UserError
from gofixer.verify.gotool import GoTool, time_limit
from gofixer.verify.overlay import Overlay
from gofixer.verify.packages import first_line, objects, pattern

DEFAULT_TEST_TIMEOUT = 300.0

_NOT_BUILT = re.compile(r"\[(build|setup) failed\]")
_TIMED_OUT = re.compile(r"panic: test timed out after |\*\*\* Test killed")
_FRAME = re.compile(r"^\s*(=== |--- |FAIL\b|PASS\b|ok\s|exit status )")
_POSITION = re.compile(r"^\s*\S+\.go:\d+: ")
_SERIOUS = re.compile(r"^\s*(panic: |fatal error: |WARNING: DATA RACE)")
_LONGEST_WORD = 300


class Ending(StrEnum):
    """How the tests of a package ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_BUILT = "did not build"
    TIMED_OUT = "did not end in time"


@dataclass(slots=True, eq=False)
class PackageRun:
    """One run of the tests of a package.

    ``passed`` and ``failed`` are names of tests, subtests included; a test that was running when the process died
    is among the failed ones. ``words`` gives the first line of failure of a failed test, under the empty name that
    of the package.
    """

    ending: Ending = Ending.FAILED
    passed: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    words: dict[str, str] = field(default_factory=dict)
    build: str = ""
    output: dict[str, list[tuple[str, bool]]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Top-level tests that passed or failed."""
        return sum("/" not in name for name in (*self.passed, *self.failed))

    def lines(self) -> Iterator[str]:
        """All lines of output."""
        for name in self.output:
            yield from self.text(name).splitlines()

    def text(self, name: str) -> str:
        """The output of one test, of the package itself for the empty name."""
        return "".join(text for text, _ in self.output.get(name, ()))


@dataclass(frozen=True, slots=True)
class WithTests:
    """A package with tests: its import path, and which of the folders asked about its tests are made of."""

    path: str
    made_of: frozenset[Path]


def packages_with_tests(tool: GoTool, directories: Sequence[Path], overlay: Overlay | None) -> dict[Path, WithTests]:
    """Those of the folders whose packages have tests under this configuration."""
    flags = [f"-overlay={overlay.json}"] if overlay else []
    patterns = [pattern(tool.directory, d) for d in directories]
    fields = "-json=ImportPath,Dir,Deps,TestGoFiles,XTestGoFiles"
    listing = tool.run("list", "-e", "-test", *flags, fields, *patterns)
    folders: dict[str, Path] = {}
    made_of: dict[str, list[str]] = {}
    tested: dict[Path, str] = {}
    wanted = set(directories)
    for entry in objects(listing.stdout):
        path = entry["ImportPath"]
        if path.endswith(".test"):
            made_of[path.removesuffix(".test")] = [name.partition(" ")[0] for name in entry.get("Deps") or ()]
        elif entry.get("Dir"):
            folder = folders.setdefault(path.partition(" ")[0], Path(entry["Dir"]))
            if folder in wanted and " " not in path and (entry.get("TestGoFiles") or entry.get("XTestGoFiles")):
                tested[folder] = path
    return {
        folder: WithTests(path, frozenset(folders[name] for name in (path, *made_of.get(path, ())) if name in folders))
        for folder, path in tested.items()
    }


def race_problem(tool: GoTool) -> str:
    """Why the race detector cannot be used here; empty where it can."""
    answer = tool.run("list", "-race", "runtime/race")
    return (first_line(answer.stderr) or "go list -race failed") if answer.status else ""


def run_tests(
    tool: GoTool,
    directories: Mapping[Path, str],
    overlay: Overlay | None,
    *,
    timeout: float,
    race: bool = False,
    only: str = "",
) -> dict[Path, PackageRun]:
    """Runs the tests of the packages of some folders (given with their import paths), once and uncached.

    ``timeout`` is in seconds per package, ``only`` a regular expression for -run. Every folder gets an answer.
    Raises UserError (exit 3) where the go command could not run.
    """
    flags = [f"-overlay={overlay.json}"] if overlay else []
    flags += ["-race"] if race else []
    flags += [f"-run={only}"] if only else []
    patterns = [pattern(tool.directory, d) for d in directories]
    tool.timeout = time_limit() + timeout * len(directories)
    try:
        said = tool.run("test", "-json", "-count=1", "-vet=off", f"-timeout={timeout:g}s", *flags, *patterns)
    finally:
        tool.timeout = None
    runs = read_events(said.stdout)
    for run in runs.values():
        if run.ending is Ending.NOT_BUILT and not run.build:  # before Go 1.24 the compiler speaks on standard error
            run.build = said.stderr
            run.words[""] = first_line(said.stderr) or run.words.get("", "")
    unheard = first_line(said.stderr) or f"go test ended with status {said.status}"
    return {
        directory: runs.get(path) or PackageRun(Ending.NOT_BUILT, words={"": unheard})
        for directory, path in directories.items()
    }


def read_events(text: str) -> dict[str, PackageRun]:
    """Reads the output of ``go test -json`` (cmd/test2json), by import path."""
    runs: dict[str, PackageRun] = {}
    running: dict[str, dict[str, None]] = {}
    built: dict[str, list[str]] = {}
    for event in _events(text):
        action, package, test = event.get("Action"), event.get("Package", ""), event.get("Test", "")
        if action == "build-output":
            built.setdefault(event.get("ImportPath", ""), []).append(event.get("Output", ""))
            continue
        if not package:
            continue
        run = runs.setdefault(package, PackageRun())
        if action == "output":
            run.output.setdefault(test, []).append((event.get("Output", ""), event.get("OutputType") == "error"))
        elif action == "run":
            running.setdefault(package, {})[test] = None
        elif action in ("pass", "fail", "skip"):
            running.get(package, {}).pop(test, None)
            if test and action != "skip":
                (run.passed if action == "pass" else run.failed).add(test)
            elif not test:
                run.ending = Ending.FAILED if action == "fail" else Ending.PASSED
                if failed := event.get("FailedBuild"):
                    run.ending = Ending.NOT_BUILT
                    run.build = "".join(built.get(failed, ()))
                    run.words[""] = first_line(run.build)
    for package, run in runs.items():
        run.failed.update(running.get(package, ()))
        _conclude(run)
    return runs


def _conclude(run: PackageRun) -> None:
    """Says how a run ended and why each test failed, from its output."""
    if run.ending is Ending.FAILED:
        everything = "".join(run.text(name) for name in run.output)
        if _NOT_BUILT.search(run.text("")):
            run.ending = Ending.NOT_BUILT
        elif _TIMED_OUT.search(everything):
            run.ending = Ending.TIMED_OUT
        run.words.setdefault("", _word([pair for lines in run.output.values() for pair in lines]))
    for name in run.failed:
        run.words[name] = _word(run.output.get(name, []))


def _word(output: Sequence[tuple[str, bool]]) -> str:
    """The line of a failure that says it best: a panic or a race, what the test marks as an error, a message."""
    lines = [(line.strip(), marked) for text, marked in output for line in text.splitlines() if line.strip()]
    telling = [(line, marked) for line, marked in lines if not _FRAME.match(line)]
    for wanted in (
        [line for line, _ in telling if _SERIOUS.match(line)],
        [line for line, marked in telling if marked],
        [line for line, _ in telling if _POSITION.match(line)],
        [line for line, _ in telling],
    ):
        if wanted:
            return wanted[0][:_LONGEST_WORD]
    return ""


def _events(text: str) -> Iterator[dict[str, Any]]:
    """The lines of output that are events: compilers of old toolchains write between them."""
    for line in text.split("\n"):
        if line.startswith("{"):
            try:
                event = json.loads(line)
            except ValueError as error:
                raise UserError(f"go test answered with broken JSON: {error}", ExitCode.TOOLCHAIN) from error
            if isinstance(event, dict):
                yield event
