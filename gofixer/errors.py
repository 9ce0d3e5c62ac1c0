"""The one exception that a user may see: a sentence that says what to do, and the exit code that goes with it."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of the command line, part of its contract."""

    OK = 0
    FOUND = 1
    USAGE = 2
    TOOLCHAIN = 3


class UserError(Exception):
    """A condition that the user can act on.

    ``str(error)`` is one sentence without a trailing newline; ``exit_code`` is 2 for wrong use or unusable
    input, 3 where the Go toolchain or the verification could not run.
    """

    def __init__(self, message: str, exit_code: ExitCode = ExitCode.USAGE) -> None:
        super().__init__(message)
        self.exit_code = exit_code
