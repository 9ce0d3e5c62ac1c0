"""Waiting for the number of goroutines to fall before the next one is started.

## What it does
Finds `for runtime.NumGoroutine() > n` with nothing but a `Gosched` or `Sleep` in it before a `go` statement in a loop,
and bounds the goroutines of that statement with a buffered channel.

## Why it is slow
The call itself is cheap; the spinning is not: the goroutine that should wait burns a processor (`Gosched`), or sleeps
past the moment at which it could go on (`Sleep`).

## Example
```go
for _, job := range jobs {
    for runtime.NumGoroutine() > 100 {
        runtime.Gosched()
    }
    go func() {
        job.Run()
    }()
}
```

## Use instead
```go
limit := make(chan struct{}, 100)
for _, job := range jobs {
    limit <- struct{}{}
    go func() {
        defer func() { <-limit }()
        job.Run()
    }()
}
```

## Fix safety
Unsafe: bounds the goroutines of this loop, not those of the whole process. Nothing else changes: where the old loop
let a goroutine start the channel has room, too, as its own goroutines are among those that were counted. A bound that
is no constant and not positive blocks for ever, as it did. Refused where no loop is around (the limit would have to
outlive the call), in request handlers, in functions that call themselves or are called in a loop without waiting for
their goroutines, for bounds that may change, and for `go` statements whose arguments could not be evaluated later.

## When not to use it
Where the whole process has to stay below a number. A loop that waits for goroutines to end wants a `sync.WaitGroup`:
that is not rewritten.

## Go versions
Any. Bounds that are no constants need the builtin `max` of Go 1.21.

## Measured
20,000 goroutines of 1 ms each, at most 100 at a time, two processors, Go 1.26: 20.3 us of processor time for each one
with `Gosched`, 2.1 us with the channel, and 24 us against 19 us of time (112 us with a sleep of 10 ms); `go test
-bench . -benchtime 20000x`, processor time by `getrusage`.

## Sources
[runtime.NumGoroutine](https://pkg.go.dev/runtime#NumGoroutine),
[Effective Go, channels as semaphores](https://go.dev/doc/effective_go#channels).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gofixer.transforms._places._calls import in_test
from gofixer.transforms._places._lines import lines_above, starts_line
from gofixer.transforms._places._repeats import answers_requests, calls_of, loop_around, repeated
from gofixer.transforms._places._syntax import labelled, statements

from gofixer.transform import UNSAFE, Context, Edit, Match, Node, Result, Skip, Transform, nodes, pattern

_WAITS = frozenset({"runtime.Gosched", "time.Sleep"})


@dataclass(frozen=True, slots=True)
class Start:
    """The ``go`` statement behind a poll, and the body that it runs: None where it calls a declared function."""

    statement: nodes.Go
    call: nodes.Call
    body: nodes.Block | None


def check(match: Match, cx: Context) -> Result:
    """Refuse where a channel in the function is not the same bound, and put one there otherwise."""
    poll = match.node
    assert isinstance(poll, nodes.For)
    if skip := in_test(cx):
        return skip
    if not _only_waits(poll, cx):
        return Skip("the loop does more than wait")
    if not isinstance(poll.parent, nodes.StatementList):
        return Skip("carries a label")
    start = _start(poll, cx)
    if isinstance(start, Skip):
        return start
    function = cx.function(poll)
    top = _outermost(poll, function)
    if function is None or top is None:
        return Skip("no loop around it: the limit would have to live outside of the function")
    if any(other != start.statement for other in top.descendants(nodes.Go)):
        return Skip("the loop starts other goroutines too, which count as well")
    if reason := _shared(function, cx):
        return Skip(reason)
    size = _size(poll, match["n"], top, cx)
    if isinstance(size, Skip):
        return size
    if cx.comments(poll.span):
        return Skip("there is a comment in the loop that waits")
    return _rewrite(poll, start, top, size, cx)


def _only_waits(poll: nodes.For, cx: Context) -> bool:
    items = statements(poll.body)
    calls = [item.child for item in items if isinstance(item, nodes.ExpressionStatement)]
    return len(items) == len(calls) <= 1 and all(
        isinstance(call, nodes.Call)
        and cx.callee(call) in _WAITS
        and all(cx.effect(argument) is None for argument in call.arguments.items)
        for call in calls
    )


def _start(poll: Node, cx: Context) -> Start | Skip:
    """The ``go`` statement directly behind a poll, or behind the ``Add`` of a wait group."""
    following = poll.next_sibling
    while isinstance(following, nodes.Comment) or _adds(following, cx):
        assert following is not None
        following = following.next_sibling
    if not isinstance(following, nodes.Go):
        return Skip("no goroutine is started behind it: it waits for some to end, which a sync.WaitGroup says")
    call = following.child
    if not isinstance(call, nodes.Call):
        return Skip("the goroutine that is started is not understood")
    if isinstance(call.function, nodes.FuncLiteral):
        return Start(following, call, call.function.body)
    callee = cx.types.callee(call.span)
    if callee is None or callee.scope != "package" or callee.kind != "func" or call.type_arguments is not None:
        return Skip("the goroutine calls a method or a function value, which would be evaluated later")
    if any(not _settled(argument, cx) for argument in call.arguments.items):
        return Skip("an argument of the goroutine would be evaluated later")
    return Start(following, call, None)


def _adds(statement: Node | None, cx: Context) -> bool:
    match statement:
        case nodes.ExpressionStatement(nodes.Call() as call):
            return cx.callee(call) == "(*sync.WaitGroup).Add"
    return False


def _settled(argument: Node, cx: Context) -> bool:
    """Whether an argument is the same whenever it is evaluated."""
    if cx.constant(argument) is not None:
        return True
    found = cx.object(argument) if isinstance(argument, nodes.Identifier) else None
    if found is not None and found.kind == "nil":
        return True
    return (
        found is not None
        and found.kind == "var"
        and found.scope == "local"
        and not (found.reassigned or found.address_taken)
    )


def _outermost(poll: Node, function: Node | None) -> Node | None:
    """The outermost loop of the function around a poll, with its labels."""
    top: Node | None = None
    inner: Node = poll
    while (loop := loop_around(inner, function)) is not None:
        top = inner = loop
    return labelled(top) if top is not None else None


def _shared(function: Node, cx: Context) -> str | None:
    """Why several calls of the function would have a limit each where the process had one."""
    assert isinstance(function, nodes.FUNCTIONS)
    if isinstance(function, nodes.FuncLiteral):
        return "stands in a function literal, which may run more than once"
    if answers_requests(function, cx):
        return "runs for each request: each would have a limit of its own"
    if any(True for _ in function.descendants(nodes.Goto)):
        return "a goto may repeat what is put in front of the loop"
    calls = calls_of(function, cx)
    if any(function.start <= call.start < function.end for call in calls):
        return "the function calls itself: each call would have a limit of its own"
    waits = any(re.search(r"\.Wait$", call.function.str) for call in function.descendants(nodes.Call))
    if not waits and any(isinstance(call.parent, nodes.Go) or repeated(call, cx) for call in calls):
        return "the function runs more than once and does not wait: each call would have a limit of its own"
    return None


def _size(poll: nodes.For, bound: Node, top: Node, cx: Context) -> str | Skip:
    """Capacity of the channel: one less where the count had to stay below the bound, the caller being counted too."""
    condition = poll.child
    assert isinstance(condition, nodes.Binary)
    below = 1 if condition.operator.str in (">=", "<=") else 0
    constant = cx.constant(bound)
    if constant is not None:
        if not constant.isdigit() or int(constant) - below < 1:
            return Skip("the bound lets no goroutine start")
        seen = [cx.object(name) for name in (bound, *bound.descendants(nodes.Identifier))]
        if isinstance(bound, nodes.IntLiteral) or any(o and o.scope == "local" and o.kind != "pkg" for o in seen):
            return str(int(constant) - below)
        if not below:
            return bound.str
        return f"{bound.str} - 1" if isinstance(bound, nodes.Identifier | nodes.Selector) else f"({bound.str}) - 1"
    if _of_processors(bound, cx):
        return f"{bound.str} - 1" if below else bound.str
    found = cx.object(bound) if isinstance(bound, nodes.Identifier) else None
    if found is None or found.scope != "local" or found.reassigned or found.address_taken:
        return Skip("the bound may change while the loop runs")
    if found.type is None or found.type.kind != "int" or found.decl is None or found.decl[0] > top.start:
        return Skip("the bound may change while the loop runs")
    if cx.go < (1, 21) or not cx.predeclared("max", top):
        return Skip("a bound that may be negative needs the builtin max of Go 1.21")
    return f"max({bound.str}{' - 1' if below else ''}, 0)"


def _of_processors(bound: Node, cx: Context) -> bool:
    """Whether a bound is a number of processors, or a positive multiple or sum of it."""
    match bound:
        case nodes.Call():
            return cx.callee(bound) == "runtime.NumCPU"
        case nodes.Binary(left=left, operator=operator, right=right) if operator.str in "*+":
            sides = (left, right)
            return any(_of_processors(side, cx) for side in sides) and all(
                _of_processors(side, cx)
                or ((cx.constant(side) or "0").isdigit() and cx.constant(side) not in (None, "0"))
                for side in sides
            )
    return False


def _rewrite(poll: Node, start: Start, top: Node, size: str, cx: Context) -> Result:
    if not all(starts_line(node, cx) for node in (top, poll, start.statement)):
        return Skip("the loop or the goroutine does not start its line")
    name = cx.fresh(poll, "limit", "slots", "semaphore")
    newline, indent = cx.newline.decode(), cx.indent(start.statement)
    release = f"defer func() {{ <-{name} }}()"
    edits = [
        lines_above(top, [f"{name} := make(chan struct{{}}, {size})"], cx),
        poll.replace(f"{name} <- struct{{}}{{}}"),
    ]
    if start.body is None:
        inner = newline.join([f"{indent}\t{release}", f"{indent}\t{start.call.str}"])
        edits.append(start.call.replace(f"func() {{{newline}{inner}{newline}{indent}}}()"))
    elif start.body.line == cx.source.count(b"\n", 0, start.body.end):
        inside = start.body.str[1:-1].strip()
        if "//" in inside or "/*" in inside:
            return Skip("there is a comment in the goroutine's one line")
        lines = [f"{indent}\t{release}", *([f"{indent}\t{inside}"] if inside else [])]
        edits.append(start.body.replace(f"{{{newline}{newline.join(lines)}{newline}{indent}}}"))
    else:
        opening = start.body.start + 1
        edits.append(Edit(opening, opening, f"{newline}{indent}\t{release}".encode()))
    title = "Bound the goroutines with a channel instead of counting those of the process"
    return cx.fix(title, *edits, applicability=UNSAFE, drops=("runtime", "time"))


TRANSFORM = Transform(
    name="goroutine-count-poll",
    family="introspection",
    summary="a loop spins until the number of goroutines has fallen",
    patterns=(
        pattern("for runtime.NumGoroutine() > $n { $*_ }"),
        pattern("for runtime.NumGoroutine() >= $n { $*_ }"),
        pattern("for $n < runtime.NumGoroutine() { $*_ }"),
        pattern("for $n <= runtime.NumGoroutine() { $*_ }"),
    ),
    check=check,
    seeds=("B7",),
    applicability=UNSAFE,
)
