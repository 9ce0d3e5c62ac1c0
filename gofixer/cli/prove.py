"""`gofixer prove`: says of each fix how it was proved."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

from gofixer import pipeline
from gofixer.cli.progress import progress_on
from gofixer.cli.terminal import complain, palette, write_bytes
from gofixer.engine.model import Outcome, Request, Verify
from gofixer.errors import ExitCode
from gofixer.report import json_report, proofs, text
from gofixer.settings import available, choose, configuration


@dataclass(frozen=True, slots=True)
class ProveOptions:
    """The options of `gofixer prove`, as given."""

    paths: tuple[str, ...]
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    unsafe: bool
    form: str
    go: Path | None
    jobs: int
    config: Path | None
    exclude: tuple[str, ...]
    transforms: Path | None
    test_timeout: float
    quiet: bool
    verbose: int
    colour: str


def prove_command(options: ProveOptions) -> int:
    """Analyse with all that proof has, and print the proofs; nothing is written. Gives the exit code."""
    cwd = Path.cwd()
    config = configuration(options.config, cwd, options.paths)
    active, selected = choose(available(config, options.transforms), config, options.select, options.ignore)
    request = Request(
        cwd=cwd,
        paths=options.paths,
        config=config,
        transforms=active,
        selected=selected,
        verify=Verify.TEST,
        unsafe=options.unsafe or config.unsafe,
        go=options.go,
        jobs=options.jobs,
        exclude=options.exclude,
        test_timeout=options.test_timeout,
    )
    with progress_on(sys.stderr, wanted=not options.quiet) as progress:
        report = pipeline.analyse(replace(request, progress=progress))
    if options.form == "json":
        write_bytes(json_report.render(report, cwd))
    else:
        lines = [
            *proofs.lines(report.findings, cwd, palette(options.colour, sys.stdout)),
            proofs.summary(report.findings),
        ]
        write_bytes("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape"))
    if not options.quiet:
        for line in text.notes(report.notes, cwd, palette(options.colour, sys.stderr)):
            complain(line)
    if options.verbose > 1:
        for command in report.commands:
            complain(f"ran: {command}")
    if report.missing_toolchain:
        complain(f"gofixer: error: {report.missing_toolchain}")
        return ExitCode.TOOLCHAIN
    return ExitCode.FOUND if any(f.outcome is Outcome.REJECTED for f in report.findings) else ExitCode.OK
