"""`gofixer lsp`."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from gofixer.errors import ExitCode, UserError


def lsp(
    go: Annotated[Path | None, typer.Option(metavar="FILE", help="The Go toolchain to use.")] = None,
    transforms: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also the Python transforms of a folder.")
    ] = None,
    stdio: Annotated[bool, typer.Option("--stdio", help="Standard input and output, as always.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log messages to standard error.")] = False,
) -> int:
    """Serve an editor (Language Server Protocol) on standard input and output."""
    del stdio
    try:
        from gofixer.lsp.server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in ("pygls", "lsprotocol", "cattrs"):
            raise
        raise UserError("the language server needs its extra: pip install 'gofixer[lsp]'") from None
    if transforms is not None and not transforms.is_dir():
        raise UserError(f"--transforms {transforms}: no such folder")
    if sys.stdin.isatty():
        print("gofixer lsp talks to an editor, not to people; docs/editors.md says how to set one up", file=sys.stderr)
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO if verbose else logging.ERROR,
        format="gofixer lsp: %(levelname)s: %(message)s",
    )
    # The protocol asks for 1 where the client goes without a word.
    return ExitCode.OK if serve(go, transforms) else ExitCode.FOUND
