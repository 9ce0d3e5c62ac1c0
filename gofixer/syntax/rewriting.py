"""Edits made of nodes: removing statements and list elements, inserting statements, without harm to what is around."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gofixer.syntax.edit import Edit

if TYPE_CHECKING:
    import tree_sitter as ts

    from gofixer.syntax.node import Node

_LISTS = frozenset({"statement_list", "source_file"})
_HEADERS = frozenset({"if_statement", "expression_switch_statement", "type_switch_statement"})
_BLANK = b" \t"
_TERMINATOR = re.compile(rb"[ \t]*;[ \t]*")
_REST_OF_LINE = re.compile(rb"(?:[ \t;]|/\*[^\n]*?\*/)*(?://[^\r\n]*)?(?=\r?\n|\Z)")
_LITERAL = re.compile(rb"""`[^`]*`|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'|//[^\n]*|/\*.*?\*/|\n""", re.DOTALL)


def remove(node: Node) -> Edit:
    """The edit that takes a node away; see `Node.remove`."""
    raw, source = node.raw, node.tree.source
    start, end = node.span
    parent = raw.parent
    kind = parent.type if parent else ""
    after, before = raw.next_sibling, raw.prev_sibling
    if kind in _LISTS or (kind in _HEADERS and after is not None and after.type == ";"):
        return _remove_statement(source, start, end)
    if after is not None and after.type == ",":
        return _whole_lines(source, start, _skip_blanks(source, after.end_byte))
    if before is not None and before.type == ",":
        start = before.start_byte
    return Edit(start, end, b"")


def _remove_statement(source: bytes, start: int, end: int) -> Edit:
    if terminator := _TERMINATOR.match(source, end):
        end = terminator.end()
    whole = _whole_lines(source, start, end)
    if (whole.start, whole.end) != (start, end) or terminator:
        return whole
    if _is_first_on_line(source, start):
        return Edit(start, _skip_blanks(source, end), b"")
    # The last of several on one line: with the blanks and the semicolon before it.
    while source[start - 1 : start] in (b" ", b"\t"):
        start -= 1
    if source[start - 1 : start] == b";":
        start -= 1
    return Edit(start, end, b"")


def _skip_blanks(source: bytes, at: int) -> int:
    while source[at : at + 1] in (b" ", b"\t"):
        at += 1
    return at


def _whole_lines(source: bytes, start: int, end: int) -> Edit:
    """Remove a span, with its lines when nothing else stands on them."""
    first = source.rfind(b"\n", 0, start) + 1
    last = source.find(b"\n", end) + 1 or len(source)
    if source[first:start].strip(_BLANK) or source[end:last].strip():
        return Edit(start, end, b"")
    return Edit(first, last, b"")


def insert_before(node: Node, text: bytes) -> Edit:
    """The edit that puts a statement before this one; see `Node.insert_before`."""
    _check(node)
    source, start = node.tree.source, node.start
    if _is_first_on_line(source, start) or _needs_lines(text):
        return Edit(start, start, b"".join((reindent(text, node), node.tree.newline, indentation(node))))
    return Edit(start, start, text + b"; ")


def insert_after(node: Node, text: bytes) -> Edit:
    """The edit that puts a statement after this one; see `Node.insert_after`."""
    _check(node)
    source, end = node.tree.source, node.end
    rest = _REST_OF_LINE.match(source, end)
    if rest is None and not _needs_lines(text):
        return Edit(end, end, b"; " + text)
    at = rest.end() if rest else end
    lead = b"".join((node.tree.newline, indentation(node)))
    return Edit(at, at, lead + reindent(text, node))


def _check(node: Node) -> None:
    parent: ts.Node | None = node.raw.parent
    if parent is None or parent.type not in _LISTS:
        raise ValueError(f"{node!r} is no statement of a list: nothing can be put beside it")


def _needs_lines(text: bytes) -> bool:
    return b"\n" in text or b"//" in text


def _is_first_on_line(source: bytes, start: int) -> bool:
    return not source[source.rfind(b"\n", 0, start) + 1 : start].strip(_BLANK)


def indentation(node: Node) -> bytes:
    """White space before the first token of the line that the node starts on."""
    source = node.tree.source
    first = source.rfind(b"\n", 0, node.start) + 1
    line = source[first : node.start]
    return line[: len(line) - len(line.lstrip(_BLANK))]


def reindent(text: bytes, node: Node) -> bytes:
    """Give lines after the first the node's indentation and the file's line end, but not inside of raw strings."""
    lead = node.tree.newline + indentation(node)
    return _LITERAL.sub(lambda m: lead if m[0] == b"\n" else m[0], text)
