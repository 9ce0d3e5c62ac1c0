"""The order of evaluation: when a timer may start in front of a select, and a duration in front of a loop."""

from __future__ import annotations

from collections.abc import Iterator

from gofixer.transforms._places._syntax import inside
from gofixer.transforms.timers._shared import Wait, other_cases

from gofixer.transform import Context, Node, Object, nodes

# Functions that return at once and change nothing that a program could see: a timer that starts before them
# instead of after them starts at the same time. Done and Err: documentation of context.Context.
_QUICK = frozenset(
    {
        "(context.Context).Done", "(context.Context).Err", "context.Background", "context.TODO",
        "(*net/http.Request).Context", "(*testing.common).Context", "(testing.TB).Context",
        "errors.New", "time.After", "time.Now", "time.Since", "time.Until", "time.Unix", "time.UnixMilli",
    }
)  # fmt: skip
_QUICK_PREFIXES = ("(time.Time).", "(time.Duration).", "math.", "math/rand.", "math/rand/v2.")
_QUICK_BUILTINS = frozenset({"len", "cap", "min", "max", "new", "make", "complex", "real", "imag"})
_LITERALS = (nodes.IntLiteral, nodes.FloatLiteral, nodes.InterpretedStringLiteral, nodes.RawStringLiteral)
_HARD = (nodes.Index, nodes.Slice, nodes.TypeAssertion)
_HARD_OPERATORS = frozenset({"/", "%", "<<", ">>"})


def out_of_order(wait: Wait, cx: Context) -> str | None:
    """Why the timer cannot start in front of the select, None where nobody can tell the difference.

    A select evaluates the operands of its cases in source order (Go specification, "Select statements"): those
    of the cases before the timer's now come after its start, those behind it still do.
    """
    if wait.helper is not None:
        return None
    earlier = [operand for case in other_cases(wait) if case.start < wait.case.start for operand in _operands(case)]
    for operand in earlier:
        for slow in _slow(operand, cx):
            return f"`{slow.str}` in an earlier case may take time, and the timer starts after it"
    for call in _slow(wait.duration, cx):
        for operand in earlier:
            if not _settled(operand, cx):
                return f"`{call.str}` would be called before `{operand.str}` of an earlier case is evaluated"
    if cx.constant(wait.duration) is not None or cx.effect(wait.duration) is None:
        return None
    for operand in earlier:
        if _hard(operand) or (_hard(wait.duration) and not _settled(operand, cx)):
            return f"`{operand.str}` in an earlier case and the duration may panic, in this order"
    return None


def _operands(case: nodes.CommunicationCase) -> Iterator[Node]:
    communication = case.communication
    if isinstance(communication, nodes.Send):
        yield communication.channel
        yield communication.value
    else:
        right = communication.right
        yield right.operand if isinstance(right, nodes.Unary) else right


def _slow(node: Node, cx: Context) -> Iterator[Node]:
    """Calls and receives in an expression that may take time or change something."""
    for found in (node, *inside(node, nodes.Call, nodes.TypeConversion, nodes.Unary)):
        if isinstance(found, nodes.Unary) and found.operator == "<-":
            yield found
        if isinstance(found, nodes.Call | nodes.TypeConversion) and not _quick(found, cx):
            yield found


def _quick(call: nodes.Call | nodes.TypeConversion, cx: Context) -> bool:
    function = cx.expr(call.function if isinstance(call, nodes.Call) else call.type)
    if function is not None and function.mode == "type":
        return True
    name = cx.callee(call)
    if function is not None and function.mode == "builtin":
        return name in _QUICK_BUILTINS
    return name in _QUICK or name.startswith(_QUICK_PREFIXES)


def _hard(node: Node) -> bool:
    """Whether an expression may panic in other ways than by following a nil pointer."""
    parts = (node, *inside(node, *_HARD, nodes.Binary))
    return any(
        isinstance(part, _HARD) or (isinstance(part, nodes.Binary) and part.operator.str in _HARD_OPERATORS)
        for part in parts
    )


def steady(duration: Node, at: int, cx: Context) -> bool:
    """Whether a duration is the same all the time, and its names mean at an earlier offset what they mean here.

    That is so for constants and names that are never assigned again, and what is computed of them.
    """
    constant = cx.constant(duration) is not None
    if not constant and cx.effect(duration) is not None:
        return False
    for node in (duration, *inside(duration, nodes.Identifier, nodes.Selector)):
        if not isinstance(node, nodes.Identifier | nodes.Selector):
            continue
        found = cx.object(node)
        if found is None or not (constant or _constant_name(found)):
            return False
        if found.scope == "local" and (found.decl is None or found.decl[0] >= at):
            return False
    return True


def _constant_name(found: Object) -> bool:
    """Whether a name means the same all the time: no variable, or one that is set once and never again."""
    if found.kind != "var":
        return True
    own = found.scope == "local" or (found.scope == "package" and not found.name[0].isupper())
    return own and not found.reassigned and not found.address_taken


def _settled(node: Node, cx: Context) -> bool:
    """Whether nothing that happens elsewhere can change an expression's value."""
    if cx.constant(node) is not None:
        return True
    match node:
        case nodes.Parenthesized():
            return all(_settled(child, cx) for child in node.children)
        case nodes.Identifier():
            found = cx.object(node)
            return found is not None and _constant_name(found) and (found.kind, found.scope) != ("var", "package")
        case nodes.Call(nodes.Selector(operand, _)):
            return cx.callee(node) == "(context.Context).Done" and _settled(operand, cx)
        case nodes.Selector(operand, "C"):
            kind = cx.type(operand)
            return kind is not None and kind.string in ("*time.Timer", "*time.Ticker") and _settled(operand, cx)
        case nodes.CompositeLiteral():
            return not any(True for _ in node.descendants(nodes.LiteralElement, nodes.KeyedElement))
    return isinstance(node, (*_LITERALS, nodes.Nil, nodes.True_, nodes.False_))
