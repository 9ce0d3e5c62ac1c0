"""`fmt.Sprintf` with numbers in its text needs no allocation but that of its result: append to a buffer.

## What it does

Finds `fmt.Sprintf` and `fmt.Fprintf` with a constant format that mixes text and at least one number, and appends the
pieces to a buffer on the stack, to a byte slice that is there anyway, or to the buffer of the writer:

| shape | becomes |
|---|---|
| text and numbers | `var buf [24]byte`, `string(strconv.AppendInt(append(buf[:0], "key-"...), n, 10))` |
| strings around one stretch of numbers | `var buf [20]byte`, `host + ":" + string(strconv.AppendInt(buf[:0], n, 10))` |
| `[]byte(fmt.Sprintf(...))` | append to `make([]byte, 0, N)` |
| `append(dst, fmt.Sprintf(...)...)` | append to `dst` |
| `w.WriteString(fmt.Sprintf(...))`, `fmt.Fprintf(w, ...)` | `*bufio.Writer`, `*bytes.Buffer`: append to |
| | `w.AvailableBuffer()` and write; `*strings.Builder`: write the parts |

The size of the buffer is exact: the literals, 20 bytes for `int64` and `uint64` (`%x` 17 and 16), 11 for `int32`, 24
for `%v` of a `float64`, and so on.

## Why it is slow

Sprintf puts every argument into an interface, which allocates for each number above 255 and each string, reads the
format byte by byte, and copies its buffer into the result. The conversion of the stack buffer to a string is the only
allocation that is left; as a map index, in a comparison and as an operand of a concatenation not even that.

## Example

```go
key := fmt.Sprintf("key-%d", n)
```

## Use instead

```go
var buf [24]byte
key := string(strconv.AppendInt(append(buf[:0], "key-"...), int64(n), 10))
```

## Fix safety

Safe. Types as for `sprintf-to-strconv`. The declaration goes in front of the statement; arguments are only evaluated
there where nothing to their left in the statement has to come first, and only where the statement runs exactly when
the call would (not on the right of `&&`, in the head of a loop, in a case). Refused: a writer behind an interface (the
bytes would escape), `Fprintf` in a `defer`, an argument that may write to the writer or change what an earlier one is
formatted from. `append(dst, ...)` piece by piece writes to the free end of `dst` also when `dst` has to grow in the
end; so that is done only where `dst` is a local variable with memory of its own. Elsewhere the text is put together in
a buffer and appended at once.

## When not to use it

Where reading matters more than an allocation: `style = "concat"` in `[transforms.sprintf-to-append]` writes
`"key-" + strconv.Itoa(n)`, which allocates as often as Sprintf. More than four values, a text over several lines and a
format with a name read better as they are: skipped unless selected. So are `cold` calls (see `sprintf-to-strconv`).

## Go versions

Any; `AvailableBuffer` of bufio.Writer since Go 1.18, of bytes.Buffer since Go 1.21.

## Measured

Go 1.27, linux/amd64, ns and allocations per call: `key-%d` 104/2 to 48/1, `%d-%d` 178/3 to 58/1, `%s:%d` 172/3 to 52/1,
`[]byte` 191/3 to 49/1, map index 107/2 to 26/0, bufio.Writer 122/2 to 17/0.
`tests/transforms/formatting/test_allocations.py` counts the allocations again on the toolchain at hand.

## Sources

Package strconv (`AppendInt`), package bufio (`AvailableBuffer`), package runtime, `string.go` (`slicebytetostringtmp`).
Exercise A8.
"""

from __future__ import annotations

from gofixer.transforms.formatting._append import append_bytes, append_string
from gofixer.transforms.formatting._rewrite import replace, replacement
from gofixer.transforms.formatting._screen import screen_for, site_for
from gofixer.transforms.formatting._site import APPEND, Target
from gofixer.transforms.formatting._text import Text
from gofixer.transforms.formatting._writers import write

from gofixer.transform import Context, Match, Option, Result, Skip, Transform, pattern


def check(match: Match, cx: Context) -> Result:
    """Append the pieces of a format to a buffer."""
    site = site_for(APPEND, match, cx)
    if site is None or isinstance(site, Skip):
        return site
    if site.target is Target.WRITER:
        return write(site, cx)
    if site.target is not Target.STRING:
        return append_bytes(site, cx)
    if cx.options["style"] == "append":
        return append_string(site, cx)
    text = Text(cx, site.call, site.format)
    new = replacement(site.call, text.concatenation(site.parts), cx)
    return new if isinstance(new, Skip) else replace(site.call, new, cx, "Concatenate the parts", names=text)


TRANSFORM = Transform(
    name=APPEND,
    family="formatting",
    summary="fmt.Sprintf with numbers: append to a buffer",
    patterns=(pattern("fmt.Sprintf($format, $*args)"), pattern("fmt.Fprintf($writer, $format, $*args)")),
    check=check,
    screen=screen_for(APPEND),
    seeds=("A8",),
    options={"style": Option("append", "how a string with numbers is built", ("append", "concat"))},
)
