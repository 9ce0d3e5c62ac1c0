"""Type words: what ``where`` says of a metavariable, decided by the type oracle.

A word is a Go type as written in Go, with import paths (``time.Duration``, ``*net/http.Request``, ``[]byte``), or
one of ``integer``, ``float``, ``number``, ``bool``, ``string`` (the predeclared types, no defined ones: those may
have methods that ``fmt`` calls), ``const`` (a constant expression), ``error`` (the type implements ``error``),
``identical(a)`` (the type of metavariable ``a``), ``pure`` (no effect, cannot panic). Several words are joined by
``&``, alternatives by ``|``.
"""

from __future__ import annotations

import re
from typing import Protocol

from gofixer.facts.types import ExprInfo, Type
from gofixer.syntax import Node

INTEGERS = frozenset(
    {"int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr"}
)
FLOATS = frozenset({"float32", "float64"})
_SETS = {"integer": INTEGERS, "float": FLOATS, "number": INTEGERS | FLOATS, "bool": {"bool"}, "string": {"string"}}
_IDENTICAL = re.compile(r"identical\(\s*\$?(\w+)\s*\)")
_ALIASES = {"byte": "uint8", "rune": "int32", "interface{}": "any"}
_ALIAS_WORD = re.compile(r"interface\{\}|(?<![\w./])(?:byte|rune)(?![\w./])")


class _Match(Protocol):
    def __getitem__(self, name: str) -> Node: ...


class _Place(Protocol):
    @property
    def match(self) -> _Match: ...
    def expr(self, node: Node) -> ExprInfo | None: ...
    def effect(self, node: Node) -> str | None: ...


def check(text: str) -> str:
    """What is wrong with a ``where`` text, empty where it can be understood."""
    for word in _split(text):
        if not word:
            return f"{text!r} has an empty type word"
        if not re.fullmatch(r"[\w*\[\]./(){},<>$ -]+", word):
            return f"{word!r} is no type word"
    return ""


def holds(text: str, node: Node, place: _Place) -> bool:
    """Whether a metavariable's node satisfies a ``where`` text; an unknown type satisfies nothing."""
    return any(
        all(_holds(word.strip(), node, place) for word in alternative.split("&")) for alternative in text.split("|")
    )


def _split(text: str) -> list[str]:
    return [word.strip() for part in text.split("|") for word in part.split("&")]


def _holds(word: str, node: Node, place: _Place) -> bool:
    if word == "pure":
        return place.effect(node) is None
    info = place.expr(node)
    if info is None:
        return False
    if word == "const":
        return info.const is not None
    if info.type is None or info.mode in ("type", "package", "novalue"):
        return False
    if word == "error":
        return info.type.is_error
    if match := _IDENTICAL.fullmatch(word):
        other = place.expr(place.match[match[1]])
        return other is not None and other.type is not None and normal(other.type.string) == normal(info.type.string)
    return type_is(word, info.type)


def type_is(word: str, type_: Type) -> bool:
    """Whether a type is the one that a word names (``integer`` and the like: one of the predeclared ones)."""
    if word in _SETS:
        return not type_.is_named and type_.kind.removeprefix("untyped ") in _SETS[word]
    return normal(type_.string) == normal(word)


def normal(text: str) -> str:
    """Spelling of a type without white space, with ``byte``, ``rune`` and ``interface{}`` resolved."""
    return _ALIAS_WORD.sub(lambda m: _ALIASES[m[0]], re.sub(r"\s+", "", text))
