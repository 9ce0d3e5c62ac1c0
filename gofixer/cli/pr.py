"""`gofixer pr`."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gofixer import pipeline
from gofixer.cli.main import WrittenInterrupt
from gofixer.cli.progress import progress_on
from gofixer.cli.terminal import complain, write_bytes
from gofixer.engine.config import Config, load
from gofixer.engine.model import Progress, Request, Verify
from gofixer.errors import ExitCode, UserError
from gofixer.paths import cache_dir
from gofixer.settings import available, choose, configuration, profiling
from gofixer.vcs.marker import Marker, enclosed
from gofixer.vcs.plan import Action, Step
from gofixer.vcs.prepare import Prepared
from gofixer.vcs.publish import Result
from gofixer.vcs.redaction import Redactor
from gofixer.vcs.run import Options, Outlook, Services, Teller, run
from gofixer.vcs.wording import count

_MOST_NOTES = 10


@dataclass(frozen=True, slots=True)
class PrOptions:
    """The options of `gofixer pr`, as given: those of the requests, and those that `fix` has, too."""

    asked: Options
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    unsafe: bool
    verify: str
    config: Path | None
    transforms: Path | None
    profiles: tuple[Path, ...]
    min_share: float | None
    go: Path | None
    jobs: int
    quiet: bool


def pr_command(options: PrOptions) -> int:
    """Open, update or show pull requests; gives the exit code."""
    redactor = Redactor()
    told = _Told(redactor, options)
    try:
        with progress_on(sys.stderr, wanted=not options.quiet) as progress:
            services = Services(_requests(options, progress), pipeline.analyse, cache_dir(), redactor)
            run(options.asked, services, told)
    except KeyboardInterrupt:
        if not told.begun:
            raise
        raise WrittenInterrupt("interrupted; run the same command again to complete what was begun") from None
    except (UserError, WrittenInterrupt):
        raise
    except (MemoryError, BrokenPipeError):
        raise
    except Exception as error:
        # Whatever a library puts into its words, a token is not among those that are shown.
        raise RuntimeError(redactor.line(f"{type(error).__name__}: {error}")) from None
    return told.finish()


def _requests(options: PrOptions, progress: Progress | None) -> Callable[[Path, Path, tuple[str, ...]], Request]:
    """Makes the engine's request for a copy of the tree; paths are relative to ``here``, a folder below its top."""

    def make(tree: Path, here: Path, paths: tuple[str, ...]) -> Request:
        tree = Path(os.path.realpath(tree))
        words = tuple(_moved(here, path) for path in paths or ("./...",))
        config = _config(options, tree, words)
        active, selected = choose(available(config, options.transforms), config, options.select, options.ignore)
        given = tuple(options.asked.cwd / path for path in options.profiles)
        profiles, min_share = profiling(config, given, options.min_share)
        return Request(
            cwd=tree,
            paths=words,
            config=config,
            transforms=active,
            selected=selected,
            verify=Verify(options.verify),
            unsafe=options.unsafe or config.unsafe,
            go=options.go.absolute() if options.go and options.go.exists() else options.go,
            jobs=options.jobs,
            profiles=profiles,
            min_share=min_share,
            progress=progress,
        )

    return make


def _moved(here: Path, path: str) -> str:
    """A path of the command line as seen from the top of the tree."""
    stem = path.removesuffix("...")
    place = os.path.normpath(here / stem).replace(os.sep, "/")
    return f"./{place}/..." if path.endswith("...") else f"./{place}"


def _config(options: PrOptions, tree: Path, words: tuple[str, ...]) -> Config:
    """The configuration that the base has, or the file that was named; its globs count from its folder in the tree."""
    if options.config is None:
        return configuration(None, tree, words)
    config = load(options.config)
    assert config.path is not None
    top = next((f for f in config.path.parents if (f / ".git").exists()), None)
    path = tree / config.path.relative_to(top) if top else tree / config.path.name
    return dataclasses.replace(config, path=path)


@dataclass(slots=True)
class _Told(Teller):
    """Prints the run: the plan or what became of it to standard output, all else to standard error."""

    redactor: Redactor
    options: PrOptions
    begun: bool = False
    problems: int = 0
    done_: int = 0
    wanted: int = 0
    base: str = ""

    def outlook(self, outlook: Outlook) -> None:
        """The base, what was left out, requests that are no longer needed."""
        steps = outlook.plan.steps
        self.wanted, self.base = len(steps), outlook.base
        lines = []
        found = outlook.findings
        if not self.options.quiet:
            fixes = count(len(found.sites), "fix", "fixes")
            lines.append(
                f"base: {outlook.base} at {outlook.commit[:12]} on {outlook.host}, your working tree is left alone; "
                f"{fixes} in {count(len(steps), 'pull request')}"
            )
            notes = [note for note in found.report_notes if note.level == "error"]
            lines += [f"warning: {note.message}" for note in notes[:_MOST_NOTES]]
            if len(notes) > _MOST_NOTES:
                lines.append(f"warning: and {len(notes) - _MOST_NOTES} more; `gofixer --dry-run` shows them all")
            lines += [f"warning: {note}" for note in found.notes]
            lines += [f"{one.url} has nothing to fix any more: close it" for one in outlook.plan.obsolete]
        if outlook.blind:
            lines.append("there is no token, so the plan does not know the requests that are open or were closed")
        if not steps:
            lines.append("nothing to fix: no pull request is needed")
        for line in lines:
            complain(self.redactor.line(line))

    def prepared(self, step: Step, prepared: Prepared | None) -> None:
        """A unit of a dry run: its heading, commits and body."""
        self._head(step)
        if prepared is None:
            self._print("Nothing is left of it when it is run alone.\n")
            return
        unit = step.unit
        marker = Marker(unit.key, unit.digest, unit.inputs, self.base)
        size = f"{count(prepared.fixes, 'fix', 'fixes')} in {count(prepared.files, 'file')}"
        commits = "".join(f"{_indented(text)}\n" for text in prepared.messages)
        self._print(f"title: {prepared.title}\n({size})\n\ncommits:\n\n{commits}body:\n\n")
        self._print(f"{_indented(enclosed(marker, prepared.body))}\n")

    def publishing(self, step: Step) -> None:
        """From here on an interrupt leaves something behind."""
        self.begun = True

    def done(self, result: Result) -> None:
        """One line for a unit."""
        step = result.step
        if self.options.asked.dry_run:
            self._head(step)
            return
        url = result.request.url if result.request else step.unit.branch
        if result.problem:
            self.problems += 1
            complain(self.redactor.line(f"gofixer: error: {step.unit.key}: {result.problem}"))
            return
        if result.action is Action.LEAVE:
            self._print(f"left     {url}  {step.unit.name}: {'; '.join(result.notes) or step.reason}\n")
            return
        self.done_ += 1
        word = "opened" if result.action is Action.OPEN else "updated"
        self._print(f"{word:8} {url}  {result.title}\n")
        for note in result.notes:
            complain(self.redactor.line(f"warning: {url}: {note}"))

    def finish(self) -> int:
        """The exit code."""
        return ExitCode.USAGE if self.problems else ExitCode.OK

    def _head(self, step: Step) -> None:
        about = f" {step.request.url}" if step.request else ""
        self._print(f"== {step.action.value}{about} {step.unit.branch}: {step.reason}\n\n")

    def _print(self, text: str) -> None:
        write_bytes(self.redactor.clean(text).encode("utf-8", "replace"))


def _indented(text: str) -> str:
    return "".join(f"    {line}".rstrip() + "\n" for line in text.splitlines())
