"""`gofixer list` and `gofixer explain`."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

from gofixer.cli.terminal import palette, write_bytes
from gofixer.errors import ExitCode, UserError
from gofixer.report.pages import page
from gofixer.settings import available, configuration
from gofixer.transform import Transform

_COLUMNS = ("name", "family", "exercise", "applies", "gate", "go", "summary")


def list_command(folder: Path | None, config: Path | None) -> int:
    """Print the table: aligned columns separated by at least two spaces, the header only on a terminal."""
    rows = [_row(t) for t in _transforms(folder, config)]
    if sys.stdout.isatty():
        rows = [_COLUMNS, *rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_COLUMNS) - 1)]
    lines = []
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        lines.append("  ".join([*cells, row[-1]]))
    write_bytes("".join(f"{line}\n" for line in lines).encode())
    return ExitCode.OK


def _transforms(folder: Path | None, config: Path | None) -> tuple[Transform, ...]:
    return available(configuration(config, Path.cwd(), ()), folder)


def _row(transform: Transform) -> tuple[str, ...]:
    return (
        transform.name,
        transform.family,
        ",".join(transform.seeds) or "-",
        transform.applicability.value,
        transform.gate.value,
        transform.go,
        transform.summary,
    )


def explain_command(name: str, folder: Path | None, config: Path | None, colour: str) -> int:
    """Print a transform's page: rendered on a terminal, as Markdown in a pipe."""
    transforms = _transforms(folder, config)
    found = next((t for t in transforms if t.name == name), None)
    if found is None:
        close = difflib.get_close_matches(name, [t.name for t in transforms], n=1)
        hint = f"did you mean {close[0]}?" if close else "`gofixer list` shows them"
        raise UserError(f"no transform is called {name}; {hint}")
    if palette(colour, sys.stdout).colour:
        from rich.console import Console
        from rich.markdown import Markdown

        Console(force_terminal=True).print(Markdown(page(found)))
    else:
        write_bytes(page(found).encode())
    return ExitCode.OK
