"""The language of build constraints: ``//go:build`` expressions and old ``// +build`` lines (go/build/constraint)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag that has to be set."""

    name: str


@dataclass(frozen=True, slots=True)
class Not:
    """Negation."""

    operand: Expr


@dataclass(frozen=True, slots=True)
class And:
    """Both have to hold."""

    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Or:
    """One has to hold."""

    left: Expr
    right: Expr


Expr = Tag | Not | And | Or

# As the go command limits them; Python's recursion limit is far away.
_MAX_SIZE, _MAX_OLD_SIZE = 1000, 100
_IGNORE = Tag("ignore")
_TOKEN = re.compile(r"[ \t]*(\(|\)|!|&&|\|\||[\w.]+|$)")
_GO_BUILD = re.compile(r"//go:build(?:\s+(.*))?$")
_PLUS_BUILD = re.compile(r"//\s*\+build(?:\s+(.*))?$")


class ConstraintError(ValueError):
    """A ``//go:build`` line that Go cannot read either."""


def holds(expr: Expr, is_set: Callable[[str], bool]) -> bool:
    """Evaluate a constraint."""
    match expr:
        case Tag(name):
            return is_set(name)
        case Not(operand):
            return not holds(operand, is_set)
        case And(left, right):
            return holds(left, is_set) and holds(right, is_set)
        case Or(left, right):
            return holds(left, is_set) or holds(right, is_set)


def tags(expr: Expr) -> Iterator[str]:
    """All tags that a constraint mentions, in order, repeatedly."""
    match expr:
        case Tag(name):
            yield name
        case Not(operand):
            yield from tags(operand)
        case And(left, right) | Or(left, right):
            yield from tags(left)
            yield from tags(right)


def go_version(expr: Expr) -> tuple[int, int] | None:
    """The lowest Go version that a constraint implies, None where it implies none (constraint.GoVersion)."""
    minor = _lowest(expr, positive=True)
    return None if minor < 0 else (1, minor)


def _lowest(expr: Expr, *, positive: bool) -> int:
    match expr:
        case Tag(name):
            if not positive:
                return -1
            if name == "go1":
                return 0
            found = re.fullmatch(r"go1\.(\d+)", name)
            return int(found[1]) if found else -1
        case Not(operand):
            return _lowest(operand, positive=not positive)
        case And(left, right) | Or(left, right):
            sides = _lowest(left, positive=positive), _lowest(right, positive=positive)
            return max(sides) if isinstance(expr, And) == positive else min(sides)


def read(source: bytes) -> Expr | None:
    """The constraint written at the top of a file, None where there is none.

    A ``//go:build`` line counts above the first line that is no comment; without one all ``// +build`` lines above
    the last blank line there. Raises `ConstraintError` for a line that cannot be read, and for two of them.
    """
    go_build, old = _header(source.removeprefix(b"\xef\xbb\xbf"))
    if go_build is not None:
        return _parse(go_build)
    result: Expr | None = None
    for text in old:
        expr = _parse_old(text)
        if expr is not None:
            result = expr if result is None else And(result, expr)
    return result


def _header(source: bytes) -> tuple[str | None, list[str]]:
    """Text of the //go:build line, and of the +build lines that count (go/build, parseFileHeader)."""
    go_build: str | None = None
    counted: list[str] = []
    waiting: list[str] = []
    ended = in_block = False
    position = 0
    while position < len(source):
        stop = source.find(b"\n", position)
        stop = len(source) if stop < 0 else stop
        line = source[position:stop].strip().decode("utf-8", "replace")
        position = stop + 1
        if not line and not ended:
            counted += waiting
            waiting = []
            continue
        ended = ended or not line.startswith("//")
        if not in_block and (match := _GO_BUILD.match(line)):
            if go_build is not None:
                raise ConstraintError("there are two //go:build lines")
            go_build = match[1] or ""
        if not ended and (match := _PLUS_BUILD.match(line)):
            waiting.append(match[1] or "")
        in_block, code = _skip_comments(line, in_block)
        if code:
            break
    return go_build, counted


def _skip_comments(line: str, in_block: bool) -> tuple[bool, bool]:
    """Whether a line ends inside a block comment, and whether it holds more than comments."""
    while line:
        if in_block:
            _, end, line = line.partition("*/")
            if not end:
                return True, False
            in_block, line = False, line.strip()
        elif line.startswith("//"):
            return False, False
        elif line.startswith("/*"):
            in_block, line = True, line[2:].strip()
        else:
            return False, True
    return in_block, False


def _parse(text: str) -> Expr:
    words: list[str] = []
    position = 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ConstraintError(f"invalid syntax in //go:build {text}")
        words.append(match[1])
        position = match.end()
    parser = _Parser(words)
    expr = parser.either()
    if parser.position < len(words):
        raise ConstraintError(f"unexpected {words[parser.position]} in //go:build {text}")
    return expr


@dataclass(slots=True)
class _Parser:
    words: list[str]
    position: int = 0
    size: int = 0

    def either(self) -> Expr:
        expr = self.both()
        while self.next("||"):
            expr = Or(expr, self.both())
        return expr

    def both(self) -> Expr:
        expr = self.negated()
        while self.next("&&"):
            expr = And(expr, self.negated())
        return expr

    def negated(self) -> Expr:
        self.size += 1
        if self.size > _MAX_SIZE:
            raise ConstraintError("the //go:build line is too long")
        if self.next("!"):
            return Not(self.atom())
        return self.atom()

    def atom(self) -> Expr:
        if self.next("("):
            expr = self.either()
            if not self.next(")"):
                raise ConstraintError("a parenthesis is not closed in a //go:build line")
            return expr
        word = self.words[self.position] if self.position < len(self.words) else ""
        if not re.fullmatch(r"[\w.]+", word):
            raise ConstraintError("a tag is missing in a //go:build line")
        self.position += 1
        return Tag(word)

    def next(self, word: str) -> bool:
        if self.position < len(self.words) and self.words[self.position] == word:
            self.position += 1
            return True
        return False


def _parse_old(text: str) -> Expr | None:
    """A +build line: words are alternatives, commas join conditions. None for a line that Go passes over."""
    result: Expr | None = None
    size = 0
    for clause in text.split():
        together: Expr | None = None
        for word in clause.split(","):
            literal = _old_literal(word)
            size += together is not None
            together = literal if together is None else And(together, literal)
        assert together is not None
        size += result is not None
        result = together if result is None else Or(result, together)
    if size > _MAX_OLD_SIZE:
        return None
    return result or _IGNORE


def _old_literal(word: str) -> Expr:
    if word.startswith("!!") or word == "!":
        return _IGNORE
    name = word.removeprefix("!")
    tag = Tag(name) if re.fullmatch(r"[\w.]+", name) else _IGNORE
    return Not(tag) if word.startswith("!") else tag
