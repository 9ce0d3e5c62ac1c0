"""A copy of a source, of the same length, in which syntax that is newer than the grammar is masked."""

from __future__ import annotations

import re
from collections.abc import Sequence

import tree_sitter as ts

from gofixer.syntax.edit import Span
from gofixer.syntax.grammar import LANGUAGE

_TOKEN = re.compile(
    rb"""(?P<skip> //[^\n]* | /\*.*?(?:\*/|\Z) | "(?:\\.|[^"\\\n])*" | `[^`]*` | '(?:\\.[^'\n]*|[^'\\\n])' )
      | (?P<word> (?<![\w.\x80-\xff]) (?:new|make) (?![\w\x80-\xff]) )
      | (?P<func> (?<![\w.\x80-\xff]) func (?![\w\x80-\xff]) )
      | (?P<open> [(\[{] ) | (?P<close> [)\]}] )
    """,
    re.VERBOSE | re.DOTALL,
)
_SPACE = rb"(?:\s|/\*.*?\*/|//[^\n]*\n)*"
_OPEN_CALL = re.compile(_SPACE + rb"\(", re.DOTALL)
_METHOD_NAME = re.compile(_SPACE + rb"[\w\x80-\xff]+" + _SPACE + rb"\[", re.DOTALL)
_NOT_LINE_END = re.compile(rb"[^\r\n]")
# Calls nested deeper than this on average are not looked at: what is looked at is parsed once for each call around it.
_DEPTH = 16
# The grammar has rules of their own for calls of `new` and `make`, but none for these identifiers of the same length.
_MASKS = {b"new": b"neW", b"make": b"makE"}


def mask(source: bytes, ranges: Sequence[Span]) -> bytes | None:
    """The masked copy; None where there is nothing to mask.

    Masked are the ``new`` of ``new(x)`` where ``x`` does not parse as a type (Go 1.26 release notes, "Changes to the
    language"; ``make(x)`` with a ``make`` of one's own is the same), and the type parameters of methods (Go 1.27).
    """
    copy = bytearray(source)
    for start, end in ranges:
        _mask_range(copy, source, start, end)
    return None if copy == source else bytes(copy)


def _mask_range(copy: bytearray, source: bytes, start: int, end: int) -> None:
    closed, words, functions = _brackets(source, start, end)
    for at in functions:
        span = _method_type_parameters(source, at, closed)
        if span is not None:
            copy[span[0] : span[1]] = _NOT_LINE_END.sub(b" ", source[span[0] : span[1]])
    budget = _DEPTH * (end - start)
    # From the last to the first, so that a `new` inside of another one is masked before the outer one is judged.
    for word, at in reversed(words):
        call = _OPEN_CALL.match(source, at + len(word))
        close = closed.get(call.end() - 1) if call else None
        if call is None or close is None:
            continue
        budget -= close - at
        if budget >= 0 and not _is_regular(word, bytes(copy[call.end() : close])):
            copy[at : at + len(word)] = _MASKS[word]


def _brackets(source: bytes, start: int, end: int) -> tuple[dict[int, int], list[tuple[bytes, int]], list[int]]:
    """Where each bracket closes, where the words ``new`` and ``make`` stand, and where ``func`` does."""
    closed: dict[int, int] = {}
    pending: list[int] = []
    words: list[tuple[bytes, int]] = []
    functions: list[int] = []
    for match in _TOKEN.finditer(source, start, end):
        at = match.start()
        match match.lastgroup:
            case "open":
                pending.append(at)
            case "close" if pending:
                closed[pending.pop()] = at
            case "word":
                words.append((match[0], at))
            case "func":
                functions.append(at)
    return closed, words, functions


def _method_type_parameters(source: bytes, func: int, closed: dict[int, int]) -> Span | None:
    """Span of ``[T any]`` in ``func (r R) Name[T any](...)``, brackets included."""
    receiver = _OPEN_CALL.match(source, func + 4)
    close = closed.get(receiver.end() - 1) if receiver else None
    name = _METHOD_NAME.match(source, close + 1) if close is not None else None
    end = closed.get(name.end() - 1) if name else None
    if name is None or end is None or not _OPEN_CALL.match(source, end + 1):
        return None
    return name.end() - 1, end + 1


def _is_regular(word: bytes, arguments: bytes) -> bool:
    """Whether the grammar takes the call of ``new`` or ``make`` as it is."""
    tree = ts.Parser(LANGUAGE).parse(b"package p\nvar _ = %s(%s)\n" % (word, arguments))
    return not tree.root_node.has_error
