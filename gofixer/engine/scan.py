"""The scan: read, prefilter, parse what is left, match. Runs in worker processes and remembers what it saw.

The result of a scan says which patterns match where, by bytes; everything that needs types comes later, for the
few files that have a match.
"""

from __future__ import annotations

import gc
import hashlib
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

import msgspec

from gofixer.edits.model import Span
from gofixer.engine.discover import MAX_SIZE, is_generated
from gofixer.engine.suppress import MARKERS
from gofixer.match.matcher import Matcher
from gofixer.match.pattern import Pattern
from gofixer.match.pieces import parse_pieces, pieces_of
from gofixer.syntax import parse

_INLINE_FILES = 48
_BATCH = 64
# A file that was written this shortly before it was scanned may change again within the clock's resolution.
_RACY_NS = 2_000_000_000


class Hit(msgspec.Struct, frozen=True, array_like=True):
    """A pattern that matches: its index, the byte range of the match, and that of the word which led to it."""

    pattern: int
    start: int
    end: int
    word: Span


class Scanned(msgspec.Struct, frozen=True, array_like=True):
    """What the scan of one file found.

    ``problem`` is one clause for the user, empty where all is well; ``marked`` tells that the file may carry
    suppression comments; ``generated`` that it has the header of generated code.
    """

    hits: tuple[Hit, ...] = ()
    problem: str = ""
    marked: bool = False
    generated: bool = False


def scan_source(source: bytes, matcher: Matcher, include_generated: bool = False) -> Scanned:
    """Scan the bytes of one file."""
    marked = any(marker in source for marker in MARKERS)
    active = matcher.prefilter(source)
    if not active:
        return Scanned(marked=marked)
    if not include_generated and is_generated(source):
        return Scanned(generated=True)
    if problem := unreadable(source):
        return Scanned(problem=problem)
    places = matcher.places(source, active)
    if not places:
        return Scanned(marked=marked)
    whole = (0, len(source))  # a pattern without a literal may match anywhere
    tree = parse(source) if whole in places else parse_pieces(source, pieces_of(source, places))
    hits = tuple(Hit(m.pattern, *m.span, m.word) for m in matcher.find(tree, active, places))
    problem = ""
    if tree.has_errors:
        line = source.count(b"\n", 0, tree.errors[0][0]) + 1
        problem = f"line {line}: a syntax that gofixer cannot read; nothing is changed there"
    return Scanned(hits=hits, problem=problem, marked=marked)


def unreadable(source: bytes) -> str:
    """Why a file cannot be worked on, empty where it can."""
    if len(source) > MAX_SIZE:
        return f"larger than {MAX_SIZE // 1024 // 1024} MB; left alone"
    if b"\0" in source:
        return "holds a NUL byte, which Go does not allow; left alone"
    try:
        source.decode()
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        return f"line {line}: not UTF-8, which Go asks for; left alone"
    return ""


