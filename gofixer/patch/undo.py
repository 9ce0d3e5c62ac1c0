"""Taking back what a run wrote, from the reverse patch that was saved before the first file was touched.

A saved run is a folder below the state folder: the reverse patch, a manifest with the digests of each file before
and after, and, once everything is written, the mark ``settled`` with the names of the files that were. A run without
the mark was killed: each of its files is old or new, and temporary files may lie beside them.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
import urllib.parse
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from unidiff.patch import PatchedFile

from gofixer.edits.algebra import Kept
from gofixer.errors import UserError
from gofixer.patch.apply import Write, Written, remove_leftovers, write_files
from gofixer.patch.diff import file_diff
from gofixer.patch.lock import Lock
from gofixer.patch.parse import PatchError, apply_hunks, name_of, parse

KEPT_RUNS = 20
_SETTLED, _UNDOING = "settled", "undoing"


class _File(msgspec.Struct, frozen=True):
    path: str
    before: str
    after: str


class _Manifest(msgspec.Struct, frozen=True):
    """SHA-256 of each file before and after, in the order of the patch; paths percent-encoded, relative to ``base``."""

    base: str
    time: float
    files: list[_File]


@dataclass(frozen=True, slots=True)
class Reversal:
    """One file of a run: the contents around it and the bytes they share (see `gofixer.edits.algebra.keep`)."""

    path: Path
    before: bytes
    after: bytes
    kept: Kept


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved reverse patch on disk. While it is neither complete nor discarded, no other run may write."""

    folder: Path
    base: Path
    _lock: Lock = field(repr=False)

    def complete(self, written: Written) -> None:
        """Remember which files were written; forget the run where none was."""
        if not written.done:
            self.discard()
            return
        names = [_name(path, self.base) for path in written.done]
        with contextlib.suppress(OSError):
            (self.folder / _SETTLED).write_bytes(msgspec.json.encode(names))
        self._lock.release()

    def discard(self) -> None:
        """Forget the run, unless one of its files is as the run would leave it."""
        with contextlib.suppress(OSError, UserError):
            _settle(self.folder, self.base)
        self._lock.release()


def base_of(folder: Path) -> Path:
    """What runs are remembered for: the repository around a folder, else the outermost module, else the folder."""
    folder = Path(os.path.realpath(folder))
    chain = [folder, *folder.parents]
    repository = next((p for p in chain if (p / ".git").exists()), None)
    modules = [p for p in chain if (p / "go.mod").is_file()]
    return repository or (modules[-1] if modules else folder)


def save(state: Path, base: Path, files: Sequence[Reversal]) -> Saved:
    """Write the reverse patch of a run below ``state``, complete before anything is changed.

    Raises `UserError` where it cannot be kept, or while another run writes: then nothing should be written either.
    """
    patch: list[bytes] = []
    entries: list[_File] = []
    for file in files:
        name = _name(file.path, base)
        kept = tuple((new, old, length) for old, new, length in file.kept)
        patch.append(file_diff(_plain(name), file.after, file.before, kept))
        entries.append(_File(name, _digest(file.before), _digest(file.after)))
    manifest = _Manifest(_encoded(str(base)), time.time(), entries)
    runs = _runs(state, base)
    try:
        runs.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = _locked(state, base)
    except OSError as error:
        raise _unsaved(runs, error) from error
    try:
        _tidy(runs, base)
        folder = runs / f"{time.time_ns():020d}-{os.getpid()}"
        temporary = folder.with_suffix(".tmp")
        temporary.mkdir()
        (temporary / "reverse.patch").write_bytes(b"".join(patch))
        (temporary / "manifest.json").write_bytes(msgspec.json.encode(manifest))
        temporary.rename(folder)
    except OSError as error:
        lock.release()
        raise _unsaved(runs, error) from error
    except BaseException:
        lock.release()
        raise
    for old in _saved(runs)[:-KEPT_RUNS]:
        _forget(old)
    return Saved(folder, base, lock)


def recover(state: Path, base: Path) -> None:
    """Clear up after runs that were killed: their temporary files, and the memory of those that changed nothing."""
    runs = _runs(state, base)
    if not runs.is_dir():
        return
    with contextlib.suppress(OSError, UserError), contextlib.closing(_locked(state, base)):
        _tidy(runs, base)


def undo(state: Path, start: Path) -> tuple[Written, Path]:
    """Take the latest run below ``start``'s repository back; gives what was written and the base of its paths.

    Only exact contents are touched: when any file is neither as gofixer left it nor as it was before, nothing is
    undone. An undo that was killed is carried on. Raises `UserError` with the names of such files, or when there is
    nothing to undo.
    """
    base = base_of(start)
    runs = _runs(state, base)
    try:
        if not runs.is_dir():
            raise UserError(f"nothing to undo in {base}")
        with contextlib.closing(_locked(state, base)):
            _tidy(runs, base, undoing=True)
            saved = _saved(runs)
            if not saved:
                raise UserError(f"nothing to undo in {base}")
            return _take_back(saved[-1], base), base
    except OSError as error:
        raise UserError(f"nothing was undone: what was saved in {runs} cannot be used: {error.strerror}") from error


