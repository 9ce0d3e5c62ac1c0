"""A goroutine wired to a thread that does nothing with the thread.

## What it does
Finds `runtime.LockOSThread` with its `UnlockOSThread` around nothing but pure Go, and drops both.

## Why it is slow
A wired goroutine can only run on its thread: each hand-over over a channel is a switch of threads by the operating
system instead of one of goroutines.

## Example
```go
go func() {
    runtime.LockOSThread()
    defer runtime.UnlockOSThread()
    for n := range in {
        out <- strconv.Itoa(n)
    }
}()
```

## Use instead
```go
go func() {
    for n := range in {
        out <- strconv.Itoa(n)
    }
}()
```

## Fix safety
Unsafe: the goroutine may run on any thread. Nothing else changes. Only functions whose every call is a conversion, a
builtin or one of a short list of pure functions of the standard library are rewritten: whatever else is called
(system calls, cgo, function values, interfaces, functions of the module) may depend on the thread. Refused without an
unlock in the function (the thread is meant to end with the goroutine), in `main` and `init`, in packages with cgo,
`syscall`, `golang.org/x/sys`, network namespaces, graphics or plugins, in tests, and beside comments.

## When not to use it
Whenever the state of a thread matters.

## Go versions
Any.

## Measured
A value handed to a goroutine and back: 31.2 us wired, 0.25 us not (`go test -bench` of two unbuffered channels, two
processors, Go 1.26).

## Sources
[runtime.LockOSThread](https://pkg.go.dev/runtime#LockOSThread),
[Go wiki, LockOSThread](https://go.dev/wiki/LockOSThread).
"""

from __future__ import annotations

import re

from gofixer.transforms._places._calls import as_value, called_outside_tests, may_be_function
from gofixer.transforms.threads._settings import without

from gofixer.transform import UNSAFE, Context, Edit, Match, Node, Result, Skip, Transform, Type, nodes, pattern

# Functions that depend on nothing but their arguments, or on goroutines whatever thread they run on.
_PURE = re.compile(
    r"(strings|strconv|math|math/bits|unicode|unicode/utf8|unicode/utf16|bytes|cmp)\.\w+"
    r"|errors\.New|fmt\.(Sprint|Sprintf|Sprintln|Errorf)"
    r"|\(\*?(strings\.Builder|bytes\.Buffer)\)\.(Write|WriteByte|WriteRune|WriteString|String|Len|Reset|Bytes)"
    r"|\(\*sync\.(Mutex|RWMutex|WaitGroup)\)\.\w+|time\.(Sleep|Now|Since)"
    r"|\(time\.(Time|Duration)\)\.\w+"
)
_CALLBACKS = re.compile(r".*(Func|Map|Seq|Lines|Fields\w*Seq)$|\(\*sync\.WaitGroup\)\.Go")
_THREADS = re.compile(
    rb'"(C|syscall|plugin|unsafe|os/exec|golang\.org/x/sys/[\w/]+|[^"\n]*(?:netns|netlink|/gl\b|glfw|sdl|opengl|vulkan'
    rb'|egl|fyne|gtk|cocoa|webview|runc|capability|seccomp)[^"\n]*)"|Pdeathsig|//go:linkname|//go:cgo'
)


def screen(match: Match, cx: Context) -> Skip | bool:
    """Calls outside of tests, in packages that have nothing to do with threads or the system."""
    lock, at = match.node, called_outside_tests(match, cx)
    if at is not True:
        return at
    own = cx.declaration(lock)
    if isinstance(own, nodes.FunctionDeclaration) and own.name.str in ("main", "init") and own == cx.function(lock):
        return Skip(f"`{own.name.str}` keeps the main thread on purpose")
    for path, source in cx.package_sources().items():
        if found := _THREADS.search(source):
            what = (found[1] or found[0]).decode(errors="replace")
            return Skip(f"the package works with threads or the system ({what} in {path.name})")
    return True


def check(match: Match, cx: Context) -> Result:
    """Refuse whatever might know of the thread; drop the pair otherwise."""
    lock = match.node
    if isinstance(lock, nodes.Selector):
        return as_value(lock)
    function = cx.function(lock)
    assert function is not None
    if not isinstance(lock.parent, nodes.ExpressionStatement):
        return Skip("is deferred or started as a goroutine")
    calls = list(function.descendants(nodes.Call))
    locks = [c for c in calls if cx.callee(c) == "runtime.LockOSThread"]
    unlocks = [c for c in calls if cx.callee(c) == "runtime.UnlockOSThread"]
    if not unlocks:
        return Skip("is not unlocked here: the thread may be meant to end with the goroutine")
    if len(locks) != 1 or len(unlocks) != 1 or cx.function(unlocks[0]) != function:
        return Skip("is locked and unlocked in more than one place")
    reason = next((r for c in calls if c not in (*locks, *unlocks) and (r := _may_know(c, cx))), None)
    if reason is not None:
        return Skip(reason)
    if any(True for _ in function.descendants(nodes.RangeClause)) and _ranges_over_functions(function, cx):
        return Skip("ranges over a function, which may depend on the thread")
    return _remove(lock.parent, unlocks[0], cx)


