"""A block or mutex profile that records every event, always.

## What it does
Finds `runtime.SetBlockProfileRate(1)` and `runtime.SetMutexProfileFraction(1)` in what every start of a program does,
and samples instead: one blocking event per 10 us spent blocked, one contention event in a hundred.

## Why it is slow
At rate 1 each channel operation, select, lock and wait group that blocks takes a stack trace and a lock around the
profile's table. At 10000 (nanoseconds) only events of 10 us and more are all recorded, shorter ones in proportion to
their length, so that the profile's totals stay right.

## Example
```go
func main() {
    runtime.SetBlockProfileRate(1)
    runtime.SetMutexProfileFraction(1)
    serve()
}
```

## Use instead
```go
func main() {
    runtime.SetBlockProfileRate(10000)
    runtime.SetMutexProfileFraction(100)
    serve()
}
```

## Fix safety
Unsafe: the profiles are samples, no longer lists of every event. Nothing else of the program changes. Refused where the
rate is set in a branch, behind a build tag, in tests, in a function that is not called once by main or init; where the
module sets it again (a way back), where the program itself writes the profile, and where a comment speaks of the rate.

## When not to use it
In a program that is there to be measured, for as long as it is measured: set the rate, measure, set it to 0.

## Go versions
Any.

## Measured
A value sent to another goroutine and back: 260 ns without a profile, 500-730 ns at rate 1, 360-410 ns at 10000
(`go test -bench Rate -count 3`, go1.26, linux/amd64, 2 cores). The profile does not grow without bound at rate 1: it
has one record for each stack.

## Sources
Package runtime, `SetBlockProfileRate`, `SetMutexProfileFraction`; runtime/mprof.go, `blocksampled`.
"""

from __future__ import annotations

import re

from gofixer.transforms.profiling._startup import conditional, module_sources, without_comments

from gofixer.transform import UNSAFE, Context, Match, Result, Skip, Transform, nodes, pattern

_SAMPLED = {"SetBlockProfileRate": ("10000", "block"), "SetMutexProfileFraction": ("100", "mutex")}
_SPEAKS = re.compile(r"(?i)\d|every|each|all\b|rate|fraction|sampl|event")


def screen(match: Match, cx: Context) -> Skip | bool:
    """Only the number 1, written down."""
    return match["n"] == "1"


def check(match: Match, cx: Context) -> Result:
    """Refuse where the rate may be meant for a time only; sample otherwise."""
    call = match.node
    assert isinstance(call, nodes.Call)
    name = call.function.str.rpartition(".")[2]
    rate, profile = _SAMPLED[name]
    if not isinstance(call.parent, nodes.ExpressionStatement):
        return Skip("the rate before is kept, to be set again")
    if reason := conditional(call, cx):
        return Skip(reason)
    mention = re.compile(rb"\b%s\b" % name.encode())
    written = re.compile(rb'\bLookup\(\s*["`]%s["`]\s*\)|\b%sProfile\(' % (profile.encode(), profile.title().encode()))
    found = 0
    for path, source in module_sources(cx):
        found += len(mention.findall(without_comments(source)))
        if written.search(source):
            return Skip(f"the program writes its {profile} profile itself ({path.name}): it is measured on purpose")
    if found > 1:
        return Skip("the module sets the rate in another place too")
    line = cx.source.rfind(b"\n", 0, call.start) + 1
    above = cx.source.rfind(b"\n", 0, max(line - 1, 0)) + 1
    end = cx.source.find(b"\n", call.end)
    if any(_SPEAKS.search(comment.str) for comment in cx.comments((above, end))):
        return Skip("a comment speaks of the rate")
    return cx.fix(f"Sample the {profile} profile", match["n"].replace(rate), applicability=UNSAFE)


TRANSFORM = Transform(
    name="block-profile-rate",
    family="profiling",
    summary="a block or mutex profile that records every event taxes every event",
    patterns=(pattern("runtime.SetBlockProfileRate($n)"), pattern("runtime.SetMutexProfileFraction($n)")),
    check=check,
    beyond=True,
    seeds=("B5",),
    applicability=UNSAFE,
    screen=screen,
)
