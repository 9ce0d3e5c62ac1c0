"""A ticker that nobody can stop.

## What it does
Finds `time.Tick(d)` in code that ends, and puts a ticker with a deferred Stop in its place; a single receive from
`time.Tick` becomes the sleep or the timeout that it is.

## Why it is slow
Before Go 1.23 a ticker runs until it is stopped, and the one of `time.Tick` cannot be: it costs memory and wakes the
runtime for as long as the program lives.

## Example
```go
for range time.Tick(time.Second) {
    if done() {
        return
    }
}
```

## Use instead
```go
ticker := time.NewTicker(time.Second)
defer ticker.Stop()
for range ticker.C {
    if done() {
        return
    }
}
```

## Fix safety
Safe. Only for durations that are known to be positive: `time.NewTicker` panics where `time.Tick` gives a nil
channel. Refused where the channel leaves the function, which may end before its reader.

## When not to use it
In loops that never end, in `main`, in package-level variables: the ticker is in use as long as the program.

## Go versions
Programs that may run with the timers of Go 1.22 and older (the main module's go line is below 1.23, and the toolchain
below 1.27). Later ones collect the ticker.

## Measured
Heap after a collection, 100,000 tickers of an hour that nobody refers to any more: `time.Tick` keeps 209 bytes each on
Go 1.21.13 and 266 on Go 1.23.9 with `go 1.21` in go.mod, a stopped `time.NewTicker` 41 and 0; with `go 1.23` in go.mod
both keep nothing (`runtime.ReadMemStats` around the loop, linux/amd64).

## Sources
[time.Tick](https://pkg.go.dev/time#Tick),
[Go 1.23 release notes, timer changes](https://go.dev/doc/go1.23#timer-changes)
"""

from __future__ import annotations

from gofixer.transforms._places._lines import ends_line, lines_above, lines_below, starts_line
from gofixer.transforms._places._syntax import inside, unlabelled
from gofixer.transforms.timers._flow import EXIT, NEXT, UNWIND, Flow, outermost
from gofixer.transforms.timers._shared import declaration, declared, jump_over

from gofixer.transform import Context, Gate, Match, Node, Result, Skip, Span, Transform, nodes, pattern


def screen(match: Match, cx: Context) -> Skip | bool:
    """Whether a ticker can leak at all: with old timers, and before the end of the program."""
    function = cx.function(match.node)
    if not cx.old_timer_channels and not cx.selected:
        return Skip("the program's timers are those of Go 1.23: a ticker that is not referred to is collected")
    if function is None:
        return Skip("a package-level ticker lives as long as the program")
    if isinstance(function, nodes.FunctionDeclaration) and function.name == "main" and cx.is_program:
        return Skip("main ends with the program, and the ticker with it")
    return True


def check(match: Match, cx: Context) -> Result:
    """Decide one ``time.Tick``."""
    call, function = match.node, cx.function(match.node)
    if not isinstance(call, nodes.Call) or function is None:
        return None
    value = cx.constant(match["d"])
    if value is None or int(value) <= 0:
        return Skip("the duration may not be positive: NewTicker panics where Tick gives a nil channel")
    if cx.comments(call.span):
        return Skip("there is a comment inside the call")
    if isinstance(call.parent, nodes.Unary):
        return _received_once(call, match["d"], cx)
    return _ticker(call, match["d"], function, Flow(function, cx), cx)


def _received_once(call: nodes.Call, duration: Node, cx: Context) -> Result:
    """Only the first tick of such a ticker is seen: it comes after d, as with Sleep and After."""
    package = call.function.str.rpartition(".")[0]
    receive = call.parent
    if receive is not None and isinstance(receive.parent, nodes.ExpressionStatement):
        return cx.fix("Sleep instead of leaking a ticker", receive.replace(f"{package}.Sleep({duration.str})"))
    return cx.fix("Wait for a timer instead of leaking a ticker", call.replace(f"{package}.After({duration.str})"))


def _ticker(call: nodes.Call, duration: Node, function: Node, flow: Flow, cx: Context) -> Result:
    anchor, holder = cx.statement(call), declaration(call)
    name = declared(holder) if holder else None
    alone = holder is not None and holder == anchor
    ranged = isinstance(call.parent, nodes.RangeClause)
    if anchor is None or not (alone or (isinstance(unlabelled(anchor), nodes.For) and (ranged or name))):
        return Skip("the channel is stored or passed on")
    uses = _uses(name, cx) if name else []
    reads = [node for node in inside(function, nodes.Identifier) if node.span in uses and _is_read(node)]
    if name is not None and len(reads) != len(uses):
        return Skip(f"`{name.str}` is used in other ways than to receive from it")
    ways = flow.rest(anchor) if alone else flow.ways(anchor)
    if not ways - {EXIT}:
        return Skip("the loop or the function never ends: the ticker is in use for ever")
    repeated = outermost(anchor, anchor, flow) is not None
    if repeated and not (ranged and ways - {UNWIND, EXIT} == {NEXT}):
        return Skip("the ticker is made repeatedly, and not stopped by one line behind a loop")
    if not starts_line(anchor, cx):
        return Skip("the statement does not start its line")
    if reason := jump_over(anchor, flow):
        return Skip(reason)
    ticker = "ticker" if name is not None and name == "ticker" else cx.fresh(call, "ticker", scope=function)
    package = call.function.str.rpartition(".")[0]
    lines = [f"{ticker} := {package}.NewTicker({duration.str})"]
    if not repeated:
        lines.append(f"defer {ticker}.Stop()")
    if alone:
        edits = [anchor.replace(f"{cx.newline.decode()}{cx.indent(anchor)}".join(lines))]
        edits += [read.replace(f"{ticker}.C") for read in reads]
    else:
        edits = [lines_above(anchor, lines, cx), call.replace(f"{ticker}.C")]
    if repeated and not ends_line(anchor, cx):
        return Skip("something follows the loop on its last line")
    if repeated:
        edits.append(lines_below(anchor, [f"{ticker}.Stop()"], cx))
    return cx.fix("Stop the ticker", *edits)


def _uses(name: Node, cx: Context) -> list[Span]:
    found = cx.object(name)
    return [(use.start, use.end) for use in found.uses] if found else []


def _is_read(node: Node) -> bool:
    """Whether a channel is received from or ranged over here."""
    parent = node.parent
    if isinstance(parent, nodes.RangeClause):
        return parent.right == node
    return isinstance(parent, nodes.Unary) and parent.operator == "<-"


TRANSFORM = Transform(
    name="time-tick-leak",
    family="timers",
    summary="a ticker of time.Tick cannot be stopped",
    patterns=(pattern("time.Tick($d)"),),
    check=check,
    seeds=("T",),
    screen=screen,
    gate=Gate.VERSION,
    go="main module below 1.23, toolchain below 1.27",
)
