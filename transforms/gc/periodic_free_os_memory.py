"""A goroutine that collects on a timer.

## What it does
Finds goroutines that do nothing but call `debug.FreeOSMemory()` or `runtime.GC()` on each tick, and drops them.

## Why it is slow
Each call is a whole collection with two stops of the world, whether there is garbage or not; FreeOSMemory then gives
every free page back at once. The runtime does both by itself: it collects when the heap has grown, at least every two
minutes, and returns free pages in the background.

## Example
```go
go func() {
    for range time.Tick(30 * time.Second) {
        debug.FreeOSMemory()
    }
}()
```

## Use instead
A bound, where there has to be one: GOMEMLIMIT in the environment, or once at the start of the program
```go
debug.SetMemoryLimit(256 << 20)
```

## Fix safety
Unsafe: an idle program keeps free memory longer, and collects every two minutes at the latest instead of on each tick.
The limit is yours to choose, so none is written. Refused where somebody asks for it (a condition, a configured
interval, a function or method of its own, tests, debug code) or may wait for it: finalizers, cleanups and weak pointers
in the package or in one of the module that it imports, cgo, a collector that may be switched off, measured memory, a
goroutine that others wait for or send to.

## When not to use it
Where many small processes share a machine and each is idle most of the time: then the memory that a tick gives back may
be worth the collections. Measure the resident size with and without.

## Go versions
Any; GOMEMLIMIT and `debug.SetMemoryLimit` came with Go 1.19.

## Measured
4 to 6 ms for each FreeOSMemory, with an idle heap and with 64 MB of live data alike (`go test -bench Free -benchtime
100x -count 3`, go1.26, linux/amd64, 2 cores). Memory that was given back is not dearer to use again: 8 MB came back in
0.2-0.3 ms, so the collections are what is saved.

## Sources
Package runtime/debug, `FreeOSMemory`, `SetMemoryLimit`; A Guide to the Go Garbage Collector,
<https://go.dev/doc/gc-guide>; package runtime, `forcegcperiod`.
"""

from __future__ import annotations

from gofixer.transforms._places._calls import in_test
from gofixer.transforms._places._syntax import enclosing_loop, labelled, statements
from gofixer.transforms.gc import _place as place
from gofixer.transforms.gc._packages import collector_may_be_off
from gofixer.transforms.gc._removal import remove_goroutine

from gofixer.transform import UNSAFE, Context, Match, Node, Result, Skip, Transform, nodes, pattern

_COLLECTS = frozenset({"runtime/debug.FreeOSMemory", "runtime.GC"})
_TICKS = frozenset({"time.Tick", "time.NewTicker", "time.After", "time.Sleep"})
_BRANCHES = (nodes.If, nodes.ExpressionCase, nodes.CommunicationCase, nodes.TypeCase, nodes.DefaultCase, nodes.For)
_JUMPS = (nodes.Return, nodes.Break, nodes.Continue)


def screen(match: Match, cx: Context) -> Skip | bool:
    """Only calls in loops; the others are those of manual-gc."""
    loop = enclosing_loop(match.node)
    return loop is not None and not _other(loop.body, match.node)


def check(match: Match, cx: Context) -> Result:
    """Refuse where somebody asks or waits for the collections; drop the goroutine otherwise."""
    call = match.node
    loop = enclosing_loop(call)
    assert loop is not None
    if not _ticks(loop, call, cx):
        return Skip("does not wait for a tick: it collects as often as it can, to find errors")
    first = next(c for c in loop.body.descendants(nodes.Call) if cx.callee(c) in _COLLECTS)
    if first != call:
        return None  # one finding for each loop
    if skip := in_test(cx):
        return skip
    goroutine = _goroutine(loop)
    if goroutine is None:
        return Skip("the loop is not all that one goroutine does: the function around it may be waited for")
    if reason := _asked_for(goroutine, cx) or _waits(goroutine, cx):
        return Skip(reason)
    if reason := place.collector_is_watched(cx, or_tuned=False) or place.measured(goroutine, cx):
        return Skip(reason)
    removal = remove_goroutine(goroutine, cx)
    if isinstance(removal, Skip):
        return removal
    if reason := collector_may_be_off(cx):
        return Skip(reason)
    title = "Drop the collections on a timer; GOMEMLIMIT or debug.SetMemoryLimit bounds memory"
    return cx.fix(title, *removal.edits(), applicability=UNSAFE, drops=removal.drops)


def _other(body: Node, call: Node) -> bool:
    """Whether a loop's body does anything but collect, wait and leave."""
    for other in body.descendants(nodes.Call):
        name = other.function.str.rpartition(".")[2]
        if name not in ("FreeOSMemory", "GC", "Sleep", "After", "Done") or isinstance(other.parent, nodes.Go):
            return True
    kinds = (nodes.Assignment, nodes.ShortVarDeclaration, nodes.VarDeclaration, nodes.Send, nodes.Inc, nodes.Dec)
    return any(True for _ in body.descendants(*kinds, nodes.FuncLiteral, nodes.Defer, nodes.Goto, nodes.If))


