"""GitLab, by python-gitlab: gitlab.com and servers of one's own.

https://docs.gitlab.com/api/merge_requests/
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import gitlab
import requests

from gofixer.vcs.address import Address
from gofixer.vcs.forges import Extras, Opening, PullRequest, State
from gofixer.vcs.forges.errors import Exists, ForgeError, failure, unreachable

T = TypeVar("T")
_STATES = {"opened": State.OPEN, "locked": State.OPEN, "merged": State.MERGED}
_DRAFT = "Draft: "
# Waiting and calling again is decided in one place for all forges: gofixer.vcs.forges.retry.
_ONCE: dict[str, Any] = {"obey_rate_limit": False, "retry_transient_errors": False}


class GitLab:
    """A project at GitLab; ``api`` is the server's own URL, without ``/api/v4``."""

    name = "GitLab"

    def __init__(self, address: Address, api: str, secret: str, user_agent: str) -> None:
        self._address = address
        self._client = gitlab.Gitlab(
            api, private_token=secret, user_agent=user_agent, timeout=60, per_page=100, keep_base_url=True
        )
        # Its errors do not hold the headers of the answer.
        self._headers: dict[str, str] = {}
        self._client.session.hooks["response"].append(self._remember)
        self._project = self._client.projects.get(address.path, lazy=True)

    def find(self, branch: str) -> Sequence[PullRequest]:
        """All merge requests whose source is a branch of this project, not of a fork."""
        found = self._call(
            lambda: list(
                self._project.mergerequests.list(
                    source_branch=branch,
                    state="all",
                    scope="all",
                    order_by="created_at",
                    sort="desc",
                    get_all=True,
                    **_ONCE,
                )
            )
        )
        return [_request(one) for one in found if one.source_project_id == one.target_project_id]

    def open(self, opening: Opening) -> PullRequest:
        """Open a merge request; a draft is one by its title."""
        values = {
            "source_branch": opening.branch,
            "target_branch": opening.base,
            "title": f"{_DRAFT}{opening.title}" if opening.draft else opening.title,
            "description": opening.body,
            "remove_source_branch": True,
        }
        return _request(self._call(lambda: self._project.mergerequests.create(values, **_ONCE)))

    def update(self, request: PullRequest, title: str, body: str, base: str) -> PullRequest:
        """Edit a merge request; a draft stays one."""
        if request.title.startswith(_DRAFT):
            title = f"{_DRAFT}{title}"
        one = self._merge_request(request)
        one.title, one.description, one.target_branch = title, body, base
        self._call(lambda: one.save(**_ONCE))
        return _request(one)

    def decorate(self, request: PullRequest, extras: Extras) -> Sequence[str]:
        """People are known to GitLab by number; names that it does not know are told."""
        one = self._merge_request(request)
        refused: list[str] = []
        if extras.labels:
            one.add_labels = ",".join(extras.labels)
        for attribute, names in (("reviewer_ids", extras.reviewers), ("assignee_ids", extras.assignees)):
            if names:
                setattr(one, attribute, self._numbers(names, refused))
        self._call(lambda: one.save(**_ONCE))
        return refused

    def _numbers(self, names: Sequence[str], refused: list[str]) -> list[int]:
        numbers = []
        for name in names:
            users = self._call(lambda name=name: self._client.users.list(username=name, get_all=True, **_ONCE))  # type: ignore[misc]
            numbers += [int(user.id) for user in users]
            if not users:
                refused.append(f"GitLab knows nobody called {name}")
        return numbers

    def _merge_request(self, request: PullRequest) -> Any:
        return self._project.mergerequests.get(request.number, lazy=True)

    def _call(self, call: Callable[[], T]) -> T:
        host = self._address.host
        try:
            return call()
        except gitlab.GitlabHttpError as error:
            raise self._failure(error) from None
        except gitlab.GitlabError as error:
            if error.response_code:
                raise self._failure(error) from None
            raise ForgeError(f"{host} does not answer as GitLab does ({error}): is --forge right?") from None
        except (requests.RequestException, OSError) as error:
            raise unreachable(host, error) from None

    def _remember(self, answer: requests.Response, **_: Any) -> None:
        self._headers = dict(answer.headers)

    def _failure(self, error: gitlab.GitlabError) -> ForgeError:
        status, message = error.response_code or 0, _message(error.error_message)
        if status == 409:
            return Exists(f"GitLab refused the request: {message}")
        return failure(self.name, self._address.host, status, message, self._headers, time.time())


def _message(message: object) -> str:
    if isinstance(message, bytes):
        return message.decode("utf-8", "replace")
    return ", ".join(map(str, message)) if isinstance(message, list) else str(message or "")


def _request(one: Any) -> PullRequest:
    return PullRequest(
        int(one.iid),
        str(one.web_url),
        _STATES.get(one.state, State.CLOSED),
        str(one.title),
        str(one.description or ""),
        str(one.target_branch),
    )
