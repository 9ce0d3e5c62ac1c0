"""The private repository: a working tree of its own, with the user's objects and nothing else of the user's.

It lies in the cache folder at a place that is the same for every run, so that Go's build cache serves the next one; a
lock admits one run at a time. It is removed at the end, and what a killed run left is removed by the next.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gofixer.errors import UserError
from gofixer.patch.lock import Lock
from gofixer.vcs.command import Git
from gofixer.vcs.environment import OVERRIDES, Setting, variables
from gofixer.vcs.redaction import Redactor
from gofixer.vcs.repository import Repository

# The highest word on attributes: whatever .gitattributes say, files are written byte for byte, by no filter.
_ATTRIBUTES = b"* -text -eol -ident -filter -diff -merge -working-tree-encoding -export-subst\n"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a tree: its mode (``100644``, ``120000`` for a symbolic link, ...) and the name of its content."""

    mode: str
    blob: str


@dataclass(frozen=True, slots=True)
class Workspace:
    """The private repository and its working tree."""

    tree: Path
    git: Git
    settings: Sequence[Setting]

    def configured(self, extra: Sequence[Setting], env: Mapping[str, str]) -> Git:
        """Git in the working tree with further settings and variables."""
        return Git(self.tree, {**variables([*self.settings, *extra], self.tree), **env}, self.git.redactor)

    def show(self, tree: str) -> None:
        """Make the working tree hold a tree or commit, exactly."""
        self.git.run("read-tree", "--reset", "-u", tree)
        self.git.run("clean", "-ffdxq")

    def entries(self, paths: Sequence[str]) -> dict[str, Entry]:
        """The tracked files among some paths relative to the top, as the index has them."""
        listed = self.git.run("--literal-pathspecs", "ls-files", "-s", "-z", "--", *paths) if paths else b""
        found = {}
        for line in listed.split(b"\0"):
            if line:
                facts, _, name = line.partition(b"\t")
                mode, blob, _ = facts.decode().split()
                found[os.fsdecode(name)] = Entry(mode, blob)
        return found

    def blob_name(self, content: bytes) -> str:
        """The object name of a content."""
        return self.git.word("hash-object", "--no-filters", "--stdin", stdin=content)

    def commit_tree(self, changes: Mapping[str, tuple[str, bytes]]) -> str:
        """Write a tree: that of the index with new contents, ``path -> (mode, content)``. Gives its object name.

        The working tree is not written through: a symbolic link in it leads nowhere.
        """
        lines = []
        for name, (mode, content) in changes.items():
            blob = self.git.word("hash-object", "-w", "--no-filters", "--stdin", stdin=content)
            lines.append(f"{mode} {blob}\t".encode() + os.fsencode(name) + b"\0")
        self.git.run("update-index", "-z", "--index-info", stdin=b"".join(lines))
        return self.git.word("write-tree")


@contextlib.contextmanager
def workspace(
    repository: Repository, cache: Path, settings: Sequence[Setting], redactor: Redactor
) -> Iterator[Workspace]:
    """The private repository of one run. Raises `UserError` where another run has it, or the disk does not take it."""
    home = cache / "pr"
    name = hashlib.sha256(os.fsencode(repository.common_dir)).hexdigest()[:16]
    try:
        home.mkdir(parents=True, exist_ok=True)
        busy = "another `gofixer pr` is at work on this repository: run the command again when it is done"
        lock = Lock(home / f"{name}.lock", busy)
    except OSError as error:
        raise UserError(f"the cache folder {home} cannot be used: {error.strerror}") from error
    try:
        _sweep(home)
        tree = home / name
        _remove(tree)
        yield _make(tree, repository, settings, redactor)
    finally:
        _remove(home / name)
        lock.release()


def _make(tree: Path, repository: Repository, settings: Sequence[Setting], redactor: Redactor) -> Workspace:
    try:
        tree.mkdir(mode=0o700)
    except OSError as error:
        raise UserError(f"the cache folder {tree.parent} cannot be used: {error.strerror}") from error
    git = Git(tree, variables(settings, tree), redactor)
    git.run("init", "-q", "--template=", f"--object-format={repository.object_format}")
    own = tree / ".git"
    # For git commands of others in this tree, which do not have this environment.
    with (own / "config").open("a") as file:
        for key, value in OVERRIDES:
            section, _, name = key.rpartition(".")
            head = f'[{section.partition(".")[0]} "{section.partition(".")[2]}"]' if "." in section else f"[{section}]"
            file.write(f"{head}\n\t{name} = {value}\n")
    (own / "info").mkdir(exist_ok=True)
    (own / "info" / "attributes").write_bytes(_ATTRIBUTES)
    if not repository.partial:
        (own / "objects" / "info").mkdir(parents=True, exist_ok=True)
        (own / "objects" / "info" / "alternates").write_bytes(_quoted(repository.objects) + b"\n")
        if shallow := repository.shallow():
            (own / "shallow").write_bytes(shallow)
    return Workspace(tree, git, tuple(settings))


def _quoted(path: Path) -> bytes:
    """A path as objects/info/alternates takes every path: in quotes, as C writes it."""
    plain = bytes(byte for byte in os.fsencode(path))
    return b'"' + b"".join(b"\\%03o" % b if b < 32 or b > 126 or b in b'"\\' else bytes([b]) for b in plain) + b'"'


def _sweep(home: Path) -> None:
    """Remove what killed runs left: folders that no run holds the lock of."""
    for folder in [path for path in home.iterdir() if path.is_dir() and not path.is_symlink()]:
        lock = home / f"{folder.name}.lock"
        try:
            held = Lock(lock, "")
        except UserError:
            continue
        except OSError:
            held = None
        _remove(folder)
        if held is not None:
            held.release()


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
