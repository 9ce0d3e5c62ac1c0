"""Runs child processes so that nothing of them outlives the run: own process group, time limit, interrupt."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gofixer.errors import ExitCode, UserError
from gofixer.interrupts import held_back

_running: set[subprocess.Popen[bytes]] = set()


@dataclass(frozen=True, slots=True)
class Output:
    """What a finished command left: exit status and its output as text (UTF-8, surrogate escapes)."""

    status: int
    stdout: str
    stderr: str


def run(command: Sequence[str], directory: Path, env: Mapping[str, str], timeout: float) -> Output:
    """Run a command to its end.

    Raises `OSError` where it cannot be started and `UserError` (exit 3) where it takes longer than ``timeout``
    seconds. The command and its children are killed whenever this does not return normally.
    """
    child = start(command, directory, env, stdin=subprocess.DEVNULL)
    try:
        stdout, stderr = child.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        name = " ".join([Path(command[0]).name, *command[1:2]])
        raise UserError(f"{name} did not finish within {timeout:g} seconds", ExitCode.TOOLCHAIN) from None
    finally:
        kill(child)
    return Output(child.returncode, _text(stdout), _text(stderr))


def start(command: Sequence[str], directory: Path, env: Mapping[str, str], *, stdin: int) -> subprocess.Popen[bytes]:
    """Start a command in a process group of its own, its output on pipes.

    A signal that ends the run while the process is being started ends that process too.
    """
    child: subprocess.Popen[bytes] | None = None
    try:
        with held_back():
            child = subprocess.Popen(
                command,
                cwd=directory,
                env={**env, "PWD": str(directory)},
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=os.name == "posix",
            )
    except BaseException:
        if child is not None:
            kill(child)
        raise
    _running.add(child)
    return child


def kill_all() -> None:
    """End every process that still runs; for a program that ends while other threads wait for some."""
    for child in list(_running):
        if child.poll() is None:
            _end(child)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(5)


def kill(child: subprocess.Popen[bytes]) -> None:
    """Kill a process that still runs, with its group, and close its pipes; a finished one is only tidied up."""
    if child.poll() is None:
        _end(child)
    child.wait()
    for stream in (child.stdin, child.stdout, child.stderr):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
    _running.discard(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
