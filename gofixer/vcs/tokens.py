"""Tokens: from the environment, else from the user's git credential helpers; each only for the host it belongs to.

The remote's URL comes from a repository that anybody may have made, so a variable like ``GITHUB_TOKEN`` counts for
github.com and for hosts that the user's own environment or command line names, never for whatever host the remote says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from gofixer.errors import UserError
from gofixer.vcs.address import Address
from gofixer.vcs.command import Git
from gofixer.vcs.forges import Kind

# Per kind: hosts of its public service, variables that hold its token, variables that name the user's own host.
_PUBLIC = {Kind.GITHUB: ("github.com",), Kind.GITLAB: ("gitlab.com",), Kind.GITEA: ("gitea.com", "codeberg.org")}
_VARIABLES = {
    Kind.GITHUB: ("GH_TOKEN", "GITHUB_TOKEN"),
    Kind.GITLAB: ("GITLAB_TOKEN",),
    Kind.GITEA: ("GITEA_TOKEN", "FORGEJO_TOKEN"),
}
_ENTERPRISE = ("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")
_OWN_HOST = {
    Kind.GITHUB: ("GITHUB_SERVER_URL", "GH_HOST"),
    Kind.GITLAB: ("CI_SERVER_URL", "GITLAB_HOST"),
    Kind.GITEA: ("GITEA_SERVER_URL", "GITHUB_SERVER_URL"),
}
# The user name that goes with a token when git asks for both.
_GIT_USER = {Kind.GITHUB: "x-access-token", Kind.GITLAB: "oauth2", Kind.GITEA: "oauth2"}


@dataclass(frozen=True, slots=True)
class Token:
    """A secret for one host; ``source`` says where it comes from, for messages."""

    secret: str = field(repr=False)
    user: str
    source: str


Fill = Callable[[Address], Token | None]


def find_token(kind: Kind, address: Address, named: bool, environ: Mapping[str, str], fill: Fill) -> Token | None:
    """The token for a host; None where there is none.

    ``named`` says that the command line names the host, with --api-url. ``fill`` asks the credential helpers. Raises
    `UserError` where a token would have to travel in the clear.
    """
    found = _of_environment(kind, address, named, environ) or fill(address)
    if found is not None and not address.private:
        raise UserError(f"{address.host} is reached by plain HTTP, which would show your token to others: use https")
    return found


def _of_environment(kind: Kind, address: Address, named: bool, environ: Mapping[str, str]) -> Token | None:
    own = {_host(environ.get(name, "")).lower() for name in _OWN_HOST[kind]} - {""}
    names: tuple[str, ...] = ()
    if address.hostname in _PUBLIC[kind]:
        names = ("GOFIXER_TOKEN", *_VARIABLES[kind])
    elif named or own & {address.host.lower(), address.hostname.lower()}:
        names = ("GOFIXER_TOKEN", *(_ENTERPRISE if kind is Kind.GITHUB else ()), *_VARIABLES[kind])
    for name in names:
        if secret := environ.get(name, "").strip():
            return Token(secret, _GIT_USER[kind], name)
    return None


def variables_for(kind: Kind) -> str:
    """The variable to name in a message."""
    return _VARIABLES[kind][-1] if kind is Kind.GITHUB else _VARIABLES[kind][0]


def _host(text: str) -> str:
    return urlsplit(text).netloc.rpartition("@")[2] if "://" in text else text


def fill_from(git: Git) -> Fill:
    """Asks the user's credential helpers, which git runs as its own settings say; no person is asked."""

    def fill(address: Address) -> Token | None:
        scheme, _, host = address.web.partition("://")
        lines = {"protocol": scheme, "host": host, "path": f"{address.path}.git"}
        if address.user and address.scheme != "ssh":
            lines["username"] = address.user
        question = "".join(f"{key}={value}\n" for key, value in lines.items())
        output = git.ask("credential", "fill", stdin=f"{question}\n".encode())
        if output.status:
            return None
        pairs = (line.partition("=") for line in output.stdout.decode("utf-8", "replace").splitlines())
        values = {key: value for key, _, value in pairs}
        if not values.get("password"):
            return None
        return Token(values["password"], values.get("username", ""), "git credential")

    return fill


def credential_settings(address: Address) -> list[tuple[str, str]]:
    """Settings under which git takes the credential of one host from two variables, and asks no other helper."""
    answer = '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$GOFIXER_USER" "$GOFIXER_SECRET"; }; f'
    return [("credential.helper", ""), (f"credential.{address.scheme}://{address.host}.helper", answer)]
