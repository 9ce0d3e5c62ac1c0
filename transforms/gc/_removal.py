"""Taking a statement out of a file the way a person would: with its line, its comments and what it leaves empty."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gofixer.transforms._places._lines import line_before, line_of, with_comments_above

from gofixer.transform import Context, Edit, Node, Skip, Span, nodes

# A comment that says what the call does, and one that says what it is good for.
_WHAT = re.compile(r"(?i)\b(gc|gc'?ed|garbage|collect\w*|memory|heap|free\w*|releas\w*|reclaim\w*|clean\w*)\b")
_WHY = re.compile(
    r"(?i)because|otherwise|need|requir|must|ensure|make sure|prevent|avoid|so that|\boom\b|peak|spike|issue|https?:"
    r"|work ?around|hack|finali|weak|cgo|limit|important|deliberate|before|stat|profil|measur|leak"
    r"|todo|fixme|xxx|bug|nolint|//go:|//export"
)
_CLOSING = re.compile(rb"\s*(\}|\)|case\b|default\s*:|$)")


@dataclass(frozen=True, slots=True)
class Removal:
    """Byte ranges to delete, and import paths that may have been used there for the last time."""

    spans: tuple[Span, ...]
    drops: tuple[str, ...] = ("runtime",)

    def __add__(self, other: Removal) -> Removal:
        return Removal((*self.spans, *other.spans), tuple(dict.fromkeys((*self.drops, *other.drops))))

    def edits(self) -> Iterator[Edit]:
        """The deletions, with ranges that overlap joined."""
        start = end = -1
        for first, last in sorted(self.spans):
            if first > end >= 0:
                yield Edit(start, end, b"")
            start, end = (first, last) if first > end else (start, max(end, last))
        if end >= 0:
            yield Edit(start, end, b"")


def remove(statement: Node, cx: Context, *, reasons_count: bool = True) -> Removal | Skip:
    """Remove a statement and the `if`, `else`, block or goroutine that would be left empty by it.

    A comment on its line or directly above goes too if it only says what the statement does; a comment that says
    why (where ``reasons_count``) or that may belong to something else refuses.
    """
    target = statement
    drops = ["runtime"]
    while (alone := _alone_in(target)) is not None:
        match alone:
            case nodes.If(initializer=initializer, alternative=alternative) if alone.consequence.span[1] > target.start:
                if initializer is not None or alternative is not None:
                    return Skip("the if around it does more than ask for the collection")
                if reason := _condition(alone, cx):
                    return Skip(reason)
                names = alone.condition.descendants(nodes.Identifier)
                drops += filter(None, (cx.types.package_of(name.span) for name in names))
                if isinstance(alone.parent, nodes.If):
                    return _tail(alone.parent.consequence.end, alone, cx, reasons_count, drops)
                target = alone
            case nodes.If():
                assert alone.alternative is not None
                return _tail(alone.consequence.end, alone.alternative, cx, reasons_count, drops)
            case _:
                target = alone
    if isinstance(target.parent, nodes.Labeled):
        return Skip("carries a label")
    if not isinstance(target.parent, nodes.StatementList):
        return Skip("is part of another statement")
    if len(target.parent.items) == 1 and isinstance(target.parent.parent, nodes.CASES):
        return Skip("is all that its case does")
    return _lines(target, cx, reasons_count, tuple(drops))


def remove_goroutine(statement: nodes.Go, cx: Context) -> Removal | Skip:
    """Remove a ``go`` statement with the comments above and in it."""
    if not isinstance(statement.parent, nodes.StatementList):
        return Skip("is part of another statement")
    return _lines(statement, cx, True, ("runtime", "runtime/debug", "time", "context"))


def remove_declaration(function: Node, cx: Context) -> Removal | Skip:
    """Remove a top-level function with the comment above it."""
    return _lines(function, cx, True, ("runtime",))


def _alone_in(target: Node) -> Node | None:
    """The statement that does nothing without ``target``; None where there are others, or none around."""
    statements = target.parent
    if not isinstance(statements, nodes.StatementList) or len(statements.items) != 1:
        return None
    block = statements.parent
    owner = block.parent if isinstance(block, nodes.Block) else None
    match owner:
        case nodes.If():
            return owner
        case nodes.StatementList():
            return block
        case nodes.FuncLiteral(parent=nodes.Call(parent=nodes.Go() as goroutine)) if not owner.parameters.items:
            return goroutine
    return None


def _condition(branch: nodes.If, cx: Context) -> str | None:
    """Why a condition cannot be dropped: it does something, or a variable would be left without a use."""
    if effect := cx.effect(branch.condition):
        return f"its condition has to stay: {effect}"
    for name in (branch.condition, *branch.condition.descendants(nodes.Identifier)):
        variable = cx.types.object(name.span)
        if variable is None or variable.scope != "local" or variable.is_param or variable.is_result:
            continue
        others = [u for u in variable.uses if not branch.start <= u.start < branch.end]
        if not any(use.role in ("read", "address") for use in others):
            return f"`{variable.name}` is only there for its condition"
    return None


def _tail(start: int, piece: Node, cx: Context, reasons_count: bool, drops: list[str]) -> Removal | Skip:
    """Remove an else from the end of the branch before it."""
    inside = cx.comments((start, piece.end))
    if reason := next(filter(None, (_speaks(c.str, reasons_count) for c in inside)), None):
        return Skip(reason)
    return Removal(((start, piece.end),), tuple(drops))


def _lines(target: Node, cx: Context, reasons_count: bool, drops: tuple[str, ...]) -> Removal | Skip:
    source = cx.source
    start, end = line_of(source, target.start)[0], line_of(source, target.end)[1]
    comments = cx.comments((target.end, end))
    behind = source[target.end : comments[0].start if comments else end]
    if source[start : target.start].strip() or behind.strip() or any(c.end > end for c in comments):
        return Skip("shares its line with other code")
    if len(comments) > 1 or (comments and source[comments[0].end : end].strip()):
        return Skip("shares its line with other code")
    comments += [c for c in cx.comments(target.span) if not isinstance(target, nodes.FunctionDeclaration)]
    first = with_comments_above(start, cx)
    above = source[first:start].decode(errors="surrogateescape")
    for text in (above, *(c.str for c in comments)):
        if text and (reason := _speaks(text, reasons_count)):
            return Skip(reason)
    following = source[end : line_of(source, end)[1]]
    if above and isinstance(target.parent, nodes.StatementList) and not _CLOSING.match(following):
        return Skip("the comment above it may speak of the next statement too")
    return Removal((_with_blank_lines(source, first, end),), drops)


def _speaks(text: str, reasons_count: bool) -> str | None:
    if reasons_count and _WHY.search(text):
        return "a comment says why it is there"
    if not _WHAT.search(text):
        return "a comment beside it may belong to something else"
    return None


def _with_blank_lines(source: bytes, start: int, end: int) -> Span:
    """The range of whole lines, grown by blank lines that would end up beside others or at the edge of a block."""
    before, after = line_before(source, start), source[end : line_of(source, end)[1]]
    if before and not before.strip() and _CLOSING.match(after):
        while (blank := line_before(source, start)) and not blank.strip():
            start -= len(blank)
    elif before.rstrip().endswith((b"{", b":")):
        while end < len(source) and not (blank := source[end : line_of(source, end)[1]]).strip():
            end += len(blank)
    return start, end
