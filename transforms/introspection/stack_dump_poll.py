"""The stacks of all goroutines, taken again and again with the world stopped.

## What it does
Finds `runtime.Stack(buf, true)` on a timer, and takes the goroutine profile in text form instead, where the dump is
only written or logged. Elsewhere a threshold is proposed: a dump only above a number of goroutines.

## Why it is slow
`runtime.Stack` with `true` stops the world until every stack is printed into the buffer, tens of milliseconds with
20,000 goroutines, and a buffer of 1 MiB cuts off most of the 3.8 MB. The profile stops it for a moment only, and groups
goroutines with the same stack.

## Example
```go
buf := make([]byte, 1<<20)
for range ticker.C {
    n := runtime.Stack(buf, true)
    log.Printf("%s", buf[:n])
}
```

## Use instead
```go
for range ticker.C {
    var dump bytes.Buffer
    pprof.Lookup("goroutine").WriteTo(&dump, 1)
    log.Printf("%s", dump.Bytes())
}
```
Straight into the writer where it is an `*os.File`, a `*bufio.Writer` or a `*bytes.Buffer` and nobody asks for the
error.

## Fix safety
Unsafe: the text is that of a goroutine profile, one entry per stack with its count, and it is never cut off. Nothing
else changes. Refused for loops that grow the buffer, panic handlers, dumps that a signal, a request or a condition asks
for, tests, and for buffers and lengths that are used for something else.

With `[transforms.stack-dump-poll] threshold = N` a dump whose text goes elsewhere is taken only while more than N
goroutines exist (unsafe: below that nothing is dumped); without the option that is only shown.

## When not to use it
Where a program reads the dump, or arguments and wait times of single goroutines matter.

## Go versions
Any.

## Measured
20,000 goroutines blocked in one place, two processors, Go 1.26: the world stopped for 76 ms per dump, and for 2 ms per
profile (`/sched/pauses/total/other:seconds` around ten calls in `go test`). The call itself takes 61 and 94 ms: the
profile does its work while the program runs.

## Sources
[runtime.Stack](https://pkg.go.dev/runtime#Stack),
[runtime/pprof.Profile.WriteTo](https://pkg.go.dev/runtime/pprof#Profile.WriteTo).
"""

from __future__ import annotations

import re

from gofixer.transforms._places._calls import in_test
from gofixer.transforms._places._repeats import answers_requests
from gofixer.transforms.introspection._dump import Dump, as_string, dump_of, only_written
from gofixer.transforms.introspection._timers import timed

from gofixer.transform import (
    DISPLAY,
    UNSAFE,
    Context,
    Edit,
    Match,
    Node,
    Option,
    Result,
    Skip,
    Transform,
    nodes,
    pattern,
)

_SIGNALS = re.compile(rb"\bsignal\.Notify|\bos\.Signal\b|\bsyscall\.SIG|\bunix\.SIG")
_ENDS = re.compile(r"^panic$|^os\.Exit$|\.(Fatal|Panic)(f|ln)?$|^runtime\.Goexit$")
_PLAIN = frozenset({"*os.File", "*bufio.Writer", "*bytes.Buffer"})


def check(match: Match, cx: Context) -> Result:
    """Refuse dumps that somebody asked for, and replace those that a timer takes."""
    call = match.node
    assert isinstance(call, nodes.Call)
    everybody = cx.constant(match["all"])
    if everybody == "false":
        return None
    if skip := in_test(cx):
        return skip
    own = cx.declaration(call)
    if _SIGNALS.search(own.text):
        return Skip("a signal asks for the dump")
    if any(cx.callee(other) == "recover" for other in own.descendants(nodes.Call)):
        return Skip("is part of a panic handler")
    if any(answers_requests(f, cx) for f in call.ancestors() if isinstance(f, nodes.FUNCTIONS)):
        return Skip("a request asks for the dump")
    if reason := _grows(call, match["buf"], cx):
        return Skip(reason)
    if timed(call, cx) is None:
        return Skip("is taken once as far as this file shows, not on a timer")
    if everybody != "true":
        return Skip("may be the stack of its own goroutine only")
    if _behind_a_condition(call):
        return Skip("stands behind a condition: only taken when something is out of order")
    if _leaves(call, cx):
        return Skip("the loop ends with the dump: it is taken once")
    found = dump_of(call, match["buf"], cx)
    if isinstance(found, Skip):
        return found
    if cx.comments(call.span) or cx.comments(found.buffer.span):
        return Skip("there is a comment inside the call or the buffer's declaration")
    if only_written(found, cx):
        return _threshold(found, cx)
    return _profile(found, cx)