def _ticks(loop: nodes.For, call: Node, cx: Context) -> bool:
    """Whether a call runs on each tick: a case of a select has to be that of the tick."""
    for around in call.ancestors():
        if around == loop:
            break
        if isinstance(around, nodes.DefaultCase | nodes.ExpressionCase | nodes.TypeCase):
            return False
        if isinstance(around, nodes.CommunicationCase):
            return _waits_for_time(around.communication, cx)
    return _waits_for_time(loop, cx)


def _waits_for_time(node: Node, cx: Context) -> bool:
    if any(cx.callee(call) in _TICKS for call in node.descendants(nodes.Call)):
        return True
    channels = (cx.type(name) for name in node.descendants(nodes.Identifier, nodes.Selector))
    return any(kind and kind.kind == "chan" and kind.elem and kind.elem.string == "time.Time" for kind in channels)


def _around(loop: nodes.For) -> Node:
    """The function literal that a loop is the end of, or the loop."""
    return next((a for a in loop.ancestors() if isinstance(a, nodes.FUNCTIONS)), loop)


def _goroutine(loop: nodes.For) -> nodes.Go | None:
    """The go statement of a literal that makes a ticker, perhaps, and then only loops."""
    literal = _around(loop)
    match literal:
        case nodes.FuncLiteral(parent=nodes.Call(parent=nodes.Go() as goroutine)) if not literal.parameters.items:
            items = statements(literal.body)
            if items and items[-1] == labelled(loop) and all(map(_prepares, items[:-1])):
                return goroutine
    return None


def _prepares(statement: Node) -> bool:
    text = statement.str
    if isinstance(statement, nodes.ShortVarDeclaration):
        return (len(statement.left.items) == 1 and ".NewTicker(" in text) or ".Tick(" in text
    return isinstance(statement, nodes.Defer) and text.endswith(".Stop()")


def _asked_for(goroutine: nodes.Go, cx: Context) -> str | None:
    """A person, or the surroundings, may want the collections."""
    for around in goroutine.ancestors():
        if isinstance(around, _BRANCHES):
            return "is started where a condition says so"
        if isinstance(around, nodes.FuncLiteral):
            return "is started by a function literal"
        if isinstance(around, nodes.FUNCTIONS):
            items = statements(around.body) if around.body else ()
            if len(items) == 1:
                return "is all that the function around it is for: whoever calls it asks for it"
            before = [s for s in items if s.end <= goroutine.start]
            if any(True for s in before for _ in s.descendants(nodes.Return)):
                return "is started where a condition says so"
    for call in goroutine.descendants(nodes.Call):
        if cx.callee(call) in _TICKS and any(cx.constant(argument) is None for argument in call.arguments.items):
            return "its interval is configured: somebody asks for it"
    return place.asked_for(goroutine, cx)


def _waits(goroutine: nodes.Go, cx: Context) -> str | None:
    """Something else of the program has to do with the goroutine: a channel, a wait group, a ticker."""
    inside = goroutine.span
    for receive in goroutine.descendants(nodes.Unary):
        if receive.operator == "<-":
            source = receive.operand
            if isinstance(source, nodes.Call):
                if cx.callee(source) not in ("(context.Context).Done", "time.After"):
                    return f"`{source.str}` may be sent to: the goroutine is waited for"
            elif not source.str.endswith(".C") and not _own_name(source, inside, cx):
                return f"`{source.str}` may be sent to: the goroutine is waited for"
    for name in goroutine.descendants(nodes.Identifier):
        variable = cx.object(name)
        if variable is None or variable.kind != "var" or variable.scope != "local" or variable.decl is None:
            continue
        if inside[0] <= variable.decl[0] < inside[1]:
            continue
        if variable.type is None or variable.type.string != "context.Context":
            return f"`{variable.name}` is declared outside of the goroutine"
        others = [u for u in variable.uses if not inside[0] <= u.start < inside[1]]
        if not variable.is_param and not any(use.role in ("read", "address") for use in others):
            return f"`{variable.name}` would be left without a use"
    return None


def _own_name(node: Node, inside: tuple[int, int], cx: Context) -> bool:
    found = cx.object(node) if isinstance(node, nodes.Identifier) else None
    return found is not None and found.decl is not None and inside[0] <= found.decl[0] < inside[1]


TRANSFORM = Transform(
    name="periodic-free-os-memory",
    family="gc",
    summary="a goroutine that collects on a timer does what the runtime does by itself",
    patterns=(pattern("debug.FreeOSMemory()", imports=("runtime/debug",)), pattern("runtime.GC()")),
    check=check,
    beyond=True,
    seeds=("B14",),
    applicability=UNSAFE,
    screen=screen,
)
