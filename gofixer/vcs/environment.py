"""The environment of every git command: the user's own settings, and nothing that a repository could say.

Git reads configuration from the system, the user and the repository. The repository's part can name programs (hooks,
filters, helpers, file system monitors), and a repository may come from anybody, so it is never read by a git command
here. The other two are read once, with their conditional includes decided as they are for the user's repository, and
handed to git through the environment; settings that would act on the private repository are left out.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

Setting = tuple[str, str]

_KEPT = re.compile(
    r"GIT_(SSH|SSL_|PROXY_|HTTP_|AUTHOR_NAME|AUTHOR_EMAIL|COMMITTER_|EXEC_PATH|ALLOW_PROTOCOL|PYTHON_|TEST_)"
)
_CONFIG = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM")
TOKENS = (
    "GH_TOKEN",
    "GITHUB_TOKEN",
    "GH_ENTERPRISE_TOKEN",
    "GITHUB_ENTERPRISE_TOKEN",
    "GITLAB_TOKEN",
    "GITEA_TOKEN",
    "FORGEJO_TOKEN",
    "GOFIXER_TOKEN",
)

# What holds in the private repository, whatever the user's own settings are: no program is started that the tree or
# its attributes could choose, no file is converted, and nothing is fetched or collected on the side.
OVERRIDES: tuple[Setting, ...] = (
    ("core.hooksPath", os.devnull),
    ("core.fsmonitor", "false"),
    ("core.untrackedCache", "false"),
    ("core.autocrlf", "false"),
    ("core.symlinks", "true" if os.name == "posix" else "false"),
    ("core.attributesFile", os.devnull),
    ("core.pager", "cat"),
    ("core.logAllRefUpdates", "false"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("fetch.recurseSubmodules", "false"),
    ("fetch.writeCommitGraph", "false"),
    ("submodule.recurse", "false"),
    ("push.recurseSubmodules", "no"),
    ("push.followTags", "false"),
    ("protocol.ext.allow", "never"),
    ("http.lowSpeedLimit", "1000"),
    ("http.lowSpeedTime", "60"),
    ("credential.interactive", "false"),
)
_DROPPED = re.compile(
    r"(core\.(hookspath|fsmonitor|worktree|bare|attributesfile|alternaterefscommand|pager|editor)|init\.|filter\.|"
    r"diff\.|merge\.|alias\.|pager\.|include\.|includeif\.|extensions\.|trace2\.|submodule\.|remote\.|branch\.|hook\.)",
    re.IGNORECASE,
)


@contextlib.contextmanager
def clean_environment() -> Iterator[dict[str, str]]:
    """Take git's variables and all tokens out of this process's environment; gives the environment as it was.

    So no command that is started for the proof (the go command, and what it starts) inherits a token, and no git
    command is led to another repository.
    """
    before = dict(os.environ)
    for name in before:
        if name in TOKENS or (name.startswith("GIT_") and not _KEPT.match(name) and name not in _CONFIG):
            del os.environ[name]
    try:
        yield before
    finally:
        os.environ.clear()
        os.environ.update(before)


def parse_listing(listing: bytes) -> list[Setting]:
    """The settings that ``git config --list -z`` prints; one without a value is true."""
    found = []
    for entry in listing.split(b"\0"):
        if entry:
            key, equals, value = entry.partition(b"\n")
            found.append((os.fsdecode(key), os.fsdecode(value) if equals else "true"))
    return found


def of_variables(environ: Mapping[str, str]) -> list[Setting]:
    """The settings that the caller's own environment holds (``GIT_CONFIG_COUNT``)."""
    with contextlib.suppress(ValueError, KeyError):
        count = int(environ.get("GIT_CONFIG_COUNT", "0"))
        return [(environ[f"GIT_CONFIG_KEY_{n}"], environ[f"GIT_CONFIG_VALUE_{n}"]) for n in range(count)]
    return []


def honoured(settings: Iterable[Setting]) -> list[Setting]:
    """Those of the user's settings that count in the private repository."""
    return [(key, value) for key, value in settings if not _DROPPED.match(key)]


def variables(settings: Iterable[Setting], home: Path) -> dict[str, str]:
    """Environment variables under which git has exactly these settings and `OVERRIDES`, and never asks a person.

    ``home`` is the private repository's folder, where git stops looking for repositories.
    """
    every = [*settings, *OVERRIDES]
    pairs = {f"GIT_CONFIG_KEY_{n}": key for n, (key, _) in enumerate(every)}
    pairs |= {f"GIT_CONFIG_VALUE_{n}": value for n, (_, value) in enumerate(every)}
    return {
        **pairs,
        "GIT_CONFIG_COUNT": str(len(every)),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_CEILING_DIRECTORIES": str(home.parent),
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "SSH_ASKPASS": "",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
    }
