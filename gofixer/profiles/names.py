"""Go's names for functions, as profiles have them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

# What the compiler hangs on the name of the function that a closure or wrapper stands in
# (cmd/compile/internal/ir/func.go, closureName; a range-over-func body ends in -rangeN, a method value in -fm).
_TAIL = re.compile(r"(?:\.(?:func|gowrap|deferwrap)?\d+|-range\d+|-fm)*\Z")
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
# Packages of programs have no import path in their binary.
PROGRAMS = frozenset({"main", "command-line-arguments"})


@dataclass(frozen=True, slots=True)
class Symbol:
    """A function's name taken apart.

    ``package`` is the import path (``main`` for a program), ``function`` what `function_name` of a declaration would
    give (``f``, ``(*T).m``, ``T.m``; empty at package level), ``closure`` tells that it is a function literal or a
    wrapper inside of that. A closure inside a function that was inlined has a longer ``function``, of the callers
    and the inlined ones (``caller.inlined``).
    """

    package: str
    function: str
    closure: bool


@lru_cache(maxsize=100_000)
def symbol(name: str) -> Symbol:
    """Take a name such as ``example.com/m/p.(*T[...]).m.func1`` apart."""
    name = _without_type_arguments(name)
    dot = name.find(".", name.rfind("/") + 1)
    if dot < 0:
        return Symbol("", name, False)
    package, rest = _ESCAPE.sub(_unescape, name[:dot]), name[dot + 1 :]
    tail = _TAIL.search(rest)
    assert tail is not None  # it may be empty
    function, hung = rest[: tail.start()], tail[0]
    if function == "init":
        # init.0 is a function of that name, init alone and init.func1 belong to package-level variables.
        number = re.match(r"\.\d+", hung)
        return Symbol(package, "init" if number else "", number is None or number[0] != hung)
    return Symbol(package, "" if function == "glob." else function, bool(hung))


def _unescape(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))


def _without_type_arguments(name: str) -> str:
    if "[" not in name:
        return name
    kept, depth = [], 0
    for character in name:
        if character == "[":
            depth += 1
        elif character == "]":
            depth -= 1
        elif depth == 0:
            kept.append(character)
    return "".join(kept)
