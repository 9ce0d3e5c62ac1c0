"""The text of a buffer is copied in each round of a loop that leaves the buffer alone.

## What it does

Finds `buf.String()` of a `bytes.Buffer` in a loop, where `buf` is a local variable that nothing in the loop can write
to, and takes the text once, in front of the loop. `String` of a `strings.Builder` copies nothing and is left alone.

## Why it is slow

`String` of a `bytes.Buffer` allocates a new string and copies the whole buffer into it, each time it is called.

## Example

```go
var buf bytes.Buffer
render(&buf)
for _, word := range words {
    if strings.Contains(buf.String(), word) {
        found = append(found, word)
    }
}
```

## Use instead

```go
text := buf.String()
for _, word := range words {
    if strings.Contains(text, word) {
        found = append(found, word)
    }
}
```

## Fix safety

Safe. Strings never change, so one will do for all rounds. Refused where anybody else may hold the buffer or its bytes:
it is captured, handed to a function that is not known to let go of it, a field, a parameter, made over a slice that
lives on, or `Bytes` is asked for. `String` has no effect and panics nowhere, so asking earlier does not show.

## When not to use it

A call that only some rounds come to (`if`, `switch`, the right side of `&&`) may never come: skipped. So are calls
after which the loop is left, and tests (unless selected).

## Go versions

Any.

## Measured

A buffer of 4 KB searched for 100 words (Go 1.26, linux/amd64): 332 us, 486 KB, 100 allocations to 14 us, 4.9 KB, 1.
`go test -bench . -benchtime 300ms` over the shape above.

## Sources

[bytes.Buffer.String](https://pkg.go.dev/bytes#Buffer.String) and package bytes, `buffer.go`.
"""

from __future__ import annotations

from gofixer.transforms._places._lines import lines_above, starts_line
from gofixer.transforms._places._syntax import labelled
from gofixer.transforms.allocation._accumulate import left_after
from gofixer.transforms.allocation._buffers import held_elsewhere
from gofixer.transforms.allocation._uses import named

from gofixer.transform import Context, Match, Node, Object, Result, Skip, Transform, nodes, pattern

_BUFFERS = ("bytes.Buffer", "*bytes.Buffer")
_READS = ("String", "Len", "Cap", "Available")


def screen(match: Match, cx: Context) -> Skip | bool:
    """Whether the String method of a variable is called in a loop, in the file of somebody who may have a buffer."""
    if "bytes" not in cx.facts.imports or not isinstance(match["b"], nodes.Identifier | nodes.Selector):
        return False
    if cx.is_test and not (cx.selected or cx.hot) and b"bytes." not in cx.declaration(match.node).text:
        return False
    return next(iter(_repeating(match.node)), None) is not None


def _repeating(call: Node) -> list[nodes.For]:
    """The loops of the function that evaluate an expression in each round, innermost first."""
    found = []
    for ancestor in call.ancestors():
        if isinstance(ancestor, nodes.FUNCTIONS):
            break
        if isinstance(ancestor, nodes.For):
            clause, once = ancestor.child, None
            if isinstance(clause, nodes.RangeClause):
                once = clause
            elif isinstance(clause, nodes.ForClause):
                once = clause.initializer
            if once is None or not once.start <= call.start < once.end:
                found.append(ancestor)
    return found


def check(match: Match, cx: Context) -> Result:
    """Decide one call; the first one of a buffer in a loop speaks for all."""
    call, operand = match.node, match["b"]
    if cx.callee(call) != "(*bytes.Buffer).String":
        return None
    kind = cx.type(operand)
    if kind is None or kind.string not in _BUFFERS:
        return Skip(f"`{operand.str}` only embeds a buffer")
    found = cx.object(operand) if isinstance(operand, nodes.Identifier) else None
    if found is None or found.scope != "local" or found.decl is None:
        return Skip(f"`{operand.str}` is no local variable: others may write to it")
    loops = [loop for loop in _repeating(call) if found.decl[0] < loop.start]
    if not loops:
        return None
    if reason := _changed(found, loops[0], cx) or held_elsewhere(found, call, cx):
        return Skip(reason)
    loop = next(outer for outer in reversed(loops) if _changed(found, outer, cx) is None)
    calls = [use.parent.parent for use in named(found, cx) if loop.start <= use.start < loop.end and use.parent]
    texts = [c for c in calls if isinstance(c, nodes.Call) and cx.callee(c) == "(*bytes.Buffer).String"]
    reached = [text for text in texts if not _conditional(text, loop)]
    if call != (reached or texts)[0]:
        return None
    if not reached:
        return Skip("only some rounds come to the call: it may be better not to take the text at all")
    if all(left_after(text, loop) for text in texts):
        return Skip("every path leaves the loop after it: the text is taken once")
    if cx.is_test and not (cx.selected or cx.hot):
        return Skip("in a test the memory is not worth a longer text")
    top = labelled(loop)
    function = cx.function(call)
    if function is None or next(function.descendants(nodes.Goto), None) is not None:
        return Skip("a goto must not jump over the declaration of the text")
    if not isinstance(top.parent, nodes.StatementList) or not starts_line(top, cx):
        return Skip("the loop does not start its line")
    if any(cx.comments(text.span) for text in texts):
        return Skip("a comment inside of the call would be lost")
    name = cx.fresh(loop, "text", f"{found.name}Text", scope=function)
    edits = [text.replace(name) for text in texts]
    return cx.fix("Take the buffer's text once", lines_above(top, [f"{name} := {call.str}"], cx), *edits)


def _changed(found: Object, loop: nodes.For, cx: Context) -> str | None:
    """What a loop does to the buffer, other than to look at it."""
    for use in named(found, cx):
        if not loop.start <= use.start < loop.end:
            continue
        method = use.parent
        called = isinstance(method, nodes.Selector) and isinstance(method.parent, nodes.Call)
        if not (called and isinstance(method, nodes.Selector) and method.field.str in _READS):
            return f"`{found.name}` may change in the loop"
    return None


def _conditional(call: Node, loop: Node) -> bool:
    """Whether a round of the loop may go by without the call, as far as the statements around it tell."""
    child = call
    for ancestor in call.ancestors():
        if ancestor == loop:
            return False
        match ancestor:
            case nodes.If() if child in (ancestor.consequence, ancestor.alternative):
                return True
            case nodes.Binary() if ancestor.operator.str in ("&&", "||") and child == ancestor.right:
                return True
            case nodes.FuncLiteral():
                return True
        if isinstance(ancestor, nodes.CASES):
            return True
        child = ancestor
    return True


TRANSFORM = Transform(
    name="buffer-string-roundtrip",
    family="allocation",
    summary="the text of an unchanged bytes.Buffer is copied in each round of a loop",
    patterns=(pattern("$b.String()", inside=("for",)),),
    check=check,
    screen=screen,
    seeds=("T",),
)
