"""Entry point: which command runs, and how every failure becomes one sentence and an exit code."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from types import FrameType

from gofixer.errors import ExitCode, UserError

LATER = ("pr", "campaign", "init")
COMMANDS = ("fix", "list", "explain", "test", "undo", "bench", "prove", "lsp")
_GLOBAL = ("--help", "-h", "--install-completion", "--show-completion")
_INTERRUPTED = 130
_NOTHING_WRITTEN = "interrupted; nothing was written"


class WrittenInterrupt(Exception):
    """An interrupt after the files were written."""


def main() -> None:
    """Run the command line and exit. A request to end is an interrupt: the go commands end too, writes are undone."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _end)
    sys.exit(run(sys.argv[1:]))


def _end(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def run(arguments: list[str]) -> int:
    """Run one command; gives the exit code. ``gofixer PATH`` and ``gofixer --option`` mean ``gofixer fix``."""
    if arguments == ["--version"]:
        return _version()
    if "_GOFIXER_COMPLETE" not in os.environ and (not arguments or arguments[0] not in (*COMMANDS, *LATER, *_GLOBAL)):
        arguments = ["fix", *arguments]
    try:
        if arguments and arguments[0] in LATER:
            raise UserError(
                f"`gofixer {arguments[0]}` does not exist in this version (a folder of that name is ./{arguments[0]})"
            )
        if arguments == ["list"]:  # typer takes longer to load than the answer does
            from gofixer.cli.catalogue import list_command

            return list_command(None, None)
        from gofixer.cli.app import app

        result = app(arguments, standalone_mode=False, prog_name="gofixer")
        sys.stdout.flush()
        # Typer makes an exit code of an interrupt.
        return _fail(_NOTHING_WRITTEN, _INTERRUPTED) if result == _INTERRUPTED else int(result or 0)
    except UserError as error:
        return _fail(str(error), error.exit_code)
    except WrittenInterrupt:
        return _fail("interrupted; the fixes are in place, `gofixer undo` takes them back", _INTERRUPTED)
    except KeyboardInterrupt:
        return _fail(_NOTHING_WRITTEN, _INTERRUPTED)
    except BrokenPipeError:
        # Whoever read the output has seen enough; the interpreter must not try to flush it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK
    except Exception as error:  # the last resort of a command line
        return _unexpected(error, arguments)


def _version() -> int:
    from importlib.metadata import version

    print(f"gofixer {version('gofixer')}")
    return ExitCode.OK


def _unexpected(error: Exception, arguments: list[str]) -> int:
    import typer

    if isinstance(error, typer.Exit):
        return int(error.exit_code)
    if isinstance(error, typer.Abort):
        return _fail(_NOTHING_WRITTEN, _INTERRUPTED)
    if hasattr(error, "format_message"):
        return _fail(" ".join(error.format_message().split()), ExitCode.USAGE)
    if isinstance(error, MemoryError):
        return _fail("out of memory; nothing was written; --jobs 1 needs less", ExitCode.TOOLCHAIN)
    if "-vv" in arguments:
        traceback.print_exc()
    words = f"{type(error).__name__}: {error}".splitlines()[0]
    return _fail(f"a bug in gofixer, please report it with the output of -vv: {words}", ExitCode.TOOLCHAIN)


def _fail(sentence: str, code: int) -> int:
    encoding = sys.stderr.encoding or "utf-8"
    line = f"gofixer: error: {sentence.rstrip('.')}"
    print(line.encode(encoding, "backslashreplace").decode(encoding), file=sys.stderr)
    return code
