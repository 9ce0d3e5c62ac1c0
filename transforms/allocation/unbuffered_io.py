"""Many small writes to a file: one system call each.

## What it does
Finds loops that write piece by piece to a file that the function has created, and writes through a `bufio.Writer`
that is flushed behind the loop; what is done about a failed write is done about a failed Flush.

## Why it is slow
A write to a file is a system call, however few bytes it writes; a buffer makes one of 4096 bytes.

## Example
```go
for _, line := range lines {
    if _, err := fmt.Fprintln(file, line); err != nil {
        return err
    }
}
```

## Use instead
```go
w := bufio.NewWriter(file)
for _, line := range lines {
    if _, err := fmt.Fprintln(w, line); err != nil {
        return err
    }
}
if err := w.Flush(); err != nil {
    return err
}
```

## Fix safety
Unsafe: the bytes reach the file when 4096 have come together or the loop has ended, so a failure shows at a later write
or at Flush, and a panic in the loop loses what is still in the buffer. Flush comes before everything behind the loop
(Sync, Seek, Close, a deferred Close). Refused: files that the function did not create itself (parameters, fields,
`os.Stdout`), opened to append or to sync, handed on, or used for anything but writes in the loop; devices,
pipes and cgroups; loops over channels and iterators, without a bound, that wait, start goroutines or read files; a way
out of the loop that is not that of a failed write; functions that cannot return the error of Flush.

## When not to use it
Where somebody follows the file while it is written. Test code, and files that several loops of a function write to, are
skipped unless selected. Small reads are left alone: a buffer would read ahead, and move the place in the file.

## Go versions
Any.

## Measured
Go 1.26, linux/amd64, 1,000 lines of nine bytes to a file on ext4 (`go test -bench`): 3.3 ms to 0.18 ms, for one
allocation of 4 KiB. `tests/transforms/allocation/test_unbuffered_io.py` counts the system calls.

## Sources
Package bufio, `Writer`; package os, `(*File).Write`. The guide on techniques.
"""

from __future__ import annotations

import re

from gofixer.transforms._places._lines import ends_line, lines_above, lines_below, starts_line
from gofixer.transforms.allocation._files import Loop, loop_of, written_file
from gofixer.transforms.allocation._operands import loops_around

from gofixer.transform import (
    UNSAFE,
    Context,
    Edit,
    Match,
    Node,
    Result,
    Skip,
    Transform,
    nodes,
    pattern,
    unparen,
)

_WRITER = "$writer"
_NAMES = ("Create", "OpenFile", "File", "Stdout", "Stderr")
_ONE_ERROR = re.compile(r"\(?\s*(?:\w+\s+)?error\s*,?\s*\)?")


def check(match: Match, cx: Context) -> Result:
    """Put a buffer between a loop and the file that it writes to."""
    call = match.node
    assert isinstance(call, nodes.Call)
    target = written_file(call, cx)
    found = loop_of(call, target, cx) if target is not None else None
    if found is None or isinstance(found, Skip):
        return found
    loop, function = found.loop, cx.function(found.loop)
    assert isinstance(function, nodes.FUNCTIONS)
    if next(function.descendants(nodes.Goto), None) is not None:
        return Skip("a goto must not jump over a new variable")
    if not isinstance(loop.parent, nodes.StatementList) or not starts_line(loop, cx):
        return Skip("there is no line in front of the loop for a new variable")
    if not ends_line(loop, cx):
        return Skip("there is no line behind the loop for Flush")
    flush = _flush(found, function, cx)
    if isinstance(flush, Skip):
        return flush
    bufio = cx.qualifier("bufio", loop)
    if bufio is None:
        return Skip("the name of package bufio means something else here")
    name = cx.fresh(loop, "w", "out", "buffered")
    return cx.fix(
        "Write through a buffer",
        lines_above(loop, [f"{name} := {bufio}.NewWriter({found.file.name})"], cx),
        *(Edit(*place.span, name.encode()) for place in found.names),
        lines_below(loop, [flush.replace(_WRITER, name)], cx),
        applicability=UNSAFE,
    )


