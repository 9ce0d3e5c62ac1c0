"""The values of differential proof: pairs of functions, and what came of running them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Unfit(Exception):
    """Why code cannot be run side by side; the argument is one clause."""


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a lifted function. ``length``: the value of `len` or `cap`, never negative."""

    name: str
    type: str
    length: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A lifted function: what stands behind ``func NAME``, and the imports (local name to path) that it needs."""

    text: bytes
    imports: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two functions to be compared: the code without and with the fixes ``fixes``.

    ``what`` is what was lifted, for people. ``whole`` tells a whole function, whose changed statement may or may
    not be reached, from an expression. ``ints`` and ``texts`` are literals of the code, as inputs to try.
    ``where`` tells which inputs count (all without it).
    """

    id: int
    fixes: frozenset[int]
    what: str
    directory: Path
    package: str
    inputs: tuple[Input, ...]
    old: Piece
    new: Piece
    whole: bool
    ints: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()
    where: Piece | None = None


class Kind(StrEnum):
    """What running a pair came to."""

    SAME = "same"
    DIFFERS = "differs"
    UNSTEADY = "unsteady"
    SLOW = "slow"
    SLOWER = "slower"
    DIED = "died"
    NOT_BUILT = "not built"


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome for one pair: how many inputs were tried, how often they reached the changed statement of a whole
    function, and for a difference the input and both outcomes. ``small`` tells that only small inputs were tried.
    ``reason`` says why nothing is known.
    """

    kind: Kind
    inputs: int = 0
    hits: int = 0
    input: str = ""
    before: str = ""
    after: str = ""
    small: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """What differential proof says of one fix: ``what`` was compared over how many ``inputs``, or why it is
    ``impossible``, or in what the fix is ``wrong``.
    """

    what: str = ""
    inputs: int = 0
    reached: int | None = None
    arguments: Sequence[str] = ()
    remark: str = ""
    impossible: str = ""
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome for a batch of fixes, by id; ``commands`` are the go commands that were run."""

    fixes: Mapping[int, Compared]
    commands: Sequence[str] = field(default_factory=tuple)
