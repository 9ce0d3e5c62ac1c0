"""`gofixer fix` and `gofixer undo`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gofixer import pipeline
from gofixer.cli import interactive
from gofixer.cli.main import WrittenInterrupt
from gofixer.cli.output import check_target, write_output
from gofixer.cli.progress import progress_on
from gofixer.cli.terminal import PLAIN, Palette, complain, palette, width_of, write_bytes
from gofixer.engine.model import Outcome, Report, Request, Verify
from gofixer.errors import ExitCode, UserError
from gofixer.report import heat, text
from gofixer.report.evidence import evidence as evidence_lines
from gofixer.report.listing import folded, listing
from gofixer.report.paths import relative
from gofixer.report.printer import FORMATS
from gofixer.settings import available, choose, configuration, profiling


@dataclass(frozen=True, slots=True)
class Options:
    """The options of `gofixer fix`, as given."""

    paths: tuple[str, ...]
    dry_run: bool
    check: bool
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    unsafe: bool
    verify: str
    test_timeout: float
    form: str
    output: Path | None
    statistics: bool
    go: Path | None
    jobs: int
    cache: bool
    config: Path | None
    exclude: tuple[str, ...]
    include_generated: bool
    transforms: Path | None
    quiet: bool
    verbose: int
    colour: str
    evidence: bool = False
    evidence_bench: bool = False
    profiles: tuple[Path, ...] = ()
    min_share: float | None = None
    interactive: bool = False
    group_by: str | None = None
    reports: tuple[str, ...] = ()
    force_exclude: bool = False


def fix_command(options: Options) -> int:
    """Run, report, write; gives the exit code."""
    if options.interactive:
        interactive.check_terminal()
    cwd = Path.cwd()
    config = configuration(options.config, cwd, options.paths)
    transforms = available(config, options.transforms)
    active, selected = choose(transforms, config, options.select, options.ignore)
    if options.output is not None and options.output.is_dir():
        raise UserError(f"--output {options.output}: is a folder")
    reports = _further(options.reports)
    profiles, min_share = profiling(config, options.profiles, options.min_share)
    request = Request(
        cwd=cwd,
        paths=options.paths,
        config=config,
        transforms=active,
        selected=selected,
        verify=Verify(options.verify),
        test_timeout=options.test_timeout,
        unsafe=options.unsafe or config.unsafe,
        go=options.go,
        jobs=options.jobs,
        cache=options.cache,
        include_generated=options.include_generated,
        exclude=options.exclude,
        evidence=options.evidence,
        allocations=options.evidence_bench,
        profiles=profiles,
        min_share=min_share,
        force_exclude=options.force_exclude,
    )

    def analyse(one: Request) -> Report:
        with progress_on(sys.stderr, wanted=not options.quiet) as progress:
            return pipeline.analyse(replace(one, progress=progress))

    if options.interactive:
        report = interactive.review(request, analyse, palette(options.colour, sys.stderr), quiet=options.quiet)
    else:
        report = analyse(request)
    written = report if options.dry_run else pipeline.apply(request, report)
    try:
        for form, file in reports:
            write_output(file, _document(form, written, cwd, verbose=options.verbose > 0), "--report")
        _print(written, options, request)
        if options.interactive and written.changes and not (options.dry_run or options.quiet):
            complain("`gofixer undo` takes all of it back")
    except KeyboardInterrupt:
        if options.dry_run or not written.changes:
            raise
        raise WrittenInterrupt from None
    return _exit_code(written, report, options)


def _further(given: Sequence[str]) -> list[tuple[str, Path]]:
    """The forms and files of ``--report``. Raises `UserError` for those that cannot be."""
    reports = []
    for word in given:
        form, _, name = word.partition("=")
        if form not in (*FORMATS, "patch") or not name:
            raise UserError(f"--report {word}: write FORM=FILE with one of {', '.join((*FORMATS, 'patch'))}")
        check_target(Path(name), "--report")
        reports.append((form, Path(name)))
    return reports


def _document(form: str, report: Report, cwd: Path, *, verbose: bool) -> bytes:
    if form == "patch":
        return pipeline.patch_of(report.changes, cwd)
    return FORMATS[form](report, cwd, colour=False, verbose=verbose)


def _print(report: Report, options: Options, request: Request) -> None:
    """The document to standard output or a file; notes, refusals and the summary to standard error."""
    cwd = request.cwd
    out, err = palette(options.colour, sys.stdout), palette(options.colour, sys.stderr)
    verbose = options.verbose > 0
    grouped = options.group_by or ("file" if _for_a_person(options) else "")
    patch = options.dry_run and options.form == "text" and not grouped
    if patch:
        document = pipeline.patch_of(report.changes, cwd)
        if out.colour and options.output is None:
            document = text.coloured_patch(document)
    elif grouped and options.form == "text":
        document = _listing(report, request, out if options.output is None else PLAIN, grouped, verbose)
    else:
        document = FORMATS[options.form](report, cwd, colour=out.colour and options.output is None, verbose=verbose)
    if options.output is not None:
        write_output(options.output, document)
    else:
        write_bytes(document)
    lines: list[str] = []
    if not options.quiet:
        lines += text.notes(report.notes, cwd, err)
        if patch:
            shown = report.findings if verbose else [f for f in report.findings if f.outcome is Outcome.REJECTED]
            lines += text.findings(shown, cwd, err, verbose=True)
        if options.form == "text":
            lines += evidence_lines(report.findings, cwd)
        if options.verbose > 1:
            lines += [f"ran: {command}" for command in report.commands]
    if options.statistics:
        lines += text.statistics(report, width_of() if sys.stderr.isatty() else 0)
    if not options.quiet:
        lines += heat.hottest(report.findings, cwd)
        summary = text.summary(report, unsafe=options.unsafe, verbose=verbose)
        lines += [part for line in summary for part in folded(line, width_of())] if sys.stderr.isatty() else summary
    if report.missing_toolchain:
        lines.append(f"gofixer: error: {report.missing_toolchain}")
    for line in lines:
        complain(line)


def _for_a_person(options: Options) -> bool:
    """Whether the report of what was applied goes to a terminal."""
    return not options.dry_run and options.output is None and sys.stdout.isatty()


def _listing(report: Report, request: Request, colours: Palette, group: str, verbose: bool) -> bytes:
    lines = listing(
        report.findings, request.transforms, request.cwd, colours, group=group, width=width_of(), verbose=verbose
    )
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")


def _exit_code(report: Report, analysed: Report, options: Options) -> int:
    before = Counter(f.outcome for f in analysed.findings)
    after = Counter(f.outcome for f in report.findings)
    if report.missing_toolchain:
        return ExitCode.TOOLCHAIN
    if not options.dry_run and after[Outcome.APPLIED] < before[Outcome.PROPOSED]:
        return ExitCode.USAGE
    if options.check and after[Outcome.PROPOSED]:
        return ExitCode.FOUND
    return ExitCode.OK


def undo_command(path: Path) -> int:
    """Take the latest run back; gives the exit code."""
    if not path.is_dir():
        raise UserError(f"{path}: no such folder")
    done, failed = pipeline.undo(path)
    for file in done:
        write_bytes(f"{relative(file, Path.cwd())}: as it was\n".encode())
    for file, reason in failed.items():
        complain(f"gofixer: error: {relative(file, Path.cwd())} {reason}")
    return ExitCode.USAGE if failed else ExitCode.OK
