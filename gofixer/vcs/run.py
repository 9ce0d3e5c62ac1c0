"""`gofixer pr` from one end to the other: what is where, what is due, what becomes of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gofixer.engine.model import Request
from gofixer.errors import UserError
from gofixer.vcs.address import Address, parse_address
from gofixer.vcs.command import check_git
from gofixer.vcs.commits import digest_of_branch
from gofixer.vcs.environment import clean_environment
from gofixer.vcs.forges import Extras, Forge, PullRequest
from gofixer.vcs.forges.choose import api_url, choose_kind, connect
from gofixer.vcs.forges.errors import ForgeError, Invalid
from gofixer.vcs.forges.retry import Retry
from gofixer.vcs.owners import PLACES, Rule, parse_owners
from gofixer.vcs.plan import Action, Branch, Plan, Step, plan
from gofixer.vcs.prepare import Analyse, Findings, Prepared, look, prepare
from gofixer.vcs.publish import Result, Wishes, publish
from gofixer.vcs.redaction import Redactor
from gofixer.vcs.remote import Listing, Remote
from gofixer.vcs.repository import Repository, find_repository, relative_paths, user_settings
from gofixer.vcs.tokens import Token, credential_settings, fill_from, find_token, variables_for
from gofixer.vcs.units import Split, Unit, split
from gofixer.vcs.worktree import Workspace, workspace


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asks for; ``forge`` and ``api_url`` are empty where the remote's host decides."""

    cwd: Path
    paths: tuple[str, ...]
    split: Split
    base: str
    prefix: str
    remote: str
    forge: str
    api_url: str
    draft: bool
    extras: Extras
    most_open: int
    dry_run: bool


@dataclass(frozen=True, slots=True)
class Services:
    """What is given from outside: the engine, the folder for caches, and how to wait.

    ``request`` makes the engine's request for a copy of the tree, a folder in it to stand in, and paths from there.
    """

    request: Callable[[Path, Path, tuple[str, ...]], Request]
    analyse: Analyse
    cache: Path
    redactor: Redactor
    retry: Retry = field(default_factory=Retry)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is known before anything is done, for people: the base with its commit, the forge, the plan.

    ``blind`` says that the requests are unknown, for there is no token.
    """

    base: str
    commit: str
    host: str
    plan: Plan
    findings: Findings
    blind: bool


class Teller:
    """Hears of the run as it goes on."""

    def outlook(self, outlook: Outlook) -> None:
        """The plan, before anything is done."""

    def prepared(self, step: Step, prepared: Prepared | None) -> None:
        """A unit's commits and body, in a dry run."""

    def publishing(self, step: Step) -> None:
        """The remote is about to be written to."""

    def done(self, result: Result) -> None:
        """What became of a unit."""


def run(options: Options, services: Services, teller: Teller) -> None:
    """Plan, and unless it is a dry run, do. Raises `UserError` for what stands in the way of all of it."""
    with clean_environment() as environ:
        check_git()
        repository = find_repository(options.cwd)
        written = repository.remote_url(options.remote)
        paths, here = relative_paths(repository, options.cwd, options.paths)
        settings = user_settings(repository, environ)
        with workspace(repository, services.cache, settings, services.redactor) as space:
            _check_names(space, options)
            try:
                _Run(options, services, teller, repository, space, environ).execute(written, here, paths)
            except ForgeError as error:
                raise UserError(services.redactor.line(str(error))) from None


def _check_names(space: Workspace, options: Options) -> None:
    for option, name in (("--branch-prefix", f"{options.prefix}x"), ("--base", options.base)):
        if name and (not name.isprintable() or space.git.ask("check-ref-format", f"refs/heads/{name}").status):
            raise UserError(f"{option}: {name.removesuffix('x')!r} does not make a branch name that git takes")