def _take_back(folder: Path, base: Path) -> Written:
    manifest, hunks = _read(folder)
    names = _written_names(folder)
    resumed = (folder / _UNDOING).exists()
    done: list[Path] = []
    writes: list[Write] = []
    strangers: list[str] = []
    for entry, file in zip(manifest.files, hunks, strict=True):
        if names is not None and entry.path not in names:
            continue
        path = Path(os.path.normpath(base / _plain(entry.path)))
        # Names were saved with links followed: a path that now leads elsewhere is not the file that was written.
        content = _content(path) if Path(os.path.realpath(path)) == path else None
        if content is not None and _digest(content) == entry.before:
            done.append(path)
        elif content is None or _digest(content) != entry.after:
            strangers.append(_plain(entry.path))
        else:
            writes.append(Write(path, content, _before(folder, content, file, entry)))
    if strangers:
        shown = ", ".join(strangers[:5]) + (f" and {len(strangers) - 5} more" if len(strangers) > 5 else "")
        raise UserError(f"nothing was undone: changed since gofixer wrote them: {shown}")
    if not writes and not resumed:
        _forget(folder)
        raise UserError(f"nothing was undone: the files of the latest run in {base} are already as they were")
    (folder / _UNDOING).touch()
    (folder / _SETTLED).unlink(missing_ok=True)
    written = write_files(writes, [write.path.parent for write in writes])
    if not written.failed:
        written.done[:0] = done if resumed else []
        _forget(folder)
    return written


def _before(folder: Path, content: bytes, file: PatchedFile, entry: _File) -> bytes:
    try:
        before = apply_hunks(content, file)
    except PatchError as error:
        raise _damaged(folder) from error
    if _digest(before) != entry.before:
        raise _damaged(folder)
    return before


def _forget(folder: Path) -> None:
    """Remove a run; renamed first, so that a process that dies here leaves no half of it."""
    doomed = folder.with_suffix(".tmp")
    with contextlib.suppress(OSError):
        folder.rename(doomed)
        shutil.rmtree(doomed, ignore_errors=True)


# -- saved runs -----------------------------------------------------------------------------------------------


def _tidy(runs: Path, base: Path, *, undoing: bool = False) -> None:
    """Settle what killed runs left; with ``undoing`` a killed undo keeps its place as the latest run."""
    for unfinished in runs.glob("*.tmp"):
        shutil.rmtree(unfinished, ignore_errors=True)
    for folder in _saved(runs):
        if not (folder / _SETTLED).exists():
            with contextlib.suppress(OSError, UserError):
                _settle(folder, base, keep=undoing and (folder / _UNDOING).exists())


def _settle(folder: Path, base: Path, *, keep: bool = False) -> None:
    """Bring a run that did not end to an end: without temporary files, and forgotten where it changed nothing."""
    manifest, _ = _read(folder)
    paths = {entry: base / _plain(entry.path) for entry in manifest.files}
    remove_leftovers({Path(os.path.realpath(path)).parent for path in paths.values()})
    found = {entry: _digest(_content(path) or b"") for entry, path in paths.items()}
    if any(digest == entry.after for entry, digest in found.items()):
        # What is neither old nor new may be a written file that was changed since: better name it than forget it.
        written = [entry.path for entry, digest in found.items() if digest != entry.before]
        (folder / _SETTLED).write_bytes(msgspec.json.encode(written))
    elif not keep:
        _forget(folder)


def _written_names(folder: Path) -> frozenset[str] | None:
    """The files that a run wrote; None where it was killed and nobody has looked since."""
    try:
        return frozenset(msgspec.json.decode((folder / _SETTLED).read_bytes(), type=list[str]))
    except (OSError, msgspec.DecodeError):
        return None


def _read(folder: Path) -> tuple[_Manifest, list[PatchedFile]]:
    try:
        manifest = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=_Manifest)
        patched = list(parse((folder / "reverse.patch").read_bytes()))
    except (OSError, msgspec.DecodeError, PatchError) as error:
        raise UserError(f"the saved run in {folder} cannot be read: {error}") from error
    if [name_of(file) for file in patched] != [_plain(entry.path) for entry in manifest.files]:
        raise _damaged(folder)
    return manifest, patched


def _damaged(folder: Path) -> UserError:
    return UserError(f"nothing was undone: the saved run in {folder} is damaged; remove that folder to go further back")


def _unsaved(runs: Path, error: OSError) -> UserError:
    return UserError(f"cannot save what `gofixer undo` needs in {runs}: {error.strerror}; nothing was changed")


def _locked(state: Path, base: Path) -> Lock:
    return Lock(_runs(state, base) / "lock", f"another gofixer is writing in {base}; try again when it is done")


def _runs(state: Path, base: Path) -> Path:
    return state / "undo" / hashlib.sha256(os.fsencode(base)).hexdigest()[:24]


def _saved(runs: Path) -> list[Path]:
    """The folders of the saved runs, oldest first."""
    return sorted(path for path in runs.iterdir() if path.is_dir() and path.suffix != ".tmp")


def _name(path: Path, base: Path) -> str:
    """A file's key in the manifest: where it really lies, relative to the base."""
    return _encoded(os.path.relpath(os.path.realpath(path), base).replace(os.sep, "/"))


def _encoded(name: str) -> str:
    return urllib.parse.quote_from_bytes(os.fsencode(name))


def _plain(name: str) -> str:
    return os.fsdecode(urllib.parse.unquote_to_bytes(name))


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