def _flush(found: Loop, function: Node, cx: Context) -> str | Skip:
    """The statement that flushes, with `_WRITER` for the buffer; its lines after the first have their indentation."""
    handlers: list[tuple[str, nodes.If]] = []
    for leave in _leaves(found.loop, function, cx):
        handler = _handler(leave, found, cx)
        if handler is None:
            return Skip(f"`{leave.str.splitlines()[0]}` leaves the loop with bytes that have to be flushed")
        handlers.append(handler)
    newline, indent = cx.newline.decode(), cx.indent(found.loop)
    for error, condition in handlers:
        body = condition.consequence
        if cx.indent(condition).startswith(indent) and _stands_alone(body, error, found, cx):
            deeper = cx.indent(condition)[len(indent) :]
            lines = [line.rstrip("\r") for line in body.str.split("\n")]
            rest = (indent + line.removeprefix(indent + deeper) for line in lines[1:])
            moved = [lines[0], *(line if line.strip() else "" for line in rest)]
            return f"if {error} := {_WRITER}.Flush(); {error} != nil {newline.join(moved)}"
    result = function.result if isinstance(function, nodes.FUNCTIONS) else None
    if result is None or not _ONE_ERROR.fullmatch(result.str) or not cx.predeclared("error", function):
        return Skip("the function cannot return the error of Flush")
    return newline.join((f"if err := {_WRITER}.Flush(); err != nil {{", f"{indent}\treturn err", f"{indent}}}"))


def _leaves(loop: Node, function: Node, cx: Context) -> list[nodes.Return]:
    """The return statements of a loop, not those of function literals in it."""
    return [leave for leave in loop.descendants(nodes.Return) if cx.function(leave) == function]


def _handler(leave: Node, found: Loop, cx: Context) -> tuple[str, nodes.If] | None:
    """The ``if err != nil`` behind a write that a return belongs to, with the name of the error."""
    condition = next((a for a in leave.ancestors() if isinstance(a, nodes.If | nodes.For)), None)
    if not isinstance(condition, nodes.If) or condition.alternative is not None:
        return None
    test = unparen(condition.condition)
    if not isinstance(test, nodes.Binary) or test.operator.str != "!=" or not isinstance(test.right, nodes.Nil):
        return None
    error = cx.object(test.left) if isinstance(test.left, nodes.Identifier) else None
    source: Node | None = condition.initializer
    if source is None:
        above = [s for s in condition.parent.children if s.end <= condition.start] if condition.parent else []
        source = above[-1] if above else None
    if error is None or not isinstance(source, nodes.ShortVarDeclaration | nodes.Assignment):
        return None
    value = unparen(source.right.children[0])
    writes = isinstance(value, nodes.Call) and any(value.start <= name.start < value.end for name in found.names)
    if not writes or len(source.right.children) != 1 or len(source.left.children) != 2:
        return None
    return (error.name, condition) if cx.object(source.left.children[1]) == error else None


def _stands_alone(body: Node, error: str, found: Loop, cx: Context) -> bool:
    """Whether what is done about a failed write can be done behind the loop: nothing of the loop is named in it."""
    for leave in body.descendants(nodes.Return):
        if not leave.children:
            return False
    if next(body.descendants(nodes.Continue, nodes.Break, nodes.FuncLiteral, nodes.RawStringLiteral), None) is not None:
        return False
    statements = [s for child in body.children for s in child.children if not isinstance(s, nodes.Comment)]
    if not statements or not isinstance(statements[-1], nodes.Return):
        return False
    for name in body.descendants(nodes.Identifier):
        used = cx.object(name)
        if used is None or used.decl is None or used.scope != "local" or name.str == error:
            continue
        if found.loop.start <= used.decl[0] < found.loop.end and not body.start <= used.decl[0] < body.end:
            return False
    return True


def screen(match: Match, cx: Context) -> Skip | bool:
    """Writes in loops of declarations that name a file of package os; those of tests only where they are asked for."""
    package = cx.facts.imports.get("os")
    if package is None or not loops_around(match.node):
        return False
    if cx.is_test and not (cx.selected or cx.hot):
        return False
    words = (f"{package}.{name}".encode() for name in _NAMES)
    text = cx.declaration(match.node).text
    return any(word in text for word in words)


TRANSFORM = Transform(
    name="unbuffered-io",
    family="allocation",
    summary="many small writes to a file in a loop, a system call each",
    patterns=(
        pattern("$file.WriteString($text)", inside=("for",)),
        pattern("$file.Write($data)", inside=("for",)),
        *(pattern(f"fmt.{name}($file, $*args)", inside=("for",)) for name in ("Fprint", "Fprintf", "Fprintln")),
    ),
    check=check,
    screen=screen,
    applicability=UNSAFE,
    seeds=("T",),
)
