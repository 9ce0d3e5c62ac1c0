"""Finds patterns in trees: one query for all patterns of a run, then a residual comparison of the few hits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import tree_sitter as ts

from gofixer.match.imports import imported_names
from gofixer.match.near import Near, any_word
from gofixer.match.pattern import Pattern, PNode, significant_children
from gofixer.syntax import Tree
from gofixer.syntax.grammar import LANGUAGE

Binding = ts.Node | tuple[ts.Node, ...]
Bindings = Mapping[str, Binding]
_Found = tuple[tuple[ts.Node, ...], Bindings]

_IDENTIFIERS = frozenset({"identifier", "package_identifier"})
_MAX_CLIMB = 40
# A first argument that is a plain literal, and something behind its comma.
# What stands before a name that is only the end of another one, of a path, or behind a dot.
_NAME_END = re.compile(rb'[\w."/]')
_TWO_ARGUMENTS = re.compile(rb'\s*\(\s*(?:"(?:\\.|[^"\\\n])*"|`[^`]*`)\s*,\s*[^\s)]')


@dataclass(frozen=True, slots=True)
class RawMatch:
    """A pattern found: its index in the matcher, the matched nodes in source order, the bindings by name."""

    pattern: int
    nodes: tuple[ts.Node, ...]
    bindings: Bindings

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
        first: dict[tuple[str, frozenset[str]], int] = {}
        self._twins: dict[int, list[int]] = {}  # patterns with one source are matched once
        for index, pattern in enumerate(self.patterns):
            key = pattern.source, pattern.near
            self._twins.setdefault(first.setdefault(key, index), []).append(index)
            if first[key] != index:
                continue
            if pattern.anchor:
                self._by_anchor.setdefault(pattern.anchor.name, []).append(index)
            else:
                self._by_root.setdefault(pattern.roots[_lead(pattern.roots)].kind, []).append(index)
        self._openings = {p.opening: re.compile(p.opening) for p in self.patterns}
        self._near = {p.near: any_word(p.near) for p in self.patterns if p.near}
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

    def places(self, source: bytes, active: Sequence[int]) -> list[tuple[int, int]]:
        """Byte ranges of the words that may belong to a match, in source order: text alone, nothing parsed."""
        found: set[tuple[int, int]] = set()
        near = Near(source)
        for index in active:
            pattern = self.patterns[index]
            if not pattern.literals:
                return [(0, len(source))]
            words = self._near.get(pattern.near)
            word = pattern.literals[-1]
            at = source.find(word)
            while at >= 0:
                end = at + len(word)
                if (words is None or near.holds(at, words)) and self._plausible(pattern, source, at, end):
                    found.add((at, end))
                at = source.find(word, end)
        return sorted(found)

    def _plausible(self, pattern: Pattern, source: bytes, start: int, end: int) -> bool:
        if pattern.anchor and source[start - 1 : start] != b"." and not source[:start].rstrip().endswith(b"."):
            return False
        if not self._openings[pattern.opening].match(source, start):
            return False
        return not (pattern.single and _TWO_ARGUMENTS.match(source, end))

    def find(self, tree: Tree, active: Sequence[int] | None = None) -> list[RawMatch]:
        """All matches in a file, in source order, outer ones first; ``active`` limits the patterns."""
        if self._query is None:
            return []
        numbers = range(len(self.patterns)) if active is None else active
        wanted = frozenset(numbers)
        root = tree.root.raw
        scope = _Scope(imported_names(root), root, tree.source)
        cursor = ts.QueryCursor(self._query)
        near = Near(tree.source)
        found: dict[tuple[int, int, int], RawMatch] = {}
        for start, end in self.places(tree.source, sorted(wanted)):
            cursor.set_byte_range(start, end)
            for _, captures in cursor.matches(root):
                for match in self._candidates(captures, wanted, scope):
                    words = self._near.get(self.patterns[match.pattern].near)
                    if words is None or near.holds(match.span[0], words):
                        found.setdefault((match.pattern, *match.span), match)
        return sorted(found.values(), key=lambda m: (m.span[0], -m.span[1], m.pattern))

    def _candidates(
        self, captures: Mapping[str, list[ts.Node]], wanted: frozenset[int], scope: _Scope
    ) -> Iterator[RawMatch]:
        if anchors := captures.get("anchor"):
            node = anchors[0]
            operand = node.child(0)
            path = scope.path(operand) if operand else None
            for index in self._by_anchor.get(captures["name"][0].text or b"", ()):
                pattern = self.patterns[index]
                twins = [twin for twin in self._twins[index] if twin in wanted]
                if twins and pattern.anchor and pattern.anchor.path == path:
                    yield from _for_each(twins, _climb(pattern, node, scope))
        else:
            node = captures["root"][0]
            for index in self._by_root.get(node.type, ()):
                twins = [twin for twin in self._twins[index] if twin in wanted]
                if twins:
                    yield from _for_each(twins, _match_at(self.patterns[index], node, scope))


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


def top_level_names(root: ts.Node) -> frozenset[bytes]:
    """Names that a file declares at package level, other than by imports."""
    siblings = (s for s in root.named_children if s.type != "import_declaration")
    return frozenset(name for sibling in siblings for name in _declared(sibling) if name)


def is_shadowed(node: ts.Node, top: frozenset[bytes] | None = None) -> bool:
    """Whether an enclosing function declares the identifier's name before it: then it is no package.

    Purely syntactic and on the safe side for the name's own scope rules; the type oracle confirms every match
    that leads to a fix.
    """
    return is_declared(node.text or b"", node, top)


def is_declared(name: bytes, node: ts.Node, top: frozenset[bytes] | None = None) -> bool:
    """Whether ``name`` means something that the file declares, other than by an import, where ``node`` stands.

    ``top`` are the file's `top_level_names`, for callers that ask often.
    """
    child: ts.Node = node
    parent = node.parent
    while parent is not None:
        if parent.type == "source_file":
            return name in (top_level_names(parent) if top is None else top)
        for sibling in parent.named_children:
            if sibling.start_byte >= child.start_byte:
                break
            if sibling.type in _SCOPED and name in _declared(sibling):
                return True
        if parent.type == "type_switch_statement":
            alias = parent.child_by_field_name("alias")
            if alias is not None and any(n.text == name for n in alias.named_children):
                return True
        child, parent = parent, parent.parent
    return False


_SCOPED = frozenset(
    {
        "parameter_list", "short_var_declaration", "var_declaration", "const_declaration", "type_declaration",
        "range_clause", "for_clause", "type_parameter_list", "receive_statement",
    }
)  # fmt: skip


def _declared(node: ts.Node) -> set[bytes | None]:
    """Names that a declaring node brings into the scope it stands in."""
    kind = node.type
    match kind:
        case "parameter_list" | "type_parameter_list" | "var_declaration" | "const_declaration":
            return {
                name.text for spec in _flat(node, {"var_spec_list"}) for name in spec.children_by_field_name("name")
            }
        case "short_var_declaration" | "range_clause" | "receive_statement":
            left = node.child_by_field_name("left")
            if left is None or (kind != "short_var_declaration" and not _has_token(node, b":=")):
                return set()
            return {n.text for n in left.named_children}
        case "for_clause":
            init = node.child_by_field_name("initializer")
            return _declared(init) if init else set()
        case "type_declaration":
            return {n.text for spec in node.named_children for n in spec.children_by_field_name("name")}
        case "function_declaration":
            return {n.text for n in node.children_by_field_name("name")}
        case _:
            return set()


def _flat(node: ts.Node, lists: set[str]) -> Iterator[ts.Node]:
    for child in node.named_children:
        if child.type in lists:
            yield from child.named_children
        else:
            yield child


def _has_token(node: ts.Node, token: bytes) -> bool:
    return any(not child.is_named and child.text == token for child in node.children)


def _lead(roots: Sequence[PNode]) -> int:
    """Index of the first root that is no metavariable."""
    return next(i for i, root in enumerate(roots) if not root.variable)


def _for_each(twins: Sequence[int], found: Iterator[_Found]) -> Iterator[RawMatch]:
    return (RawMatch(index, nodes, bindings) for nodes, bindings in found for index in twins)


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
