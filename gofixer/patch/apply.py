"""Writing files: all or as named, each one whole, and never over somebody else's change.

New contents are written beside the old files first and put in place by renaming, so that a file is old or new at
every moment, whatever happens to the process. A failure before the first rename leaves everything as it was; one
after it undoes the renames that were made.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gofixer.errors import UserError

PREFIX = ".gofixer-"
# What is wrong with one file or folder; anything else (no space, I/O errors) is wrong with the whole run.
_LOCAL = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ETXTBSY})


@dataclass(frozen=True, slots=True)
class Write:
    """Put ``after`` in the place of ``before``; ``path`` is absolute and may be a symbolic link to the file."""

    path: Path
    before: bytes
    after: bytes


@dataclass(slots=True)
class Written:
    """What became of a set of writes: the paths that were written, and why others were not, by path."""

    done: list[Path] = field(default_factory=list)
    failed: dict[Path, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Staged:
    write: Write
    target: Path
    temporary: Path
    previous: Path | None = None


def write_files(writes: Sequence[Write], roots: Sequence[Path]) -> Written:
    """Replace the contents of files, as one transaction.

    A file is left alone, with a reason, when it has changed since it was read, lies (links followed) outside of
    ``roots``, or may not be written. Raises `UserError` when the rest cannot be written either, as on a full disk;
    then no file is changed.
    """
    result = Written()
    real_roots = [Path(os.path.realpath(root)) for root in roots]
    with contextlib.ExitStack() as cleanup:
        staged: list[_Staged] = []
        for write in writes:
            try:
                reason, target = _check(write, real_roots)
                if not reason:
                    temporary = _stage(target, write.after)
                    cleanup.callback(temporary.unlink, missing_ok=True)
                    staged.append(_Staged(write, target, temporary))
            except OSError as error:
                if error.errno not in _LOCAL:
                    raise _hopeless(error) from error
                reason = f"cannot be written: {error.strerror}"
            if reason:
                result.failed[write.path] = reason
        _swap(staged, result)
    return result


def _check(write: Write, roots: Sequence[Path]) -> tuple[str, Path]:
    target = Path(os.path.realpath(write.path))
    if not any(target.is_relative_to(root) for root in roots):
        return "is a link to a file outside of the module", target
    if not target.is_file():
        return "is no longer there", target
    if target.read_bytes() != write.before:
        return "has changed since it was read", target
    if not os.access(target, os.W_OK):
        return "is read-only", target
    return "", target


def _stage(target: Path, content: bytes) -> Path:
    """The new content in a file of its own beside the target, with the target's mode and owner."""
    status = target.stat()
    handle, name = tempfile.mkstemp(prefix=PREFIX, suffix=".tmp", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
            with contextlib.suppress(OSError):
                os.chown(temporary, status.st_uid, status.st_gid)
        temporary.chmod(stat.S_IMODE(status.st_mode))
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _swap(staged: Sequence[_Staged], result: Written) -> None:
    """Put the new files in place; on any failure or interruption the old contents come back."""
    swapped: list[_Staged] = []
    try:
        for item in staged:
            if item.target.read_bytes() != item.write.before:
                result.failed[item.write.path] = "has changed since it was read"
                continue
            swapped.append(item)
            os.replace(item.temporary, item.target)
            result.done.append(item.write.path)
    except BaseException as error:
        for item in swapped:
            with contextlib.suppress(OSError):
                if item.target.read_bytes() == item.write.after:
                    os.replace(_stage(item.target, item.write.before), item.target)
        if isinstance(error, OSError):
            raise _hopeless(error) from error
        raise


def _hopeless(error: OSError) -> UserError:
    where = f" ({error.filename})" if error.filename else ""
    return UserError(f"the files could not be written: {error.strerror}{where}; nothing was changed")


def leftovers(roots: Mapping[Path, object] | Sequence[Path]) -> Iterator[Path]:
    """Temporary files that a killed run left in these folders (not below them)."""
    for folder in roots:
        with contextlib.suppress(OSError):
            yield from Path(folder).glob(f"{PREFIX}*.tmp")
