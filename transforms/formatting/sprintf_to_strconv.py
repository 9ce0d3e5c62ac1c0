"""`fmt.Sprintf` with one verb and nothing else is a function of package strconv, or the value itself.

## What it does

Finds `fmt.Sprintf("%d", n)`, `fmt.Sprint(n)` and their like: one verb alone, with an argument whose type says what is
printed. The verb and the *exact* type decide:

| verb | argument | becomes |
|---|---|---|
| `%d`, `%v` | `int` | `strconv.Itoa(n)` |
| `%d`, `%v` | other integers | `strconv.FormatInt(int64(n), 10)`, `strconv.FormatUint(uint64(n), 10)` |
| `%x`, `%o`, `%b` | integers | `strconv.FormatInt(int64(n), 16)` (8, 2) |
| `%t`, `%v` | `bool` | `strconv.FormatBool(b)` |
| `%q` | `string` | `strconv.Quote(s)` |
| `%s`, `%v` | `string` | `s` |
| `%s`, `%v` | `error`, checked not to be nil | `err.Error()` |
| `%s` | `[]byte` | `string(b)` |
| `%x` | `string`, `[]byte`, `[N]byte` | `hex.EncodeToString(b)` |
| `%v`, `%g`, `%e`, `%f`, with a precision or without | `float32`, `float64` | `strconv.FormatFloat(f, 'g', -1, 64)` |
| none | | the format itself |

## Why it is slow

Sprintf takes a printer from a pool, puts the argument into an interface (which allocates for everything but the
smallest values), reads the format byte by byte and asks the value for methods, to call in the end the very function
of package strconv.

## Example

```go
id := fmt.Sprintf("%d", n)
```

## Use instead

```go
id := strconv.Itoa(n)
```

## Fix safety

Safe. A named type is converted, and only where neither its values nor pointers to them have a method that fmt calls
(`Format` for every verb; `String`, `Error` for `%v`, `%s`, `%q`, `%x`). Interfaces and type parameters are refused:
what they hold decides what is printed. An `error` counts where a check `!= nil` dominates the call and nothing assigns
to the variable in between; what remains is that fmt would print an error whose own `Format` method says something else
than its `Error` method, and would survive an `Error` method that panics. A plain value takes the place of the call only
where nothing to its right in the statement may change it first. Left alone: `%c` (allocates more), `%5d`, `%08x`
(nothing in the standard library pads), `%X`, `uintptr`, complex numbers.

## When not to use it

For a line that runs once: calls whose result only goes into an error, a panic, a log call, a test, an example, flag or
usage text, `init` or a `String` method are skipped as `cold` unless selected.

## Go versions

Any.

## Measured

Go 1.27, linux/amd64, ns and allocations per call: `%d` 119/2 to 35/1, `%x` of an integer 89/2 to 28/1, `%x` of bytes
119/2 to 40/1, `%t` 63/1 to 1/0, `%q` 173/2 to 87/1, `%s` 103/2 to 1/0, `%v` of a float 141/2 to 83/1, `%.2f` 115/2 to
60/1, no verb 73/1 to 1/0. Floats: 400,000 random ones without a difference.
`tests/transforms/formatting/test_allocations.py` counts the allocations again on the toolchain at hand.

## Sources

Package fmt, `print.go` (order of Formatter, error, Stringer) and `format.go`; package strconv. Exercise A8.
"""

from __future__ import annotations

from gofixer.transforms.formatting._layout import Expr
from gofixer.transforms.formatting._parts import Form
from gofixer.transforms.formatting._rewrite import literal, replace, replacement
from gofixer.transforms.formatting._screen import screen_for, site_for
from gofixer.transforms.formatting._site import FORMATTING, STRCONV, Site
from gofixer.transforms.formatting._text import Text

from gofixer.transform import Context, Match, Result, Skip, Transform, pattern


def check(match: Match, cx: Context) -> Result:
    """Replace a call with one verb, or none, by what it prints."""
    site = site_for(STRCONV, match, cx)
    if site is None or isinstance(site, Skip):
        return site
    text = Text(cx, site.call, site.format)
    expr = _value(site, text)
    if isinstance(expr, Skip):
        return expr
    new = replacement(site.call, expr, cx)
    if isinstance(new, Skip):
        return new
    return replace(site.call, new, cx, _title(site), names=text)


def _value(site: Site, text: Text) -> Expr | Skip:
    if site.parts and site.parts[0].form is not Form.TEXT:
        return text.string(site.parts[0])
    assert site.format is not None, "Sprint always has a verb"
    return literal(site.format, "".join(part.text for part in site.parts))


def _title(site: Site) -> str:
    form = site.parts[0].form if site.parts else Form.TEXT
    match form:
        case Form.TEXT:
            return "Use the text itself: the format has no verb"
        case Form.STRING:
            return "Use the string itself"
        case Form.BYTES:
            return "Convert the bytes to a string"
        case Form.ERROR:
            return "Ask the error for its text"
        case Form.HEX:
            return "Encode the bytes with encoding/hex"
    return "Format the value with strconv"


TRANSFORM = Transform(
    name=STRCONV,
    family="formatting",
    summary="fmt.Sprintf with one verb alone: strconv or the value itself",
    patterns=tuple(pattern(source) for source in FORMATTING),
    check=check,
    screen=screen_for(STRCONV),
    seeds=("A8",),
)
