"""Whether an error is known not to be nil where it is formatted: fmt prints ``<nil>``, a call of Error panics."""

from __future__ import annotations

from collections.abc import Iterator

from gofixer.transform import Context, Node, Object, nodes, unparen

_LEAVES = (nodes.Return, nodes.Continue, nodes.Break)


def unproven_error(node: Node, cx: Context) -> str | None:
    """Why an error variable may be nil at a place; None where a check ``!= nil`` dominates it."""
    target = unparen(node)
    found = cx.object(target) if isinstance(target, nodes.Identifier) else None
    if found is None or found.kind != "var" or found.scope != "local":
        return f"the error `{node.str}` is no local variable: it may be nil, or change after a check"
    function = cx.function(node)
    if found.address_taken or function is None:
        return f"the error `{node.str}` may be changed through a pointer"
    if any(use.role != "read" and use.func != function.span for use in found.uses):
        return f"the error `{node.str}` is changed in another function"
    if next(function.descendants(nodes.Goto), None) is not None:
        return f"a goto may lead around the check of `{node.str}`"
    for check, inner in _checks(target, found, cx):
        end = inner.end if _repeats(inner, target) else target.start
        if not any(use.role != "read" and check <= use.start < end for use in found.uses):
            return None
    return f"the error `{node.str}` may be nil here, which fmt prints and Error does not survive"


def _checks(target: Node, error: Object, cx: Context) -> Iterator[tuple[int, Node]]:
    """Where checks that dominate a place end, and the code between such a check and the place."""
    child = target
    for ancestor in target.ancestors():
        if isinstance(ancestor, nodes.FUNCTIONS):
            return
        match ancestor:
            case nodes.If() if child == ancestor.consequence and _implied(ancestor.condition, error, True, cx):
                yield ancestor.condition.end, child
            case nodes.If() if child == ancestor.alternative and _implied(ancestor.condition, error, False, cx):
                yield ancestor.condition.end, child
            case nodes.Binary(left, operator, right) if child == right and operator.str in ("&&", "||"):
                if _implied(left, error, operator.str == "&&", cx):
                    yield left.end, child
            case nodes.StatementList():
                for earlier in ancestor.children:
                    if earlier.end <= child.start and _leaves_when_nil(earlier, error, cx):
                        yield earlier.end, child
        child = ancestor


def _leaves_when_nil(statement: Node, error: Object, cx: Context) -> bool:
    if not isinstance(statement, nodes.If) or statement.alternative is not None:
        return False
    if not _implied(statement.condition, error, False, cx):
        return False
    body = [n for block in statement.consequence.children for n in block.children if not isinstance(n, nodes.Comment)]
    return bool(body) and isinstance(body[-1], _LEAVES)


def _implied(condition: Node, error: Object, outcome: bool, cx: Context) -> bool:
    """Whether a condition that comes out so says that the error is not nil."""
    match unparen(condition):
        case nodes.Binary(left, operator, right):
            word = operator.str
            if word == ("&&" if outcome else "||"):
                return _implied(left, error, outcome, cx) or _implied(right, error, outcome, cx)
            sides = (left, right) if isinstance(right, nodes.Nil) else (right, left)
            wanted = "!=" if outcome else "=="
            return word == wanted and isinstance(sides[1], nodes.Nil) and cx.object(sides[0]) == error
    return False


def _repeats(inner: Node, target: Node) -> bool:
    """Whether a loop between the check and the place may run code behind the place before it."""
    for ancestor in target.ancestors():
        if isinstance(ancestor, nodes.For):
            return True
        if ancestor == inner:
            return False
    return False
