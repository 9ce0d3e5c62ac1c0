"""A collection asked for by hand, in ordinary code.

## What it does
Finds `runtime.GC()` in ordinary code and drops it, with the comment that only says what it does, the `if`, `else`,
private helper or goroutine that would be left empty, and the import.

## Why it is slow
A call is a whole collection with two stops of the world, and the caller waits for it. The collector starts by itself
when the heap has grown by GOGC percent, or reaches GOMEMLIMIT; a collection by hand finds less garbage for the same
price.

## Example
```go
for _, item := range items {
    process(item)
    runtime.GC() // free memory
}
```

## Use instead
```go
for _, item := range items {
    process(item)
}
```

## Fix safety
Safe: results are unchanged, only the timing of memory is not. Refused wherever a collection may be part of what the
code does: finalizers, cleanups and weak pointers in the package or in one of the module that it imports, cgo or a tuned
collector in the package, a collector that the module may switch off; memory that is measured or profiled, a clock that
is started; tests, examples, benchmarks and what serves them; debug and admin endpoints, commands and options; cache
eviction; a goroutine, defer, callback or function value; calls in a row; the one way through a batch program. Packages
of other modules are not read: a finalizer that one of them waits for runs later, at the runtime's next collection.

## When not to use it
Where a program has to give memory back at a known point, `debug.FreeOSMemory` says so, and GOMEMLIMIT or
`debug.SetMemoryLimit` keeps a process small without calls.

## Go versions
Any.

## Measured
0.2 ms per call with an idle heap, 2.3 ms with 64 MB of live data.

## Sources
Package runtime, `GC`; A Guide to the Go Garbage Collector, <https://go.dev/doc/gc-guide>.
"""

from __future__ import annotations

from gofixer.transforms._places._calls import as_value, called_outside_tests
from gofixer.transforms._places._syntax import statements
from gofixer.transforms.gc import _place as place
from gofixer.transforms.gc._packages import collector_may_be_off
from gofixer.transforms.gc._removal import Removal, remove, remove_declaration

from gofixer.transform import Context, Match, Node, Result, Skip, Transform, nodes, pattern


def check(match: Match, cx: Context) -> Result:
    """Refuse where somebody may want the collection, remove the call otherwise."""
    call = match.node
    if isinstance(call, nodes.Selector):
        return as_value(call)
    if isinstance(call.parent, nodes.Go):
        return Skip("runs in a goroutine of its own, off the caller's path on purpose")
    if isinstance(call.parent, nodes.Defer):
        return Skip("is deferred to the end of a piece of work")
    if reason := place.collector_is_watched(cx) or place.wanted(call, cx):
        return Skip(reason)
    function = cx.function(call)
    assert isinstance(function, nodes.FUNCTIONS)
    assert function.body is not None
    if place.busy(function.body):
        removal = remove(place.statement_of(call), cx)
    elif reason := _purpose(function):
        return Skip(reason)
    else:
        removal = _with_helper(function, cx)
    if isinstance(removal, Skip):
        return removal
    if reason := collector_may_be_off(cx):
        return Skip(reason)
    return cx.fix("Leave the collection to the runtime", *removal.edits(), drops=removal.drops)


def _purpose(function: Node) -> str | None:
    """Why a function that does nothing but collect (and say so) has to stay; None for a private helper."""
    if place.is_handler(function):
        return "is what a debug or admin endpoint does"
    match function:
        case nodes.FuncLiteral(parent=nodes.Call(parent=nodes.Go())):
            return "runs in a goroutine of its own, off the caller's path on purpose"
        case nodes.FuncLiteral(parent=nodes.Call(parent=nodes.Defer())):
            return "is deferred to the end of a piece of work"
        case nodes.FuncLiteral():
            return "is all that a function literal does: whoever calls it wants it"
        case nodes.MethodDeclaration():
            return "is all that a method does: an interface may ask for it"
        case nodes.FunctionDeclaration(name=name) if name.str[0].isupper():
            return "is all that an exported function does: callers ask for it"
    return None


def _with_helper(function: Node, cx: Context) -> Removal | Skip:
    """Remove a private function whose only statement is the call, and all calls of it."""
    assert isinstance(function, nodes.FunctionDeclaration)
    assert function.body is not None
    helper = cx.types.object(function.name.span)
    if len(statements(function.body)) != 1 or function.parameters.items or helper is None or helper.name == "init":
        return Skip("the function around it does nothing else")
    # Also in files that another platform or build tag selects, where the type checker has not looked.
    if place.named_elsewhere(helper.name, cx):
        return Skip(f"`{helper.name}` would be empty, and it is used in another file")
    total = remove_declaration(function, cx)
    for use in helper.uses:
        name = next(n for n in cx.facts.tree.root.descendants(nodes.Identifier) if n.span == (use.start, use.end))
        call = name.parent
        if not isinstance(call, nodes.Call) or call.function != name or isinstance(call.parent, nodes.Defer):
            return Skip(f"`{helper.name}` is deferred or used as a function value")
        if reason := place.wanted(call, cx):
            return Skip(reason)
        removal = remove(place.statement_of(call), cx)
        if isinstance(removal, Skip):
            return removal
        total = total if isinstance(total, Skip) else total + removal
    return total


TRANSFORM = Transform(
    name="manual-gc",
    family="gc",
    summary="runtime.GC() stops the program for a collection that the runtime would do by itself",
    patterns=(pattern("runtime.GC()"), pattern("runtime.GC")),
    check=check,
    beyond=True,
    screen=called_outside_tests,
    seeds=("A6",),
)
