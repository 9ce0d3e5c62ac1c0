"""One comment on a pull request at GitHub, found again by a hidden marker and kept up to date."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from typing import IO, Any
from urllib.parse import urlsplit

MARKER = "<!-- gofixer:report -->"
# GitHub takes 65,536 characters.
MOST_CHARACTERS = 65_000
_SECONDS = 30.0
_LONGEST_WAIT = 60.0
_PAGES = 30
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class ForgeError(Exception):
    """What GitHub answered, or why it could not be asked; one clause without the token."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would take the token to another host."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Conversation:
    """The comments of one pull request; ``repository`` is ``owner/name``. Raises `ForgeError`."""

    api: str
    repository: str
    number: int
    token: str
    sleep: Callable[[float], None] = time.sleep

    def publish(self, body: str, *, anew: bool) -> str:
        """Update the comment with the marker, or write one if ``anew``; gives what was done."""
        text = f"{MARKER}\n{body}"[:MOST_CHARACTERS]
        there = self._find()
        if there is not None:
            if there.get("body") == text:
                return "the comment is up to date"
            self._ask("PATCH", f"/repos/{self.repository}/issues/comments/{int(there['id'])}", {"body": text})
            return "the comment was updated"
        if not anew:
            return "nothing to fix, no comment"
        self._ask("POST", f"/repos/{self.repository}/issues/{self.number}/comments", {"body": text})
        return "a comment was written"

    def _find(self) -> dict[str, Any] | None:
        """Our comment: one of a bot rather than a person's copy of it."""
        found: list[dict[str, Any]] = []
        for page in range(1, _PAGES + 1):
            path = f"/repos/{self.repository}/issues/{self.number}/comments?per_page=100&page={page}"
            comments = self._ask("GET", path)
            found += [one for one in comments if str(one.get("body", "")).startswith(MARKER)]
            if len(comments) < 100:
                break
        bots = [one for one in found if (one.get("user") or {}).get("type") == "Bot"]
        trusted = [one for one in found if one.get("author_association") in ("OWNER", "MEMBER", "COLLABORATOR")]
        return next(iter(bots or trusted), None)

    def _ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        for attempt in (1, 2, 3):
            try:
                return self._once(method, path, body)
            except urllib.error.HTTPError as error:
                wait = _wait(error)
                if wait is None and method == "GET" and error.code >= 500:
                    wait = float(attempt)
                if wait is None or attempt == 3:
                    raise ForgeError(f"{method} {path.split('?')[0]}: {error.code} {_message(error)}") from None
            except (OSError, HTTPException) as error:
                wait = float(attempt)
                # What was sent may have arrived: only questions are asked again.
                if method != "GET" or attempt == 3:
                    why = getattr(error, "reason", error)
                    raise ForgeError(f"{method} {path.split('?')[0]}: {why}") from None
            self.sleep(wait)
        raise AssertionError("unreachable")

    def _once(self, method: str, path: str, body: Mapping[str, object] | None) -> Any:
        parts = urlsplit(self.api)
        if parts.scheme != "https" and parts.hostname not in _LOCAL:
            raise ForgeError("GITHUB_API_URL is not https: the token is not sent there")
        request = urllib.request.Request(
            f"{self.api.rstrip('/')}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "User-Agent": "gofixer",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        opener = urllib.request.build_opener(_NoRedirect)
        with opener.open(request, timeout=_SECONDS) as answer:
            return json.loads(answer.read() or b"null")


def _wait(error: urllib.error.HTTPError) -> float | None:
    """Seconds after which GitHub wants to be asked again; None where that is no matter of time, or too long."""
    if error.code not in (403, 429):
        return None
    try:
        seconds = float(error.headers["Retry-After"])
    except (KeyError, TypeError, ValueError):
        return None
    return seconds if 0 <= seconds <= _LONGEST_WAIT else None


def _message(error: urllib.error.HTTPError) -> str:
    try:
        return str(json.loads(error.read())["message"])
    except (ValueError, KeyError, TypeError, OSError):
        return error.reason
