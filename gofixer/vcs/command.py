"""Runs git, by GitPython, under the private environment."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gofixer.errors import UserError
from gofixer.vcs.redaction import Redactor

os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")  # without git there is a sentence, not a traceback
import git

# Seconds that a command which talks to a remote may take.
NETWORK = 900.0
# GIT_CONFIG_COUNT, on which everything here rests, is of git 2.31.
OLDEST = (2, 31)
_NEEDED = "`gofixer pr` needs git 2.31 or newer"


@dataclass(frozen=True, slots=True)
class Output:
    """What a git command left: exit status, standard output, and its messages without secrets."""

    status: int
    stdout: bytes
    stderr: str


@dataclass(slots=True)
class Git:
    """Git in one folder. ``env`` is added to the process's environment (see `environment.clean_environment`)."""

    folder: Path
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    redactor: Redactor = field(default_factory=Redactor, repr=False)

    def ask(self, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> Output:
        """Run a command, whatever its exit status. Raises `UserError` where there is no git."""
        with tempfile.TemporaryFile() as given:
            given.write(stdin)
            given.seek(0)
            try:
                status, stdout, stderr = git.Git(self.folder).execute(
                    ["git", *arguments],
                    istream=given,
                    with_extended_output=True,
                    with_exceptions=False,
                    stdout_as_string=False,
                    strip_newline_in_stdout=False,
                    kill_after_timeout=NETWORK if os.name == "posix" and arguments[0] in _REMOTE else None,
                    env={**self.env, **(env or {})},
                )
            except git.exc.GitCommandNotFound as error:
                raise UserError(f"there is no git on PATH: {_NEEDED}") from error
        return Output(int(status), bytes(stdout), self.redactor.clean(str(stderr)))

    def run(self, *arguments: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> bytes:
        """Run a command and give its standard output. Raises `UserError` with git's own words where it fails."""
        output = self.ask(*arguments, stdin=stdin, env=env)
        if output.status:
            raise UserError(f"git {arguments[0]} failed: {last_words(output.stderr) or f'status {output.status}'}")
        return output.stdout

    def word(self, *arguments: str, stdin: bytes = b"") -> str:
        """As `run`, for commands that print one line."""
        return os.fsdecode(self.run(*arguments, stdin=stdin)).strip()


def check_git() -> None:
    """Raise `UserError` where there is no git, or one that does not take settings from the environment."""
    output = Git(Path(Path.cwd().anchor)).ask("version")
    number = re.search(rb"(\d+)\.(\d+)", output.stdout)
    if number is None or (int(number[1]), int(number[2])) < OLDEST:
        raise UserError(f"{output.stdout.decode('utf-8', 'replace').strip()} is too old: {_NEEDED}")


_REMOTE = ("ls-remote", "fetch", "push")


def last_words(stderr: str) -> str:
    """The line of git's messages that says what is wrong."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip() and not line.startswith("hint:")]
    telling = [line for line in lines if line.startswith(("fatal:", "error:"))]
    chosen = (telling or lines or [""])[0]
    return chosen.removeprefix("fatal: ").removeprefix("error: ").rstrip(".")
