"""Runs the go command, and tells failures of the machine from findings about the code."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gofixer.errors import ExitCode, UserError
from gofixer.facts import process
from gofixer.facts.constraints import Variant
from gofixer.facts.process import Output
from gofixer.facts.toolchain import Toolchain, flag_tags

DEFAULT_TIMEOUT = 30 * 60.0

# A message of the toolchain that holds one of these speaks about this machine, not about the code.
_MACHINE = {
    "no space left on device": "the disk is full",
    "disk quota exceeded": "the disk quota is used up",
    "cannot allocate memory": "there is not enough memory",
    "resource temporarily unavailable": "this machine has no room for another process",
    "too many open files": "too many files are open",
    "read-only file system": "the Go build cache is on a read-only file system",
    "signal: killed": "a compiler process was killed, perhaps for lack of memory",
    "signal: terminated": "a compiler process was terminated",
    "build cache is required": "Go has no build cache: set GOCACHE to a folder that can be written",
}


@dataclass(slots=True)
class GoTool:
    """One toolchain, in one folder, under one build configuration.

    ``directory`` has its symbolic links resolved; ``env`` is what the module there needs; ``timeout`` is in
    seconds (None: $GOFIXER_GO_TIMEOUT or half an hour); ``commands`` collects every command line run. ``private``
    are settings of this run alone, which a command line that somebody repeats needs not.
    """

    toolchain: Toolchain
    directory: Path
    variant: Variant = field(default_factory=Variant)
    env: Mapping[str, str] = field(default_factory=dict)
    timeout: float | None = None
    commands: list[str] = field(default_factory=list)
    private: Mapping[str, str] = field(default_factory=dict)

    def run(self, command: str, *arguments: str) -> Output:
        """Runs ``go COMMAND ARGUMENTS`` and returns what it said, whatever its exit status.

        Raises UserError (exit 3) where the command cannot be started, takes longer than the time limit, is
        killed, or meets a failure of the machine (full disk, no memory). Neither the command nor its children
        outlive this call.
        """
        line = [command, *(self._tag_flags() if command != "tool" else ()), *arguments]
        settings = {**self.env, **self._settings()}
        prefix = [f"{name}={shlex.quote(value)}" for name, value in settings.items()]
        self.commands.append(" ".join([*prefix, shlex.join(["go", *line])]))
        output = self._wait(line, {**os.environ, **self.toolchain.env, **self.private, **settings})
        name = f"go {command}"
        if output.status < 0:
            killer = _signal_name(-output.status)
            raise UserError(f"{name} was killed by {killer}: run gofixer again", ExitCode.TOOLCHAIN)
        if output.status and (failure := machine_failure((output.stderr,))):
            raise UserError(f"{name} could not finish: {failure}", ExitCode.TOOLCHAIN)
        return output

    def _wait(self, line: Sequence[str], env: Mapping[str, str]) -> Output:
        limit = self.timeout or time_limit()
        go = self.toolchain.go
        try:
            child = process.start([str(go), *line], self.directory, env, stdin=subprocess.DEVNULL)
        except OSError as error:
            reason = error.strerror or str(error)
            raise UserError(f"cannot run {go} in {self.directory}: {reason}", ExitCode.TOOLCHAIN) from error
        try:
            stdout, stderr = child.communicate(timeout=limit)
        except subprocess.TimeoutExpired as error:
            text = f"go {line[0]} took longer than {limit:g} seconds: set GOFIXER_GO_TIMEOUT to allow more"
            raise UserError(text, ExitCode.TOOLCHAIN) from error
        finally:
            process.kill(child)
        return Output(
            child.returncode, stdout.decode("utf-8", "surrogateescape"), stderr.decode("utf-8", "surrogateescape")
        )

    def _settings(self) -> dict[str, str]:
        variant = self.variant
        cgo = "" if variant.cgo is None else str(int(variant.cgo))
        settings = {"GOOS": variant.goos, "GOARCH": variant.goarch, "CGO_ENABLED": cgo}
        return {name: value for name, value in settings.items() if value}

    def _tag_flags(self) -> list[str]:
        """The variant's tags beside the user's own: a -tags on the command line replaces that of GOFLAGS."""
        if not self.variant.tags:
            return []
        tags = dict.fromkeys([*flag_tags(self.toolchain.goflags), *self.variant.tags])
        return [f"-tags={','.join(tags)}"]


def time_limit() -> float:
    """Seconds that one go command may take: ``$GOFIXER_GO_TIMEOUT``, else half an hour."""
    text = os.environ.get("GOFIXER_GO_TIMEOUT", "")
    if not text:
        return DEFAULT_TIMEOUT
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise UserError(f"GOFIXER_GO_TIMEOUT is {text!r}: give a number of seconds above 0")
    return seconds


def machine_failure(texts: Iterable[str]) -> str | None:
    """What is wrong with this machine, if a message of the toolchain says so."""
    for text in texts:
        lowered = text.lower()
        for sign, meaning in _MACHINE.items():
            if sign in lowered:
                return meaning
    return None


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
