"""Goroutines that are started in a row, waited for, and collected: one run of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gofixer.transforms._places._syntax import statements

from gofixer.transform import Context, Node, Object, Skip, nodes


@dataclass(slots=True)
class Fan:
    """The run: ``workers`` are the statements that the goroutines are for, in order, ``kept`` other declarations."""

    group: Object
    first: Node
    last: Node
    workers: list[Node] = field(default_factory=list)
    added: int = 0
    counted: int = 0
    channel: Object | None = None
    capacity: int = -1
    declared: list[Node] = field(default_factory=list)
    kept: list[Node] = field(default_factory=list)


def fan_of(wait: nodes.Call, cx: Context) -> Fan | Skip | None:
    """The run that ends in a wait (and the collection behind it); None where no goroutine stands before it."""
    start, closes = _statement(wait)
    around = start.parent if start else None
    name = wait.function.operand if isinstance(wait.function, nodes.Selector) else None
    group = cx.object(name) if name is not None else None
    if start is None or not isinstance(around, nodes.StatementList) or group is None or not name:
        return None
    items = around.items
    here = items.index(start)
    fan = Fan(group, start, start)
    at = here - 1
    while at >= 0 and (reason := _take(items[at], fan, cx)) != "other":
        if reason:
            return Skip(reason)
        at -= 1
    if not fan.workers:
        return None
    fan.workers.reverse()
    if fan.group.decl is None or not any(s.start <= fan.group.decl[0] < s.end for s in fan.declared):
        return Skip("other statements stand between the wait group and the wait")
    fan.first = min(fan.declared, key=lambda statement: statement.start)
    fan.kept = sorted((s for s in fan.kept if s.start > fan.first.start), key=lambda statement: statement.start)
    if fan.added != fan.counted:
        return Skip("the wait group is not counted one by one")
    return _collected(fan, items, here, closes, cx)


def follows_goroutine(wait: nodes.Call) -> bool:
    """Whether a goroutine, or a function that the group runs, stands before a wait with nothing else between them."""
    start, _ = _statement(wait)
    if start is None or not isinstance(start.parent, nodes.StatementList):
        return False
    group = wait.function.operand.str if isinstance(wait.function, nodes.Selector) else ""
    for statement in reversed([s for s in start.parent.items if s.end <= start.start]):
        match statement:
            case nodes.Go():
                return True
            case nodes.ExpressionStatement(nodes.Call(function=nodes.Selector(operand, method))):
                if operand.str != group or method != "Add":
                    return operand.str == group and method == "Go"
            case nodes.VarDeclaration() | nodes.ShortVarDeclaration():
                pass
            case _:
                return False
    return False


def _statement(wait: nodes.Call) -> tuple[Node | None, bool]:
    """The statement of a wait in its list, and whether it closes the channel too: ``go func() { ... }()``."""
    statement = wait.parent
    if not isinstance(statement, nodes.ExpressionStatement):
        return None, False
    literal = next((a for a in statement.ancestors() if isinstance(a, nodes.FuncLiteral)), None)
    call = literal.parent if literal else None
    if literal is not None and isinstance(call, nodes.Call) and isinstance(call.parent, nodes.Go):
        items = statements(literal.body)
        if len(items) == 2 and items[0] == statement and items[1].str.startswith("close("):
            return call.parent, True
    return statement, False


def _take(statement: Node, fan: Fan, cx: Context) -> str:
    """Sort one statement into the run: empty where it belongs to it, "other" where not, else a reason to refuse."""
    match statement:
        case nodes.VarDeclaration() | nodes.ShortVarDeclaration():
            return _take_declaration(statement, fan, cx)
        case nodes.Go(child=nodes.Call(function=nodes.FuncLiteral() as literal, arguments=arguments)):
            items = _items(literal)
            if arguments.items or literal.parameters.items:
                return "a goroutine takes arguments"
            if len(items) != 2 or not _is_done(items[0], fan, cx):
                return "a goroutine does more than one thing"
            fan.added += 1
            fan.workers.append(items[1])
            return ""
        case nodes.ExpressionStatement(nodes.Call(function=nodes.Selector(operand, method)) as call):
            if cx.object(operand) != fan.group:
                return "other"
            given = call.arguments.items
            if method == "Add" and (count := cx.constant(given[0])) is not None:
                fan.counted += int(count)
                return ""
            if method == "Go" and isinstance(given[0], nodes.FuncLiteral) and len(_items(given[0])) == 1:
                fan.workers.append(_items(given[0])[0])
                return ""
            return "the wait group is used in other ways"
    return "other"


def _take_declaration(statement: Node, fan: Fan, cx: Context) -> str:
    names = list(statement.descendants(nodes.Identifier))
    found = cx.object(names[0]) if names else None
    if found is None or found.type is None:
        return "other"
    if found == fan.group and found.type.string == "sync.WaitGroup":
        if not _single(statement):
            return "the wait group is declared beside another variable"
        fan.declared.append(statement)
        return ""
    if isinstance(statement, nodes.ShortVarDeclaration) and found.type.kind == "chan" and _single(statement):
        made = statement.right.items[0]
        if isinstance(made, nodes.Call) and cx.callee(made) == "make" and fan.channel is None:
            size = made.arguments.items[1:]
            count = cx.constant(size[0]) if size else "0"
            if count is None:
                return "the channel's size is no constant"
            fan.channel, fan.capacity = found, int(count)
            fan.declared.append(statement)
            return ""
    if isinstance(statement, nodes.VarDeclaration) and b"=" not in statement.text:
        fan.kept.append(statement)
        return ""
    return "other"


def _single(statement: Node) -> bool:
    """Whether a declaration is one of one name."""
    if isinstance(statement, nodes.ShortVarDeclaration):
        return len(statement.left.items) == 1
    return sum(len(spec.name) for spec in statement.descendants(nodes.VarSpec)) == 1


def _items(literal: nodes.FuncLiteral) -> Sequence[Node]:
    return statements(literal.body)


def _is_done(statement: Node, fan: Fan, cx: Context) -> bool:
    match statement:
        case nodes.Defer(nodes.Call(function=nodes.Selector(operand, method))):
            return method == "Done" and cx.object(operand) == fan.group
    return False


def _collected(fan: Fan, items: Sequence[Node], here: int, closes: bool, cx: Context) -> Fan | Skip:
    """Add the close and the loop over the channel behind the wait."""
    sends = [worker for worker in fan.workers if isinstance(worker, nodes.Send)]
    if not sends:
        return Skip("a channel stands beside the goroutines") if fan.channel or closes else fan
    if len(sends) != len(fan.workers) or fan.channel is None:
        return Skip("the goroutines do not send to one channel that is made for them")
    if any(cx.object(send.channel) != fan.channel for send in sends):
        return Skip("the goroutines do not send to one channel that is made for them")
    if not closes and fan.capacity < len(sends):
        return Skip("the channel is too small: the goroutines would wait for ever")
    rest = list(items[here + 1 :])
    if not closes:
        if not rest or rest[0].str != f"close({fan.channel.name})":
            return Skip("the channel is not closed behind the wait")
        rest.pop(0)
    match rest[0] if rest else None:
        case nodes.For(child=nodes.RangeClause(right=source)) as loop if cx.object(source) == fan.channel:
            fan.last = loop
            return fan
    return Skip("the results are not collected by a loop directly behind")
