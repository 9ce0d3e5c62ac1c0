"""`fmt.Errorf` without a verb is `errors.New`.

## What it does

Finds `fmt.Errorf("text")`: a constant format without any verb, and no arguments.

## Why it is slow

Errorf runs the printer over a text that has nothing to print, copies it, and looks for `%w`.

## Example

```go
var errClosed = fmt.Errorf("queue closed")
```

## Use instead

```go
var errClosed = errors.New("queue closed")
```

## Fix safety

Safe: Errorf without `%w` gives the value of `errors.New`, of the same dynamic type. `%%` becomes one percent sign.
Refused where the name `errors` means another package (pkg/errors records a stack).

## When not to use it

Since Go 1.26 the two are equally fast, so a module from that version on is left alone unless the transform is selected.

## Go versions

Modules with a `go` line below 1.26.

## Measured

Go 1.25, linux/amd64: 128 ns and 2 allocations (32 B) to 1 allocation (16 B). Go 1.26 and later: 26 ns both ways.

## Sources

Go 1.26 release notes, package fmt ("For unformatted strings, fmt.Errorf now allocates less"); package fmt, `errors.go`.
"""

from __future__ import annotations

from gofixer.transforms.formatting._layout import show
from gofixer.transforms.formatting._rewrite import literal, replace
from gofixer.transforms.formatting._text import Text
from gofixer.transforms.formatting._verbs import Literal, read

from gofixer.transform import Context, Gate, Match, Result, Skip, Transform, nodes, pattern

EQUAL_SINCE = (1, 26)
EQUAL = Skip("since Go 1.26 fmt.Errorf without verbs is as fast as errors.New")


def check(match: Match, cx: Context) -> Result:
    """Replace fmt.Errorf of a text by errors.New of it."""
    call = match.node
    assert isinstance(call, nodes.Call)
    format_ = match["format"]
    value = cx.constant(format_)
    if value is None:
        return None
    pieces = read(value)
    if isinstance(pieces, Skip):
        return pieces
    if not all(isinstance(piece, Literal) for piece in pieces):
        return Skip("a verb has no argument: fmt says so in the text")
    if _equal(cx):
        return EQUAL
    message = literal(format_, "".join(piece.text for piece in pieces))
    if isinstance(message, Skip):
        return message
    text = Text(cx, call)
    function = text.name("errors", "New")
    edits = () if message is format_ else (format_.replace(show(message)),)
    return replace(call.function, function, cx, "Use errors.New: the format has no verb", *edits, names=text)


def screen(match: Match, cx: Context) -> Skip | bool:
    """The version gate: without a percent sign it needs no types."""
    plain = isinstance(match["format"], nodes.InterpretedStringLiteral | nodes.RawStringLiteral)
    return EQUAL if _equal(cx) and not (plain and "%" in match["format"].str) else True


def _equal(cx: Context) -> bool:
    return cx.module_go >= EQUAL_SINCE and not cx.selected


TRANSFORM = Transform(
    name="errorf-without-verbs",
    family="formatting",
    summary="fmt.Errorf without a verb: errors.New",
    patterns=(pattern("fmt.Errorf($format)"),),
    check=check,
    screen=screen,
    gate=Gate.VERSION,
    go="go.mod below 1.26",
    seeds=("T",),
)
