"""`fmt.Sprintf` of strings only is a concatenation.

## What it does

Finds `fmt.Sprintf("%s/%s", a, b)`: literals and values that are strings already (or booleans, or errors known not to
be nil), and joins them with `+`. In places where `sprintf-to-append` finds no room for its buffer (package-level
variables, the right side of `&&`, heads of loops, cases), numbers and quoted strings are joined as well, where that
allocates less often than Sprintf.

## Why it is slow

Each string argument is put into an interface, which allocates 16 bytes; then Sprintf reads the format byte by byte,
and copies its buffer into the result. A concatenation of any number of operands is one call into the run time: one
allocation of the exact size.

## Example

```go
path := fmt.Sprintf("%s/%s", dir, name)
```

## Use instead

```go
path := dir + "/" + name
```

## Fix safety

Safe. Types as for `sprintf-to-strconv`. A concatenation is not a call: where something to its right in the same
statement may change one of its operands before it is read, it is refused. A concatenation of constants is a constant;
where that matters (duplicate cases and keys, indexes, lengths), too.

## When not to use it

More than four values, a text over several lines and a format with a name read better as a format: skipped unless
selected. So are `cold` calls (see `sprintf-to-strconv`).

## Go versions

Any.

## Measured

Go 1.27, linux/amd64, ns and allocations per call: two strings 148/3 to 45/1, four 241/5 to 78/1.
`tests/transforms/formatting/test_allocations.py` counts the allocations again on the toolchain at hand.

## Sources

Go specification, "Order of evaluation"; package runtime, `string.go` (`concatstrings`). Exercise A8.
"""

from __future__ import annotations

from gofixer.transforms.formatting._rewrite import replace, replacement
from gofixer.transforms.formatting._screen import screen_for, site_for
from gofixer.transforms.formatting._site import CONCAT, FORMATTING
from gofixer.transforms.formatting._text import Text

from gofixer.transform import Context, Match, Result, Skip, Transform, pattern


def check(match: Match, cx: Context) -> Result:
    """Join the parts of a format with +."""
    site = site_for(CONCAT, match, cx)
    if site is None or isinstance(site, Skip):
        return site
    text = Text(cx, site.call, site.format)
    new = replacement(site.call, text.concatenation(site.parts), cx)
    if isinstance(new, Skip):
        return new
    return replace(site.call, new, cx, "Concatenate the strings", names=text)


TRANSFORM = Transform(
    name=CONCAT,
    family="formatting",
    summary="fmt.Sprintf of strings only: concatenate them",
    patterns=tuple(pattern(source) for source in FORMATTING[:1]),
    check=check,
    screen=screen_for(CONCAT),
    seeds=("A8",),
)
