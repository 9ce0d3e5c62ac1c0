"""The user's repository, read as files: no git command ever runs under its configuration."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gofixer.errors import UserError
from gofixer.vcs.command import Git
from gofixer.vcs.environment import Setting, honoured, of_variables, parse_listing

# Settings of the repository itself that say who commits; they name nobody's programs.
_IDENTITY = ("user.name", "user.email", "author.name", "author.email", "committer.name", "committer.email")
_SIGNING = ("user.signingkey", "commit.gpgsign", "gpg.format")


@dataclass(frozen=True, slots=True)
class Repository:
    """A working tree: its top folder, its own git folder and the one it shares with other working trees.

    ``local`` are the settings of the repository's configuration file, as text.
    """

    top: Path
    git_dir: Path
    common_dir: Path
    local: Mapping[str, tuple[str, ...]] = field(repr=False)

    @property
    def objects(self) -> Path:
        """Folder of the object store."""
        return self.common_dir / "objects"

    @property
    def object_format(self) -> str:
        """Name of the hash function of the object names."""
        return "sha256" if self.local.get("extensions.objectformat", ("",))[-1] == "sha256" else "sha1"

    @property
    def partial(self) -> bool:
        """Whether objects are missing on purpose (a partial clone), so that they cannot be borrowed."""
        return any(self.objects.glob("pack/*.promisor"))

    def shallow(self) -> bytes:
        """The commits where a shallow clone ends, one object name a line."""
        try:
            lines = (self.common_dir / "shallow").read_bytes().split()
        except OSError:
            return b""
        return b"".join(line + b"\n" for line in lines if len(line) in (40, 64) and _is_hex(line))

    def remote_url(self, name: str) -> str:
        """The URL of a remote as it is written down. Raises `UserError` where there is none."""
        urls = self.local.get(f"remote.{name}.url", ())
        if urls and urls[0]:
            return urls[0]
        others = sorted({key.split(".", 1)[1].rsplit(".", 1)[0] for key in self.local if _is_remote(key)})
        if others:
            raise UserError(f"the repository has no remote {name!r}: name one with --remote, of {', '.join(others)}")
        raise UserError(f"the repository has no remote: add the forge's with `git remote add {name} URL`")


def find_repository(start: Path) -> Repository:
    """The repository of the working tree around a folder. Raises `UserError` where there is none."""
    start = Path(os.path.realpath(start))
    for folder in (start, *start.parents):
        mark = folder / ".git"
        if mark.is_dir() and (mark / "HEAD").exists():
            return _opened(folder, mark)
        if mark.is_file():
            return _opened(folder, _linked(mark))
    raise UserError(f"{start} is not in the working tree of a git repository: `gofixer pr` needs one with a remote")


def _linked(mark: Path) -> Path:
    """The git folder that a ``.git`` file of a worktree or a submodule names."""
    try:
        text = mark.read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        raise UserError(f"{mark} cannot be read: {error.strerror}") from error
    target = mark.parent / text.removeprefix("gitdir:").strip()
    if not text.startswith("gitdir:") or not (target / "HEAD").exists():
        raise UserError(f"{mark} does not lead to a git repository")
    return Path(os.path.realpath(target))


def _opened(top: Path, git_dir: Path) -> Repository:
    common = git_dir
    with contextlib.suppress(OSError):
        common = Path(os.path.realpath(git_dir / os.fsdecode((git_dir / "commondir").read_bytes()).strip()))
    config = common / "config"
    local: dict[str, tuple[str, ...]] = {}
    if config.is_file():
        # In the root folder, and of a file that is named: git reads this one file, and no include in it.
        output = Git(Path(config.anchor)).ask("config", "--file", str(config), "--no-includes", "-z", "--list")
        if output.status:
            raise UserError(f"{config} cannot be read by git: repair it first")
        for key, value in parse_listing(output.stdout):
            local[key] = (*local.get(key, ()), value)
    return Repository(top, git_dir, common, local)


def user_settings(repository: Repository, environ: Mapping[str, str]) -> list[Setting]:
    """The settings of the system and the user, as they hold for this repository, and who commits in it.

    Conditional includes (``includeIf "gitdir:..."``) are decided for the user's repository: reading settings starts no
    program. Of the repository's own only the identity counts, and the wish to sign.
    """
    found: list[Setting] = []
    for scope in ("--system", "--global"):
        output = Git(repository.top.parent).ask(
            f"--git-dir={repository.git_dir}", "config", scope, "--includes", "-z", "--list"
        )
        found += parse_listing(output.stdout) if output.status == 0 else []
    found += of_variables(environ)
    own = [(key, repository.local[key][-1]) for key in (*_IDENTITY, *_SIGNING) if key in repository.local]
    return [*honoured(found), *(pair for pair in own if _is_harmless(pair))]


def _is_harmless(setting: Setting) -> bool:
    key, value = setting
    if key == "commit.gpgsign":  # a repository may ask for signatures, not forbid what the user wants
        return value.lower() in ("true", "yes", "on", "1")
    return key != "gpg.format" or value in ("openpgp", "x509", "ssh")


def _is_hex(line: bytes) -> bool:
    return not line.strip(b"0123456789abcdef")


def _is_remote(key: str) -> bool:
    return key.startswith("remote.") and key.endswith(".url")


def relative_paths(repository: Repository, cwd: Path, paths: Sequence[str]) -> tuple[tuple[str, ...], Path]:
    """The paths of a command line as they are in another copy of the tree, and the folder there to stand in.

    Raises `UserError` for a path that leads out of the repository.
    """
    here = Path(os.path.relpath(os.path.realpath(cwd), repository.top))
    for word in paths:
        text = word.removesuffix("...")
        place = Path(os.path.realpath(cwd)) / text
        if Path(text).is_absolute() or not Path(os.path.normpath(place)).is_relative_to(repository.top):
            raise UserError(f"{word}: give paths below {repository.top}, relative to where you stand")
    return tuple(paths), here
