"""Where the number of processors is set, and how a statement is taken out."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from gofixer.transforms._places._files import go_files
from gofixer.transforms._places._lines import comment_above

from gofixer.transform import Context, Edit, Node, Skip, nodes

_SETS = re.compile(rb"\bGOMAXPROCS\(\s*(?!0\s*\))|\bSetDefaultGOMAXPROCS\b|automaxprocs|\bmaxprocs\.Set\b")


def setters(cx: Context) -> Iterator[tuple[Path, bytes]]:
    """Each place of the module, without tests, where the number of processors is set, with what follows on its line.

    Nested modules and what is vendored are left out. The file itself is as it is now.
    """
    module = cx.facts.module
    for path in go_files(module.root if module else cx.facts.path.parent):
        with contextlib.suppress(OSError):
            source = cx.read(path)
            if b"maxprocs" not in source and b"MAXPROCS" not in source:
                continue  # most files, and the expression is slow
            for found in _SETS.finditer(source):
                yield path, source[found.start() : source.find(b"\n", found.start())]


def without(statement: Node, cx: Context) -> Edit | Skip:
    """Take a statement out with its line, where nothing else is on it and the block around it is not left empty."""
    items = statement.parent.items if isinstance(statement.parent, nodes.StatementList) else ()
    if not items:
        return Skip("is part of another statement")
    if len(items) == 1:
        return Skip("is all that its block does")
    start = cx.source.rfind(b"\n", 0, statement.start) + 1
    end = cx.source.find(b"\n", statement.end) + 1
    if cx.source[start : statement.start].strip() or not end:
        return Skip("shares its line with other code")
    if cx.comments((statement.start, end)) or comment_above(statement, cx):
        return Skip("a comment beside it says what it is for")
    if cx.source[statement.end : end].strip():
        return Skip("shares its line with other code")
    if not cx.source[cx.source.rfind(b"\n", 0, start - 1) + 1 : start].strip():
        while end < len(cx.source) and not cx.source[end : cx.source.find(b"\n", end) + 1].strip():
            end = cx.source.find(b"\n", end) + 1
    elif cx.source[:start].rstrip().endswith((b"{", b":")):
        while not cx.source[end : cx.source.find(b"\n", end) + 1].strip() and cx.source.find(b"\n", end) >= 0:
            end = cx.source.find(b"\n", end) + 1
    return Edit(start, end, b"")
