"""`gofixer fix` and `gofixer undo`."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from gofixer import pipeline
from gofixer.cli.progress import progress_on
from gofixer.engine import registry
from gofixer.engine.config import Config, find, load
from gofixer.engine.model import Outcome, Report, Request, Verify
from gofixer.errors import ExitCode, UserError
from gofixer.report import json_report, text
from gofixer.rules import from_config
from gofixer.transform import Transform


@dataclass(frozen=True, slots=True)
class Options:
    """The options of `gofixer fix`, as given."""

    paths: tuple[str, ...]
    dry_run: bool
    check: bool
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    unsafe: bool
    verify: Verify
    json: bool
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


def fix_command(options: Options) -> int:
    """Run, report, write; gives the exit code."""
    cwd = Path.cwd()
    config = configuration(options.config, cwd, options.paths)
    transforms = available(config, options.transforms)
    active, selected = choose(transforms, options, config)
    request = Request(
        cwd=cwd,
        paths=options.paths,
        config=config,
        transforms=active,
        selected=selected,
        verify=options.verify,
        unsafe=options.unsafe or config.unsafe,
        go=options.go,
        jobs=options.jobs,
        cache=options.cache,
        include_generated=options.include_generated,
        exclude=options.exclude,
    )
    with progress_on(sys.stderr, wanted=not options.quiet) as progress:
        report = pipeline.analyse(replace(request, progress=progress))
    written = report if options.dry_run else pipeline.apply(request, report)
    _print(written, options, cwd)
    return _exit_code(written, report, options)


def configuration(given: Path | None, cwd: Path, paths: Iterable[str]) -> Config:
    """The configuration file that was named, or the one found from the first path upwards."""
    if given is not None:
        return load(given)
    first = next(iter(paths), ".").removesuffix("...")
    start = Path(os.path.normpath(cwd / first))
    found = find(start if start.is_dir() else start.parent)
    return load(found) if found else Config()


def available(config: Config, folder: Path | None) -> tuple[Transform, ...]:
    """All transforms that this run may use; a name stands for one transform."""
    extra = registry.from_folder(folder) if folder else ()
    return registry.collect(registry.shipped(), registry.installed(), extra, from_config(config))


def choose(
    transforms: tuple[Transform, ...], options: Options, config: Config
) -> tuple[tuple[Transform, ...], frozenset[str]]:
    """The active transforms and those whose gates are lifted; the command line goes before the file."""
    known = {t.name for t in transforms}
    for name in config.options:
        if name not in known:
            raise UserError(f"{config.path}: [transforms.{name}]: there is no such transform")
    for name, given in config.options.items():
        declared = next(t for t in transforms if t.name == name).options
        for key, value in given.items():
            option = declared.get(key)
            if option is None:
                raise UserError(f"{config.path}: [transforms.{name}] has no option `{key}`")
            if option.choices and value not in option.choices:
                raise UserError(f"{config.path}: {name}.{key} must be one of {', '.join(option.choices)}")
    ignored = (*options.ignore, *config.ignore)
    return registry.select(transforms, options.select or config.select, ignored)


def _print(report: Report, options: Options, cwd: Path) -> None:
    stdout_colour, stderr_colour = (_colours(options.colour, stream) for stream in (sys.stdout, sys.stderr))
    if options.json:
        main = json_report.render(report, cwd)
    elif options.dry_run:
        main = pipeline.patch_of(report.changes, cwd)
        if stdout_colour and options.output is None:
            main = text.coloured_patch(main)
    else:
        shown = text.findings(report, cwd, verbose=options.verbose > 0, colour=stdout_colour and not options.output)
        main = "".join(f"{line}\n" for line in shown).encode("utf-8", "surrogateescape")
    if options.output is not None:
        _write_output(options.output, main)
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(main)
        sys.stdout.buffer.flush()
    if options.quiet:
        return
    lines = list(text.notes(report.notes, cwd, colour=stderr_colour))
    if options.dry_run and options.verbose and not options.json:
        lines += text.findings(report, cwd, verbose=True, colour=stderr_colour)
    elif options.dry_run and not options.json:
        rejected = [f for f in report.findings if f.outcome is Outcome.REJECTED]
        lines += text.findings(replace(report, findings=rejected), cwd, verbose=False, colour=stderr_colour)
    if options.statistics:
        lines += text.statistics(report)
    lines += text.summary(report, unsafe=options.unsafe)
    if report.missing_toolchain:
        lines.append(f"gofixer: error: {report.missing_toolchain}")
    sys.stderr.write("".join(f"{line}\n" for line in lines))


def _colours(wanted: str, stream: object) -> bool:
    if wanted != "auto":
        return wanted == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return bool(getattr(stream, "isatty", lambda: False)()) and os.environ.get("TERM") != "dumb"


def _write_output(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise UserError(f"--output {path}: cannot be written: {error.strerror}") from error


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
        print(f"{json_report.relative(file, Path.cwd())}: as it was")
    for file, reason in failed.items():
        print(f"gofixer: error: {json_report.relative(file, Path.cwd())} {reason}", file=sys.stderr)
    return ExitCode.USAGE if failed else ExitCode.OK