def _may_know(call: nodes.Call, cx: Context) -> str | None:
    """Why a call may depend on the thread, or end in code that does; None for what is pure Go."""
    info = cx.expr(call.function)
    if info is not None and info.mode in ("type", "builtin"):
        target = cx.type(call)
        printed = cx.callee(call) in ("print", "println")
        return f"`{call.function.str}` may depend on the thread" if printed or _unsafe(target) else None
    callee = cx.callee(call)
    if not callee:
        return f"`{call.function.str}` is called, which is not known"
    if not _PURE.fullmatch(callee) or _CALLBACKS.match(callee):
        return f"`{callee}` may depend on the thread"
    # fmt calls methods of its arguments.
    if callee.startswith("fmt.") and any(_has_methods(argument, cx) for argument in call.arguments.items):
        return f"`{callee}` may call methods of its arguments"
    if any(isinstance(a, nodes.FuncLiteral) or may_be_function(a, cx) for a in call.arguments.items):
        return f"`{callee}` calls a function that it is given"
    return None


def _unsafe(target: Type | None) -> bool:
    return target is not None and target.kind == "unsafe.Pointer"


def _has_methods(argument: Node, cx: Context) -> bool:
    found = cx.type(argument)
    return found is None or found.is_named or found.kind not in _PLAIN


_PLAIN = frozenset(
    f"{prefix}{kind}"
    for prefix in ("", "untyped ")
    for kind in (
        *("bool", "string", "int", "int8", "int16", "int32", "int64", "rune", "float", "float32", "float64"),
        *("uint", "uint8", "uint16", "uint32", "uint64", "uintptr", "complex64", "complex128", "nil"),
    )
)


def _ranges_over_functions(function: Node, cx: Context) -> bool:
    found = (cx.type(clause.right) for clause in function.descendants(nodes.RangeClause))
    return any(t is None or t.kind in ("func", "typeparam") for t in found)


def _remove(lock: Node, unlock: nodes.Call, cx: Context) -> Result:
    second = unlock.parent
    if not isinstance(second, nodes.Defer | nodes.ExpressionStatement) or second.parent != lock.parent:
        return Skip("the unlock stands in another block")
    if second.start < lock.end:
        return Skip("the unlock stands before the lock")
    if isinstance(second, nodes.ExpressionStatement):
        kinds = (nodes.Return, nodes.Goto, nodes.Break, nodes.Continue, nodes.Call)
        between = (n for n in second.parent.descendants(*kinds) if lock.end < n.start and n.end < second.start)
        if any(not isinstance(n, nodes.Call) or cx.callee(n) == "panic" for n in between):
            return Skip("may leave without unlocking: the thread may be meant to end with the goroutine")
    items = lock.parent.items if isinstance(lock.parent, nodes.StatementList) else ()
    if len(items) < 3:
        return Skip("nothing else is done between them")
    joined = without(lock, cx)
    other = without(second, cx)
    if isinstance(joined, Skip) or isinstance(other, Skip):
        return joined if isinstance(joined, Skip) else other
    edits: tuple[Edit, ...] = (joined, other)
    if joined.end >= other.start:
        edits = (Edit(joined.start, max(joined.end, other.end), b""),)
        if cx.source[: joined.start].rstrip(b" \t\r\n").endswith(b"{"):
            rest = cx.source[edits[0].end :]
            blank = len(rest) - len(rest.lstrip(b" \t\r\n"))
            edits = (Edit(joined.start, edits[0].end + rest.rfind(b"\n", 0, blank) + 1, b""),)
    title = "Let the goroutine run on any thread: nothing in it depends on one"
    return cx.fix(title, *edits, applicability=UNSAFE, drops=("runtime",))


TRANSFORM = Transform(
    name="lock-os-thread",
    family="threads",
    summary="runtime.LockOSThread around pure Go makes each hand-over a switch of threads",
    patterns=(pattern("runtime.LockOSThread()"), pattern("runtime.LockOSThread")),
    check=check,
    beyond=True,
    screen=screen,
    seeds=("A10", "B9"),
    applicability=UNSAFE,
)
