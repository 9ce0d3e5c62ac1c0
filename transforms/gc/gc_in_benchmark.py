"""A collection in every round of a measured loop.

## What it does
Finds `runtime.GC()` inside the measured loop of a benchmark (`b.N`, `b.Loop()`, the `pb.Next()` loop of
`b.RunParallel`), drops it, and adds `b.ReportAllocs()` where the benchmark does not report allocations yet.

## Why it is slow
Every round measures a whole collection, mostly of what other code left behind. It is many times dearer than the work
that the benchmark is about, and it hides how often the work itself would make the collector run.

## Example
```go
for i := 0; i < b.N; i++ {
    work()
    runtime.GC()
}
```

## Use instead
```go
b.ReportAllocs()
for i := 0; i < b.N; i++ {
    work()
}
```

## Fix safety
Safe: only what the benchmark measures changes, which is the point. Left alone where the clock does not run (before the
loop, before `ResetTimer`, between `StopTimer` and `StartTimer`), where the loop does nothing else (the collection is
what is measured), where memory is read, with finalizers, cleanups, weak pointers or a tuned collector in the package.

## When not to use it
A benchmark whose name says that it is about the collector, or that works with a `sync.Pool`, is only rewritten when
the transform is selected.

## Go versions
Any.

## Measured
0.2 ms per collection with an idle heap: a round of 1 us of work reads as 200 us.

## Sources
Package testing, `B.ReportAllocs`, `B.Loop`, `B.RunParallel`; package runtime, `GC`.
"""

from __future__ import annotations

import re

from gofixer.transforms._places._lines import with_comments_above
from gofixer.transforms.gc import _place as place
from gofixer.transforms.gc._benchmark import Loop, measured_loop, serves_benchmark, timer_stands
from gofixer.transforms.gc._removal import remove

from gofixer.transform import Context, Edit, Match, Node, Result, Skip, Transform, nodes, pattern

_ABOUT_COLLECTIONS = re.compile(r"GC|Gc(?![a-z])|(?i:garbage|finali|collect)")
_NOTHING = re.compile(r"\bGC$|\.(Stop|Start|Reset)Timer$")


def check(match: Match, cx: Context) -> Result:
    """Refuse where the clock stands or the collection is the subject; remove the call otherwise."""
    call = match.node
    if not serves_benchmark(call):
        return None
    found = measured_loop(call, cx)
    if isinstance(found, Skip):
        return found
    if reason := timer_stands(found, cx) or place.collector_is_watched(cx) or place.measured(call, cx):
        return Skip(reason)
    if not place.busy(found.loop.body, _NOTHING):
        return Skip("the benchmark measures the collection itself")
    if not cx.selected and (reason := _subject(found.loop, cx)):
        return Skip(reason)
    removal = remove(place.statement_of(call), cx, reasons_count=False)
    if isinstance(removal, Skip):
        return removal
    if cx.source[: found.start.start].rpartition(b"\n")[2].strip():
        return Skip("the loop shares its line with other code")
    edits = [*removal.edits(), *_report_allocs(found, cx)]
    return cx.fix("Leave collections out of the measured loop", *edits, drops=removal.drops)


def _subject(loop: Node, cx: Context) -> str | None:
    """Why the benchmark may be about collections although it does other work too."""
    own = cx.declaration(loop)
    if isinstance(own, nodes.FunctionDeclaration) and _ABOUT_COLLECTIONS.search(own.name.str):
        return "the benchmark's name says that it is about collections"
    if re.search(rb"\bsync\.Pool\b", own.text):
        return "a collection empties the sync.Pool that the benchmark works with"
    return None


def _report_allocs(found: Loop, cx: Context) -> list[Edit]:
    """The call of ReportAllocs before the loop, and before the ResetTimer in front of it; none where there is one."""
    function = cx.function(found.start)
    assert function is not None
    owner = cx.object(found.benchmark)
    for call in function.descendants(nodes.Call):
        match call.function:
            case nodes.Selector(operand=operand, field=name) if name.str == "ReportAllocs":
                if cx.object(operand) == owner:
                    return []
    start = found.start
    column = cx.indent(found.loop if isinstance(start, nodes.Labeled) else start)
    before = start.previous_sibling
    while isinstance(before, nodes.Comment):
        before = before.previous_sibling
    if before is not None and before.text == found.benchmark.text + b".ResetTimer()":
        start = before
    at = with_comments_above(start.start, cx)
    text = f"{column}{found.benchmark.str}.ReportAllocs()".encode() + cx.newline
    return [Edit(at, at, text)]


TRANSFORM = Transform(
    name="gc-in-benchmark",
    family="gc",
    summary="runtime.GC() in the measured loop of a benchmark measures the collector",
    patterns=(pattern("runtime.GC()"),),
    check=check,
    beyond=True,
    seeds=("B2",),
)
