"""Which forge a remote is at, and how it is reached."""

from __future__ import annotations

from importlib.metadata import version
from urllib.parse import urlsplit

from gofixer.errors import UserError
from gofixer.vcs.address import Address
from gofixer.vcs.forges import Forge, Kind

_HOSTS = {
    "github.com": Kind.GITHUB,
    "gitlab.com": Kind.GITLAB,
    "gitea.com": Kind.GITEA,
    "codeberg.org": Kind.GITEA,
}
_WORDS = {"github": Kind.GITHUB, "gitlab": Kind.GITLAB, "gitea": Kind.GITEA, "forgejo": Kind.GITEA}
NEEDED = "pull requests need two more packages: pip install 'gofixer[pr]'"


def choose_kind(address: Address, given: str) -> Kind:
    """The kind of a forge: as ``--forge`` says, else by the host's name. Raises `UserError` where that says nothing."""
    if given:
        return Kind(given)
    host = address.hostname.lower()
    if host in _HOSTS:
        return _HOSTS[host]
    for label in host.split("."):
        if label in _WORDS:
            return _WORDS[label]
    raise UserError(f"which forge runs at {address.host}? Say --forge github, gitlab or gitea")


def api_url(kind: Kind, address: Address, given: str) -> str:
    """Where the REST API is: as ``--api-url`` says, else at its usual place on the remote's host.

    Raises `UserError` for a URL that is none, or one of another host: the token of one host is not shown to another.
    """
    if not given:
        if kind is Kind.GITHUB:
            return "https://api.github.com" if address.hostname == "github.com" else f"{address.web}/api/v3"
        return address.web if kind is Kind.GITLAB else f"{address.web}/api/v1"
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
        raise UserError(f"--api-url {given.rpartition('@')[2]}: give a URL like https://HOST/api/v3")
    if parts.hostname.removeprefix("api.") != address.hostname.strip("[]"):
        raise UserError(
            f"--api-url is at {parts.hostname}, but the remote is at {address.hostname}: give one of its own"
        )
    if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        raise UserError(f"--api-url {given}: plain HTTP would show your token to others: use https")
    return given.rstrip("/").removesuffix("/api/v4") if kind is Kind.GITLAB else given.rstrip("/")


def connect(kind: Kind, address: Address, api: str, secret: str) -> Forge:
    """The forge's adapter. Raises `UserError` where its library is not installed."""
    agent = f"gofixer/{version('gofixer')}"
    try:
        if kind is Kind.GITHUB:
            from gofixer.vcs.forges.github import GitHub

            return GitHub(address, api, secret, agent)
        if kind is Kind.GITLAB:
            from gofixer.vcs.forges.gitlab import GitLab

            return GitLab(address, api, secret, agent)
        from gofixer.vcs.forges.gitea import Gitea

        return Gitea(address, api, secret, agent)
    except ImportError as error:
        if (error.name or "").split(".")[0] in ("github", "gitlab", "requests"):
            raise UserError(NEEDED) from error
        raise
