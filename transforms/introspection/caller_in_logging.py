"""The caller's file and line, looked up for log lines that are not written.

## What it does
Finds `runtime.Caller(n)` in functions that log. A call above a level test moves under it; with 0, where only the file
is used, the value is computed once for the package. What is left is shown, with the form that costs least.

## Why it is slow
Each call walks the stack and looks up function, file and line: some hundred nanoseconds, 248 bytes and two allocations,
also for the lines that the level then drops.

## Example
```go
func (l *Logger) Debugf(format string, args ...any) {
    _, file, line, _ := runtime.Caller(1)
    if l.level < Debug {
        return
    }
    l.write(file, line, fmt.Sprintf(format, args...))
}
```

## Use instead
```go
func (l *Logger) Debugf(format string, args ...any) {
    if l.level < Debug {
        return
    }
    _, file, line, _ := runtime.Caller(1)
    l.write(file, line, fmt.Sprintf(format, args...))
}
```
Where the record is always made and perhaps dropped later, do as `log/slog` does: keep the program counter only
(`runtime.Callers` into a `[1]uintptr`: no allocation) and ask `runtime.CallersFrames` for the line where the record is
written. That changes the record's type, and is only shown.

## Fix safety
Safe. `runtime.Caller` has no effect, and from 1 on its result does not depend on where in the function it is called:
the call may stand anywhere between its old place and the first use of its results. Refused for 0 with the line or the
program counter (they are those of the call itself), for a number that is no constant and may be 0, where the uses
stand in loops or function literals, next to a `goto` or comments. The file of a package-level value is that of the
function: refused for methods (an interface may call them before package variables are set), with cgo and `//line`.

## When not to use it
Where most lines are written, the lookup is part of what they cost.

## Go versions
Any.

## Measured
550 ns, 248 B and 2 allocations for a line that is dropped to 3.5 ns and none; 258 ns and none for `runtime.Callers`
into an array (`go test -bench . -benchmem`, Go 1.26).

## Sources
[runtime.Caller](https://pkg.go.dev/runtime#Caller), [runtime.CallersFrames](https://pkg.go.dev/runtime#CallersFrames),
`Logger.log` in [log/slog](https://cs.opensource.google/go/go/+/refs/tags/go1.24.0:src/log/slog/logger.go).
"""

from __future__ import annotations

import re

from gofixer.transforms._places._calls import as_value, called_outside_tests
from gofixer.transforms._places._lines import comment_above, lines_above, starts_line
from gofixer.transforms._places._repeats import repeated
from gofixer.transforms.introspection._moving import (
    Results,
    below_level_test,
    destination,
    means_something_else,
    results,
)

from gofixer.transform import DISPLAY, Context, Edit, Match, Node, Result, Skip, Transform, nodes, pattern

_LOGS = re.compile(
    r"\b[lL]og(?!in|ic|o)|Log(?!in|ic|o)|(?i:logg|(?<!finger)print|output|emit)|^(?i:debug|trace|info|warn|error)"
)
_FILES = ("thisFile", "sourceFile")


def check(match: Match, cx: Context) -> Result:
    """Move the call to where its results are wanted, or compute them once; show what has to be done by hand."""
    call = match.node
    if isinstance(call, nodes.Selector):
        return as_value(call)
    if isinstance(cx.declaration(call), nodes.VarDeclaration):
        return None
    found = results(call, cx)
    if isinstance(found, Skip):
        return found
    if cx.constant(match["n"]) == "0":
        return _once(found, cx)
    if not _logging(call, cx):
        return Skip("is no log line as far as this file shows")
    if below_level_test(found, cx):
        return None
    to = destination(found, cx)
    depth = cx.constant(match["n"]) or ""
    if to is not None and not depth.isdigit():
        return Skip("the number of frames may be 0 or change further down")
    if to is not None:
        return _move(found, to, cx)
    title = "Keep the program counter only (runtime.Callers), and resolve it where the record is written"
    return cx.fix(title, applicability=DISPLAY)


def _logging(call: Node, cx: Context) -> bool:
    """Whether the function, its receiver, the package or a function that gets the results is about logging."""
    own = cx.declaration(call)
    names = [cx.types.package_name, cx.facts.path.stem]
    match own:
        case nodes.MethodDeclaration():
            names += [own.name.str, own.receiver.str]
        case nodes.FunctionDeclaration():
            names.append(own.name.str)
    return any(_LOGS.search(name) for name in names)


def _move(found: Results, to: Node, cx: Context) -> Result:
    statement = found.statement
    if isinstance(to, nodes.Labeled) or means_something_else(found, to, cx) or cx.qualifier("runtime", to) is None:
        return Skip("a label stands, or a name means something else, where it would go")
    if not starts_line(statement, cx) or not starts_line(to, cx):
        return Skip("shares its line with other code")
    start = cx.source.rfind(b"\n", 0, statement.start) + 1
    end = cx.source.find(b"\n", statement.end) + 1
    if cx.source[statement.end : end].strip() or b"\n" in statement.text:
        return Skip("shares its line with other code")
    if comment_above(statement, cx) or cx.comments((start, end)):
        return Skip("a comment beside it speaks of its place")
    at = cx.source.rfind(b"\n", 0, to.start) + 1
    if comment_above(to, cx):
        return Skip("a comment stands where it would go")
    line = cx.indent(to).encode() + statement.text + cx.newline
    return cx.fix("Look the caller up below the level test", Edit(start, end, b""), Edit(at, at, line))


# -- the file itself --------------------------------------------------------------------------------------------


def _once(found: Results, cx: Context) -> Result:
    """Compute the file of ``runtime.Caller(0)`` once."""
    call, own = found.call, cx.declaration(found.call)
    if repeated(call, cx) is None:
        return Skip("is asked once as far as this file shows")
    if [name is not None for name in found.names] != [False, True, False, False]:
        return Skip("the line or the program counter of the call itself is used")
    if not isinstance(own, nodes.FunctionDeclaration) or cx.function(call) != own:
        return Skip("stands in a method or function literal, which may run before package variables are set")
    if b"//line " in cx.source or b"/*line " in cx.source or "C" in cx.facts.imports or b'import "C"' in cx.source:
        return Skip("the file has line directives or cgo: its name is not the same everywhere")
    if cx.comments(found.statement.span) or not starts_line(own, cx):
        return Skip("there is a comment inside the call")
    words = {word for text in cx.package_sources().values() for word in re.findall(rb"\w+", text)}
    name = next((n for n in _FILES if n.encode() not in words), None)
    if name is None or any(taken == name for _, taken in cx.reserved):
        return Skip("the names for a package variable are taken")
    cx.names.append((own.span, name))
    file = found.names[1]
    assert file is not None
    lines = [
        f"// {name} is the path of this source file.",
        f"var {name} = func() string {{",
        f"\t_, file, _, _ := {call.function.str}(0)",
        "\treturn file",
        "}()",
        "",
    ]
    edits = [lines_above(own, lines, cx), found.statement.replace(f"{file.str} := {name}")]
    return cx.fix("Ask for the file's own name once", *edits)


TRANSFORM = Transform(
    name="caller-in-logging",
    family="introspection",
    summary="runtime.Caller looks up file and line for log lines that may not be written",
    patterns=(pattern("runtime.Caller($n)"), pattern("runtime.Caller")),
    check=check,
    beyond=True,
    screen=called_outside_tests,
    seeds=("B11",),
)
