"""Writing suppression comments: the edits that put ``//gofixer:ignore NAME reason`` at a site."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from gofixer.edits.model import Edit
from gofixer.syntax import Tree, nodes, parse

_ABOVE = re.compile(rb"([ \t]*)//[ \t]*gofixer:ignore[ \t]+([\w,-]+)[ \t]*([^\r\n]*)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A comment to write: the 1-based line of the site, the name of the transform, and why."""

    line: int
    name: str
    reason: str


def comment_edits(source: bytes, wanted: Iterable[Wanted]) -> tuple[Edit, ...]:
    """Edits, in order, that suppress sites of a file; what is suppressed already stays so.

    A comment stands on a line of its own above the site, with the site's indentation, and joins one that is there.
    Where that line would be part of a raw string or a comment it stands behind the site's code. Raises `ValueError`
    with a clause that says why where no comment can stand.
    """
    tree = parse(source)
    lines: dict[int, list[Wanted]] = defaultdict(list)
    for one in wanted:
        lines[one.line].append(one)
    return tuple(_edit(tree, line, entries) for line, entries in sorted(lines.items()))


def plain(reason: str) -> str:
    """A reason as one line of text."""
    return " ".join(_CONTROL.sub(" ", reason).split())


def _edit(tree: Tree, line: int, entries: list[Wanted]) -> Edit:
    source = tree.source
    start = _line_start(source, line)
    names = list(dict.fromkeys(entry.name for entry in entries))
    reasons = list(dict.fromkeys(text for entry in entries if (text := plain(entry.reason))))
    if _inside(tree, start):
        end = _line_end(source, start)
        if _inside(tree, end):
            raise ValueError("the line begins and ends inside of a raw string or a comment")
        return Edit(end, end, b" " + _comment(names, reasons))
    above = source.rfind(b"\n", 0, start - 1) + 1 if start else start
    if (there := _ABOVE.fullmatch(source[above:start].rstrip(b"\r\n"))) and not _inside(tree, above):
        before = there[2].decode().split(",")
        said = there[3].decode("utf-8", "surrogateescape").strip()
        names = list(dict.fromkeys([*before, *names]))
        reasons = list(dict.fromkeys([*([said] if said else []), *reasons]))
        return Edit(above + len(there[1]), above + there.end(), _comment(names, reasons))
    indent = re.match(rb"[ \t]*", source[start:])
    assert indent is not None
    return Edit(start, start, indent[0] + _comment(names, reasons) + tree.newline)


def _comment(names: list[str], reasons: list[str]) -> bytes:
    text = f"//gofixer:ignore {','.join(names)} {'; '.join(reasons)}".rstrip()
    return text.encode("utf-8", "surrogateescape")


def _line_start(source: bytes, line: int) -> int:
    at = 0
    for _ in range(line - 1):
        at = source.index(b"\n", at) + 1
    return at


def _line_end(source: bytes, start: int) -> int:
    end = source.find(b"\n", start)
    end = len(source) if end < 0 else end
    return end - 1 if source[end - 1 : end] == b"\r" else end


def _inside(tree: Tree, offset: int) -> bool:
    """Whether text at an offset would become part of a string or of a comment in ``/* */``."""
    node = tree.node_at(offset)
    for one in (node, *node.ancestors()):
        if isinstance(one, nodes.RawStringLiteral | nodes.Comment) and one.start < offset < one.end:
            return not one.text.startswith(b"//")
    return False
