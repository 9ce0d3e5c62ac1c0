"""Gitea and Forgejo, by their REST API.

https://docs.gitea.com/api/, swagger of version 1.22; Forgejo serves the same paths.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import requests

from gofixer.vcs.address import Address
from gofixer.vcs.forges import Extras, Opening, PullRequest, State
from gofixer.vcs.forges.errors import Exists, ForgeError, RateLimited, Unavailable, failure, unreachable

# Gitea cannot list by branch; requests that nothing has happened to since so many others are not seen.
_PAGES, _PER_PAGE = 40, 50
_DRAFT = "WIP: "


class _Bearer(requests.auth.AuthBase):
    """Sends the token; as an authenticator, so that a .netrc file does not replace it."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"token {self._secret}"
        return request


class Gitea:
    """A repository at Gitea or Forgejo; ``api`` is the URL up to ``/api/v1``."""

    name = "Gitea"

    def __init__(self, address: Address, api: str, secret: str, user_agent: str) -> None:
        self._address = address
        self._root = f"{api.rstrip('/')}/repos/{address.path}"
        self._session = requests.Session()
        self._session.auth = _Bearer(secret)
        self._session.headers.update({"Accept": "application/json", "User-Agent": user_agent})

    def find(self, branch: str) -> Sequence[PullRequest]:
        """All requests whose head is a branch of this repository, among the most recently updated ones."""
        found: list[PullRequest] = []
        for page in range(1, _PAGES + 1):
            listed = self._call(
                "GET", "/pulls", params={"state": "all", "sort": "recentupdate", "page": page, "limit": _PER_PAGE}
            )
            found += [_request(one) for one in listed if _is_from(one, branch)]
            if len(listed) < _PER_PAGE:
                break
        return sorted(found, key=lambda one: -one.number)

    def open(self, opening: Opening) -> PullRequest:
        """Open a request; a draft is one by its title."""
        title = f"{_DRAFT}{opening.title}" if opening.draft else opening.title
        values = {"head": opening.branch, "base": opening.base, "title": title, "body": opening.body}
        return _request(self._call("POST", "/pulls", json=values))

    def update(self, request: PullRequest, title: str, body: str, base: str) -> PullRequest:
        """Edit a request; a draft stays one."""
        if request.title.startswith(_DRAFT):
            title = f"{_DRAFT}{title}"
        values = {"title": title, "body": body} | ({"base": base} if base != request.base else {})
        return _request(self._call("PATCH", f"/pulls/{request.number}", json=values))

    def decorate(self, request: PullRequest, extras: Extras) -> Sequence[str]:
        """Labels have to exist; they are known to Gitea by number."""
        refused: list[str] = []
        if extras.labels:
            known = {str(one["name"]): one["id"] for one in self._call("GET", "/labels", params={"limit": _PER_PAGE})}
            refused += [f"Gitea has no label {name!r} here" for name in extras.labels if name not in known]
            if numbers := [known[name] for name in extras.labels if name in known]:
                self._call("POST", f"/issues/{request.number}/labels", json={"labels": numbers})
        teams = [name.partition("/")[2] for name in extras.reviewers if "/" in name]
        people = [name for name in extras.reviewers if "/" not in name]
        asked = {"reviewers": people} | ({"team_reviewers": teams} if teams else {})
        for what, wanted, verb, path, values in (
            ("the assignee", extras.assignees, "PATCH", "", {"assignees": list(extras.assignees)}),
            ("the reviewer", extras.reviewers, "POST", "/requested_reviewers", asked),
        ):
            try:
                if wanted:
                    self._call(verb, f"/pulls/{request.number}{path}", json=values)
            except (RateLimited, Unavailable):
                raise
            except ForgeError as error:
                refused.append(f"{what} {', '.join(wanted)}: {error}")
        return refused

    def _call(self, verb: str, path: str, **arguments: Any) -> Any:
        host = self._address.host
        try:
            answer = self._session.request(verb, self._root + path, timeout=60, allow_redirects=False, **arguments)
        except (requests.RequestException, OSError) as error:
            raise unreachable(host, error) from None
        try:
            values = answer.json() if answer.content else None
        except ValueError:
            values = None
        if answer.ok and not answer.is_redirect and values is not None:
            return values
        message = str(values.get("message", "")) if isinstance(values, dict) else ""
        if answer.status_code == 409:
            raise Exists(f"Gitea refused the request: {message}")
        if answer.ok:
            raise ForgeError(f"{host} does not answer as Gitea does: is --forge right?")
        raise failure(self.name, host, answer.status_code, message, answer.headers, time.time())


def _is_from(one: dict[str, Any], branch: str) -> bool:
    head, base = one.get("head") or {}, one.get("base") or {}
    return head.get("ref") == branch and head.get("repo_id") == base.get("repo_id")


def _request(one: dict[str, Any]) -> PullRequest:
    state = State.MERGED if one.get("merged") else State.OPEN if one.get("state") == "open" else State.CLOSED
    return PullRequest(
        int(one["number"]), str(one["html_url"]), state, str(one["title"]), str(one.get("body") or ""),
        str(one["base"]["ref"]),
    )  # fmt: skip
