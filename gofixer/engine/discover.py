"""Which files a run looks at."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pathspec

from gofixer.engine.model import Note
from gofixer.errors import UserError

MAX_SIZE = 20 * 1024 * 1024
_SKIPPED_FOLDERS = frozenset({"vendor", "testdata", "node_modules"})
# cmd/go's rule for generated files (`go help generate`): the line stands before the first non-comment text.
_GENERATED = re.compile(rb"^// Code generated .* DO NOT EDIT\.\r?$", re.MULTILINE)
_CODE = re.compile(rb"^package[ \t]", re.MULTILINE)


@dataclass(slots=True)
class Discovery:
    """Files to look at (absolute paths as text, for there are many; sorted) and what went wrong on the way."""

    files: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def discover(
    cwd: Path,
    paths: Sequence[str],
    exclude: Iterable[tuple[Path, str]] = (),
    *,
    force: bool = False,
    buffers: Collection[str] = (),
) -> Discovery:
    """Find the Go files below files, folders and package patterns.

    A folder and ``./...`` mean everything below; ``./pkg`` with a Go file in it means the same as the folder.
    Left out: ``vendor``, ``testdata``, names that start with ``_`` or ``.``, what git ignores, and ``exclude``
    globs (each with the folder it is relative to, in gitignore syntax). A file that is named explicitly is taken
    whatever folder it stands in, unless exclusion is ``force``d on it: then a list of files means what the folders
    with just these files would mean. A file of ``buffers`` (absolute paths) need not exist. Raises `UserError` for a
    path that does not exist or holds no Go file.
    """
    result = Discovery()
    found: dict[str, None] = {}
    specs = [(root, pathspec.GitIgnoreSpec.from_lines([glob])) for root, glob in exclude]
    for word in paths or ("./...",):
        base = _base(cwd, word)
        before = len(found)
        if base.is_file() or str(base) in buffers:
            if base.suffix != ".go":
                raise UserError(f"{word}: not a Go file")
            if not (force and (_hidden(cwd, base) or any(_matches(spec, root, str(base)) for root, spec in specs))):
                found.setdefault(str(base))
        elif base.is_dir():
            recursive = not word.endswith("/.")
            for path in _walk(base, recursive, result.notes):
                if not any(_matches(spec, root, path) for root, spec in specs):
                    found.setdefault(path)
            if len(found) == before and not specs:
                raise UserError(f"{word}: no Go files here")
        else:
            raise UserError(f"{word}: no such file or folder")
    result.files = sorted(found)
    return result


def unsaved(buffers: Mapping[Path, bytes]) -> dict[Path, bytes]:
    """The buffers whose content is not what is on disk."""

    def saved(path: Path, content: bytes) -> bool:
        try:
            return path.stat().st_size == len(content) and path.read_bytes() == content
        except OSError:
            return False

    return {path: content for path, content in buffers.items() if not saved(path, content)}


def _base(cwd: Path, word: str) -> Path:
    text = word.removesuffix("...").rstrip("/") or "."
    if word.startswith("/") and text == ".":
        text = "/"
    base = Path(os.path.normpath(cwd / text))
    if not base.exists() and "..." in text:
        raise UserError(f"{word}: `...` is only understood at the end of a pattern")
    return base


def _walk(base: Path, recursive: bool, notes: list[Note]) -> Iterator[str]:
    ignored = ignored_by_git(base)
    stack = [str(base)]
    while stack:
        folder = stack.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError as error:
            notes.append(Note(f"cannot be read: {error.strerror}", Path(folder), level="error"))
            continue
        for entry in entries:
            name = entry.name
            if name.startswith((".", "_")) or entry.path in ignored:
                continue
            if name.endswith(".go"):
                if _is_file(entry):
                    yield entry.path
            elif recursive and name not in _SKIPPED_FOLDERS and entry.is_dir(follow_symlinks=False):
                stack.append(entry.path)


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a symlink loop
        return False


def _hidden(cwd: Path, file: Path) -> bool:
    """Whether one of the folders of a file, or its name, is one that folders are not searched for."""
    parts = Path(os.path.relpath(file, cwd)).parts
    return any((part.startswith((".", "_")) and part != "..") or part in _SKIPPED_FOLDERS for part in parts)


def _matches(spec: pathspec.GitIgnoreSpec, root: Path, path: str) -> bool:
    relative = os.path.relpath(path, root)
    return not relative.startswith("..") and spec.match_file(relative)


def ignored_by_git(base: Path) -> frozenset[str]:
    """Untracked files and folders below ``base`` that git ignores; empty outside a repository or without git."""
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")  # without git there is nothing to ignore, and no error
    import git

    try:
        with git.Repo(base, search_parent_directories=True) as repository:
            if repository.working_tree_dir is None:
                return frozenset()
            listed: bytes = git.Git(base).ls_files(
                "--others", "--ignored", "--exclude-standard", "--directory", "-z", stdout_as_string=False
            )
    except (git.exc.GitError, OSError, ValueError):
        return frozenset()
    names = (os.fsdecode(name).rstrip("/") for name in listed.split(b"\0") if name)
    return frozenset(str(base / name) for name in names if name not in (".", ""))


def is_generated(source: bytes) -> bool:
    """Whether the file carries the standard header of generated code before its package clause."""
    if b"DO NOT EDIT." not in source:
        return False
    marker = _GENERATED.search(source)
    if marker is None:
        return False
    code = _CODE.search(source)
    return code is None or marker.start() < code.start()
