"""Whether code runs each time that a timer says so."""

from __future__ import annotations

import re

from gofixer.transforms._places._repeats import calls_of

from gofixer.transform import Context, Node, nodes

_TICKS = re.compile(r"(?i)(tick\w*|timer\w*)\.C\b|\btime\.(Tick|After)\(")
_DEEPEST = 4


def timed(node: Node, cx: Context, depth: int = 0) -> str | None:
    """What makes a node run again and again in time: a ticker, a timer or a sleep; None where nothing does.

    Calls are followed inside the file, up to a depth of four functions.
    """
    function = cx.function(node)
    for around in node.ancestors():
        if around == function:
            break
        match around:
            case nodes.For(child=nodes.RangeClause(right=operand)) if _ticks(operand, cx):
                return "on a ticker"
            case nodes.CommunicationCase(communication=nodes.Receive(right=channel)) if _ticks(channel, cx):
                if any(isinstance(outer, nodes.For) for outer in around.ancestors()):
                    return "on a timer"
            case nodes.For() if any(_sleeps(call) for call in around.body.descendants(nodes.Call)):
                return "after a sleep"
            case nodes.For() if any(_ticks(receive, cx) for receive in around.body.descendants(nodes.Unary)):
                if not any(True for _ in around.body.descendants(nodes.Select)):
                    return "on a timer"
    match function:
        case nodes.FuncLiteral(parent=nodes.Call() as call) if call.function == function:
            return timed(call, cx, depth)
        case nodes.FunctionDeclaration() | nodes.MethodDeclaration() if depth < _DEEPEST:
            return next(filter(None, (timed(call, cx, depth + 1) for call in calls_of(function, cx))), None)
    return None


def _ticks(channel: Node, cx: Context) -> bool:
    """Whether an expression is a channel of times, or a receive from one."""
    while isinstance(channel, nodes.Unary | nodes.Parenthesized):
        if isinstance(channel, nodes.Unary):
            if channel.operator != "<-":
                return False
            channel = channel.operand
        else:
            channel = channel.children[0]
    found = cx.type(channel)
    if found is not None:
        return found.kind == "chan" and found.elem is not None and found.elem.string == "time.Time"
    return bool(_TICKS.search(channel.str))


def _sleeps(call: nodes.Call) -> bool:
    return call.function.str == "time.Sleep"
