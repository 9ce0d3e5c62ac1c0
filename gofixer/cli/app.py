"""The commands and their options."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gofixer.cli.lsp import lsp
from gofixer.errors import UserError

app = typer.Typer(
    add_completion=True,
    no_args_is_help=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """`gofixer [OPTIONS] [PATHS]...` is short for `gofixer fix`; `gofixer fix --help` shows its options.

    Finds Go code that pays the runtime for nothing, rewrites it, proves the rewrite, and hands over a diff.
    """


# Words of the contract that this version does not know: named, so that nobody takes silence for success.
_FORMATS = ("text", "json", "sarif", "github", "markdown")
_LEVELS = ("none", "build", "vet", "test")


def _word(option: str, word: str, known: tuple[str, ...]) -> str:
    if word not in known:
        raise UserError(f"{option} {word}: choose {' or '.join(known)}")
    return word


TestTimeout = Annotated[
    float,
    typer.Option("--test-timeout", min=0.1, metavar="SECONDS", help="What the tests of a package may take, each time."),
]
# As in gofixer.verify.gotests, which takes longer to load than --help may.
DEFAULT_TEST_TIMEOUT = 300.0
_Profile = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE", help="A pprof profile: ranks findings, opens the gates of what is hot."),
]
_MinShare = Annotated[float | None, typer.Option(metavar="PERCENT", help="Only what has this much of the profile.")]


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
    verify: Annotated[
        str,
        typer.Option(
            metavar="[none|build|vet|test]",
            help="How far to prove; each includes those before it. `test` also runs old and new code side by side "
            "and the tests of the packages touched.",
        ),
    ] = "vet",
    test_timeout: TestTimeout = DEFAULT_TEST_TIMEOUT,
    format_: Annotated[
        str, typer.Option("--format", metavar="[text|json|sarif|github|markdown]", help="Report form.")
    ] = "text",
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the report to a file.")] = None,
    report: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FORM=FILE", help="Write a further report to a file; a form of --format, or `patch`. Repeatable."
        ),
    ] = None,
    statistics: Annotated[bool, typer.Option("--statistics", help="Count outcomes by transform.")] = False,
    group_by: Annotated[
        str | None,
        typer.Option(
            metavar="[file|transform]",
            help="List the fixes in groups, folded to the terminal's width; in a dry run in place of the patch. "
            "What is applied is listed by file on a terminal.",
        ),
    ] = None,
    go: Annotated[Path | None, typer.Option(metavar="FILE", help="The Go toolchain to use.")] = None,
    jobs: Annotated[int, typer.Option(min=0, metavar="N", help="Worker processes; 0 means one per core.")] = 0,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Do not use or write gofixer's own cache.")] = False,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Configuration file [default: gofixer.toml]")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Leave these paths out (as in .gitignore).")
    ] = None,
    force_exclude: Annotated[
        bool, typer.Option("--force-exclude", help="Exclusions hold for files that are named, too.")
    ] = False,
    include_generated: Annotated[bool, typer.Option("--include-generated", help="Generated files too.")] = False,
    transforms: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Also the Python transforms of a folder.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, notes and summary.")] = False,
    verbose: Annotated[
        int,
        typer.Option(
            "--verbose",
            "-v",
            count=True,
            help="Show skipped sites with their reasons; twice: the commands of the proof too.",
        ),
    ] = 0,
    color: Annotated[Colour, typer.Option(help="Terminal colours.")] = Colour.AUTO,
    interactive: Annotated[
        bool, typer.Option("--interactive", help="Ask about each fix, one key each; ? shows the keys.")
    ] = False,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="Show what the compiler says of each changed function, before and after.")
    ] = False,
    evidence_bench: Annotated[
        bool,
        typer.Option(
            "--evidence-bench", help="With the allocations per operation of your benchmarks, which are run for it."
        ),
    ] = False,
    profile: _Profile = None,
    min_share: _MinShare = None,
) -> int:
    """Find, rewrite, prove, and apply the safe fixes (or show them with --dry-run)."""
    if interactive and check:
        raise UserError("--interactive and --check: choose one")
    _word("--format", format_, _FORMATS)
    _word("--verify", verify, _LEVELS)
    if group_by is not None and format_ != "text":
        raise UserError(f"--group-by is for --format text, not {format_}")
    _word("--group-by", group_by or "file", ("file", "transform"))
    from gofixer.cli.fix import Options, fix_command

    return fix_command(
        Options(
            paths=tuple(paths or ()),
            dry_run=dry_run or check,
            check=check,
            select=tuple(select or ()),
            ignore=tuple(ignore or ()),
            unsafe=unsafe,
            verify=verify,
            test_timeout=test_timeout,
            form=format_,
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
            evidence=evidence or evidence_bench,
            evidence_bench=evidence_bench,
            profiles=tuple(profile or ()),
            min_share=min_share,
            interactive=interactive,
            group_by=group_by,
            reports=tuple(report or ()),
            force_exclude=force_exclude,
        )
    )


_Transforms = Annotated[Path | None, typer.Option(metavar="DIR", help="Also the Python transforms of a folder.")]
_Config = Annotated[Path | None, typer.Option(metavar="FILE", help="Configuration file [default: gofixer.toml]")]
_Color = Annotated[Colour, typer.Option(help="Terminal colours.")]


@app.command()
def prove(
    paths: Annotated[
        list[str] | None, typer.Argument(help="Files, folders or package patterns [default: ./...]")
    ] = None,
    select: Annotated[
        list[str] | None,
        typer.Option(metavar="NAMES", help="Only these transforms, families or `all`; lifts their gates."),
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="NAMES", help="Not these transforms or families.")] = None,
    unsafe: Annotated[bool, typer.Option("--unsafe", help="Also fixes that change behaviour as documented.")] = False,
    format_: Annotated[str, typer.Option("--format", metavar="[text|json]", help="Report form.")] = "text",
    go: Annotated[Path | None, typer.Option(metavar="FILE", help="The Go toolchain to use.")] = None,
    jobs: Annotated[int, typer.Option(min=0, metavar="N", help="Worker processes; 0 means one per core.")] = 0,
    config: _Config = None,
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Leave these paths out (as in .gitignore).")
    ] = None,
    transforms: _Transforms = None,
    test_timeout: TestTimeout = DEFAULT_TEST_TIMEOUT,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and notes.")] = False,
    verbose: Annotated[int, typer.Option("--verbose", "-v", count=True, help="Twice: the commands, too.")] = 0,
    color: _Color = Colour.AUTO,
) -> int:
    """Show for each fix how it is proved; write nothing. Exit 1 where one is rejected."""
    if format_ not in ("text", "json"):
        raise UserError(f"--format {format_}: choose text or json")
    from gofixer.cli.prove import ProveOptions, prove_command

    return prove_command(
        ProveOptions(
            paths=tuple(paths or ()),
            select=tuple(select or ()),
            ignore=tuple(ignore or ()),
            unsafe=unsafe,
            form=format_,
            go=go,
            jobs=jobs,
            config=config,
            exclude=tuple(exclude or ()),
            transforms=transforms,
            test_timeout=test_timeout,
            quiet=quiet,
            verbose=verbose,
            colour=color.value,
        )
    )


@app.command("list")
def list_(transforms: _Transforms = None, config: _Config = None) -> int:
    """Show the table of transforms."""
    from gofixer.cli.catalogue import list_command

    return list_command(transforms, config)


@app.command()
def explain(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of a transform.")],
    transforms: _Transforms = None,
    config: _Config = None,
    color: _Color = Colour.AUTO,
) -> int:
    """Show the documentation of a transform."""
    from gofixer.cli.catalogue import explain_command

    return explain_command(name, transforms, config, color.value)


@app.command("test")
def run_tests(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Folders with .txtar goldens, such files, or a gofixer.toml."),
    ],
    transforms: _Transforms = None,
    go: Annotated[Path | None, typer.Option(metavar="FILE", help="The Go toolchain to use.")] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Rewrite the want sections of goldens; read them before you keep them.")
    ] = False,
    color: _Color = Colour.AUTO,
) -> int:
    """Run golden tests of transforms, ours or your own."""
    import sys

    from gofixer.cli.terminal import palette
    from gofixer.cli.testing import test_command

    return test_command(paths, transforms, go, update, palette(color.value, sys.stdout))


@app.command()
def undo(
    path: Annotated[Path, typer.Argument(metavar="[PATH]", help="A folder of the repository of that run.")] = Path(),
) -> int:
    """Take back what the latest run wrote."""
    from gofixer.cli.fix import undo_command

    return undo_command(path)


@app.command()
def bench(
    paths: Annotated[
        list[str] | None, typer.Argument(help="Files, folders or package patterns to fix [default: ./...]")
    ] = None,
    select: Annotated[list[str] | None, typer.Option(metavar="NAMES", help="Only these transforms.")] = None,
    ignore: Annotated[list[str] | None, typer.Option(metavar="NAMES", help="Not these transforms.")] = None,
    unsafe: Annotated[bool, typer.Option("--unsafe", help="Also fixes that change behaviour as documented.")] = False,
    count: Annotated[int, typer.Option(min=1, max=50, metavar="N", help="Rounds.")] = 6,
    benchtime: Annotated[str, typer.Option(metavar="TIME", help="How long one benchmark runs: 1s, 100x.")] = "1s",
    pattern: Annotated[
        str, typer.Option("--bench", metavar="REGEXP", help="Only these benchmarks, as in `go test -bench`.")
    ] = ".",
    timeout: Annotated[
        float, typer.Option(min=0.1, metavar="SECONDS", help="What one run of a benchmark may take.")
    ] = 600.0,
    format_: Annotated[str, typer.Option("--format", metavar="[text|markdown|json]", help="Report form.")] = "text",
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the report to a file.")] = None,
    plot: Annotated[Path | None, typer.Option(metavar="FILE.svg", help="Draw the results.")] = None,
    write_benchmarks: Annotated[
        bool,
        typer.Option(
            "--write-benchmarks",
            help="Measure nothing; write gofixer_bench_test.go files for changed functions without a benchmark.",
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --write-benchmarks: only show the new files, as a patch.")
    ] = False,
    go: Annotated[Path | None, typer.Option(metavar="FILE", help="The Go toolchain to use.")] = None,
    jobs: Annotated[int, typer.Option(min=0, metavar="N", help="Worker processes; 0 means one per core.")] = 0,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Do not use or write gofixer's own cache.")] = False,
    config: _Config = None,
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Leave these paths out (as in .gitignore).")
    ] = None,
    include_generated: Annotated[bool, typer.Option("--include-generated", help="Generated files too.")] = False,
    transforms: _Transforms = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and notes.")] = False,
    color: _Color = Colour.AUTO,
    profile: _Profile = None,
    min_share: _MinShare = None,
) -> int:
    """Run your benchmarks that execute what `fix` would change, before and after; no file is changed.

    It runs the benchmarks' code, in the packages' folders, as `go test -bench` does.
    """
    from gofixer.bench.run import Options as Rounds
    from gofixer.cli.bench import Options, bench_command

    return bench_command(
        Options(
            paths=tuple(paths or ()),
            select=tuple(select or ()),
            ignore=tuple(ignore or ()),
            unsafe=unsafe,
            rounds=Rounds(count, benchtime, timeout, pattern),
            form=format_,
            output=output,
            plot=plot,
            write=write_benchmarks,
            dry_run=dry_run,
            go=go,
            jobs=jobs,
            cache=not no_cache,
            config=config,
            exclude=tuple(exclude or ()),
            include_generated=include_generated,
            transforms=transforms,
            quiet=quiet,
            colour=color.value,
            profiles=tuple(profile or ()),
            min_share=min_share,
        )
    )


app.command()(lsp)
