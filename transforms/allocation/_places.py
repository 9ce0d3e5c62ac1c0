"""Where statements stand: lines above and below them, and what a loop holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from gofixer.transform import Context, Edit, Node, nodes

N = TypeVar("N", bound=Node)
_BREAKABLE = (nodes.For, nodes.ExpressionSwitch, nodes.TypeSwitch, nodes.Select)


def statements(holder: Node) -> Sequence[Node]:
    """The statements of a block, a case or a statement list, without comments."""
    if not isinstance(holder, nodes.StatementList):
        found = next((c for c in holder.children if isinstance(c, nodes.StatementList)), None)
        if found is None:
            return ()
        holder = found
    return [item for item in holder.children if not isinstance(item, nodes.Comment)]


def inside(node: Node, *classes: type[N]) -> Iterator[N]:
    """Nodes of some classes below a node, without those of function literals in it."""
    for child in node.children:
        if isinstance(child, classes):
            yield child
        if not isinstance(child, nodes.FuncLiteral):
            yield from inside(child, *classes)


def labelled(statement: Node) -> Node:
    """The statement with all its labels."""
    while isinstance(statement.parent, nodes.Labeled):
        statement = statement.parent
    return statement


def around(node: Node) -> nodes.For | None:
    """The innermost loop around a node, in its own function."""
    for ancestor in node.ancestors():
        if isinstance(ancestor, nodes.FUNCTIONS):
            return None
        if isinstance(ancestor, nodes.For):
            return ancestor
    return None


def target(jump: nodes.Break | nodes.Continue) -> Node | None:
    """The statement that a break or continue belongs to."""
    if jump.child is not None:
        label = jump.child.str
        named = (a for a in jump.ancestors() if isinstance(a, nodes.Labeled) and a.label.str == label)
        found: Node | None = next(named, None)
        while isinstance(found, nodes.Labeled):
            found = found.child
        return found
    kinds = _BREAKABLE if isinstance(jump, nodes.Break) else (nodes.For,)
    return next((a for a in jump.ancestors() if isinstance(a, kinds)), None)


def starts_line(node: Node, cx: Context) -> bool:
    """Whether only white space stands before a node on its line."""
    line = cx.source.rfind(b"\n", 0, node.start) + 1
    return not cx.source[line : node.start].strip()


def ends_line(node: Node, cx: Context) -> bool:
    """Whether nothing but a line comment follows a node on its line."""
    end = cx.source.find(b"\n", node.end)
    rest = cx.source[node.end : end if end >= 0 else len(cx.source)].strip()
    return end >= 0 and rest[:2] in (b"", b"//")


def lines_above(statement: Node, lines: Sequence[str], cx: Context) -> Edit:
    """Put lines above a statement and the comments that belong to it, with its indentation."""
    holder = statement.parent
    while isinstance(holder, nodes.StatementList):
        holder = holder.parent
    top = statement
    for comment in reversed(cx.comments(((holder or statement).start, statement.start))):
        bottom = comment.line + comment.str.rstrip("\n").count("\n")
        if bottom != top.line - 1 or not starts_line(comment, cx):
            break
        top = comment
    inner = statement
    while isinstance(inner, nodes.Labeled) and inner.child is not None:
        inner = inner.child
    indent = cx.indent(inner if starts_line(inner, cx) else statement)
    newline = cx.newline.decode()
    at = cx.source.rfind(b"\n", 0, top.start) + 1
    return Edit(at, at, encoded("".join(f"{indent}{line}{newline}" for line in lines)))


def lines_below(statement: Node, lines: Sequence[str], cx: Context) -> Edit:
    """Put lines below the line that a statement ends on, with the indentation of the line it starts on."""
    at = cx.source.find(b"\n", statement.end)
    newline = cx.newline.decode()
    inner = statement
    while isinstance(inner, nodes.Labeled) and inner.child is not None:
        inner = inner.child
    text = "".join(f"{cx.indent(inner)}{line}{newline}" for line in lines)
    return Edit(at + 1, at + 1, encoded(text))


def encoded(text: str) -> bytes:
    """Bytes of a text that may hold bytes which are no UTF-8 as surrogate escapes."""
    return text.encode("utf-8", "surrogateescape")
