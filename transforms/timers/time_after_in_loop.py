"""A timer for each round of a loop that waits for something else.

## What it does
Finds `time.After(d)` as a case of a `select` that runs again and again, and gives the loop one timer that is
reset directly before the `select`.

## Why it is slow
Each round allocates a channel and a timer (248 bytes, 3 allocations) that are thrown away as soon as another case
is taken. Before Go 1.23 they even stay until the timer fires.

## Example
```go
for {
    select {
    case item := <-in:
        batch = append(batch, item)
    case <-time.After(5 * time.Second):
        flush(batch)
    }
}
```

## Use instead
```go
timer := time.NewTimer(5 * time.Second)
for {
    timer.Reset(5 * time.Second)
    select {
    case item := <-in:
        batch = append(batch, item)
    case <-timer.C:
        flush(batch)
    }
}
```
A duration that may change is evaluated as often as before, and so is the timer of a loop that can end before it
waits: `if timer == nil { timer = time.NewTimer(d) } else { timer.Reset(d) }`.

## Fix safety
Safe. The timer starts where it did, at the entry of the `select`, whatever `continue`, labels and `goto` do; work
done in a case does not count against the timeout, as it would with a Reset inside the case. Refused where the
difference could be seen: slow operands in earlier cases, channels that are kept, jumps past the Reset.
The timer is stopped when the function ends. `main` and functions whose loop never ends do not stop it: the
deferred call would never run.

## When not to use it
Where every other case leaves the loop the timer fires in each round (a sleep that can be interrupted), and
a timer of its own saves nothing that matters: skipped as `sleep` unless the transform is selected.

## Go versions
Any. For programs that may run with the timers of Go 1.22 and older, a stale tick is drained before the Reset.

## Measured
248 B and 3 allocations per round to 0; 1.3x to 2x on the wait itself.

## Sources
[time.Timer.Reset](https://pkg.go.dev/time#Timer.Reset),
[Go 1.23 release notes, timer changes](https://go.dev/doc/go1.23#timer-changes)
"""

from __future__ import annotations

from gofixer.transforms._places._lines import lines_above, starts_line
from gofixer.transforms._places._repeats import repeats
from gofixer.transforms._places._syntax import labelled, outside_parentheses
from gofixer.transforms.timers._flow import EXIT, NEXT, UNWIND, Flow, outermost
from gofixer.transforms.timers._order import out_of_order, steady
from gofixer.transforms.timers._shared import (
    Wait,
    has_default,
    is_cancellation,
    jump_over,
    jump_to,
    named_wait,
    other_cases,
    received,
    role,
    wait_of,
)

from gofixer.transform import Context, Match, Node, Result, Skip, Transform, nodes, pattern

_STOP_LATER = ["defer func() {", "\tif {0} != nil {", "\t\t{0}.Stop()", "\t}", "}()"]
_DRAIN = ["if !{0}.Stop() {", "\tselect {", "\tcase <-{0}.C:", "\tdefault:", "\t}", "}"]


def screen(match: Match, cx: Context) -> Skip | bool:
    """Whether a ``time.After`` stands in a loop, and is no sleep outside of a select."""
    call, function, anchor = match.node, cx.function(match.node), cx.statement(match.node)
    if function is None or anchor is None:
        return False
    waited = received(call) is not None
    if outermost(anchor, call, Flow(function, cx)) is not None:
        return waited or not isinstance(outside_parentheses(call).parent, nodes.Unary)
    if waited and any(repeats(ancestor, function) for ancestor in function.ancestors()):
        return Skip("the select stands in a function literal inside the loop")
    return False