def _grows(call: nodes.Call, buffer: Node, cx: Context) -> str | None:
    """Whether the loop around the call is there to find a buffer that is large enough."""
    variable = cx.object(buffer) if isinstance(buffer, nodes.Identifier) else None
    for around in call.ancestors():
        if isinstance(around, nodes.FUNCTIONS):
            break
        if isinstance(around, nodes.For):
            for made in around.descendants(nodes.Assignment):
                written = any(cx.object(target) == variable for target in made.left.items)
                if variable is not None and written and "make" in made.right.str:
                    return "the loop grows the buffer until the dump fits"
    return None


def _behind_a_condition(call: Node) -> bool:
    """Whether an if or a switch decides about the call."""
    for around in call.ancestors():
        if isinstance(around, nodes.For | nodes.Select | nodes.FuncLiteral):
            return False
        if isinstance(around, nodes.ExpressionCase | nodes.TypeCase | nodes.DefaultCase):
            return True
        if isinstance(around, nodes.If) and any(
            branch is not None and branch.start <= call.start < branch.end
            for branch in (around.consequence, around.alternative)
        ):
            return True
    return False


def _leaves(call: Node, cx: Context) -> bool:
    """Whether the statements behind the call end the loop, the function or the program."""
    statement = cx.statement(call)
    items = statement.parent.items if statement and isinstance(statement.parent, nodes.StatementList) else ()
    match items[-1] if items else None:
        case nodes.Return() | nodes.Break() | nodes.Goto():
            return True
        case nodes.ExpressionStatement(nodes.Call() as last):
            return bool(_ENDS.search(cx.callee(last)))
    return False


def _profile(dump: Dump, cx: Context) -> Result:
    at = dump.statement or cx.statement(dump.call)
    if at is None or not _alone(at, cx) or not _alone(dump.buffer, cx):
        return Skip("shares its line with other code")
    profiles = cx.qualifier("runtime/pprof", at)
    if profiles is None:
        return Skip("`pprof` means something else here")
    written = f'{profiles}.Lookup("goroutine").WriteTo({{}}, 1)'
    writer = _written_to(dump, cx)
    edits = [_without_line(dump.buffer, cx)]
    if writer is not None:
        write = dump.texts[0].parent
        assert write is not None
        assert write.parent is not None
        edits.append(write.parent.replace(written.format(writer.str)))
        if dump.statement is not None:
            edits.append(_without_line(dump.statement, cx))
    else:
        buffers = cx.qualifier("bytes", at)
        if buffers is None:
            return Skip("`bytes` means something else here")
        name = cx.fresh(dump.call, "dump", "stacks")
        lines = [f"var {name} {buffers}.Buffer", written.format(f"&{name}")]
        joint = cx.newline.decode() + cx.indent(at)
        if dump.statement is not None:
            edits.append(dump.statement.replace(joint.join(lines)))
        else:
            edits.append(Edit(at.start, at.start, f"{joint.join(lines)}{joint}".encode()))
        for text in dump.texts:
            conversion = as_string(text)
            edits.append((conversion or text).replace(f"{name}.{'String' if conversion else 'Bytes'}()"))
    title = "Take the goroutine profile, which stops the world for a moment only"
    return cx.fix(title, *edits, applicability=UNSAFE, drops=("runtime",))


