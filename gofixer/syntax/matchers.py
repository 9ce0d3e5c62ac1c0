"""Matchers describe nodes: ``m.Call(function=m.Selector(operand=m.Identifier("time")))``.

There is a matcher for each node class, abstract ones too, under the class's name; it takes the class's attributes by
name, or by position in the order of ``__match_args__``. What is not given does not matter. A value is

* a matcher or a string (which the node's text has to equal);
* None, for a field that has to be empty;
* a list, for ``items`` and fields with several nodes, in which `ZeroOrMore` and `AtLeastN` stand for runs.

Matchers combine as ``a | b``, ``a & b`` and ``~a``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from gofixer.syntax import nodes as _nodes
from gofixer.syntax.node import Node
from gofixer.syntax.tree import Tree

Captures = dict[str, "Node | tuple[Node, ...]"]
Value = Any
"""What a matcher takes for an attribute; see the module's text."""


class Matcher:
    """What all matchers are. ``extract`` grows the captures by what was saved, or gives None where nothing matches."""

    def extract(self, value: object, captures: Captures) -> Captures | None:
        """Compare a node (or None, for an empty field)."""
        raise NotImplementedError

    def __or__(self, other: Matcher) -> Matcher:
        return OneOf(self, other)

    def __and__(self, other: Matcher) -> Matcher:
        return AllOf(self, other)

    def __invert__(self) -> Matcher:
        return DoesNotMatch(self)


class NodeMatcher(Matcher):
    """Matches nodes of one class whose attributes match."""

    __slots__ = ("attributes", "cls")

    def __init__(self, cls: type[Node], *positional: Value, **attributes: Value) -> None:
        names = cls.__match_args__
        if len(positional) > len(names):
            raise TypeError(f"{cls.__name__} takes {len(names)} values by position, {len(positional)} were given")
        given = dict(zip(names, positional, strict=False))
        for name in attributes:
            if name in given or not hasattr(cls, name):
                raise TypeError(f"{cls.__name__} has no attribute {name}, or it was given twice")
        self.cls = cls
        self.attributes = {name: as_matcher(value) for name, value in (given | attributes).items()}

    def extract(self, value: object, captures: Captures) -> Captures | None:
        """Compare class, then attributes."""
        if not isinstance(value, self.cls):
            return None
        for name, matcher in self.attributes.items():
            try:
                attribute = getattr(value, name)
            except AttributeError:  # a required field of a node broken by a syntax error
                return None
            found = matcher.extract(attribute, captures)
            if found is None:
                return None
            captures = found
        return captures


@dataclass(frozen=True)
class _Text(Matcher):
    text: str

    def extract(self, value: object, captures: Captures) -> Captures | None:
        text = value.str if isinstance(value, Node) else value
        return captures if text == self.text else None


class _Nothing(Matcher):
    def extract(self, value: object, captures: Captures) -> Captures | None:
        return captures if value is None else None


class DoNotCare(Matcher):
    """Matches anything, an empty field too."""

    def extract(self, value: object, captures: Captures) -> Captures | None:
        """Always the captures."""
        return captures


class OneOf(Matcher):
    """Matches where one of the values does; the first that does is taken."""

    def __init__(self, *options: Value) -> None:
        self.options = tuple(map(as_matcher, options))

    def extract(self, value: object, captures: Captures) -> Captures | None:
        """Try one after the other."""
        return next((found for o in self.options if (found := o.extract(value, captures)) is not None), None)


class AllOf(Matcher):
    """Matches where all of the values do."""

    def __init__(self, *parts: Value) -> None:
        self.parts = tuple(map(as_matcher, parts))

    def extract(self, value: object, captures: Captures) -> Captures | None:
        """One after the other."""
        found: Captures | None = captures
        for part in self.parts:
            if found is None:
                return None
            found = part.extract(value, found)
        return found


class DoesNotMatch(Matcher):
    """Matches where the value does not; nothing inside is saved."""

    def __init__(self, value: Value) -> None:
        self.matcher = as_matcher(value)

    def extract(self, value: object, captures: Captures) -> Captures | None:
        """The opposite."""
        return captures if self.matcher.extract(value, captures) is None else None


class MatchIfTrue(Matcher):
    """Matches where a function of the node (or text, for ``str``) says so."""

    def __init__(self, function: Callable[[Any], object]) -> None:
        self.function = function

    def extract(self, value: object, captures: Captures) -> Captures | None:
        """Ask the function."""
        return captures if self.function(value) else None


class MatchRegex(Matcher):
    """Matches nodes whose whole text matches a regular expression."""

    def __init__(self, pattern: str) -> None:
        self.pattern = re.compile(pattern)

    def extract(self, value: object, captures: Captures) -> Captures | None:
        """Compare the text."""
        text = value.str if isinstance(value, Node) else value
        return captures if isinstance(text, str) and self.pattern.fullmatch(text) else None


