"""Constant format strings, read the way package fmt reads them (``src/fmt/print.go``, ``doPrintf``)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gofixer.transform import Skip

# flags, argument index, width, precision, argument index, verb; `%` at the end of the format has no verb
_DIRECTIVE = re.compile(
    r"%(?P<flags>[-+# 0]*)(?P<width>(?:\[[^\]]*\])?(?:\*|\d*))"
    r"(?P<precision>(?:\.(?:\[[^\]]*\])?(?:\*|\d*))?)(?P<index>(?:\[[^\]]*\])?)(?P<char>.?)",
    re.DOTALL,
)
_KNOWN = frozenset("vdsqxtbogGeEfF")
_FLOATS = frozenset("eEfFgG")
_MAX_PRECISION = 100
_WHY_NOT = {
    "c": "allocates more as `string(r)` than through Sprintf",
    "X": "has no function of package strconv (it writes capitals)",
    "O": "has no function of package strconv (it writes a prefix)",
    "U": "has no function of package strconv",
    "p": "prints an address",
    "T": "prints a type",
    "w": "wraps an error",
}


@dataclass(frozen=True, slots=True)
class Literal:
    """Text between directives; ``%%`` stands in it as one percent sign."""

    text: str


@dataclass(frozen=True, slots=True)
class Verb:
    """A directive that takes one argument; ``precision`` is -1 where none is written, and only floats have one."""

    char: str
    precision: int = -1

    @property
    def text(self) -> str:
        """The directive as it is written in a format."""
        return f"%{self.char}" if self.precision < 0 else f"%.{self.precision}{self.char}"


Piece = Literal | Verb


def read(text: str) -> tuple[Piece, ...] | Skip:
    """Split a format into literals and verbs, or say what in it has no equal outside of package fmt."""
    pieces: list[Piece] = []
    end = 0
    for found in _DIRECTIVE.finditer(text):
        _add(pieces, text[end : found.start()])
        end = found.end()
        if found[0] == "%%":
            _add(pieces, "%")
            continue
        verb = _verb(found)
        if isinstance(verb, Skip):
            return verb
        pieces.append(verb)
    _add(pieces, text[end:])
    return tuple(pieces)


def is_alone(text: str) -> bool:
    """Whether a format is one directive and nothing else, understood or not."""
    return _DIRECTIVE.fullmatch(text) is not None


def _add(pieces: list[Piece], text: str) -> None:
    if not text:
        return
    if pieces and isinstance(pieces[-1], Literal):
        text = pieces.pop().text + text  # type: ignore[union-attr]
    pieces.append(Literal(text))


def _verb(found: re.Match[str]) -> Verb | Skip:
    shown, char = f"`{found[0]}`", found["char"]
    if "*" in found[0][:-1]:
        return Skip(f"{shown} takes its width from an argument")
    if "[" in found[0][:-1]:
        return Skip(f"{shown} picks its argument by number")
    if char == "%" or not char:
        return Skip(f"{shown} is no valid directive")
    if found["flags"] or found["width"]:
        return Skip(f"{shown} has a flag or a width, which nothing outside of package fmt understands")
    if char not in _KNOWN:
        return Skip(f"{shown} {_WHY_NOT.get(char, 'is no verb that is known here')}")
    if not found["precision"]:
        return Verb(char)
    precision = int(found["precision"][1:] or "0")
    if char not in _FLOATS or precision > _MAX_PRECISION:
        return Skip(f"{shown} has a precision, which nothing outside of package fmt understands")
    return Verb(char, precision)