@dataclass(slots=True)
class _Run:
    options: Options
    services: Services
    teller: Teller
    repository: Repository
    space: Workspace
    environ: Mapping[str, str]

    def execute(self, written: str, here: Path, paths: tuple[str, ...]) -> None:
        options, services, space = self.options, self.services, self.space
        address = parse_address(self._expanded(written))
        forge, remote = self._connect(address)
        listing = remote.list([options.base] if options.base else [])
        base, commit = self._base(listing, address)
        remote.fetch({base: commit}, whole=False)
        space.show(commit)
        request = services.request(space.tree, here, paths)
        findings = look(space, request, services.analyse)
        prefix = options.prefix if base == listing.default else f"{options.prefix}{_slug(base)}/"
        units = self._units(findings, prefix)
        # Once more, for the run has taken its time: another machine may have been at work.
        there = remote.list([f"{prefix}*"]).branches
        ours = {n: c for n, c in there.items() if n.startswith(prefix) and "/" not in n[len(prefix) :]}
        decided = self._plan(units, ours, forge, remote, base)
        self.teller.outlook(Outlook(base, commit, address.host, decided, findings, forge is None))
        wishes = Wishes(base, options.draft, options.extras)
        for step in decided.steps:
            self._do(step, commit, request, findings.rejected, forge, remote, wishes)

    def _expanded(self, written: str) -> str:
        """A URL as the user's own ``url.*.insteadOf`` have it; what git would take for something else stays."""
        if written.startswith("-") or not written.isprintable():
            return written
        return self.space.git.word("ls-remote", "--get-url", written)

    def _connect(self, address: Address) -> tuple[Forge | None, Remote]:
        """The forge, None in a dry run without a token, and the remote with its credential."""
        options, space = self.options, self.space
        kind = choose_kind(address, options.forge)
        api = api_url(kind, address, options.api_url)
        token: Token | None = find_token(kind, address, bool(options.api_url), self.environ, fill_from(space.git))
        git = space.git
        if token is None:
            if not options.dry_run:
                raise UserError(
                    f"there is no token for {address.host}: set {variables_for(kind)}"
                    f"{'' if address.host in ('github.com', 'gitlab.com') else ' and name the host with --api-url'}, "
                    "or let a git credential helper know one"
                )
            return None, Remote(git, address, address.url, options.remote)
        self.services.redactor.add(token.secret, token.user)
        if address.scheme != "ssh":
            secret = {"GOFIXER_USER": token.user or "x-access-token", "GOFIXER_SECRET": token.secret}
            git = space.configured(credential_settings(address), secret)
        return connect(kind, address, api, token.secret), Remote(git, address, address.url, options.remote)

    def _base(self, listing: Listing, address: Address) -> tuple[str, str]:
        base = self.options.base or listing.default
        if not listing.branches and not base:
            raise UserError(f"{address.host}/{address.path} has no commits yet: push a first one")
        if base not in listing.branches:
            if not base:
                raise UserError(f"{address.host}/{address.path} has no default branch: name one with --base")
            raise UserError(f"{address.host}/{address.path} has no branch {base}: push it, or name another with --base")
        return base, listing.branches[base]

    def _units(self, findings: Findings, prefix: str) -> list[Unit]:
        by = self.options.split
        owners = self._owners() if by is Split.CODEOWNERS else ()
        modules = ["" if module == "." else module for module in findings.modules]
        return split(findings.sites, by, prefix, findings.blobs, modules, owners)

    def _owners(self) -> tuple[Rule, ...]:
        """The rules of the first CODEOWNERS file there is, read as an object: a link in its place leads nowhere."""
        for place in PLACES:
            entry = self.space.entries([place]).get(place)
            if entry is not None and entry.mode.startswith("100"):
                return parse_owners(self.space.git.run("cat-file", "blob", entry.blob).decode("utf-8", "replace"))
        raise UserError(f"--split codeowners: the repository has no file {' or '.join(PLACES[:3])}")

    def _plan(
        self, units: Sequence[Unit], ours: Mapping[str, str], forge: Forge | None, remote: Remote, base: str
    ) -> Plan:
        wanted = {unit.branch for unit in units}
        there = {name: commit for name, commit in ours.items() if name in wanted}
        remote.fetch(there)
        branches = {name: Branch(commit, digest_of_branch(self.space.git, commit)) for name, commit in there.items()}
        requests: dict[str, Sequence[PullRequest]] = {}
        if forge is not None:
            for name in sorted(wanted | ours.keys()):
                requests[name] = self.services.retry(lambda name=name: forge.find(name))  # type: ignore[misc]
        return plan(units, branches, requests, base, self.options.most_open)

    def _do(
        self, step: Step, commit: str, request: Request, rejected: int, forge: Forge | None, remote: Remote, w: Wishes
    ) -> None:
        if step.action is Action.LEAVE:
            self.teller.done(Result(step, Action.LEAVE, step.request, problem=step.reason if step.problem else ""))
            return
        services = self.services
        made = prepare(
            self.space, commit, step.unit, self.options.split, request, services.analyse, services.cache, rejected
        )
        if self.options.dry_run:
            self.teller.prepared(step, made)
            return
        if made is None:
            self.teller.done(Result(step, Action.LEAVE, step.request, notes=("nothing is left of it when run alone",)))
            return
        assert forge is not None
        self.teller.publishing(step)
        clean = services.redactor.clean
        try:
            self.teller.done(publish(step, made, forge, remote, w, services.retry, clean))
        except Invalid as error:
            self.teller.done(Result(step, Action.LEAVE, step.request, made.title, services.redactor.line(str(error))))


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._]+", "-", name).strip("-.") or "base"
