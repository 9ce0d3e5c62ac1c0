"""The statistics of the whole heap, with the world stopped, for a few numbers.

## What it does
Finds `runtime.ReadMemStats` in a loop, a request handler or a function that is called from one, and reads exactly the
fields that are used from `runtime/metrics` instead.

## Why it is slow
`ReadMemStats` stops the world, flushes the caches of all processors and fills a structure of 5.8 KB.
`metrics.Read` takes what is asked for, and stops nothing.

## Example
```go
for range ticker.C {
    var m runtime.MemStats
    runtime.ReadMemStats(&m)
    heap.Set(float64(m.HeapAlloc))
}
```

## Use instead
```go
for range ticker.C {
    samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
    metrics.Read(samples)
    heap.Set(float64(samples[0].Value.Uint64()))
}
```
The samples are a local variable, as the structure was: a slice of samples that handlers share is a data race.

## Fix safety
Unsafe: the values are read at slightly different moments and without what the processors' caches have not handed in
yet. Nothing else changes: each field becomes the metrics that it was compared with, in its own type. Refused where a
field has no metric (`PauseTotalNs`, `PauseNs`, `LastGC`, `BySize`, `Lookups`), where the structure leaves the
function or is read in a function literal, before the call or after a jump over it, where differences are taken of
what was read (before and after a piece of work the caches matter: true deltas of 100, 200 and 500 objects were read
as 0, 147 and 390), after a collection by hand, in tests, and where a value is returned.

## When not to use it
Where numbers have to be exact at one moment, and on pages that show the whole structure.

## Go versions
Any (`runtime/metrics` has all of the metrics since Go 1.17).

## Measured
19.9 us and a stop of the world per call to 0.39 us, 80 bytes and one allocation (two fields,
`go test -bench . -cpu 2` of a loop around either form, Go 1.26).

## Sources
[runtime/metrics](https://pkg.go.dev/runtime/metrics), [runtime.MemStats](https://pkg.go.dev/runtime#MemStats),
`memStatsFromRM` in [client_golang](https://github.com/prometheus/client_golang). Every field of the table was equal
on Go 1.21, 1.23, 1.25, 1.26 and 1.27 in a process at rest.
"""

from __future__ import annotations

import re

from gofixer.transforms._places._calls import as_value, called_outside_tests
from gofixer.transforms._places._repeats import repeated
from gofixer.transforms.introspection._memstats import FIELDS, Statistics, compared, statistics

from gofixer.transform import UNSAFE, Context, Edit, Match, Node, Result, Skip, Transform, nodes, pattern

_ABOUT = re.compile(r"(?i)memstats|the[ -]world|\bSTW\b")
_COLLECTS = ("runtime.GC", "runtime/debug.FreeOSMemory")


def check(match: Match, cx: Context) -> Result:
    """Refuse what is measured exactly or read as a whole, and replace the rest."""
    call = match.node
    if isinstance(call, nodes.Selector):
        return as_value(call)
    if repeated(call, cx) is None:
        return Skip("is read once as far as this file shows: neither in a loop nor for each request")
    own = cx.declaration(call)
    if any(cx.callee(other) in _COLLECTS for other in own.descendants(nodes.Call)):
        return Skip("a collection by hand beside it: the heap is measured exactly")
    found = statistics(match["m"], call, cx)
    if isinstance(found, Skip):
        return found
    if reason := compared(found, cx):
        return Skip(reason)
    if any(_ABOUT.search(comment.str) for comment in cx.comments(own.span)):
        return Skip("a comment speaks of it, and would be wrong")
    if cx.go < (1, 17):
        return Skip("runtime/metrics lacks some of the metrics before Go 1.17")
    return _rewrite(found, cx)


def _rewrite(found: Statistics, cx: Context) -> Result:
    metrics = cx.qualifier("runtime/metrics", found.declaration)
    if metrics is None or cx.qualifier("runtime/metrics", found.call) is None:
        return Skip("`metrics` means something else here")
    if any(FIELDS[read.field.str][0] and not cx.predeclared("uint32", read) for read in found.reads):
        return Skip("`uint32` means something else here")
    wanted = list(dict.fromkeys(name for read in found.reads for name in FIELDS[read.field.str][1]))
    name = cx.fresh(found.call, "samples")
    edits = [
        found.declaration.replace(_samples(f"{name} := []{metrics}.Sample", wanted, found.declaration, cx)),
        found.call.replace(f"{metrics}.Read({name})"),
    ]
    edits += [_value(read, name, wanted) for read in found.reads]
    return cx.fix(
        "Read the metrics that are used, without stopping the world",
        *edits,
        applicability=UNSAFE,
        drops=("runtime",),
    )


def _samples(head: str, names: list[str], at: Node, cx: Context) -> str:
    if len(names) == 1:
        return f'{head}{{{{Name: "{names[0]}"}}}}'
    newline, indent = cx.newline.decode(), cx.indent(at)
    lines = [f'{indent}\t{{Name: "{name}"}},' for name in names]
    return newline.join([f"{head}{{", *lines, f"{indent}}}"])


def _value(read: nodes.Selector, name: str, wanted: list[str]) -> Edit:
    """The expression for a field; a sum stands in parentheses where it is not an argument by itself."""
    conversion, metrics = FIELDS[read.field.str]
    text = " + ".join(f"{name}[{wanted.index(metric)}].Value.Uint64()" for metric in metrics)
    if conversion:
        text = f"{conversion}({text})"
    elif len(metrics) > 1 and not isinstance(read.parent, nodes.ArgumentList | nodes.ExpressionList):
        text = f"({text})"
    return read.replace(text)


TRANSFORM = Transform(
    name="read-mem-stats",
    family="introspection",
    summary="runtime.ReadMemStats stops the world for numbers that runtime/metrics gives without",
    patterns=(pattern("runtime.ReadMemStats($m)"), pattern("runtime.ReadMemStats")),
    check=check,
    beyond=True,
    screen=called_outside_tests,
    seeds=("B1",),
    applicability=UNSAFE,
)
