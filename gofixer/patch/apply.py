"""Writing files: all or as named, each one whole, and never over somebody else's change.

New contents are written beside the old files first and put in place by renaming, so that a file is old or new at
every moment, whatever happens to the process. Until the last one is in place each old file keeps a second name, so
that going back needs no room on the disk. An interrupt waits until nothing is half done.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gofixer.errors import UserError
from gofixer.interrupts import held_back

PREFIX = ".gofixer-"
# What is wrong with one file or folder; anything else (no space, I/O errors) is wrong with the whole run.
_LOCAL = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ETXTBSY})
_ANY_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
_CHANGED = "has changed since it was read"


@dataclass(frozen=True, slots=True)
class Write:
    """Put ``after`` in the place of ``before``; ``path`` is absolute and may be a symbolic link to the file."""

    path: Path
    before: bytes
    after: bytes


@dataclass(slots=True)
class Written:
    """What became of a set of writes: the paths that were written, and by path why others were not.

    ``notes`` holds what a user should know about files that were written, by path.
    """

    done: list[Path] = field(default_factory=list)
    failed: dict[Path, str] = field(default_factory=dict)
    notes: dict[Path, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Staged:
    """A file with its new content under ``temporary`` and, while both are needed, the old one under ``previous``."""

    write: Write
    target: Path
    temporary: Path
    links: int
    previous: Path | None = None


def write_files(writes: Sequence[Write], roots: Sequence[Path]) -> Written:
    """Replace the contents of files, as one transaction.

    A file is left alone, with a reason, when it has changed since it was read, lies (links followed) outside of
    ``roots``, or may not be written. Raises `UserError` when the rest cannot be written either, as on a full disk;
    then no file is changed. SIGINT, SIGTERM and SIGHUP that arrive meanwhile take effect at the end, with either all
    or none of the files written.
    """
    with held_back() as caught:
        staged: list[_Staged] = []
        try:
            return _write(writes, [Path(os.path.realpath(root)) for root in roots], staged, caught)
        finally:
            for item in staged:
                _remove(item.temporary)
                if item.previous is not None:
                    _remove(item.previous)


def remove_leftovers(folders: Iterable[Path]) -> None:
    """Remove the temporary files that a killed run left in these folders (not below them)."""
    for folder in folders:
        with contextlib.suppress(OSError):
            for path in list(folder.iterdir()):
                if path.name.startswith(PREFIX) and path.suffix == ".tmp" and not path.is_dir():
                    _remove(path)


def _write(writes: Sequence[Write], roots: Sequence[Path], staged: list[_Staged], caught: Sequence[int]) -> Written:
    result = Written()
    for write in writes:
        if caught:
            break
        try:
            reason, target = _check(write, roots)
            if not reason:
                temporary, status = _stage(target, write.after)
                staged.append(_Staged(write, target, temporary, status.st_nlink))
        except OSError as error:
            if error.errno not in _LOCAL:
                raise _hopeless(error, []) from error
            reason = f"cannot be written: {error.strerror}"
        if reason:
            result.failed[write.path] = reason
    _swap(staged, result, caught)
    if caught and not result.done:
        result.failed = {write.path: "was not reached: interrupted" for write in writes}
    return result


def _check(write: Write, roots: Sequence[Path]) -> tuple[str, Path]:
    """Why a file is left alone (empty if it is not), and the file behind all links."""
    target = Path(os.path.realpath(write.path))
    if not any(target.is_relative_to(root) for root in roots):
        linked = any(Path(os.path.normpath(write.path)).is_relative_to(root) for root in roots)
        return f"{'is a link to a file' if linked else 'lies'} outside of the module", target
    if not target.is_file():
        return "is no longer there", target
    if target.read_bytes() != write.before:
        return _CHANGED, target
    # A superuser may write everything; that nobody may was still meant.
    for place, reason in ((target, "is read-only"), (target.parent, "is in a read-only folder")):
        if not os.access(place, os.W_OK) or not place.stat().st_mode & _ANY_WRITE:
            return reason, target
    return "", target


def _stage(target: Path, content: bytes) -> tuple[Path, os.stat_result]:
    """The new content in a file of its own beside the target, with its mode, owner and extended attributes."""
    status = target.stat()
    handle, name = tempfile.mkstemp(prefix=PREFIX, suffix=".tmp", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if os.name == "posix" and (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
            with contextlib.suppress(OSError):
                os.chown(temporary, status.st_uid, status.st_gid)
        _copy_attributes(target, temporary)
        temporary.chmod(stat.S_IMODE(status.st_mode))
    except BaseException:
        _remove(temporary)
        raise
    return temporary, status


def _copy_attributes(source: Path, target: Path) -> None:
    """Extended attributes (access lists, security labels), as far as the file system lets them be set."""
    if not hasattr(os, "listxattr"):
        return
    with contextlib.suppress(OSError):
        for name in os.listxattr(source):
            with contextlib.suppress(OSError):
                os.setxattr(target, name, os.getxattr(source, name))


def _swap(staged: Sequence[_Staged], result: Written, caught: Sequence[int]) -> None:
    """Put the new files in place; on any failure or interruption the old ones come back."""
    swapped: list[_Staged] = []
    try:
        for item in staged:
            if caught:
                break
            if item.target.read_bytes() != item.write.before:
                if _same_file_again(item, swapped):
                    result.done.append(item.write.path)
                else:
                    result.failed[item.write.path] = _CHANGED
                continue
            item.previous = _second_name(item)
            swapped.append(item)
            item.temporary.replace(item.target)
            result.done.append(item.write.path)
            if item.links > 1:
                result.notes[item.write.path] = "had other hard links; they keep the old content"
        else:
            _settle_folders(swapped)
            return
    except OSError as error:
        raise _hopeless(error, _go_back(swapped)) from error
    except BaseException as error:
        # No room in memory, or an interrupt in a thread that holds no signals back.
        if lost := _go_back(swapped):
            error.add_note(_sentence("stopped", lost))
        raise
    result.done.clear()
    if lost := _go_back(swapped):
        raise UserError(_sentence("interrupted", lost))


def _same_file_again(item: _Staged, swapped: Iterable[_Staged]) -> bool:
    """Whether the file was written already under another path that leads to it, with the same content."""
    return any(other.target == item.target and other.write.after == item.write.after for other in swapped)


def _second_name(item: _Staged) -> Path:
    """Another name for the old file; a copy where the file system has no hard links."""
    previous = item.temporary.with_suffix(f".old{item.temporary.suffix}")
    try:
        os.link(item.target, previous)
    except FileNotFoundError:
        raise
    except OSError:
        previous, _ = _stage(item.target, item.write.before)
    return previous


def _go_back(swapped: Sequence[_Staged]) -> list[Path]:
    """Put the old files back in place; gives those for which that failed."""
    lost: list[Path] = []
    for item in reversed(swapped):
        try:
            if item.previous is not None and item.target.read_bytes() == item.write.after != item.write.before:
                item.previous.replace(item.target)
        except OSError:
            lost.append(item.write.path)
    return lost


def _settle_folders(swapped: Iterable[_Staged]) -> None:
    """Make the renames last; not every file system can."""
    if os.name != "posix":
        return
    for folder in {item.target.parent for item in swapped}:
        with contextlib.suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


def _hopeless(error: OSError, lost: Sequence[Path]) -> UserError:
    where = f" ({error.filename})" if error.filename else ""
    return UserError(_sentence(f"the files could not be written: {error.strerror}{where}", lost))


def _sentence(what: str, lost: Sequence[Path]) -> str:
    if not lost:
        return f"{what}; nothing was changed"
    return f"{what}, and these are changed already: {', '.join(map(str, lost))}; run `gofixer undo`"
