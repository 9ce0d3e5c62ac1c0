"""Goroutines for work that is done before they are started.

## What it does
Finds a wait group with goroutines that each call one small function and send its result to a channel or assign it to a
variable, all waited for and collected right there, and makes the calls one after the other.

## Why it is slow
Starting a goroutine, counting it and passing a value through a channel take hundreds of nanoseconds and some
allocations; a function of a few comparisons takes one or two nanoseconds.

## Example
```go
errs := make(chan error, 2)
var wg sync.WaitGroup
wg.Add(2)
go func() { defer wg.Done(); errs <- checkName(u.Name) }()
go func() { defer wg.Done(); errs <- checkAge(u.Age) }()
wg.Wait()
close(errs)
for err := range errs {
    if err != nil {
        return err
    }
}
```

## Use instead
```go
if err := checkName(u.Name); err != nil {
    return err
}
if err := checkAge(u.Age); err != nil {
    return err
}
```

## Fix safety
Unsafe: where two calls fail, the first in order counts and no longer the first to arrive, calls behind it are not made,
results come in order, and a panic is one of the caller. Every function that is called has to be proved cheap: a small
function of the same file without loops, channels, locks and calls, but for `errors.New`, `fmt.Errorf` of plain values
and a few builtins. Refused where the wait group or the channel is used elsewhere, where anything else stands between
the goroutines, and where the results are collected in another way than by one `if` or one `append`.

## When not to use it
Where the functions wait for something or compute for long: there the goroutines are what makes it fast.

## Go versions
Any. Goroutines of errgroup and goroutines that a loop starts are left alone.

## Measured
Two checks that find nothing wrong: 2.6-4.8 us, 240 B and 5 allocations to 2-4 ns and none (`go test -bench . -count 3`,
go1.26, linux/amd64, 2 busy cores).

## Sources
Package sync, `WaitGroup`; Go specification, "Go statements".
"""

from __future__ import annotations

from collections.abc import Sequence

from gofixer.transforms._places._syntax import statements
from gofixer.transforms.concurrency._fan import Fan, fan_of, follows_goroutine
from gofixer.transforms.concurrency._leaf import not_cheap

from gofixer.transform import UNSAFE, Context, Edit, Match, Node, Result, Skip, Transform, nodes, pattern


def screen(match: Match, cx: Context) -> Skip | bool:
    """Only waits with goroutines directly in front of them."""
    wait = match.node
    assert isinstance(wait, nodes.Call)
    return follows_goroutine(wait)


def check(match: Match, cx: Context) -> Result:
    """Refuse where a goroutine may be worth it, or somebody else has to do with it; call in order otherwise."""
    wait = match.node
    assert isinstance(wait, nodes.Call)
    fan = fan_of(wait, cx)
    if fan is None or isinstance(fan, Skip):
        return fan
    if reason := _elsewhere(fan, cx):
        return Skip(reason)
    if cx.comments((fan.first.start, fan.last.end)):
        return Skip("there are comments among the goroutines")
    for worker in fan.workers:
        call = _called(worker)
        if call is None:
            return Skip("a goroutine does more than to call a function for its result")
        if any(c.operator == "<-" for c in call.arguments.descendants(nodes.Unary)) or any(
            True for _ in call.arguments.descendants(nodes.Call, nodes.FuncLiteral)
        ):
            return Skip("the arguments of a call are computed in its goroutine")
        if reason := not_cheap(call, cx):
            return Skip(reason)
    lines = _collect(fan, cx) if fan.channel else _assign(fan)
    if isinstance(lines, Skip):
        return lines
    source = cx.source
    before = source[source.rfind(b"\n", 0, fan.first.start) + 1 : fan.first.start]
    behind = source[fan.last.end : source.find(b"\n", fan.last.end)]
    if before.strip() or behind.strip():
        return Skip("shares its line with other code")
    lines = [*(kept.str for kept in fan.kept), *lines]
    text = f"{cx.newline.decode()}{cx.indent(fan.first)}".join(lines).encode()
    edit = Edit(fan.first.start, fan.last.end, text)
    return cx.fix("Make the calls one after the other", edit, applicability=UNSAFE, drops=("sync",))


