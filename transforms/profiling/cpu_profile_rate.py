"""A CPU profile rate that StartCPUProfile cannot set.

## What it does
Finds `runtime.SetCPUProfileRate(n)` with n above 100 in front of `pprof.StartCPUProfile`, and drops it.

## Why it is slow
StartCPUProfile sets the rate to 100 itself. Where the profiler runs already it cannot: it prints "cannot set cpu
profile rate until previous profile has finished" and goes on at the rate that is set, at which the system's timers
lose samples. The profile shows too little time; the overhead of the higher rate is the smaller harm.

## Example
```go
runtime.SetCPUProfileRate(1000)
if err := pprof.StartCPUProfile(f); err != nil {
    log.Fatal(err)
}
```

## Use instead
```go
if err := pprof.StartCPUProfile(f); err != nil {
    log.Fatal(err)
}
```

## Fix safety
Unsafe: the program is sampled 100 times a second, and the message is gone. Nothing else changes. Refused where the rate
is no constant, where no StartCPUProfile follows in the same function, where the rate is set again in between, where the
call is all that a branch does, and where a comment beside it says more than what it does.

## When not to use it
There is no supported way to profile at another rate through package runtime/pprof.

## Go versions
Any.

## Measured
A loop of 1.2 s on a busy machine: the profile has 530-560 ms at the usual rate, 312-484 ms after
SetCPUProfileRate(500), 177-180 ms after SetCPUProfileRate(1000), and stderr has the message (`go tool pprof -top`,
go1.26, linux/amd64, 2 cores).

## Sources
Package runtime, `SetCPUProfileRate`; runtime/pprof/pprof.go, `StartCPUProfile`, where the comment says why the rate is
100 and that operating systems deliver no more than about 500 signals a second.
"""

from __future__ import annotations

from gofixer.transforms._places._syntax import inside
from gofixer.transforms.profiling._lines import remove_line

from gofixer.transform import UNSAFE, Context, Match, Result, Skip, Transform, nodes, pattern

_RATE = "runtime.SetCPUProfileRate"
_START, _STOP = "runtime/pprof.StartCPUProfile", "runtime/pprof.StopCPUProfile"


def check(match: Match, cx: Context) -> Result:
    """Refuse where the call may do something; remove it where StartCPUProfile comes next."""
    call = match.node
    rate = cx.constant(match["n"])
    if rate is None:
        return Skip("the rate is no constant: it may be 100, or 0")
    if int(rate) <= 100:
        return None
    statement = call.parent
    function = cx.function(call)
    if not isinstance(statement, nodes.ExpressionStatement) or function is None:
        return Skip("is part of another statement")
    if not isinstance(statement.parent, nodes.StatementList):
        return Skip("carries a label")
    following = sorted(
        (
            c
            for c in inside(statement.parent, nodes.Call)
            if c.start > call.start and cx.callee(c) in (_RATE, _START, _STOP)
        ),
        key=lambda c: c.start,
    )
    if not following:
        return Skip("no StartCPUProfile follows in the same block")
    if cx.callee(following[0]) != _START:
        return Skip("the rate is set again before the profile starts")
    edits = remove_line(statement, cx, "rate hz sample profil cpu")
    if isinstance(edits, Skip):
        return edits
    title = "Leave the rate to StartCPUProfile, which cannot set it after this call"
    return cx.fix(title, *edits, applicability=UNSAFE, drops=("runtime",))


TRANSFORM = Transform(
    name="cpu-profile-rate",
    family="profiling",
    summary="SetCPUProfileRate before StartCPUProfile makes the profile wrong",
    patterns=(pattern("runtime.SetCPUProfileRate($n)"),),
    check=check,
    seeds=("B4",),
    applicability=UNSAFE,
)