def _written_to(dump: Dump, cx: Context) -> Node | None:
    """The writer of ``w.Write(buf[:n])``, a statement, where it does not matter how many writes there are."""
    if len(dump.texts) != 1 or not isinstance(dump.texts[0].parent, nodes.ArgumentList):
        return None
    write = dump.texts[0].parent.parent
    if not isinstance(write, nodes.Call) or not isinstance(write.parent, nodes.ExpressionStatement):
        return None
    function = write.function
    if not isinstance(function, nodes.Selector) or function.field.str != "Write":
        return None
    found = cx.type(function.operand)
    plain = found is not None and found.string in _PLAIN and cx.effect(function.operand) is None
    return function.operand if plain and _alone(write.parent, cx) else None


def _threshold(dump: Dump, cx: Context) -> Result:
    """Take the dump only while there are more goroutines than the option says."""
    limit = cx.options["threshold"]
    if not isinstance(limit, int) or limit <= 0:
        title = "Dump only above a number of goroutines, or take the goroutine profile"
        return cx.fix(title, applicability=DISPLAY)
    first = dump.statement or cx.statement(dump.call)
    holder = first.parent if first else None
    if first is None or not isinstance(holder, nodes.StatementList):
        return Skip("the call is part of another statement")
    items = holder.items
    last = max(i for i, item in enumerate(items) if any(item.start <= t.start < item.end for t in dump.texts))
    part = items[items.index(first) : last + 1]
    if any(_declares_for_later(item, part[-1].end, cx) for item in part):
        return Skip("what is made of the dump is used below")
    if any(isinstance(item, nodes.Fallthrough | nodes.Labeled) for item in part):
        return Skip("the statements with the dump cannot be put behind a condition")
    if not _alone(first, cx) or b"`" in cx.source[first.start : part[-1].end]:
        return Skip("the lines with the dump cannot be indented")
    runtime = dump.call.function.str.rpartition(".")[0]
    start, end = cx.source.rfind(b"\n", 0, first.start) + 1, cx.source.find(b"\n", part[-1].end)
    indent, newline = cx.indent(first).encode(), cx.newline
    lines = cx.source[start:end].rstrip(b"\r").split(b"\n")
    inner = b"\n".join(b"\t" + line if line.strip() else line for line in lines)
    head = indent + f"if {runtime}.NumGoroutine() > {limit} {{".encode() + newline
    edit = Edit(start, start + len(cx.source[start:end].rstrip(b"\r")), head + inner + newline + indent + b"}")
    return cx.fix(f"Dump only while there are more than {limit} goroutines", edit, applicability=UNSAFE)


def _declares_for_later(statement: Node, end: int, cx: Context) -> bool:
    if not isinstance(statement, nodes.ShortVarDeclaration | nodes.VarDeclaration):
        return False
    found = [cx.object(name) for name in statement.descendants(nodes.Identifier)]
    declared = [o for o in found if o and o.decl and statement.start <= o.decl[0] < statement.end]
    return any(use.start >= end for variable in declared for use in variable.uses)


def _alone(statement: Node, cx: Context) -> bool:
    """Whether a statement has its lines to itself."""
    start = cx.source.rfind(b"\n", 0, statement.start) + 1
    end = cx.source.find(b"\n", statement.end)
    return not cx.source[start : statement.start].strip() and not cx.source[statement.end : end].strip()


def _without_line(statement: Node, cx: Context) -> Edit:
    start = cx.source.rfind(b"\n", 0, statement.start) + 1
    return Edit(start, cx.source.find(b"\n", statement.end) + 1, b"")


TRANSFORM = Transform(
    name="stack-dump-poll",
    family="introspection",
    summary="runtime.Stack(buf, true) on a timer stops the world until all stacks are printed",
    patterns=(pattern("runtime.Stack($buf, $all)"),),
    check=check,
    beyond=True,
    seeds=("B6",),
    applicability=UNSAFE,
    options={"threshold": Option(0, "number of goroutines from which on a dump is taken; 0: only shown")},
)
