"""From a unit of a plan to commits: each transform is run again, on top of the commits before it, and verified."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gofixer.engine.model import FileChange, Note, Outcome, Report, Request, Verify
from gofixer.errors import ExitCode, UserError
from gofixer.transform import Transform
from gofixer.vcs.body import Story, body, title
from gofixer.vcs.commits import Draft, message, write_commits
from gofixer.vcs.units import Site, Split, Unit
from gofixer.vcs.worktree import Workspace

Analyse = Callable[[Request], Report]
# The modes of plain files; symbolic links and submodules are never written.
_FILES = ("100644", "100755")


@dataclass(frozen=True, slots=True)
class Findings:
    """What a run over the base found: fixes of files that can be committed, and what was left out and why.

    ``blobs`` are the object names of the files' contents, ``modules`` folders relative to the top.
    """

    sites: tuple[Site, ...]
    blobs: Mapping[str, str]
    modules: tuple[str, ...]
    notes: tuple[str, ...]
    rejected: int
    report_notes: Sequence[Note] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A unit as commits in the private repository, and the request that goes with them."""

    head: str
    messages: tuple[str, ...] = field(repr=False)
    title: str
    body: str = field(repr=False)
    fixes: int
    files: int


def look(space: Workspace, request: Request, analyse: Analyse) -> Findings:
    """Run over the working tree. Raises `UserError` (exit 3) where nothing can be proved."""
    report = _analysed(request, analyse)
    good, notes = _committable(space, report.changes)
    sites = tuple(_sites(space, report, good))
    modules = tuple(sorted({_name(space, module.dir) for module in report.modules}))
    rejected = sum(finding.outcome is Outcome.REJECTED for finding in report.findings)
    blobs = {name: blob for name, (_, blob) in good.items()}
    return Findings(sites, blobs, modules, tuple(notes), rejected, report.notes)


def _analysed(request: Request, analyse: Analyse) -> Report:
    report = analyse(request)
    if report.missing_toolchain:
        raise UserError(report.missing_toolchain, ExitCode.TOOLCHAIN)
    return report


def _sites(space: Workspace, report: Report, good: Mapping[str, object]) -> list[Site]:
    found = [Site(_name(space, f.file), f) for f in report.findings if f.outcome is Outcome.PROPOSED]
    return [site for site in found if site.path in good]


def _committable(space: Workspace, changes: Sequence[FileChange]) -> tuple[dict[str, tuple[str, str]], list[str]]:
    """Mode and blob of the changed files that git tracks as plain files with the very content that was read."""
    names = {_name(space, change.path): change for change in changes}
    entries = space.entries(list(names))
    good, notes = {}, []
    for name, change in names.items():
        entry = entries.get(name)
        if entry is None or entry.mode not in _FILES:
            why = "is a symbolic link" if change.path.is_symlink() else "is not a file of the repository"
            notes.append(f"{name} {why}; its fixes are left out")
        elif space.blob_name(change.before) != entry.blob:
            notes.append(f"{name} was changed while it was read; its fixes are left out")
        else:
            good[name] = (entry.mode, entry.blob)
    return good, notes


def _name(space: Workspace, path: Path) -> str:
    return os.path.relpath(path, os.path.realpath(space.tree)).replace(os.sep, "/")


def prepare(
    space: Workspace,
    base: str,
    unit: Unit,
    by: Split,
    request: Request,
    analyse: Analyse,
    cache: Path,
    rejected: int = 0,
) -> Prepared | None:
    """Make the commits of a unit on top of a base commit; None where nothing is left of it.

    ``request`` is the one that the unit was found with. The working tree is that of the base again afterwards.
    """
    drafts: list[Draft] = []
    told: list[tuple[Transform, Sequence[Site]]] = []
    commands: list[str] = []
    go = ""
    modules: tuple[str, ...] = ()
    known = {transform.name: transform for transform in request.transforms}
    try:
        for name in unit.transforms:
            transform = known[name]
            files = sorted({site.path for site in unit.sites if site.finding.transform == name})
            report = _analysed(
                dataclasses.replace(request, transforms=(transform,), paths=tuple(files), evidence=True, exclude=()),
                analyse,
            )
            good, _ = _committable(space, report.changes)
            sites = _sites(space, report, good)
            contents = {_name(space, c.path): c.after for c in report.changes}
            if not sites:
                continue
            tree = space.commit_tree({name: (mode, contents[name]) for name, (mode, _) in good.items()})
            space.show(tree)
            drafts.append(Draft(tree, message(transform, sites)))
            told.append((transform, sites))
            commands += report.commands
            go, modules = report.go, tuple({_name(space, m.dir) for m in report.modules} | set(modules))
        if not drafts:
            return None
        made = write_commits(space.git, base, drafts, unit.digest)
    finally:
        space.show(base)
    label = unit.name if unit.name != "." else "top folder"
    story = Story(
        label,
        by,
        told,
        go,
        tuple(dict.fromkeys(commands)),
        modules,
        str(cache),
        rejected,
        request.verify is Verify.TEST,
    )
    files_changed = len({site.path for site in story.sites})
    messages = tuple(space.git.run("log", "-1", "--format=%B", one).decode("utf-8", "replace").strip() for one in made)
    return Prepared(made[-1], messages, title(story), body(story), len(story.sites), files_changed)