class SaveMatchedNode(Matcher):
    """Matches where the value does, and saves the node under a name."""

    def __init__(self, value: Value, name: str) -> None:
        self.matcher = as_matcher(value)
        self.name = name

    def extract(self, value: object, captures: Captures) -> Captures | None:
        """Compare, then save."""
        found = self.matcher.extract(value, captures)
        if found is None or not isinstance(value, Node | tuple):
            return found
        return {**found, self.name: value}


class AtLeastN(Matcher):
    """In a list: a run of at least ``n`` nodes (and at most ``most``), each of which matches."""

    def __init__(self, value: Value = None, *, n: int, most: int | None = None) -> None:
        self.matcher = DoNotCare() if value is None else as_matcher(value)
        self.n = n
        self.most = most

    def extract(self, value: object, captures: Captures) -> Captures | None:
        """Never: a run stands in a list."""
        raise TypeError("a run of nodes can only stand in a list")


class ZeroOrMore(AtLeastN):
    """In a list: a run of any number of nodes, each of which matches (any node, without a value)."""

    def __init__(self, value: Value = None) -> None:
        super().__init__(value, n=0)


class ZeroOrOne(AtLeastN):
    """In a list: one node that matches, or none."""

    def __init__(self, value: Value = None) -> None:
        super().__init__(value, n=0, most=1)


class _Sequence(Matcher):
    def __init__(self, parts: Sequence[Value]) -> None:
        # A run may be saved as a whole, so it is looked for inside of SaveMatchedNode, too.
        self.parts = tuple(map(as_matcher, parts))

    def extract(self, value: object, captures: Captures) -> Captures | None:
        return self._from(0, value, captures) if isinstance(value, tuple) else None

    def _from(self, index: int, nodes: tuple[Node, ...], captures: Captures) -> Captures | None:
        if index == len(self.parts):
            return None if nodes else captures
        part = self.parts[index]
        name, run = _run(part)
        if run is None:
            found = part.extract(nodes[0], captures) if nodes else None
            return None if found is None else self._from(index + 1, nodes[1:], found)
        most = len(nodes) if run.most is None else min(run.most, len(nodes))
        grown: Captures | None = captures
        for length in range(most + 1):
            if length:
                grown = run.matcher.extract(nodes[length - 1], grown) if grown is not None else None
            if grown is None:
                return None
            if length < run.n:
                continue
            saved = {**grown, name: nodes[:length]} if name else grown
            rest = self._from(index + 1, nodes[length:], saved)
            if rest is not None:
                return rest
        return None


def _run(part: Matcher) -> tuple[str, AtLeastN | None]:
    if isinstance(part, SaveMatchedNode) and isinstance(part.matcher, AtLeastN):
        return part.name, part.matcher
    return "", part if isinstance(part, AtLeastN) else None


def as_matcher(value: Value) -> Matcher:
    """The matcher that a value stands for. Raises `TypeError` for a value that is none."""
    match value:
        case Matcher():
            return value
        case None:
            return _Nothing()
        case str():
            return _Text(value)
        case list() | tuple():
            return _Sequence(value)
    raise TypeError(f"{value!r} is neither a matcher nor a string, None or a list")


def extract(node: Node, matcher: Matcher) -> Mapping[str, Node | tuple[Node, ...]] | None:
    """What `SaveMatchedNode` saved, by name; None where the node does not match."""
    return matcher.extract(node, {})


def matches(node: Node, matcher: Matcher) -> bool:
    """Whether a node matches."""
    return matcher.extract(node, {}) is not None


def findall(within: Tree | Node, matcher: Matcher) -> list[Node]:
    """All nodes that match inside of a tree or a node (the node itself too), in source order."""
    return [node for node, _ in extractall(within, matcher)]


def extractall(within: Tree | Node, matcher: Matcher) -> Iterator[tuple[Node, Mapping[str, Node | tuple[Node, ...]]]]:
    """All nodes that match, in source order, each with what was saved."""
    top = within.root if isinstance(within, Tree) else within
    classes = (matcher.cls,) if isinstance(matcher, NodeMatcher) else (Node,)
    for node in (top, *top.descendants(*classes)):
        found = matcher.extract(node, {})
        if found is not None:
            yield node, found


def __getattr__(name: str) -> Callable[..., NodeMatcher]:
    cls = getattr(_nodes, name, None) if name in _nodes.__all__ else None
    if cls is None:
        raise AttributeError(f"there is no node class {name}")
    return partial(NodeMatcher, cls)
