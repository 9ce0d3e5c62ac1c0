"""Finds patterns in trees: one query for all patterns of a run, then a residual comparison of the few hits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import tree_sitter as ts

from gofixer.match.imports import imported_names
from gofixer.match.near import Near, any_word
from gofixer.match.pattern import Pattern, PNode, significant_children
from gofixer.match.shadowing import is_shadowed, top_level_names
from gofixer.syntax import Tree
from gofixer.syntax.grammar import LANGUAGE

Binding = ts.Node | tuple[ts.Node, ...]
Span = tuple[int, int]
Bindings = Mapping[str, Binding]
_Found = tuple[tuple[ts.Node, ...], Bindings]

_IDENTIFIERS = frozenset({"identifier", "package_identifier"})
_MAX_CLIMB = 40
# How far before a word the text reaches that has to be there.
_CLOSE = 80
_BEHIND_DOT = re.compile(rb"\.\s*\Z")
# What stands before a name that is only the end of another one, of a path, or behind a dot.
_NAME_END = re.compile(rb'[\w."/]')
# A first argument that is a plain literal, and something behind its comma.
_TWO_ARGUMENTS = re.compile(rb'\s*\(\s*(?:"(?:\\.|[^"\\\n])*"|`[^`]*`)\s*,\s*[^\s)]')


@dataclass(frozen=True, slots=True)
class RawMatch:
    """A pattern found: its index in the matcher, the matched nodes in source order, the bindings by name.

    ``word`` is the byte range of the word that led to it, see `Matcher.places`.
    """

    pattern: int
    nodes: tuple[ts.Node, ...]
    bindings: Bindings
    word: Span = (0, 0)

    @property
    def span(self) -> tuple[int, int]:
        """Byte range from the first to the last matched node."""
        return self.nodes[0].start_byte, self.nodes[-1].end_byte


class Matcher:
    """All patterns of a run, compiled into one tree-sitter query and one literal prefilter.

    A matcher is immutable and may be used for any number of files; it is cheap to build in a worker process
    from the patterns' sources.
    """

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self.patterns = tuple(patterns)
        self._by_anchor: dict[bytes, list[int]] = {}
        self._by_root: dict[str, list[int]] = {}
        first: dict[tuple[object, ...], int] = {}
        self._twins: dict[int, list[int]] = {}  # patterns with one source are matched once
        self._firsts: list[int] = []  # for each pattern the first one with its source
        for index, pattern in enumerate(self.patterns):
            key = pattern.source, pattern.opening, pattern.closing, pattern.near, pattern.inside
            self._firsts.append(first.setdefault(key, index))
            self._twins.setdefault(first[key], []).append(index)
            if first[key] != index:
                continue
            if pattern.anchor:
                self._by_anchor.setdefault(pattern.anchor.name, []).append(index)
            else:
                self._by_root.setdefault(pattern.roots[_lead(pattern.roots)].kind, []).append(index)
        self._closings = {p.closing: re.compile(rb"(?:" + p.closing + rb")\Z") for p in self.patterns if p.closing}
        self._openings = {p.opening: re.compile(p.opening) for p in self.patterns}
        self._words = {words: any_word(words) for p in self.patterns for words in (p.near, p.inside) if words}
        self._query = ts.Query(LANGUAGE, self._query_source()) if self.patterns else None

    def _query_source(self) -> str:
        parts = []
        if self._by_anchor:
            names = " ".join(f'"{name.decode()}"' for name in sorted(self._by_anchor))
            parts += [
                f"((selector_expression operand: (identifier) field: (field_identifier) @name) @anchor "
                f"(#any-of? @name {names}))",
                f"((qualified_type package: (package_identifier) name: (type_identifier) @name) @anchor "
                f"(#any-of? @name {names}))",
            ]
        parts += [f"({kind}) @root" for kind in sorted(self._by_root)]
        return "\n".join(parts)

    def prefilter(self, source: bytes) -> tuple[int, ...]:
        """Indices of the patterns whose literals all occur in the file; most files have none."""
        seen: dict[bytes, bool] = {}

        def has(literal: bytes) -> bool:
            found = seen.get(literal)
            if found is None:
                found = seen[literal] = literal in source
            return found

        return tuple(i for i, p in enumerate(self.patterns) if all(has(lit) for lit in p.literals))

    def places(
        self, source: bytes, active: Sequence[int], within: Sequence[Span] | None = None
    ) -> dict[Span, set[int]]:
        """Byte ranges of the words that may belong to a match, in source order, with the patterns they may belong to.

        Text alone decides, nothing is parsed. Of patterns with one source only the first one is named. ``within``
        limits the search to some byte ranges, sorted and apart from each other.
        """
        found: dict[Span, set[int]] = {}
        near = Near(source)
        pieces = [(0, len(source))] if within is None else within
        for index in dict.fromkeys(self._firsts[index] for index in active):
            pattern = self.patterns[index]
            if not pattern.literals:
                found.setdefault((0, len(source)), set()).add(index)
                continue
            word = pattern.literals[-1]
            for start, stop in pieces:
                at = source.find(word, start, stop)
                while at >= 0:
                    end = at + len(word)
                    if self._plausible(pattern, source, at, end) and self._well_placed(pattern, near, at):
                        found.setdefault((at, end), set()).add(index)
                    at = source.find(word, end, stop)
        return dict(sorted(found.items()))

    def known(self, words: Iterable[tuple[int, Span]]) -> dict[Span, set[int]]:
        """Places as `places` gives them, made of the patterns and words of matches that are known."""
        found: dict[Span, set[int]] = {}
        for index, word in words:
            found.setdefault(word, set()).add(self._firsts[index])
        return dict(sorted(found.items()))

    def _well_placed(self, pattern: Pattern, near: Near, at: int) -> bool:
        if pattern.near and not near.holds(at, self._words[pattern.near]):
            return False
        return not pattern.inside or near.opens(at, self._words[pattern.inside])

    def _plausible(self, pattern: Pattern, source: bytes, start: int, end: int) -> bool:
        behind_dot = not pattern.anchor or source[start - 1 : start] == b"."
        if not (behind_dot or _BEHIND_DOT.search(source, max(0, start - _CLOSE), start)):
            return False
        if not self._openings[pattern.opening].match(source, start):
            return False
        closing = self._closings.get(pattern.closing)
        if closing is not None and closing.search(source[max(0, start - _CLOSE) : start]) is None:
            return False
        return not (pattern.single and _TWO_ARGUMENTS.match(source, end))

    def find(
        self, tree: Tree, active: Sequence[int] | None = None, places: Mapping[Span, set[int]] | None = None
    ) -> list[RawMatch]:
        """All matches in a file, in source order, outer ones first.

        ``active`` limits the patterns; ``places`` are those of the tree's source and these patterns, if known.
        """
        if self._query is None:
            return []
        numbers = range(len(self.patterns)) if active is None else active
        wanted = frozenset(numbers)
        if places is None:
            places = self.places(tree.source, sorted(wanted))
        root = tree.root.raw
        scope = _Scope(imported_names(root), root, tree.source)
        cursor = ts.QueryCursor(self._query)
        found: dict[tuple[int, int, int], RawMatch] = {}
        tried: set[tuple[int, int]] = set()
        for (start, end), plausible in places.items():
            cursor.set_byte_range(start, end)
            for _, captures in cursor.matches(root):
                for index, node in self._candidates(captures, plausible, scope):
                    if (index, node.id) in tried:
                        continue
                    tried.add((index, node.id))
                    pattern = self.patterns[index]
                    matches = _climb(pattern, node, scope) if pattern.anchor else _match_at(pattern, node, scope)
                    for nodes, bindings in matches:
                        for twin in self._twins[index]:
                            if twin in wanted:
                                match = RawMatch(twin, nodes, bindings, (start, end))
                                found.setdefault((twin, *match.span), match)
        return sorted(found.values(), key=lambda m: (m.span[0], -m.span[1], m.pattern))

    def _candidates(
        self, captures: Mapping[str, list[ts.Node]], plausible: set[int], scope: _Scope
    ) -> Iterator[tuple[int, ts.Node]]:
        """Patterns to try at a node that the query gave."""
        if anchors := captures.get("anchor"):
            node = anchors[0]
            wanted = [index for index in self._by_anchor.get(captures["name"][0].text or b"", ()) if index in plausible]
            operand = node.child(0) if wanted else None
            path = scope.path(operand) if operand else None
            for index in wanted:
                anchor = self.patterns[index].anchor
                if anchor and anchor.path == path:
                    yield index, node
        else:
            node = captures["root"][0]
            for index in self._by_root.get(node.type, ()):
                if index in plausible:
                    yield index, node


class _Scope:
    """What the qualifiers of one file mean."""

    def __init__(self, names: Mapping[bytes, str], root: ts.Node, source: bytes) -> None:
        self._names = names
        self._root = root
        self._source = source
        self._top: frozenset[bytes] | None = None
        self._unshadowed: dict[bytes, bool] = {}

    def path(self, node: ts.Node) -> str | None:
        if node.type not in _IDENTIFIERS:
            return None
        name = node.text or b""
        path = self._names.get(name)
        if path is None or self._never_declared(name):
            return path
        if self._top is None:
            self._top = top_level_names(self._root)
        return None if is_shadowed(node, self._top) else path

    def _never_declared(self, name: bytes) -> bool:
        """Whether the file holds the name as a qualifier only: a declaration would have no dot behind it."""
        found = self._unshadowed.get(name)
        if found is None:
            source = self._source
            alone = (m.start() for m in re.finditer(re.escape(name) + rb"(?![\w.])", source))
            found = self._unshadowed[name] = not any(_NAME_END.match(source, max(at - 1, 0)) is None for at in alone)
        return found


def _lead(roots: Sequence[PNode]) -> int:
    """Index of the first root that is no metavariable."""
    return next(i for i, root in enumerate(roots) if not root.variable)


def _climb(pattern: Pattern, node: ts.Node, scope: _Scope) -> Iterator[_Found]:
    """Try the pattern at every ancestor of its anchor that could be its root."""
    kinds = {root.kind for root in pattern.roots}
    current: ts.Node | None = node
    for _ in range(_MAX_CLIMB):
        if current is None or current.type == "source_file":
            return
        if current.type in kinds:
            matches = list(_match_at(pattern, current, scope))
            if matches:
                yield from matches
                return
        current = current.parent


def _match_at(pattern: Pattern, node: ts.Node, scope: _Scope) -> Iterator[_Found]:
    if len(pattern.roots) == 1:
        bindings = match_node(pattern.roots[0], node, {}, scope)
        if bindings is not None:
            yield (node,), bindings
        return
    siblings = [c for c, _ in significant_children(node.parent)] if node.parent else [node]
    position = next(i for i, sibling in enumerate(siblings) if sibling == node)
    for start in range(max(0, position - len(siblings)), position + 1):
        for end in range(len(siblings), start, -1):
            window = [(sibling, None) for sibling in siblings[start:end]]
            bindings = match_sequence(pattern.roots, window, {}, scope)
            if bindings is not None:
                yield tuple(siblings[start:end]), bindings
                return


def match_node(pattern: PNode, node: ts.Node, bindings: Bindings, scope: _Scope) -> Bindings | None:
    """Compare one node; gives the bindings grown by what matched, or None."""
    if pattern.variable:
        return _bind(pattern.variable, node, bindings)
    if pattern.package:
        return bindings if scope.path(node) == pattern.package else None
    if pattern.kind != node.type:
        return None
    if pattern.text is not None:
        return bindings if node.text == pattern.text else None
    return match_sequence(pattern.children, list(significant_children(node)), bindings, scope)


def match_sequence(
    patterns: Sequence[PNode],
    nodes: Sequence[tuple[ts.Node, str | None]],
    bindings: Bindings,
    scope: _Scope,
) -> Bindings | None:
    """Compare a run of siblings with backtracking over ``$*xs``; the shortest run that works is taken."""
    if not patterns:
        return None if nodes else bindings
    first, rest = patterns[0], patterns[1:]
    if first.many:
        # All others need at least one node each, so where no other takes any number, only one length can work.
        most = len(nodes) - sum(not pattern.many for pattern in rest)
        least = 0 if any(pattern.many for pattern in rest) else max(most, 0)
        for length in range(least, most + 1):
            taken = _bind(first.variable or "_", tuple(n for n, _ in nodes[:length]), bindings)
            if taken is not None:
                matched = match_sequence(rest, nodes[length:], taken, scope)
                if matched is not None:
                    return matched
        return None
    if not nodes:
        return None
    node, field = nodes[0]
    if first.field != field:
        return None
    grown = match_node(first, node, bindings, scope)
    return None if grown is None else match_sequence(rest, nodes[1:], grown, scope)


def _bind(name: str, value: Binding, bindings: Bindings) -> Bindings | None:
    if name == "_":
        return bindings
    if isinstance(value, ts.Node) and not value.is_named:
        return None
    before = bindings.get(name)
    if before is None:
        return {**bindings, name: value}
    return bindings if tokens(before) == tokens(value) else None


def tokens(value: Binding) -> list[bytes]:
    """The tokens of a node or a run of nodes without comments and white space: equality of code."""
    if isinstance(value, tuple):
        return [token for node in value for token in [*tokens(node), b","]]
    if value.type == "comment":
        return []
    if value.child_count == 0 or value.type in ("interpreted_string_literal", "raw_string_literal"):
        text = value.text or b""
        return [text] if text.strip(b"\n;\0") else []
    return [token for child in value.children for token in tokens(child)]
