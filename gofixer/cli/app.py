"""The commands and their options."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gofixer.engine.model import Verify
from gofixer.errors import UserError

app = typer.Typer(
    add_completion=True,
    no_args_is_help=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Finds Go code that pays the runtime for nothing, rewrites it, proves the rewrite, and hands over a diff.",
)


class Format(StrEnum):
    """Report forms."""

    TEXT = "text"
    JSON = "json"


class Colour(StrEnum):
    """When to use terminal colours."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"gofixer {version('gofixer')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """`gofixer [OPTIONS] [PATHS]...` is short for `gofixer fix`."""


# Options of the contract that this version does not know: named, so that nobody takes silence for success.
_LATER_FORMATS = ("sarif", "github", "markdown")


@app.command()
def fix(
    paths: Annotated[
        list[str] | None, typer.Argument(help="Files, folders or package patterns [default: ./...]")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing; the patch goes to standard output.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="As --dry-run, but exit 1 if there is anything to fix.")
    ] = False,
    select: Annotated[
        list[str] | None,
        typer.Option(metavar="NAMES", help="Only these transforms, families or `all`; lifts their gates."),
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="NAMES", help="Not these transforms or families.")] = None,
    unsafe: Annotated[bool, typer.Option("--unsafe", help="Also fixes that change behaviour as documented.")] = False,
    verify: Annotated[Verify, typer.Option(help="How far to prove; `vet` includes `build`.")] = Verify.VET,
    format_: Annotated[str, typer.Option("--format", metavar="[text|json]", help="Report form.")] = "text",
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the report to a file.")] = None,
    statistics: Annotated[bool, typer.Option("--statistics", help="Count outcomes by transform.")] = False,
    go: Annotated[Path | None, typer.Option(metavar="FILE", help="The Go toolchain to use.")] = None,
    jobs: Annotated[int, typer.Option(min=0, metavar="N", help="Worker processes; 0 means one per core.")] = 0,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Do not use or write gofixer's own cache.")] = False,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Configuration file [default: gofixer.toml]")
    ] = None,
    exclude: Annotated[list[str] | None, typer.Option(metavar="GLOB", help="Leave these paths out.")] = None,
    include_generated: Annotated[
        bool, typer.Option("--include-generated", help="Generated files too.")
    ] = False,
    transforms: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also the Python transforms of a folder.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No summary, no notes.")] = False,
    verbose: Annotated[int, typer.Option("--verbose", "-v", count=True, help="Show skipped sites too.")] = 0,
    color: Annotated[Colour, typer.Option(help="Terminal colours.")] = Colour.AUTO,
    interactive: Annotated[bool, typer.Option("--interactive", hidden=True)] = False,
    evidence: Annotated[bool, typer.Option("--evidence", hidden=True)] = False,
    profile: Annotated[list[Path] | None, typer.Option("--profile", hidden=True)] = None,
) -> int:
    """Find, rewrite, prove, and apply the safe fixes (or show them with --dry-run)."""
    from gofixer.cli.fix import Options, fix_command

    for name, used in (("--interactive", interactive), ("--evidence", evidence), ("--profile", profile)):
        if used:
            raise UserError(f"{name} does not exist in this version")
    if format_ in _LATER_FORMATS:
        raise UserError(f"--format {format_} does not exist in this version")
    if format_ not in list(Format):
        raise UserError(f"--format {format_}: choose text or json")
    if verify is Verify.TEST:
        raise UserError("--verify test does not exist in this version: use --verify vet")
    return fix_command(
        Options(
            paths=tuple(paths or ()),
            dry_run=dry_run or check,
            check=check,
            select=tuple(select or ()),
            ignore=tuple(ignore or ()),
            unsafe=unsafe,
            verify=verify,
            json=format_ == Format.JSON,
            output=output,
            statistics=statistics,
            go=go,
            jobs=jobs,
            cache=not no_cache,
            config=config,
            exclude=tuple(exclude or ()),
            include_generated=include_generated,
            transforms=transforms,
            quiet=quiet,
            verbose=verbose,
            colour=color.value,
        )
    )


@app.command("list")
def list_(
    transforms: Annotated[Path | None, typer.Option(metavar="DIR", help="Also those of a folder.")] = None,
) -> int:
    """Show the table of transforms."""
    from gofixer.cli.catalogue import list_command

    return list_command(transforms)


@app.command()
def explain(name: Annotated[str, typer.Argument(help="Name of a transform.")]) -> int:
    """Show the documentation of a transform."""
    from gofixer.cli.catalogue import explain_command

    return explain_command(name)


@app.command()
def test(  # noqa: PT028 - a command, no test
    paths: Annotated[list[Path], typer.Argument(help="Folders with .txtar goldens, such files, or a gofixer.toml.")],
    transforms: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also the Python transforms of a folder.")
    ] = None,
    go: Annotated[Path | None, typer.Option(metavar="FILE", help="The Go toolchain to use.")] = None,
) -> int:
    """Run golden tests of transforms, ours or your own."""
    from gofixer.cli.testing import test_command

    return test_command(paths, transforms, go)


@app.command()
def undo(
    path: Annotated[Path, typer.Argument(help="Where the run was: a folder of its repository.")] = Path(),
) -> int:
    """Take back what the latest run wrote."""
    from gofixer.cli.fix import undo_command

    return undo_command(path)
