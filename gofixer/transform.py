"""The transform API: all that a transform may import.

A transform is one module with a docstring (its documentation page), a `Transform` value named ``TRANSFORM`` and
one check function. The check gets a `Match` and a `Context` and returns a value:

* a `Fix`, made with `Context.fix`: the rewrite, to be verified and shown;
* a `Skip` with the reason: the site has the shape, but a guard or a gate says no;
* ``None``: not the smell at all, nothing to report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from gofixer.context import Context, Match
from gofixer.edits.model import Applicability, Edit, Fix, Span
from gofixer.facts.effects import unparen
from gofixer.facts.types import ExprInfo, Object, Type
from gofixer.match.pattern import Pattern, compile_pattern
from gofixer.profiles.kinds import Kind
from gofixer.syntax import Node, nodes
from gofixer.syntax.node import to_bytes

__all__ = [
    "DISPLAY",
    "SAFE",
    "UNSAFE",
    "Applicability",
    "Context",
    "Edit",
    "ExprInfo",
    "Fix",
    "Gate",
    "Kind",
    "Match",
    "Node",
    "Object",
    "Option",
    "Result",
    "Screen",
    "Skip",
    "Span",
    "Transform",
    "Type",
    "nodes",
    "pattern",
    "to_bytes",
    "unparen",
]

SAFE, UNSAFE, DISPLAY = Applicability.SAFE, Applicability.UNSAFE, Applicability.DISPLAY


class Gate(StrEnum):
    """Where a transform is offered unasked; ``--select`` lifts every gate and no guard."""

    ALWAYS = "always"
    VERSION = "version"
    EVIDENCE = "evidence"
    PROFILE = "profile"


@dataclass(frozen=True, slots=True)
class Skip:
    """A site that has the shape and is left alone, and why (one clause, lower case, no full stop)."""

    reason: str


Result = Fix | Skip | None
Check = Callable[[Match, Context], Result]
Screen = Callable[[Match, Context], Skip | bool]
CostAt = Callable[[Match, Context], Iterable[Span | str]]


@dataclass(frozen=True, slots=True)
class Option:
    """An option in ``[transforms.NAME]``: its default, the values it takes (any when empty), one line of help."""

    default: str | int | bool
    help: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Transform:
    """What the engine, the reports and the documentation know of a transform.

    ``seeds`` are the exercises of the guides that it comes from, ``go`` the Go versions where it applies as
    text for people, ``summary`` one line. ``types`` tells whether the check reads types; without them (no
    toolchain, a package that does not compile) such a site is skipped before the check is asked. ``screen`` decides
    what the syntax alone tells, before types are asked for at all: a `Skip`, False for what is not the smell, True to
    go on with the check; it must not use `Context.types`.

    ``beyond`` tells that other declarations may decide about a match, those of other files too: what was skipped is
    asked about again when fixes have changed the package.

    ``costs`` are the kinds of profile that show what the transform saves: they open its profile gate and decide
    `Context.hot`. ``cost_at`` says where that cost shows, by default on the lines of the match: byte ranges of the
    file, or names of functions of the package (``f``, ``(*T).m``), of which the costliest counts; it must not use
    `Context.types` either.
    """

    name: str
    family: str
    summary: str
    patterns: tuple[Pattern, ...]
    check: Check
    seeds: tuple[str, ...] = ()
    applicability: Applicability = Applicability.SAFE
    gate: Gate = Gate.ALWAYS
    go: str = "any"
    types: bool = True
    beyond: bool = False
    screen: Screen | None = None
    costs: tuple[Kind, ...] = (Kind.CPU, Kind.ALLOC, Kind.OBJECTS)
    cost_at: CostAt | None = None
    options: Mapping[str, Option] = field(default_factory=dict)
    documentation: str = ""
    declarative: bool = False


def pattern(
    source: str,
    *,
    imports: tuple[str, ...] = (),
    near: Iterable[str] = (),
    inside: Iterable[str] = (),
    shape: bytes = b"",
    word: str = "",
    before: bytes = b"",
    **where: str,
) -> Pattern:
    """Compile a pattern; keyword arguments are type words for its metavariables (``n="integer"``).

    Some things keep the scan fast where a pattern is common code: ``near``, words of which one has to stand in the
    same top-level declaration; ``inside``, words of which one has to start a statement around the match, such as
    ``for`` where only loops are of interest; ``shape``, a regular expression for the text behind the pattern's last
    literal. A pattern without a word names one that stands in every match (``word``), with what stands ``before`` it.
    """
    return compile_pattern(
        source, where=where, imports=imports, near=near, inside=inside, shape=shape, word=word, before=before
    )


T = TypeVar("T", bound=Node)
