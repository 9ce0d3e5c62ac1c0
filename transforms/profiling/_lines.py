"""Taking whole lines out of a block, or putting others in their place."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gofixer.transforms._places._lines import line_before, line_of

from gofixer.transform import Context, Edit, Node, Skip, nodes

_WHY = re.compile(
    r"(?i)because|otherwise|need|requir|must|ensure|make sure|so that|issue|https?:|work ?around|hack|important"
    r"|deliberate|todo|fixme|xxx|bug|nolint|//go:"
)
_CLOSING = re.compile(rb"\s*(\}|case\b|default\s*:)")


def lines(first: Node, last: Node, cx: Context, about: str) -> tuple[int, int] | Skip:
    """The lines of some statements with the comments beside and above them.

    ``about`` are beginnings of words: a comment has to have one of them, and to give no reason for the statements.
    """
    source = cx.source
    start, end = line_of(source, first.start)[0], line_of(source, last.end - 1)[1]
    comments = cx.comments((start, end))
    behind = next((c.start for c in comments if c.start >= last.end), end)
    if source[start : first.start].strip() or source[last.end : behind].strip() or any(c.end > end for c in comments):
        return Skip("shares its line with other code")
    above = {line_of(source, c.start)[0]: c for c in cx.comments((0, start))}
    top = start
    while top and (found := above.get(line_of(source, top - 1)[0])) is not None:
        line = line_of(source, top - 1)[0]
        if source[line : found.start].strip():
            break
        comments.append(found)
        top = line
    words = re.compile(rf"(?i)\b(?:{'|'.join(about.split())})")
    for comment in comments:
        if _WHY.search(comment.str):
            return Skip("a comment says why it is there")
        if not words.search(comment.str):
            return Skip("a comment beside it may belong to something else")
    return top, end


def remove_line(statement: Node, cx: Context, about: str) -> Sequence[Edit] | Skip:
    """Remove a statement of a list that has others."""
    around = statement.parent
    if not isinstance(around, nodes.StatementList) or len(around.items) == 1:
        return Skip("is all that its block does")
    found = lines(statement, statement, cx, about)
    return found if isinstance(found, Skip) else (Edit(*without_blanks(found, cx.source), b""),)


def without_blanks(span: tuple[int, int], source: bytes) -> tuple[int, int]:
    """A range of lines to delete, with the blank lines that would end up at the edge of a block or beside others."""
    start, end = span
    before = line_before(source, start)
    blank_before = not before.strip()
    opening = before.rstrip().endswith((b"{", b":"))
    while (opening or blank_before) and end < len(source):
        line = source[slice(*line_of(source, end))]
        if line.strip():
            break
        end += len(line)
    if blank_before and _CLOSING.match(source[slice(*line_of(source, end))]):
        start = line_of(source, start - 1)[0]
    return start, end
