"""Overlays: files that the go command shall see instead of those on disk.

Contents lie in a content-addressed store, ``STORE/blobs/HASH/dir/file.go`` with the tree's own path below the
hash: equal contents have equal names in every run, so runs share them, and the go build cache hits.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gofixer.errors import ExitCode, UserError

# A file that no build configuration selects: go list names it among the ignored files of a folder whose
# overlay it has read, and nothing else ever sees it.
PROBE_NAME = "zz_gofixer_overlay_probe.go"
_PROBE = b"//go:build gofixer_overlay_probe && !gofixer_overlay_probe\n\npackage probe\n"

_KEEP_SECONDS = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Overlay:
    """A written overlay.

    ``json`` is the file for ``-overlay``. ``replaced`` maps each real file to the file that stands in for it,
    ``originals`` the other way round.
    """

    json: Path
    replaced: Mapping[Path, Path]
    originals: Mapping[Path, Path]


class OverlayStore:
    """Where overlay contents lie; safe for any number of runs at once.

    Files are written under a temporary name and renamed. They are kept, for the next run is likely to need
    them again; what was not used for a week is removed.
    """

    __slots__ = ("directory",)

    def __init__(self, cache_dir: Path) -> None:
        """``cache_dir`` is created. Raises UserError (exit 3) where it cannot be written."""
        self.directory = Path(os.path.realpath(cache_dir)) / "overlay"
        with _named_failure(self.directory):
            (self.directory / "blobs").mkdir(parents=True, exist_ok=True)
        self._prune()

    def write(self, root: Path, contents: Mapping[Path, bytes], absent: Iterable[Path] = ()) -> Overlay:
        """Writes an overlay for files below ``root`` (absolute, symbolic links resolved); ``absent`` are to be gone.

        Every key is written as given and with its links resolved, because the go command compares names.
        Each folder concerned gets a probe (PROBE_NAME). Raises UserError (exit 3) where the disk is full.
        """
        replace: dict[str, str] = {}
        replaced: dict[Path, Path] = {}
        originals: dict[Path, Path] = {}
        probe = self._blob(Path(PROBE_NAME), _PROBE)
        for file, content in contents.items():
            blob = self._blob(_below(file, root), content)
            replaced[file] = blob
            originals[blob] = file
            for key in {str(file), os.path.realpath(file)}:
                replace[key] = str(blob)
                replace[str(Path(key).with_name(PROBE_NAME))] = str(probe)
        replace |= {key: "" for file in absent for key in (str(file), os.path.realpath(file))}
        text = json.dumps({"Replace": replace}, sort_keys=True).encode()
        return Overlay(self._blob(Path("overlay.json"), text), replaced, originals)

    def script(self, name: str, content: bytes) -> Path:
        """Writes an executable file and returns where it lies."""
        path = self._blob(Path(name), content)
        with _named_failure(path):
            path.chmod(0o700)
        return path

    def _blob(self, name: Path, content: bytes) -> Path:
        path = self.directory / "blobs" / hashlib.sha256(content).hexdigest()[:24] / name
        with _named_failure(self.directory):
            if _has(path, content):
                os.utime(path.parents[len(name.parts) - 1])
                return path
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(content)
                Path(temporary).replace(path)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
        return path

    def _prune(self) -> None:
        limit = time.time() - _KEEP_SECONDS
        with contextlib.suppress(OSError):
            for entry in (self.directory / "blobs").iterdir():
                if entry.stat().st_mtime < limit:
                    shutil.rmtree(entry, ignore_errors=True)


def require_read(directories: Iterable[Path], ignored: Mapping[Path, frozenset[str]]) -> None:
    """Raises UserError (exit 3) where the go command did not read the overlay of one of the folders.

    ``ignored`` gives the ignored files of each package folder as ``go list -overlay`` reports them: the probe
    is among them wherever the keys of that folder are the names that the go command uses.
    """
    missed = sorted(d for d in directories if PROBE_NAME not in ignored.get(d, ()))
    if missed:
        raise UserError(
            f"the go command did not read the changed files of {missed[0]}, so nothing could be proved there: if "
            "that is a symbolic link, run gofixer in the folder that it leads to",
            ExitCode.TOOLCHAIN,
        )


def _below(file: Path, root: Path) -> Path:
    return file.relative_to(root) if file.is_relative_to(root) else Path(*file.parts[1:])


def _has(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def _named_failure(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UserError(
            f"cannot write to the cache folder {path} ({error.strerror or error}): make room there, or choose "
            "another folder with XDG_CACHE_HOME",
            ExitCode.TOOLCHAIN,
        ) from error
