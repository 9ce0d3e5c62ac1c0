"""The lines that a statement stands on: whether it has them to itself, what goes above and below them."""

from __future__ import annotations

from collections.abc import Sequence

from gofixer.transforms._places._syntax import unlabelled

from gofixer.transform import Context, Edit, Node, to_bytes


def line_of(source: bytes, at: int) -> tuple[int, int]:
    """Start of the line of an offset, and of the next line."""
    end = source.find(b"\n", at)
    return source.rfind(b"\n", 0, at) + 1, len(source) if end < 0 else end + 1


def starts_line(node: Node, cx: Context) -> bool:
    """Whether only white space stands before a node on its line."""
    return not cx.source[line_of(cx.source, node.start)[0] : node.start].strip()


def ends_line(node: Node, cx: Context, token: bytes = b"") -> bool:
    """Whether nothing but a token and a line comment follows a node on its line, and another line comes next."""
    end = cx.source.find(b"\n", node.end)
    rest = cx.source[node.end : end].strip()
    return end >= 0 and rest.startswith(token) and rest.removeprefix(token).strip()[:2] in (b"", b"//")


def comment_above(node: Node, cx: Context) -> bool:
    """Whether a comment ends on the line above a node, behind code too."""
    return any(
        comment.line + comment.str.rstrip("\r\n").count("\n") == node.line - 1
        for comment in cx.comments((0, node.start))
    )


def line_before(source: bytes, start: int) -> bytes:
    """The line above the line that starts at ``start``, with its line break."""
    return source[slice(*line_of(source, start - 1))] if start else b""


def with_comments_above(at: int, cx: Context) -> int:
    """Start of the line of ``at``, or of the first of the comments directly above it that have their lines alone."""
    start = line_of(cx.source, at)[0]
    comments = {c.start + len(c.text.rstrip()): c for c in cx.comments((0, at))}
    while line := line_before(cx.source, start):
        comment = comments.get(start - len(line) + len(line.rstrip()))
        if comment is None or not starts_line(comment, cx):
            break
        start = line_of(cx.source, comment.start)[0]
    return start


def lines_above(statement: Node, lines: Sequence[str], cx: Context) -> Edit:
    """Put lines above a statement and the comments that belong to it, with its indentation."""
    inner = unlabelled(statement)
    at = with_comments_above(statement.start, cx)
    return Edit(at, at, _indented(inner if starts_line(inner, cx) else statement, lines, cx))


def lines_below(node: Node, lines: Sequence[str], cx: Context) -> Edit:
    """Put lines below the line that a node ends, as `ends_line` tells, indented like the line that it starts on."""
    at = line_of(cx.source, node.end)[1]
    return Edit(at, at, _indented(unlabelled(node), lines, cx))


def _indented(like: Node, lines: Sequence[str], cx: Context) -> bytes:
    indent, newline = cx.indent(like), cx.newline.decode()
    return to_bytes("".join(f"{indent}{line}{newline}" for line in lines))
