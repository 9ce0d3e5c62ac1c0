"""A timer that nobody stops when something else comes first.

## What it does
Finds `time.After(d)` beside other cases of a `select` outside loops, and gives the `select` a timer that is stopped
on every way out.

## Why it is slow
Before Go 1.23 the timer of `time.After` stays in the runtime's heap until it fires, however long ago the answer
came: 100,000 cancelled waits retain 20 to 26 MB.

## Example
```go
select {
case <-ready:
    return nil
case <-time.After(10 * time.Minute):
    return errTimeout
}
```

## Use instead
```go
timer := time.NewTimer(10 * time.Minute)
defer timer.Stop()
select {
case <-ready:
    return nil
case <-timer.C:
    return errTimeout
}
```
Where the function goes on behind the `select`, the timer is stopped right behind it, or in the cases that leave it
running.

## Fix safety
Safe. Refused where an operand of an earlier case takes its time: the timer used to start after it.

## When not to use it
With the timers of Go 1.23 and later: an abandoned timer is collected, and both forms cost 248 B and 3 allocations.

## Go versions
Programs that may run with the timers of Go 1.22 and older (the main module's go line is below 1.23, and the toolchain
below 1.27).

## Measured
100,000 cancelled waits of ten minutes: 20 to 26 MB retained before, nothing after.

## Sources
[Go 1.23 release notes, timer changes](https://go.dev/doc/go1.23#timer-changes)
"""

from __future__ import annotations

from gofixer.transforms._places._lines import ends_line, lines_above, lines_below, starts_line
from gofixer.transforms._places._syntax import statements, unlabelled
from gofixer.transforms.timers._flow import EXIT, NEXT, Flow, outermost
from gofixer.transforms.timers._order import out_of_order
from gofixer.transforms.timers._shared import Wait, has_default, jump_over, other_cases, role, wait_of

from gofixer.transform import Context, Edit, Gate, Match, Node, Result, Skip, Transform, nodes, pattern


def screen(match: Match, cx: Context) -> Skip | bool:
    """Whether a ``time.After`` is a case of a select outside loops, and its timer would be kept."""
    call, function = match.node, cx.function(match.node)
    wait = wait_of(call, match["d"]) if isinstance(call, nodes.Call) else None
    if wait is None or function is None or outermost(wait.start, wait.call, Flow(function, cx)) is not None:
        return False
    if not other_cases(wait):
        return Skip("nothing else is waited for: the timer always fires")
    if not cx.old_timer_channels and not cx.selected:
        return Skip("the program's timers are those of Go 1.23: none is kept, and the rewrite would save nothing")
    return True


def check(match: Match, cx: Context) -> Result:
    """Decide one ``time.After`` of a select outside loops."""
    call, function = match.node, cx.function(match.node)
    wait = wait_of(call, match["d"]) if isinstance(call, nodes.Call) else None
    if wait is None or function is None:
        return None
    flow = Flow(function, cx)
    if has_default(wait):
        return Skip("the select has a default case: it never waits for the timer")
    if cx.comments(wait.call.span):
        return Skip("there is a comment inside the call")
    if not starts_line(wait.start, cx):
        return Skip("the select does not start its line")
    if reason := out_of_order(wait, cx) or jump_over(wait.start, flow):
        return Skip(reason)
    return _rewrite(wait, function, flow, cx)


def _rewrite(wait: Wait, function: Node, flow: Flow, cx: Context) -> Result:
    name = cx.fresh(wait.call, "timer", *role(wait.duration), scope=cx.function(wait.call))
    above, stops = [f"{name} := {wait.package}.NewTimer({wait.duration.str})"], []
    if _ends_function(wait.start, function):
        above.append(f"defer {name}.Stop()")
    else:
        stops = _stops(wait, f"{name}.Stop()", flow, cx)
        if stops is None:
            return Skip("a case or the end of the select does not stand on a line of its own")
    return cx.fix(
        "Stop the timer when something else comes first",
        lines_above(wait.start, above, cx),
        wait.channel.replace(f"{name}.C"),
        *stops,
    )


def _ends_function(statement: Node, function: Node) -> bool:
    """Whether at most a return follows a statement of a function's body."""
    parent = statement.parent
    if not isinstance(parent, nodes.StatementList) or parent.parent != function.field("body"):
        return False
    rest = statements(parent)[parent.items.index(statement) + 1 :]
    return not rest or (len(rest) == 1 and isinstance(unlabelled(rest[0]), nodes.Return))


def _stops(wait: Wait, stop: str, flow: Flow, cx: Context) -> list[Edit] | None:
    """Stop behind the select where each other case goes on there, else first thing in each of them.

    None where one of these does not end its line.
    """
    others = other_cases(wait)
    away = {NEXT, EXIT, ("break", wait.select.start)}
    above: list[Node] = [case.communication for case in others]
    line, token = f"\t{stop}", b":"
    if all(flow.ways(case) <= away for case in others):
        above, line, token = [wait.select], stop, b""
    alone = all(ends_line(node, cx, token) for node in above)
    return [lines_below(node, [line], cx) for node in above] if alone else None


TRANSFORM = Transform(
    name="time-after-in-select",
    family="timers",
    summary="a timer runs on after something else came first",
    patterns=(pattern("time.After($d)"),),
    check=check,
    screen=screen,
    seeds=("A16",),
    gate=Gate.VERSION,
    go="main module below 1.23, toolchain below 1.27",
)