def _elsewhere(fan: Fan, cx: Context) -> str | None:
    """A use of the wait group or the channel by other code."""
    for variable in filter(None, (fan.group, fan.channel)):
        if any(not fan.first.start <= use.start < fan.last.end for use in variable.uses):
            return f"`{variable.name}` is used elsewhere too"
    return None


def _called(worker: Node) -> nodes.Call | None:
    match worker:
        case nodes.Send(value=nodes.Call() as call):
            return call
        case nodes.Assignment(right=right) if worker.operator.str == "=" and len(right.items) == 1:
            return right.items[0] if isinstance(right.items[0], nodes.Call) else None
    return None


def _assign(fan: Fan) -> list[str] | Skip:
    """The assignments, where no call reads what another one gives."""
    given: list[str] = []
    read: set[str] = set()
    for worker in fan.workers:
        assert isinstance(worker, nodes.Assignment)
        call = _called(worker)
        assert call is not None
        for target in worker.left.items:
            if not isinstance(target, nodes.Identifier):
                return Skip("a result goes to something else than a variable")
            given.append(target.str)
        read |= {name.str for name in call.arguments.descendants(nodes.Identifier)}
    named = [name for name in given if name != "_"]
    if len(set(named)) != len(named) or set(named) & read:
        return Skip("two goroutines have to do with one variable")
    return [worker.str for worker in fan.workers]


def _collect(fan: Fan, cx: Context) -> list[str] | Skip:
    """One statement for each call, made of the body of the loop that collects."""
    loop = fan.last
    assert isinstance(loop, nodes.For)
    assert fan.channel is not None
    assert fan.channel.type is not None
    clause = loop.child
    items = statements(loop.body)
    if not isinstance(clause, nodes.RangeClause) or clause.left is None or len(items) != 1 or b":=" not in clause.text:
        return Skip("the results are collected in a way of their own")
    result = clause.left.items[0].str
    calls = [worker.value for worker in fan.workers if isinstance(worker, nodes.Send)]
    for call in calls:
        kind, sent = cx.type(call), fan.channel.type.elem
        if kind is None or sent is None or kind.string != sent.string:
            return Skip("the channel gives the results another type")
    match items[0]:
        case nodes.If(initializer=None, condition=condition, consequence=body, alternative=None):
            if condition.str != f"{result} != nil" or not _leaves_or_keeps(body, calls, cx):
                return Skip("the results are collected in a way of their own")
            text = body.str.replace(f"\n{cx.indent(items[0])}", f"\n{cx.indent(fan.first)}")
            return [f"if {result} := {call.str}; {condition.str} {text}" for call in calls]
        case nodes.Assignment(left=left, right=right) as kept if kept.operator.str == "=":
            target = left.str
            if right.str == f"append({target}, {result})" and _keeps(kept, calls, cx):
                return [f"{target} = append({target}, {call.str})" for call in calls]
    return Skip("the results are collected in a way of their own")


def _leaves_or_keeps(body: nodes.Block, calls: Sequence[Node], cx: Context) -> bool:
    """Whether all that is done with a result is to return, or to append to a local slice that no call reads."""
    items = statements(body)
    if len(items) != 1 or any(True for _ in body.descendants(nodes.RawStringLiteral, nodes.FuncLiteral)):
        return False
    return isinstance(items[0], nodes.Return) or _keeps(items[0], calls, cx)


def _keeps(statement: Node, calls: Sequence[Node], cx: Context) -> bool:
    match statement:
        case nodes.Assignment(left=left, right=right) if len(left.items) == 1 and statement.operator.str == "=":
            target, value = left.items[0], right.items[0]
            kept = cx.object(target) if isinstance(target, nodes.Identifier) else None
            appended = isinstance(value, nodes.Call) and cx.callee(value) == "append"
            local = kept is not None and kept.scope == "local"
            return appended and local and not any(cx.mentions(call, target.str) for call in calls)
    return False


TRANSFORM = Transform(
    name="goroutine-for-trivial-work",
    family="concurrency",
    summary="goroutines that call tiny functions cost more than the calls",
    patterns=(pattern("$wg.Wait()", near=("go", "Go")),),
    check=check,
    beyond=True,
    seeds=("A1",),
    applicability=UNSAFE,
    screen=screen,
)
