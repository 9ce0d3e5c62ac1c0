"""The rest of an iteration: whether it can be a function of its own, and how it becomes one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TypeVar

from gofixer.transforms._places._lines import line_of
from gofixer.transforms._places._syntax import inside, statements, target
from gofixer.transforms.defers._resources import root

from gofixer.transform import Context, Edit, Node, Skip, nodes

N = TypeVar("N", bound=Node)
_CALM = frozenset({"+", "-", "*", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "&", "|", "^", "&^"})


class Tail:
    """The statements of a loop's body from a defer on."""

    def __init__(self, first: nodes.Defer, loop: nodes.For) -> None:
        self.first = first
        self.loop = loop

    @cached_property
    def loop_statements(self) -> Sequence[Node]:
        """All statements of the loop's body."""
        return statements(self.loop.body)

    @cached_property
    def statements(self) -> Sequence[Node]:
        """The statements from the defer on."""
        return self.loop_statements[self.loop_statements.index(self.first) :]

    def defers(self) -> Iterator[nodes.Defer]:
        """Every defer of the loop's function in these statements."""
        for statement in self.statements:
            yield from _own(statement, nodes.Defer)

    def stays(self) -> str | None:
        """Why these statements cannot be a function of their own, or should not."""
        start = self.first.start
        for statement in self.statements:
            for jump in _own(statement, nodes.Return, nodes.Goto, nodes.Break, nodes.Continue, nodes.Labeled):
                if isinstance(jump, nodes.Labeled):
                    if b"goto" in self.loop.text:
                        return "a goto leads across"
                elif _leads_out(jump, start):
                    return f"`{jump.str.splitlines()[0]}` leaves the iteration behind the defer"
            if any(call.function == "recover" for call in _own(statement, nodes.Call)):
                return "recover is called behind the defer"
        if len(self.statements) == 1:
            return "nothing follows it in the iteration: what it releases may be meant to stay open"
        return None


def nothing_can_happen(tail: Tail, cx: Context) -> bool:
    """Whether nothing behind the defer can panic or end the goroutine, so that a plain call at the end is the same."""
    call = tail.first.child
    if not isinstance(call, nodes.Call) or isinstance(call.function, nodes.FuncLiteral) or call.arguments.items:
        return False
    name = root(call.function)
    return name is not None and all(_calm(statement, name, cx) for statement in tail.statements[1:])


def at_the_end(tail: Tail, cx: Context) -> Sequence[Edit] | Skip:
    """Move the call behind the last statement."""
    last, call = tail.statements[-1], tail.first.child
    region = _region(tail, cx)
    start, end = line_of(cx.source, tail.first.start)
    if isinstance(region, Skip) or call is None:
        return region if isinstance(region, Skip) else Skip("is no plain call")
    if region[0] != start or cx.source[tail.first.end : end].strip():
        return in_place(tail, cx)
    behind = line_of(cx.source, last.end - 1)[1]
    added = cx.indent(tail.first).encode() + call.text + cx.newline
    return Edit(start, end, b""), Edit(behind, behind, added)


def in_place(tail: Tail, cx: Context) -> Sequence[Edit] | Skip:
    """Put the statements into a function literal that is called in place."""
    region = _region(tail, cx)
    if isinstance(region, Skip):
        return region
    start, end = region
    raw = [text.span for text in cx.declaration(tail.loop).descendants(nodes.RawStringLiteral)]
    indent = cx.indent(tail.first).encode()
    lines = [indent + b"func() {" + cx.newline]
    at = start
    for line in cx.source[start:end].splitlines(keepends=True):
        inside = any(first < at < last for first, last in raw)
        lines.append(line if inside or not line.strip() else b"\t" + line)
        at += len(line)
    lines.append(indent + b"}()" + cx.newline)
    return (Edit(start, end, b"".join(lines)),)


def _region(tail: Tail, cx: Context) -> tuple[int, int] | Skip:
    """The lines from the defer, or the comments directly above it, to the end of the loop's body."""
    source = cx.source
    start = line_of(source, tail.first.start)[0]
    end = line_of(source, tail.loop.body.end - 1)[0]
    if source[start : tail.first.start].strip() or source[end : tail.loop.body.end - 1].strip():
        return Skip("the loop's body shares its lines with other code")
    comments = {line_of(source, comment.start)[0]: comment for comment in cx.comments(tail.loop.body.span)}
    if any(b"\n" in comment.text.strip() and comment.end > start for comment in comments.values()):
        return Skip("a comment of several lines stands behind the defer")
    while (above := line_of(source, start - 1)[0]) in comments and not source[above : comments[above].start].strip():
        if b"\n" in comments[above].text.strip():
            break
        start = above
    return start, end


def _own(node: Node, *classes: type[N]) -> Iterator[N]:
    """A node and what is below it, function literals apart."""
    if isinstance(node, classes):
        yield node
    yield from inside(node, *classes)


def _leads_out(jump: Node, start: int) -> bool:
    """Whether a jump leaves the statements from an offset on."""
    if not isinstance(jump, nodes.Break | nodes.Continue):
        return True
    statement = target(jump)
    return statement is None or statement.start < start


def _calm(statement: Node, name: nodes.Identifier, cx: Context) -> bool:
    match statement:
        case nodes.Assignment(left=left, right=right) | nodes.ShortVarDeclaration(left=left, right=right):
            plain = all(isinstance(target, nodes.Identifier) for target in left.items)
            operator = statement.operator.str if isinstance(statement, nodes.Assignment) else ":="
            quiet = operator in ("=", ":=", "+=", "-=", "*=")
            return plain and quiet and all(_quiet(value, name, cx) for value in right.items)
        case nodes.Inc() | nodes.Dec():
            return isinstance(statement.children[0], nodes.Identifier)
        case nodes.If(initializer=None, condition=condition, consequence=body, alternative=other):
            return _quiet(condition, name, cx) and _calm(body, name, cx) and (other is None or _calm(other, name, cx))
        case nodes.Block():
            return all(_calm(inner, name, cx) for inner in statements(statement))
        case nodes.ExpressionStatement():
            return _quiet(statement.children[0], name, cx)
    return False


def _quiet(node: Node, name: nodes.Identifier, cx: Context) -> bool:
    """Whether an expression cannot panic; the resource is no nil pointer, the defer has looked into it."""
    match node:
        case nodes.Parenthesized():
            return _quiet(node.children[0], name, cx)
        case nodes.Unary(operator=operator, operand=operand) if operator.str == "<-":
            return _quiet(operand, name, cx)
        case nodes.Selector(operand=operand) if isinstance(operand, nodes.Identifier) and operand.str == name.str:
            return True
        case nodes.Binary(operator=operator, left=left, right=right) if operator.str in _CALM:
            basic = all(
                kind is not None and kind.kind not in ("interface", "struct", "array", "typeparam")
                for kind in (cx.type(left), cx.type(right))
            )
            return basic and _quiet(left, name, cx) and _quiet(right, name, cx)
    return cx.effect(node) is None
