"""One pass over one file: ask each transform's check about each match, and turn the answers into findings."""

from __future__ import annotations

import dataclasses
import fnmatch
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import tree_sitter as ts

from gofixer.context import Context, FileFacts, Match
from gofixer.edits.model import Applicability, Fix, Span
from gofixer.engine.config import Config
from gofixer.engine.decisions import Decisions, Site
from gofixer.engine.functions import function_name
from gofixer.engine.heat import HotSpots, Warmth, without_profile
from gofixer.engine.model import Finding, Note, Outcome
from gofixer.engine.state import FileState
from gofixer.facts.words import holds
from gofixer.match.matcher import Matcher, RawMatch
from gofixer.match.pattern import Pattern
from gofixer.syntax import Node
from gofixer.transform import Skip, Transform

R = TypeVar("R")

NEEDS_UNSAFE = "changes behaviour: needs --unsafe"
DISPLAY_ONLY = "shown only: apply it by hand if it suits"


@dataclass(frozen=True, slots=True)
class Rules:
    """The active transforms with their patterns as one matcher; ``spots`` are the run's profiles, if any."""

    transforms: tuple[Transform, ...]
    selected: frozenset[str]
    config: Config
    unsafe: bool
    matcher: Matcher
    owners: tuple[int, ...]
    spots: HotSpots | None = None
    decisions: Decisions | None = None

    @classmethod
    def build(cls, transforms: tuple[Transform, ...], selected: frozenset[str], config: Config, unsafe: bool) -> Rules:
        """Put the patterns of all transforms into one matcher; ``owners`` leads from pattern to transform."""
        patterns: list[Pattern] = []
        owners: list[int] = []
        for index, transform in enumerate(transforms):
            patterns += transform.patterns
            owners += [index] * len(transform.patterns)
        return cls(transforms, selected, config, unsafe or config.unsafe, Matcher(patterns), tuple(owners))

    def options(self, transform: Transform) -> Mapping[str, str | int | bool]:
        """The transform's options: defaults, overridden by the configuration."""
        given = self.config.options.get(transform.name, {})
        return {name: given.get(name, option.default) for name, option in transform.options.items()}

    def warmth(self, state: FileState, transform: Transform, match: Match, facts: FileFacts) -> Warmth:
        """What the run's profiles say of a match."""
        if self.spots is None:
            return without_profile(transform)
        return self.spots.at(state, transform, match, Context(facts, match, self.options(transform)))

    def ignored_in(self, transform: Transform, path: Path) -> bool:
        """Whether ``per-file-ignores`` excludes the transform from a file."""
        root = self.config.root
        if root is None or not path.is_relative_to(root):
            return False
        relative = path.relative_to(root).as_posix()
        return any(
            fnmatch.fnmatch(relative, glob) and {transform.name, transform.family, "all"} & set(names)
            for glob, names in self.config.per_file_ignores.items()
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """A fix that a check made, not merged yet. ``names`` are the new names by the declaration they live in,
    ``evidence`` is what is known already of its worth.
    """

    transform: Transform
    order: int
    span: Span
    fix: Fix
    function: str
    declaration: Span
    names: frozenset[tuple[Span, str]] = field(default_factory=frozenset)
    evidence: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed(Skip):
    """A site where a transform raised an error of its own: a bug, told as a note; the rest of the run goes on."""

    @classmethod
    def by(cls, error: Exception) -> Failed:
        """What to say of an error: its kind, its text and the line of code that raised it."""
        frame = traceback.extract_tb(error.__traceback__)[-1]
        words = " ".join(f"{type(error).__name__}: {error}".split())
        return cls(f"a bug in the transform, please report it: {words} ({Path(frame.filename).name}:{frame.lineno})")


@dataclass(frozen=True, slots=True)
class Place:
    """A match of a transform, with what its screen says of it (True where there is none), and its profile."""

    raw: RawMatch
    match: Match
    order: int
    warmth: Warmth
    screened: Skip | bool


@dataclass(frozen=True, slots=True)
class Open:
    """A file in one pass: what matches in it, and the declarations in which that is to be decided.

    ``asked`` are those of ``within`` whose types are needed for it; ``first`` tells that the run has not looked at the
    file before.
    """

    state: FileState
    facts: FileFacts
    places: Sequence[Place]
    within: Sequence[Span]
    asked: Sequence[Span]
    first: bool


def look(state: FileState, facts: FileFacts, rules: Rules, within: Sequence[Span] | None) -> list[Place]:
    """All matches of one file by its syntax, each once for a transform and a place.

    Where ``within`` is not None, matches outside of those byte ranges may be left out.
    """
    places: list[Place] = []
    if within is None and state.current == state.original:
        active: Sequence[int] = [hit.pattern for hit in state.hits]
        words = rules.matcher.known((hit.pattern, hit.word) for hit in state.hits)
    else:
        active = rules.matcher.prefilter(state.current)
        words = rules.matcher.places(state.current, active, within)
    found = rules.matcher.find(facts.tree, active, words)
    ignored = {order: rules.ignored_in(t, state.path) for order, t in enumerate(rules.transforms)} if found else {}
    for raw in found:
        order = rules.owners[raw.pattern]
        if ignored[order]:
            continue
        transform = rules.transforms[order]
        match = wrap(raw, facts)
        warmth = rules.warmth(state, transform, match, facts)
        places.append(Place(raw, match, order, warmth, screened(match, transform, facts, rules, warmth.hot)))
    return places


def check_file(
    state: FileState,
    facts: FileFacts,
    places: Sequence[Place],
    unknown: str,
    rules: Rules,
    within: Sequence[Span],
    first: bool,
) -> tuple[list[Draft], list[Finding], list[Note]]:
    """Run all checks on the matches inside some byte ranges of one file.

    Of what stands outside of them only the screens count, and that in the ``first`` pass.
    ``unknown`` says why there are no types, empty where there are. Gives the fixes to merge, the findings that
    are final for this pass (skipped, suppressed), and notes about transforms that failed.
    """
    drafts: list[Draft] = []
    findings: list[Finding] = []
    notes: list[Note] = []
    seen: set[tuple[int, Span]] = set()
    for place in places:
        raw, match, order, warmth = place.raw, place.match, place.order, place.warmth
        transform = rules.transforms[order]
        inside = any(start <= raw.span[0] and raw.span[1] <= end for start, end in within)
        if not (inside or first) or (order, raw.span) in seen:
            continue
        result: Draft | Skip | bool | None = place.screened
        if result is True and inside:
            reserved = tuple(name for draft in drafts for name in draft.names)
            result = _ask(match, raw, transform, facts, unknown, rules, order, reserved, warmth)
        if result is None or isinstance(result, bool):
            continue
        seen.add((order, raw.span))
        function = function_name(match.node)
        if isinstance(result, Draft):
            covering = state.suppressions.match(transform.name, transform.family, *_lines(state, raw.span))
            if covering is not None:
                reason = f"suppressed by the comment on line {covering.line}"
                made = finding(state, transform, raw.span, Outcome.SUPPRESSED, reason, function, result.fix)
                findings.append(dataclasses.replace(made, evidence=warmth.evidence))
            elif held := _held_back(result.fix, state, transform, raw.span, rules):
                outcome, reason = held
                made = finding(state, transform, raw.span, outcome, reason, function, result.fix)
                findings.append(dataclasses.replace(made, evidence=warmth.evidence))
            else:
                drafts.append(result)
        else:
            state.suppressions.match(transform.name, transform.family, *_lines(state, raw.span))
            made = finding(state, transform, raw.span, Outcome.SKIPPED, result.reason, function)
            findings.append(dataclasses.replace(made, evidence=warmth.evidence))
            if isinstance(result, Failed):
                notes.append(Note(f"{transform.name}: {result.reason}", state.path, made.line, level="error"))
    return drafts, findings, notes


def screened(match: Match, transform: Transform, facts: FileFacts, rules: Rules, hot: bool) -> Skip | bool:
    """What a transform's screen says of a match; True where it has none. ``hot`` is what profiles say."""
    if transform.screen is None:
        return True
    place = Context(facts, match, rules.options(transform), selected=transform.name in rules.selected, hot=hot)
    return _contained(transform.screen, match, place)


def _contained(part: Callable[[Match, Context], R], match: Match, place: Context) -> R | Failed:
    try:
        return part(match, place)
    except MemoryError:
        raise
    except Exception as error:
        return Failed.by(error)


def _ask(
    match: Match,
    raw: RawMatch,
    transform: Transform,
    facts: FileFacts,
    unknown: str,
    rules: Rules,
    order: int,
    reserved: Sequence[tuple[Span, str]],
    warmth: Warmth,
) -> Draft | Skip | None:
    errors = facts.tree.errors
    if any(start < match.span[1] and match.span[0] < max(end, start + 1) for start, end in errors):
        return Skip("stands in code with a syntax that gofixer cannot read")
    pattern = rules.matcher.patterns[raw.pattern]
    if transform.types:
        if facts.types is None:
            return Skip(unknown or "no types")
        if not _confirmed(raw, pattern, facts):
            return None
    selected = transform.name in rules.selected
    place = Context(facts, match, rules.options(transform), selected, warmth.hot, reserved)
    for name, words in pattern.where.items():
        if not all(holds(words, node, place) for node in match.many(name)):
            return None
    result = _contained(transform.check, match, place)
    if not isinstance(result, Fix):
        return result
    if any(edit.start < end and start < edit.end for edit in result.edits for start, end in errors):
        return Skip("the rewrite would touch a syntax that gofixer cannot read")
    if warmth.closed and not selected:
        return Skip(warmth.closed)
    if warmth.cold:
        return Skip(warmth.cold)
    function = function_name(match.node)
    declaration = place.declaration(match.node).span
    names = frozenset(place.names)
    return Draft(transform, order, raw.span, result, function, declaration, names, warmth.evidence)


def _confirmed(raw: RawMatch, pattern: Pattern, facts: FileFacts) -> bool:
    """Whether Go's own parser and type checker see the match where tree-sitter does, with the pattern's package."""
    types = facts.types
    assert types is not None
    if not all(types.has_node((node.start_byte, node.end_byte)) for node in raw.nodes):
        return False
    if pattern.anchor is None:
        return True
    return any(
        types.package_of((operand.start_byte, operand.end_byte)) == pattern.anchor.path
        for operand in _qualifiers(raw, pattern.anchor.name)
    )


def _qualifiers(raw: RawMatch, name: bytes) -> Iterator[ts.Node]:
    stack = list(raw.nodes)
    while stack:
        node = stack.pop()
        if node.type in ("selector_expression", "qualified_type") and node.children[-1].text == name:
            yield node.children[0]
        stack += node.named_children


def wrap(raw: RawMatch, facts: FileFacts) -> Match:
    """The match with typed nodes."""
    tree = facts.tree
    bindings: dict[str, Node | tuple[Node, ...]] = {
        name: tuple(tree.wrap(n) for n in value) if isinstance(value, tuple) else tree.wrap(value)
        for name, value in raw.bindings.items()
    }
    return Match(tuple(tree.wrap(n) for n in raw.nodes), bindings, raw.pattern)


def _held_back(
    fix: Fix, state: FileState, transform: Transform, span: Span, rules: Rules
) -> tuple[Outcome, str] | None:
    """Why a fix is not to be applied although all guards hold; None where it is."""
    if before := state.refused.get((transform.name, state.original_offset(span[0]))):
        return before
    if fix.applicability is Applicability.DISPLAY:
        return Outcome.SKIPPED, DISPLAY_ONLY
    if fix.applicability is Applicability.UNSAFE and not rules.unsafe:
        return Outcome.SKIPPED, NEEDS_UNSAFE
    return _decided(Site(state.path, transform.name, *state.original_position(span[0])), rules.decisions, state.turn)


def _decided(site: Site, decisions: Decisions | None, turn: int) -> tuple[Outcome, str] | None:
    if decisions is None:
        return None
    if reason := decisions.suppressed.get(site):
        return Outcome.SUPPRESSED, f"suppressed in the review: {reason}"
    reason = decisions.refusal(site, turn)
    return (Outcome.SKIPPED, reason) if reason else None


def _lines(state: FileState, span: Span) -> tuple[int, int]:
    return state.original_position(span[0])[0], state.original_position(span[1])[0]


def finding(
    state: FileState,
    transform: Transform,
    span: Span,
    outcome: Outcome,
    reason: str,
    function: str,
    fix: Fix | None = None,
) -> Finding:
    """A finding at a byte range of the current content, with its positions in the original file."""
    line, column = state.original_position(span[0])
    end_line, end_column = state.original_position(span[1])
    return Finding(
        transform=transform.name,
        family=transform.family,
        file=state.path,
        line=line,
        column=column,
        end_line=end_line,
        end_column=end_column,
        message=fix.title if fix else transform.summary,
        applicability=fix.applicability if fix else transform.applicability,
        outcome=outcome,
        reason=reason,
        function=function,
        turn=state.turn,
    )