def scan_file(path: str, matcher: Matcher, include_generated: bool) -> Scanned:
    """Scan a file on disk; a file that cannot be read is a problem, not an error."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - this loop is the hot one
            source = file.read(MAX_SIZE + 1)
    except OSError as error:
        return Scanned(problem=f"cannot be read: {error.strerror}")
    return scan_source(source, matcher, include_generated)


_batch = msgspec.msgpack.Decoder(list[Scanned])
_worker: tuple[Matcher, bool] | None = None


def _start_worker(patterns: tuple[Pattern, ...], include_generated: bool) -> None:
    global _worker
    _worker = (Matcher(patterns), include_generated)
    # Only trees have cycles: they are collected batch by batch, and what stood before is never looked at.
    gc.disable()
    gc.freeze()


def _scan_batch(paths: list[str]) -> bytes:
    assert _worker is not None
    matcher, include_generated = _worker
    scanned = [scan_file(path, matcher, include_generated) for path in paths]
    gc.collect()
    # Packed: pickling each hit takes longer than finding it.
    return msgspec.msgpack.encode(scanned)


def scan_files(
    paths: Sequence[str], patterns: tuple[Pattern, ...], include_generated: bool, jobs: int
) -> Iterator[tuple[str, Scanned]]:
    """Scan files, in worker processes where there are enough of them; gives results in the order of ``paths``."""
    if not paths:
        return
    jobs = min(jobs or os.cpu_count() or 1, max(1, len(paths) // _INLINE_FILES))
    if jobs <= 1:
        matcher = Matcher(patterns)
        for path in paths:
            yield path, scan_file(path, matcher, include_generated)
        return
    batches = [list(paths[i : i + _BATCH]) for i in range(0, len(paths), _BATCH)]
    context = get_context("fork" if hasattr(os, "fork") else "spawn")
    with ProcessPoolExecutor(jobs, context, _start_worker, (patterns, include_generated)) as pool:
        results = (_batch.decode(packed) for packed in pool.map(_scan_batch, batches))
        yield from zip(paths, chain.from_iterable(results), strict=True)


# -- the cache --------------------------------------------------------------------------------------------------


class _Entry(msgspec.Struct, frozen=True, array_like=True):
    mtime_ns: int
    size: int
    inode: int
    scanned: Scanned


class _Stored(msgspec.Struct, array_like=True):
    key: str
    entries: dict[str, _Entry]


@cache
def _own_digest() -> str:
    """Digest of gofixer's own matching code: a changed tool does not trust an old cache."""
    digest = hashlib.sha256()
    root = Path(__file__).resolve().parent.parent
    for folder in ("engine", "match", "syntax"):
        for file in sorted((root / folder).glob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()


class ScanCache:
    """Scan results of unchanged files (same inode, size and modification time), one file per set of patterns.

    Errors of reading or writing it are ignored: a cache that is not there only costs time.
    """

    def __init__(self, folder: Path | None, patterns: Iterable[Pattern], include_generated: bool, root: Path) -> None:
        parts = [
            (p.source, p.opening, p.closing, sorted(p.where.items()), sorted(p.near), sorted(p.inside))
            for p in patterns
        ]
        sources = repr((parts, include_generated))
        self._key = hashlib.sha256((_own_digest() + sources).encode()).hexdigest()
        name = hashlib.sha256(str(root).encode()).hexdigest()[:16]
        self._file = folder / f"scan-{name}-{self._key[:16]}.msgpack" if folder else None
        self._entries: dict[str, _Entry] = {}
        self._changed = False
        if self._file:
            try:
                stored = msgspec.msgpack.decode(self._file.read_bytes(), type=_Stored)
            except (OSError, msgspec.DecodeError, msgspec.ValidationError):
                return
            if stored.key == self._key:
                self._entries = stored.entries

    def get(self, path: str) -> Scanned | None:
        """The remembered result, None where the file is new or has changed."""
        entry = self._entries.get(path)
        if entry is None:
            return None
        try:
            stat = os.stat(path)  # noqa: PTH116 - hot
        except OSError:
            return None
        same = (stat.st_mtime_ns, stat.st_size, stat.st_ino) == (entry.mtime_ns, entry.size, entry.inode)
        return entry.scanned if same else None

    def put(self, path: str, scanned: Scanned) -> None:
        """Remember a result, unless the file was written so recently that a later change could look the same."""
        if self._file is None or scanned.problem.startswith("cannot be read"):
            return
        try:
            stat = os.stat(path)  # noqa: PTH116 - hot
        except OSError:
            return
        if time.time_ns() - stat.st_mtime_ns < _RACY_NS:
            return
        self._entries[path] = _Entry(stat.st_mtime_ns, stat.st_size, stat.st_ino, scanned)
        self._changed = True

    def save(self) -> None:
        """Write the cache, atomically; failures are ignored."""
        if self._file is None or not self._changed:
            return
        temporary = self._file.with_suffix(f".{os.getpid()}.tmp")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(msgspec.msgpack.encode(_Stored(self._key, self._entries)))
            temporary.replace(self._file)
        except OSError:
            temporary.unlink(missing_ok=True)
