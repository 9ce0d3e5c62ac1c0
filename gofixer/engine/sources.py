"""The files of a run, each with what the scan finds in it."""

from __future__ import annotations

from pathlib import Path

from gofixer.engine.discover import discover
from gofixer.engine.model import Note, Progress, Request
from gofixer.engine.scan import ScanCache, Scanned, scan_files, scan_source
from gofixer.match.matcher import Matcher


def scan_all(
    request: Request, matcher: Matcher, folder: Path | None, progress: Progress
) -> tuple[dict[str, Scanned], list[Note]]:
    """Look for the files of a request and scan them: what each has, in order, and what there is to say about them.

    ``folder`` is where the outcomes of earlier scans are kept, None for nowhere.
    """
    globs = [(request.cwd, glob) for glob in request.exclude]
    globs += [(request.config.root or request.cwd, glob) for glob in request.config.exclude]
    progress("looking for files", 0, 0)
    buffers = {str(path): content for path, content in request.buffers.items()}
    found = discover(request.cwd, request.paths, globs, force=request.force_exclude, buffers=buffers)
    cache = ScanCache(folder, matcher.patterns, request.include_generated, request.cwd)
    known: dict[str, Scanned] = {}
    unknown: list[str] = []
    for path in found.files:
        if path in buffers:
            known[path] = scan_source(buffers[path], matcher, request.include_generated)
            continue
        scanned = cache.get(path)
        if scanned is None:
            unknown.append(path)
        else:
            known[path] = scanned
    scans = scan_files(unknown, matcher.patterns, request.include_generated, request.jobs)
    for done, (path, scanned) in enumerate(scans, 1):
        known[path] = scanned
        cache.put(path, scanned)
        if done % 256 == 0:
            progress("scanning", done, len(unknown))
    cache.save()
    problems = [Note(s.problem, Path(path), level="error") for path, s in known.items() if s.problem]
    return {path: known[path] for path in found.files}, [*found.notes, *problems]
