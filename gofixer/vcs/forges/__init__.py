"""Forges: what `gofixer pr` asks of GitHub, GitLab and Gitea, and the values that go to and fro."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Kind(StrEnum):
    """The kinds of forge, as ``--forge`` names them."""

    GITHUB = "github"
    GITLAB = "gitlab"
    GITEA = "gitea"


class State(StrEnum):
    """What became of a pull request."""

    OPEN = "open"
    CLOSED = "closed"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request (GitLab: merge request) as the forge has it; ``url`` is its page."""

    number: int
    url: str
    state: State
    title: str
    body: str
    base: str


@dataclass(frozen=True, slots=True)
class Opening:
    """A pull request to be opened: from ``branch`` into ``base``, both of the same repository."""

    branch: str
    base: str
    title: str
    body: str
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Extras:
    """What a request is given after it was opened: names of labels and of people (``org/team`` for a team)."""

    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.labels or self.reviewers or self.assignees)


class Forge(Protocol):
    """One repository at a forge. Every method raises `gofixer.vcs.forges.errors.ForgeError`."""

    @property
    def name(self) -> str:
        """What people call the forge."""

    def find(self, branch: str) -> Sequence[PullRequest]:
        """All requests, open and not, from a branch of this repository; the newest first."""

    def open(self, opening: Opening) -> PullRequest:
        """Open a request. Raises `Exists` where one is open for the branch."""

    def update(self, request: PullRequest, title: str, body: str, base: str) -> PullRequest:
        """Give a request a new title, body and base."""

    def decorate(self, request: PullRequest, extras: Extras) -> Sequence[str]:
        """Add labels, reviewers and assignees; gives a sentence for each that the forge did not take."""
