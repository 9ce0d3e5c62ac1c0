"""The number of processors, set again and again.

## What it does
Finds `runtime.GOMAXPROCS(n)` with n above 0 in a loop, a request handler or a function that is called from one, and
drops it where n is `runtime.NumCPU()`, or the constant that the module sets when it starts. Other numbers are shown.

## Why it is slow
A change stops the world; a call that changes nothing takes the scheduler's lock. From Go 1.25 on every such call, also
one that changes nothing, ends the runtime's own adjustment to the CPU limit of the container.

## Example
```go
func handle(w http.ResponseWriter, r *http.Request) {
    runtime.GOMAXPROCS(runtime.NumCPU())
    render(w, r)
}
```

## Use instead
```go
func handle(w http.ResponseWriter, r *http.Request) {
    render(w, r)
}
```

## Fix safety
Unsafe: the number that the environment or the runtime has chosen at the start stays. Nothing else changes. Refused in
tests, at start-up (set once), where the result is used (to set it back), where another number is set in the module,
and where a comment says what it is for. `GOMAXPROCS(0)` asks and sets nothing: never touched.

## When not to use it
Where a program really changes the number while it runs.

## Go versions
Any.

## Measured
77 ns per call that changes nothing (Go 1.26; 27 ns with Go 1.23), with all others waiting for the lock; `go test
-bench` of a loop around the call. What matters more is the CPU limit that is no longer followed.

## Sources
[runtime.GOMAXPROCS](https://pkg.go.dev/runtime#GOMAXPROCS),
[Go 1.25 release notes, container-aware GOMAXPROCS](https://go.dev/doc/go1.25#container-aware-gomaxprocs).
"""

from __future__ import annotations

import re

from gofixer.transforms._places._calls import as_value, in_test
from gofixer.transforms._places._repeats import repeated
from gofixer.transforms._places._syntax import statements
from gofixer.transforms.threads._settings import setters, without

from gofixer.transform import DISPLAY, UNSAFE, Context, Match, Node, Result, Skip, Transform, nodes, pattern

_LIMITS = ", which also stops the runtime from following the container's CPU limit"


def check(match: Match, cx: Context) -> Result:
    """Drop what sets the number that is set anyway."""
    call = match.node
    if isinstance(call, nodes.Selector):
        return as_value(call)
    number = cx.constant(match["n"])
    if number is not None and (number == "0" or number.startswith("-")):
        return None
    if skip := in_test(cx):
        return skip
    if repeated(call, cx) is None:
        return Skip("is set once as far as this file shows")
    if not isinstance(call.parent, nodes.ExpressionStatement):
        return Skip("the number before is asked for, to set it back")
    rest = f"{_LIMITS if cx.module_go >= (1, 25) else ''}"
    if not _default(match["n"], cx) and (number is None or not _set_at_start(number, cx)):
        return cx.fix(f"Set the number of processors once, when the program starts{rest}", applicability=DISPLAY)
    if reason := _others(match["n"], number, cx):
        return Skip(reason)
    edit = without(call.parent, cx)
    if isinstance(edit, Skip):
        return edit
    title = f"Leave the number of processors as it is: it is set for each call{rest}"
    return cx.fix(title, edit, applicability=UNSAFE, drops=("runtime",))


def _default(number: Node, cx: Context) -> bool:
    """Whether the number is that of all processors."""
    return isinstance(number, nodes.Call) and cx.callee(number) == "runtime.NumCPU"


def _set_at_start(number: str, cx: Context) -> bool:
    """Whether the file's main or init sets the same constant, outside of loops and branches."""
    declared = (own for own in cx.facts.tree.root.children if isinstance(own, nodes.FunctionDeclaration))
    bodies = (own.body for own in declared if own.name.str in ("main", "init") and own.body)
    made = (item.text for body in bodies for item in statements(body))
    return number.isdigit() and cx.match.node.text in made


def _others(number: Node, constant: str | None, cx: Context) -> str | None:
    """Whether the module sets another number somewhere."""
    written = re.compile(rb"GOMAXPROCS\(\s*%s\s*\)" % re.escape(number.text))
    for path, line in setters(cx):
        if not written.match(line):
            return f"{path.name} sets another number"
    if constant is not None and not isinstance(number, nodes.IntLiteral):
        found = cx.object(number)
        if found is None or found.kind != "const" or found.scope != "package":
            return "the constant may be another one at the start"
    return None


TRANSFORM = Transform(
    name="gomaxprocs-per-call",
    family="threads",
    summary="runtime.GOMAXPROCS is set again and again",
    patterns=(pattern("runtime.GOMAXPROCS($n)"), pattern("runtime.GOMAXPROCS")),
    check=check,
    beyond=True,
    seeds=("B8",),
    applicability=UNSAFE,
)
