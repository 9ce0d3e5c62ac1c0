"""A stand-in for the engine that answers at once: two transforms, of one line each, on any text that ends in .go."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from gofixer.edits.algebra import Kept
from gofixer.engine.model import FileChange, Finding, ModuleInfo, Outcome, Report, Request
from gofixer.transform import Applicability

REWRITES: dict[str, tuple[str, Callable[[str], str]]] = {
    "sprintf-to-strconv": (
        "formatting",
        lambda line: re.sub(r'fmt\.Sprintf\("%d", (\w+)\)', r"strconv.Itoa(\1)", line),
    ),
    "manual-gc": ("gc", lambda line: "" if line.strip() == "runtime.GC()" else line),
}


def analyse(request: Request) -> Report:
    """Rewrite the files of a request, with the transforms of it that are known here."""
    findings, changes = [], []
    for path in sorted(_files(request)):
        before = path.read_bytes().decode()
        lines = before.splitlines(keepends=True)
        for transform in request.transforms:
            for number, line in enumerate(lines):
                if transform.name not in REWRITES:
                    continue
                after = REWRITES[transform.name][1](line)
                if after != line:
                    findings.append(_finding(transform.name, path, number, line, after))
                    lines[number] = after
        after = "".join(lines)
        if after != before:
            kept: Kept = ()
            changes.append(FileChange(path, before.encode(), after.encode(), kept))
    return Report(
        go="go1.26.8",
        modules=[ModuleInfo("example.com/m", request.cwd, "1.24")],
        findings=findings,
        changes=changes,
        notes=[],
        files=1,
        seconds=0.0,
        commands=[f"go vet -overlay={os.environ['GOFIXER_CACHE']}/overlay/blobs/0123/overlay.json ./..."],
    )


def _files(request: Request) -> Iterator[Path]:
    for word in request.paths:
        place = request.cwd / word.removesuffix("...")
        yield from place.rglob("*.go") if place.is_dir() else [place]


def _finding(name: str, path: Path, number: int, line: str, after: str) -> Finding:
    diff = "".join(list(difflib.unified_diff([line], [after] if after else [], n=0))[2:])
    return Finding(
        transform=name,
        family=REWRITES[name][0],
        file=path,
        line=number + 1,
        column=1,
        end_line=number + 1,
        end_column=1,
        message="Format the value with strconv" if name != "manual-gc" else "Leave the collection to the runtime",
        applicability=Applicability.SAFE,
        outcome=Outcome.PROPOSED,
        function="F",
        diff=diff,
    )
