"""Entry point: which command runs, and how every failure becomes one sentence and an exit code."""

from __future__ import annotations

import os
import sys
import traceback

from gofixer.errors import ExitCode, UserError

LATER = ("lsp", "pr", "bench", "prove", "campaign", "init")
COMMANDS = ("fix", "list", "explain", "test", "undo", *LATER)
_GLOBAL = ("--help", "-h", "--version", "--install-completion", "--show-completion")
_INTERRUPTED = 130


def main() -> None:
    """Run the command line and exit."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command; gives the exit code. ``gofixer PATH`` and ``gofixer --option`` mean ``gofixer fix``."""
    if not arguments or (arguments[0] not in COMMANDS and arguments[0] not in _GLOBAL):
        arguments = ["fix", *arguments]
    try:
        if arguments[0] in LATER:
            raise UserError(f"`gofixer {arguments[0]}` does not exist in this version")
        from gofixer.cli.app import app

        result = app(arguments, standalone_mode=False, prog_name="gofixer")
        return int(result or 0)
    except UserError as error:
        return _fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _fail("interrupted", _INTERRUPTED)
    except BrokenPipeError:
        # Whoever read the output has seen enough; the interpreter must not try to flush it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK
    except Exception as error:  # the last resort of a command line
        return _unexpected(error, arguments)


def _unexpected(error: Exception, arguments: list[str]) -> int:
    name = type(error).__name__
    if name in ("Abort", "Exit"):
        return int(getattr(error, "exit_code", 1))
    if hasattr(error, "format_message"):
        return _fail(error.format_message(), ExitCode.USAGE)
    if "-vv" in arguments:
        traceback.print_exc()
    return _fail(f"gofixer failed, which is a bug: {name}: {error} (-vv shows where)", ExitCode.TOOLCHAIN)


def _fail(sentence: str, code: int) -> int:
    print(f"gofixer: error: {sentence.rstrip('.')}", file=sys.stderr)
    return code
