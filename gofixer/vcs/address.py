"""Where a remote is: its URL taken apart, and what may be said of it aloud."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from gofixer.errors import UserError

_SCP = re.compile(r"(?:(?P<user>[\w.-]+)@)?(?P<host>[A-Za-z0-9][\w.-]*):(?P<path>[^/].*|/.+)", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]", re.ASCII)
_PATH = re.compile(r"[\w.~%+-]+(/[\w.~%+-]+)+", re.ASCII)
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class Address:
    """A repository at a host. ``host`` has the port where one is written; ``path`` is ``owner/name``, without .git.

    ``user`` is the name in the URL; a password there is dropped.
    """

    scheme: str
    host: str
    path: str
    user: str = ""

    @property
    def url(self) -> str:
        """The URL to fetch from and push to; no secret is ever part of it."""
        if self.scheme == "ssh":
            return f"ssh://{self.user or 'git'}@{self.host}/{self.path}.git"
        return f"{self.scheme}://{self.host}/{self.path}.git"

    @property
    def hostname(self) -> str:
        """The host without its port."""
        return self.host if self.host.endswith("]") else self.host.rsplit(":", 1)[0]

    @property
    def web(self) -> str:
        """Scheme and host of the forge itself: HTTPS, but for a plain HTTP remote."""
        if self.scheme == "ssh":
            return f"https://{self.hostname}"
        return f"{self.scheme}://{self.host}"

    @property
    def private(self) -> bool:
        """Whether a secret may travel there: encrypted, or not off this machine."""
        return self.scheme != "http" or self.hostname in _LOOPBACK

    @property
    def owner(self) -> str:
        """The part of the path before the repository's name."""
        return self.path.rpartition("/")[0]

    @property
    def name(self) -> str:
        """The repository's name."""
        return self.path.rpartition("/")[2]


def parse_address(url: str) -> Address:
    """Take the URL of a remote apart.

    Raises `UserError` for what is no repository at a forge: a local path, another protocol, or one of git's forms
    that run a program.
    """
    if url.isprintable() and "::" not in url.split("/")[0]:
        parts = urlsplit(url) if "://" in url else None
        if parts is not None and parts.scheme in ("https", "http", "ssh"):
            found = Address(parts.scheme, parts.netloc.rpartition("@")[2], _path(parts.path), parts.username or "")
        elif parts is None and (match := _SCP.fullmatch(url)):
            found = Address("ssh", match["host"], _path(match["path"]), match["user"] or "")
        else:
            found = Address("", "", "")
        if found.path and _HOST.fullmatch(found.hostname) and re.fullmatch(r"[\w.-]*", found.user, re.ASCII):
            return found
    raise UserError(f"the remote's URL {_shown(url)} names no repository at a forge: https or ssh, HOST/OWNER/NAME")


def _path(text: str) -> str:
    path = text.strip("/").removesuffix(".git").rstrip("/")
    return path if _PATH.fullmatch(path) and ".." not in path.split("/") else ""


def _shown(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    text = f"{scheme}{separator}{rest.rpartition('@')[2]}" if separator else url
    return repr(text if len(text) <= 120 else f"{text[:117]}...")