def check(match: Match, cx: Context) -> Result:
    """Decide one ``time.After`` in a loop."""
    call, function, anchor = match.node, cx.function(match.node), cx.statement(match.node)
    if not isinstance(call, nodes.Call) or function is None or anchor is None:
        return None
    flow = Flow(function, cx)
    top = outermost(anchor, call, flow)
    wait = wait_of(call, match["d"]) or named_wait(call, match["d"], function, cx)
    if top is None or not isinstance(wait, Wait):
        return wait if isinstance(wait, Skip) else None
    back = {case: flow.comes_back(wait.select, flow.ways(case)) for case in (wait.case, *other_cases(wait))}
    asleep = not any(back[case] and not is_cancellation(case, cx) for case in other_cases(wait))
    if has_default(wait):
        return Skip("the select has a default case: it never waits for the timer")
    if not any(back.values()):
        return Skip("every path leaves the loop after the select: it runs once")
    if asleep and not (cx.selected or cx.hot):
        return Skip("sleep: no other case stays in the loop, so the timer fires in each round and nothing is saved")
    if reason := _refusal(wait, labelled(top), flow, cx):
        return Skip(reason)
    lazy = not steady(wait.duration, top.start, cx) or (asleep and _left_early(top, Flow(function, cx, waiting=True)))
    if lazy and cx.is_test and not (cx.selected or cx.hot):
        return Skip("in a test the longer form for a duration that may change is not worth its lines")
    main = isinstance(function, nodes.FunctionDeclaration) and function.name == "main" and cx.is_program
    stops = not main and bool(flow.around(top) - {EXIT})
    return _rewrite(wait, labelled(top), lazy, stops, cx)


def _refusal(wait: Wait, loop: Node, flow: Flow, cx: Context) -> str | None:
    if cx.comments(wait.call.span):
        return "there is a comment inside the call"
    if any(True for _ in wait.call.descendants(nodes.FuncLiteral)):
        return "there is a function literal in the duration, which would stand in two places"
    if b"\n" in wait.duration.text:
        return "the duration takes several lines and would stand in two places"
    if not starts_line(loop, cx) or not starts_line(wait.start, cx):
        return "the loop or the select does not start its line"
    return out_of_order(wait, cx) or jump_over(loop, flow) or jump_to(wait.start, flow)


def _rewrite(wait: Wait, loop: Node, lazy: bool, stops: bool, cx: Context) -> Result:
    name = cx.fresh(wait.call, "timer", *role(wait.duration), scope=cx.function(wait.call))
    new = f"{wait.package}.NewTimer({wait.duration.str})"
    drain = [line.replace("{0}", name) for line in _DRAIN] if cx.old_timer_channels else []
    start = [*drain, f"{name}.Reset({wait.duration.str})"]
    if lazy:
        above = [f"var {name} *{wait.package}.Timer", *[s.replace("{0}", name) for s in _STOP_LATER if stops]]
        start = [f"if {name} == nil {{", f"\t{name} = {new}", "} else {", *[f"\t{line}" for line in start], "}"]
    else:
        above = [f"{name} := {new}", *([f"defer {name}.Stop()"] if stops else [])]
    edits = [lines_above(loop, above, cx), wait.channel.replace(f"{name}.C")]
    if wait.helper is None:
        edits.append(lines_above(wait.start, start, cx))
    else:
        indent = cx.newline.decode() + cx.indent(wait.helper)
        edits.append(wait.helper.replace(indent.join(start)))
    return cx.fix("Reuse one timer in all rounds of the loop", *edits)


def _left_early(top: Node, waiting: Flow) -> bool:
    """Whether the loop can end in its first round before it waits for anything."""
    ways = waiting.ways(top.body) if isinstance(top, nodes.For) else waiting.around(top)
    staying = {NEXT, ("continue", top.start)} if isinstance(top, nodes.For) else set()
    return any(not (kind == "goto" and top.start <= at < top.end) for kind, at in ways - staying - {UNWIND, EXIT})


TRANSFORM = Transform(
    name="time-after-in-loop",
    family="timers",
    summary="a select in a loop makes a new timer in each round",
    patterns=(pattern("time.After($d)"),),
    check=check,
    screen=screen,
    seeds=("A5",),
)
