"""GitHub, by PyGithub: github.com and Enterprise servers.

https://docs.github.com/en/rest/pulls/pulls
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import github
import requests
from github.PullRequest import PullRequest as Pull

from gofixer.vcs.address import Address
from gofixer.vcs.forges import Extras, Opening, PullRequest, State
from gofixer.vcs.forges.errors import Exists, ForgeError, RateLimited, Unavailable, failure, unreachable

T = TypeVar("T")


class GitHub:
    """A repository at GitHub; ``api`` is the base URL of the REST API."""

    name = "GitHub"

    def __init__(self, address: Address, api: str, secret: str, user_agent: str) -> None:
        self._address = address
        self._client = github.Github(
            base_url=api,
            auth=github.Auth.Token(secret),
            user_agent=user_agent,
            timeout=60,
            lazy=True,
            per_page=100,
            # Waiting and calling again is decided in one place for all forges: gofixer.vcs.forges.retry.
            retry=0,
            seconds_between_requests=0,
            seconds_between_writes=0,
        )
        self._repository = self._client.get_repo(address.path)

    def find(self, branch: str) -> Sequence[PullRequest]:
        """All requests from a branch of this repository; those from forks have another owner."""
        head = f"{self._address.owner}:{branch}"
        pulls = self._call(lambda: list(self._repository.get_pulls(state="all", head=head)))
        mine = [pull for pull in pulls if pull.head.ref == branch]
        return [_request(pull) for pull in sorted(mine, key=lambda pull: -pull.number)]

    def open(self, opening: Opening) -> PullRequest:
        """Open a request."""
        return _request(
            self._call(
                lambda: self._repository.create_pull(
                    base=opening.base,
                    head=opening.branch,
                    title=opening.title,
                    body=opening.body,
                    draft=opening.draft,
                    maintainer_can_modify=True,
                )
            )
        )

    def update(self, request: PullRequest, title: str, body: str, base: str) -> PullRequest:
        """Edit a request."""
        pull = self._pull(request)
        moved = base if base != request.base else github.GithubObject.NotSet
        self._call(lambda: pull.edit(title=title, body=body, base=moved))
        return _request(pull)

    def decorate(self, request: PullRequest, extras: Extras) -> Sequence[str]:
        """Labels that do not exist are made by GitHub; people without access are refused."""
        pull = self._pull(request)
        teams = [name.partition("/")[2] for name in extras.reviewers if "/" in name]
        people = [name for name in extras.reviewers if "/" not in name]
        refused = []
        for what, wanted, call in (
            ("the label", extras.labels, lambda: self._label(request, extras.labels)),
            ("the assignee", extras.assignees, lambda: pull.add_to_assignees(*extras.assignees)),
            ("the reviewer", extras.reviewers, lambda: pull.create_review_request(people, teams)),
        ):
            try:
                if wanted:
                    self._call(call)
            except (RateLimited, Unavailable):
                raise
            except ForgeError as error:
                refused.append(f"{what} {', '.join(wanted)}: {error}")
        return refused

    def _label(self, request: PullRequest, names: Sequence[str]) -> None:
        # PyGithub sends a bare list, which GitHub's description of the call does not have.
        path = f"/repos/{self._address.path}/issues/{request.number}/labels"
        self._client.requester.requestJsonAndCheck("POST", path, input={"labels": list(names)})

    def _pull(self, request: PullRequest) -> Pull:
        return self._call(lambda: self._repository.get_pull(request.number))

    def _call(self, call: Callable[[], T]) -> T:
        host = self._address.host
        try:
            return call()
        except github.GithubException as error:
            data = error.data if isinstance(error.data, dict) else {}
            message = " ".join([str(data.get("message", "")), *_details(data)]).strip()
            found = failure(self.name, host, error.status, message, error.headers or {}, time.time())
            if error.status == 422 and "already exists" in message:
                found = Exists(str(found))
            raise found from None
        except (requests.RequestException, OSError) as error:
            raise unreachable(host, error) from None
        except (ValueError, TypeError, AttributeError, AssertionError) as error:
            # PyGithub reads answers of another shape as far as it can.
            raise ForgeError(f"{host} does not answer as GitHub does ({error}): is --forge right?") from None


def _details(data: dict[str, object]) -> list[str]:
    errors = data.get("errors")
    if not isinstance(errors, list):
        return []
    return [
        str(e.get("message") or f"{e.get('field')} {e.get('code')}") if isinstance(e, dict) else str(e) for e in errors
    ]


def _request(pull: Pull) -> PullRequest:
    state = State.OPEN if pull.state == "open" else State.MERGED if pull.merged_at else State.CLOSED
    return PullRequest(pull.number, pull.html_url, state, pull.title, pull.body or "", pull.base.ref)
