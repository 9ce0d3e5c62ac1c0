"""Runs the go command: time limit, whole process group killed, failures of the machine told from findings."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gofixer.errors import ExitCode, UserError
from gofixer.verify.model import BuildVariant, GoToolchain

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


@dataclass(frozen=True, slots=True)
class GoResult:
    """What a go command said."""

    status: int
    stdout: str
    stderr: str


@dataclass(slots=True)
class GoTool:
    """One toolchain, in one folder, under one build configuration.

    ``directory`` has its symbolic links resolved; ``commands`` collects every command line run.
    """

    toolchain: GoToolchain
    directory: Path
    variant: BuildVariant | None = None
    timeout: float | None = None
    commands: list[str] = field(default_factory=list)
    _tags: str | None = None

    def run(self, command: str, *arguments: str) -> GoResult:
        """Runs ``go COMMAND ARGUMENTS`` and returns what it said, whatever its exit status.

        Raises UserError (exit 3) where the command cannot be started, takes longer than the time limit, is
        killed, or meets a failure of the machine (full disk, no memory).
        """
        line = [str(self.toolchain.go), command, *self._tag_flags(command), *arguments]
        settings = self._settings()
        prefix = [f"{name}={shlex.quote(value)}" for name, value in settings.items()]
        self.commands.append(" ".join([*prefix, shlex.join(["go", *line[1:]])]))
        env = {**os.environ, **self.toolchain.env, **settings, "PWD": str(self.directory)}
        result = run_process(line, self.directory, env, self.timeout or time_limit(), f"go {command}")
        failure = machine_failure((result.stderr,)) if result.status else None
        if failure:
            raise UserError(f"go {command} could not finish: {failure}.", ExitCode.TOOLCHAIN)
        return result

    def _settings(self) -> dict[str, str]:
        if self.variant is None:
            return {}
        settings = {}
        if self.variant.goos:
            settings["GOOS"] = self.variant.goos
        if self.variant.goarch:
            settings["GOARCH"] = self.variant.goarch
        if self.variant.cgo is not None:
            settings["CGO_ENABLED"] = "1" if self.variant.cgo else "0"
        return settings

    def _tag_flags(self, command: str) -> list[str]:
        """The variant's tags beside the user's own: a -tags on the command line replaces that of GOFLAGS."""
        if self.variant is None or not self.variant.tags or command == "env":
            return []
        if self._tags is None:
            flags = shlex.split(self.run("env", "GOFLAGS").stdout)
            values = [f.partition("=")[2] for f in flags if f.lstrip("-").startswith("tags=")]
            own = values[-1].replace(",", " ").split() if values else []
            self._tags = ",".join(dict.fromkeys([*own, *self.variant.tags]))
        return [f"-tags={self._tags}"]


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
        raise UserError(f"GOFIXER_GO_TIMEOUT is {text!r}: give a number of seconds above 0.")
    return seconds


def machine_failure(texts: Iterable[str]) -> str | None:
    """What is wrong with this machine, if a message of the toolchain says so."""
    for text in texts:
        lowered = text.lower()
        for sign, meaning in _MACHINE.items():
            if sign in lowered:
                return meaning
    return None


def run_process(line: Sequence[str], directory: Path, env: Mapping[str, str], timeout: float, name: str) -> GoResult:
    """Runs a command in a process group of its own, which does not outlive this call.

    Output is decoded as UTF-8 with surrogate escapes. Raises UserError (exit 3) where it cannot start, is
    killed by a signal, or takes longer than ``timeout`` seconds.
    """
    try:
        process = subprocess.Popen(
            line,
            cwd=directory,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="surrogateescape",
            start_new_session=os.name == "posix",
        )
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(f"cannot run {line[0]} in {directory}: {reason}.", ExitCode.TOOLCHAIN) from error
    try:
        stdout, stderr = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired as error:
        raise UserError(
            f"{name} took longer than {timeout:g} seconds: set GOFIXER_GO_TIMEOUT to allow more.",
            ExitCode.TOOLCHAIN,
        ) from error
    finally:
        _kill(process)
    if process.returncode < 0:
        raise UserError(
            f"{name} was killed by {_signal_name(-process.returncode)}: run gofixer again.",
            ExitCode.TOOLCHAIN,
        )
    return GoResult(process.returncode, stdout, stderr)


def _kill(process: subprocess.Popen[str]) -> None:
    """Ends what is left of the process group, and waits for the process itself."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if os.name == "posix":
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
    for stream in (process.stdout, process.stderr):
        if stream:
            stream.close()
    process.wait()


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
