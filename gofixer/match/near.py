"""Which words stand near a place of a source, by its text alone."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import cache

# Text that is no code; what follows a closing brace that ends a statement.
_TEXT = rb'"(?:\\.|[^"\\\n])*"|`[^`]*`|\'(?:\\.|[^\'\\\n])*\'|//[^\n]*|/\*(?s:.*?)\*/'
_END = rb"(?=[ \t\r]*(?:[\n;}]|//|\Z))"
# Where top-level declarations begin in formatted code; five times as fast as with ^.
TOP_LEVEL = re.compile(rb"\n(?:func|var|const|type|import)\b")


class Near:
    """Which words stand in the top-level declarations of a source, told apart as `TOP_LEVEL` does, and where."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._bounds: list[int] = []
        self._known: dict[tuple[int, re.Pattern[bytes]], list[int]] = {}
        self._turns: dict[tuple[int, re.Pattern[bytes]], list[int]] = {}

    def holds(self, at: int, words: re.Pattern[bytes]) -> bool:
        """Whether one of the words stands in the declaration around an offset."""
        return bool(self._places(at, words))

    def opens(self, at: int, words: re.Pattern[bytes]) -> bool:
        """Whether an offset stands in a statement with a block that starts with one of the words, as braces tell."""
        places = self._places(at, words)
        if not places or places[0] >= at:
            return False
        key = self._declaration(at), words
        if key not in self._turns:
            self._turns[key] = _turns(self._source, self._bounds[key[0] - 1], self._end(at), words)
        return bisect_right(self._turns[key], at) % 2 == 1

    def _places(self, at: int, words: re.Pattern[bytes]) -> list[int]:
        """Where some words stand in the declaration around an offset."""
        key = self._declaration(at), words
        if key not in self._known:
            start = self._bounds[key[0] - 1]
            self._known[key] = [m.start() for m in words.finditer(self._source, start, self._end(at))]
        return self._known[key]

    def _declaration(self, at: int) -> int:
        """Number of the declaration around an offset, from 1."""
        if not self._bounds:
            self._bounds = [0, *(m.start() + 1 for m in TOP_LEVEL.finditer(self._source))]
        return bisect_right(self._bounds, at)

    def _end(self, at: int) -> int:
        index = self._declaration(at)
        return self._bounds[index] if index < len(self._bounds) else len(self._source)


def _turns(source: bytes, start: int, end: int, words: re.Pattern[bytes]) -> list[int]:
    """Offsets at which the statements with the words begin and end, in turn."""
    turns: list[int] = []
    waiting: list[int] = []  # depths at which a statement with one of the words has started
    depth = 0
    for token in _tokens(words).finditer(source, start, end):
        kind = token.lastgroup
        if kind == "word":
            if not waiting or waiting[-1] < depth:
                waiting.append(depth)
        elif kind == "open":
            depth += 1
        elif kind is not None:
            depth -= 1
            while waiting and (waiting[-1] > depth or (kind == "end" and waiting[-1] == depth)):
                waiting.pop()
        if bool(waiting) != len(turns) % 2:
            turns.append(token.start())
    return turns


@cache
def _tokens(words: re.Pattern[bytes]) -> re.Pattern[bytes]:
    """The words, the braces, and the text in which neither counts."""
    return re.compile(_TEXT + rb"|(?P<word>" + words.pattern + rb")|(?P<open>{)|(?P<end>}" + _END + rb")|(?P<close>})")


def any_word(words: Iterable[str]) -> re.Pattern[bytes]:
    """An expression that finds one of some words; if all of them start with a dot, they stand right behind one."""
    words = sorted(words)
    if all(word.startswith(".") for word in words):
        return re.compile(rb"\.(?:" + b"|".join(re.escape(word[1:].encode()) for word in words) + rb")\b")
    return re.compile(rb"\b(?:" + b"|".join(re.escape(word.encode()) for word in words) + rb")\b")
