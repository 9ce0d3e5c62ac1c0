"""`gofixer bench`: the user's benchmarks, before and after the fixes."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gofixer import pipeline
from gofixer.bench.model import BenchResult
from gofixer.bench.run import NOT_RUN, bench
from gofixer.bench.run import Options as Rounds
from gofixer.bench.writing import NewFile, patch_of, propose
from gofixer.cli.output import check_target, write_output
from gofixer.cli.progress import progress_on
from gofixer.cli.terminal import complain, palette, write_bytes
from gofixer.engine.model import Progress, Report, Request, Verify
from gofixer.errors import ExitCode, UserError
from gofixer.evidence.attach import by_module
from gofixer.facts.modules import Module
from gofixer.facts.toolchain import Toolchain, find_toolchain
from gofixer.patch.names import naming
from gofixer.paths import cache_dir
from gofixer.report import bench_report, text
from gofixer.report.paths import relative
from gofixer.settings import available, choose, configuration, profiling

FORMATS = ("text", "markdown", "json")
_TIME = re.compile(r"[1-9]\d*x|(?=.*[1-9])(?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h))+")


@dataclass(frozen=True, slots=True)
class Options:
    """The options of `gofixer bench`, as given."""

    paths: tuple[str, ...]
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    unsafe: bool = False
    rounds: Rounds = Rounds()  # noqa: RUF009  (frozen)
    form: str = "text"
    output: Path | None = None
    plot: Path | None = None
    write: bool = False
    dry_run: bool = False
    go: Path | None = None
    jobs: int = 0
    cache: bool = True
    config: Path | None = None
    exclude: tuple[str, ...] = ()
    include_generated: bool = False
    transforms: Path | None = None
    quiet: bool = False
    colour: str = "auto"
    profiles: tuple[Path, ...] = ()
    min_share: float | None = None


def bench_command(options: Options) -> int:
    """Find the changes, measure them, print; gives the exit code."""
    _check(options)
    cwd = Path.cwd()
    config = configuration(options.config, cwd, options.paths)
    transforms = available(config, options.transforms)
    active, selected = choose(transforms, config, options.select, options.ignore)
    profiles, min_share = profiling(config, options.profiles, options.min_share)
    with progress_on(sys.stderr, wanted=not options.quiet) as progress:
        request = Request(
            cwd=cwd,
            paths=options.paths,
            config=config,
            transforms=active,
            selected=selected,
            verify=Verify.VET,
            unsafe=options.unsafe or config.unsafe,
            go=options.go,
            jobs=options.jobs,
            cache=options.cache,
            include_generated=options.include_generated,
            exclude=options.exclude,
            profiles=profiles,
            min_share=min_share,
            progress=progress,
        )
        report = pipeline.analyse(request)
        if report.missing_toolchain:
            raise UserError(report.missing_toolchain, ExitCode.TOOLCHAIN)
        toolchain = find_toolchain(options.go)
        rounds = replace(options.rounds, count=0) if options.write else options.rounds
        results = [
            (module, bench(toolchain, module, changes, rounds, cache_dir=cache_dir(), progress=progress))
            for module, changes in by_module(report.changes)
        ]
        files, refused = _proposals(toolchain, results, report, progress) if options.write else ([], [])
    whole = bench_report.merged([result for _, result in results])
    _print(whole, report, options, cwd)
    if options.write:
        _write(files, refused, options, cwd)
    if whole.failures:
        return ExitCode.FOUND
    unknown = any(reason.endswith(NOT_RUN) for reason in whole.uncovered.values())
    return ExitCode.TOOLCHAIN if unknown and not whole.covered else ExitCode.OK


def _check(options: Options) -> None:
    if options.form not in FORMATS:
        raise UserError(f"--format {options.form}: choose {' or '.join(FORMATS)}")
    if not _TIME.fullmatch(options.rounds.benchtime):
        raise UserError(f"--benchtime {options.rounds.benchtime}: give a time as in 1s or 300ms, or a count as in 100x")
    options.rounds.chosen("")
    if options.dry_run and not options.write:
        raise UserError("--dry-run goes with --write-benchmarks: without it, bench writes no Go file")
    if options.write and options.plot:
        raise UserError("--plot does not go with --write-benchmarks, which measures nothing")
    if options.output is not None:
        check_target(options.output, "--output")
    if options.plot is not None:
        check_target(options.plot, "--plot")
        if options.plot.suffix.lower() != ".svg":
            raise UserError(f"--plot {options.plot}: the picture is an SVG, so name it .svg")


def _proposals(
    toolchain: Toolchain,
    results: Sequence[tuple[Module, BenchResult]],
    report: Report,
    progress: Progress | None,
) -> tuple[list[NewFile], list[str]]:
    """The new files, and a line for each function that gets none."""
    files: list[NewFile] = []
    refused: list[str] = []
    sources = {Path(os.path.realpath(c.path.parent)) / c.path.name: c.before for c in report.changes}
    for module, result in results:
        if progress is not None:
            progress("writing benchmarks", 0, 0)
        proposal = propose(toolchain, module, result, sources, cache_dir())
        files += proposal.files
        refused += [f"{bench_report.place(f, Path.cwd())}: {why}" for f, why in proposal.refused.items()]
    return files, refused


def _print(result: BenchResult, report: Report, options: Options, cwd: Path) -> None:
    """The tables to standard output or a file; what limits them to standard error."""
    err = palette(options.colour, sys.stderr)
    patch = options.write and options.dry_run
    if not patch:
        document = bench_report.render(options.form, result, report, cwd)
        if options.output is not None:
            write_output(options.output, document)
        else:
            write_bytes(document)
    if options.plot is not None:
        if result.measured:
            write_output(options.plot, bench_report.picture(result), "--plot")
        else:
            complain(f"gofixer: warning: nothing was measured, so {options.plot} was not written")
    if not options.quiet:
        for line in text.notes(report.notes, cwd, err):
            complain(line)
        for line in bench_report.remarks(result, cwd):
            complain(f"gofixer: {err.outcome('warning')}: {line}")
    for line in bench_report.failures(result, cwd):
        complain(f"gofixer: {err.outcome('error')}: {line}")


def _write(files: Sequence[NewFile], refused: Sequence[str], options: Options, cwd: Path) -> None:
    if options.dry_run:
        style = naming([file.path for file in files], cwd)
        for file in files:
            write_bytes(patch_of(file, style.name(file.path), git=style.git))
    else:
        for file in files:
            _create(file)
            complain(f"gofixer: wrote {relative(file.path, cwd)} with {', '.join(file.benchmarks)}")
    for line in refused:
        complain(f"gofixer: no benchmark for {line}")
    if files and not options.dry_run:
        complain("gofixer: look at the inputs, then run `gofixer bench` again to measure")


def _create(file: NewFile) -> None:
    """Write a file that must not be there."""
    try:
        with file.path.open("xb") as stream:
            stream.write(file.content)
    except OSError as error:
        raise UserError(f"{file.path}: cannot be written: {error.strerror}") from error


__all__ = ["Options", "bench_command"]
