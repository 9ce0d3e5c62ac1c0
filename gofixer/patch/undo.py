"""Taking back what a run wrote, from the reverse patch that was saved before the first file was touched."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from unidiff.patch import PatchedFile

from gofixer.edits.algebra import Kept
from gofixer.errors import UserError
from gofixer.patch.apply import Write, Written, leftovers, write_files
from gofixer.patch.diff import file_diff
from gofixer.patch.parse import PatchError, apply_hunks, parse

KEPT_RUNS = 20


class _File(msgspec.Struct, frozen=True):
    path: str
    before: str
    after: str


class _Manifest(msgspec.Struct, frozen=True):
    """SHA-256 of each file before and after, in the order of the patch; paths relative to ``base``."""

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
    """A saved reverse patch on disk."""

    folder: Path

    def discard(self) -> None:
        """Forget it: nothing was written."""
        shutil.rmtree(self.folder, ignore_errors=True)


def base_of(folder: Path) -> Path:
    """What runs are remembered for: the repository around a folder, else the outermost module, else the folder."""
    folder = Path(os.path.realpath(folder))
    chain = [folder, *folder.parents]
    repository = next((p for p in chain if (p / ".git").exists()), None)
    modules = [p for p in chain if (p / "go.mod").is_file()]
    return repository or (modules[-1] if modules else folder)


def save(state: Path, base: Path, files: Sequence[Reversal]) -> Saved:
    """Write the reverse patch of a run below ``state``, complete before anything is changed.

    Raises `UserError` where it cannot be kept: then nothing should be written either.
    """
    patch = b""
    entries = []
    for file in files:
        name = os.path.relpath(os.path.realpath(file.path), base).replace(os.sep, "/")
        patch += file_diff(name, file.after, file.before, tuple((new, old, n) for old, new, n in file.kept))
        entries.append(_File(name, _digest(file.before), _digest(file.after)))
    manifest = _Manifest(str(base), time.time(), entries)
    folder = _runs(state, base) / f"{time.time_ns():020d}-{os.getpid()}"
    try:
        temporary = folder.with_suffix(".tmp")
        temporary.mkdir(parents=True)
        (temporary / "reverse.patch").write_bytes(patch)
        (temporary / "manifest.json").write_bytes(msgspec.json.encode(manifest))
        temporary.rename(folder)
    except OSError as error:
        raise UserError(f"cannot save what `gofixer undo` needs in {folder.parent}: {error.strerror}") from error
    for old in _saved(state, base)[:-KEPT_RUNS]:
        shutil.rmtree(old, ignore_errors=True)
    return Saved(folder)


def undo(state: Path, start: Path) -> tuple[Written, Path]:
    """Take the latest run below ``start``'s repository back; gives what was written and the base of its paths.

    Only exact contents are touched: when any file is neither as gofixer left it nor as it was before, nothing is
    undone. Raises `UserError` with the names of such files, or when there is nothing to undo.
    """
    base = base_of(start)
    runs = _saved(state, base)
    if not runs:
        raise UserError(f"nothing to undo in {base}")
    folder = runs[-1]
    manifest, patched = _read(folder)
    writes: list[Write] = []
    strangers: list[str] = []
    for entry, hunks in zip(manifest.files, patched, strict=True):
        path = base / entry.path
        try:
            content = path.read_bytes()
        except OSError:
            strangers.append(entry.path)
            continue
        if _digest(content) == entry.before:
            continue
        if _digest(content) != entry.after:
            strangers.append(entry.path)
            continue
        writes.append(Write(path, content, apply_hunks(content, hunks)))
    if strangers:
        names = ", ".join(strangers[:5]) + (f" and {len(strangers) - 5} more" if len(strangers) > 5 else "")
        raise UserError(f"not undone: changed since gofixer wrote them: {names}")
    for stale in leftovers(sorted({(base / entry.path).parent for entry in manifest.files})):
        stale.unlink(missing_ok=True)
    written = write_files(writes, [base])
    if not written.failed:
        shutil.rmtree(folder, ignore_errors=True)
    return written, base


def _read(folder: Path) -> tuple[_Manifest, list[PatchedFile]]:
    try:
        manifest = msgspec.json.decode((folder / "manifest.json").read_bytes(), type=_Manifest)
        patched = list(parse((folder / "reverse.patch").read_bytes()))
    except (OSError, msgspec.DecodeError, msgspec.ValidationError, PatchError) as error:
        raise UserError(f"the saved run in {folder} cannot be read: {error}") from error
    if len(patched) != len(manifest.files):
        raise UserError(f"the saved run in {folder} is damaged")
    return manifest, patched


def _runs(state: Path, base: Path) -> Path:
    return state / "undo" / hashlib.sha256(os.fsencode(base)).hexdigest()[:24]


def _saved(state: Path, base: Path) -> list[Path]:
    try:
        return sorted(p for p in _runs(state, base).iterdir() if p.suffix != ".tmp")
    except OSError:
        return []


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
