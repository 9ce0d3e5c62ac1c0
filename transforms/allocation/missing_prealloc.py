"""A slice or map that grows step by step to a size that is known before.

## What it does

Finds `var x []T`, `x := []T{}`, `x := make([]T, 0)` and new maps that a loop of known length fills with the same number
of elements in each round, and asks for all the memory at once. The length is that of a slice, array or map that is
ranged over or counted through, or a constant.

## Why it is slow

`append` allocates again each time the slice is full, and copies what is there: 10,000 integers take 19 allocations and
four times the memory. A map moves its elements to larger tables in the same way.

## Example

```go
names := []string{}
for _, user := range users {
    names = append(names, user.Name)
}
```

## Use instead

```go
names := make([]string, 0, len(users))
for _, user := range users {
    names = append(names, user.Name)
}
```

A slice that starts as nil, and that somebody may tell from an empty one (it is returned, stored, passed on, compared
with nil), has to stay nil where there is nothing to append. `slices.Grow` gives nil for nil and 0:

```go
var names []string
names = slices.Grow(names, len(users))
for _, user := range users {
    names = append(names, user.Name)
}
```

## Fix safety

Safe. Nil-ness and contents stay, in JSON and `reflect.DeepEqual`, too. The length is read where nothing stands between
it and the loop that has an effect; a declaration that comes too early moves down. Refused: a length that may be
negative or made up by somebody else, one that needs a call; a slice that is captured, shown, set or pointed into while
it grows; one whose capacity is asked for. That `append` to a copy of the slice may write into the same array or into
another one, depending on the capacity, is left open by the language, and is left open here.

## When not to use it

Where rounds leave elements out (`if`, `continue`, `break`, early returns other than for an error), a slice of full size
may be too large: skipped. So are keys that several rounds may share, loops of less than three rounds, maps of up to
eight elements, and tests (unless selected).

## Go versions

Any; `slices.Grow` needs Go 1.21.

## Measured

Go 1.26, linux/amd64, 10,000 integers: slice 488 us, 358 KB, 19 allocations to 124 us (`make`) or 55 us (`Grow`),
82 KB, 1; map 914 us, 592 KB, 81 to 349 us, 296 KB, 34. Ten integers: 505 ns, 248 B, 5 to 89 ns (`make`) or 216 ns
(`Grow`), 80 B, 1. `go test -bench . -benchtime 300ms` over functions of the shapes above.

## Sources

Go specification, "Appending to and copying slices", "Making slices, maps and channels";
[slices.Grow](https://pkg.go.dev/slices#Grow); package runtime, `slice.go` (`growslice`).
"""

from __future__ import annotations

from gofixer.transforms._places._lines import lines_above, starts_line
from gofixer.transforms._places._syntax import enclosing_loop, inside, labelled, statements
from gofixer.transforms.allocation._fill import (
    Made,
    directly,
    leaves,
    maker,
    map_loop,
    moved,
    repeats_keys,
)
from gofixer.transforms.allocation._operands import asks_error, compared_with_nil
from gofixer.transforms.allocation._rounds import Rounds, rounds_of, rounds_refused
from gofixer.transforms.allocation._uses import appended, asks_capacity, named, own, sees_more

from gofixer.transform import Context, Edit, Match, Node, Object, Result, Skip, Transform, nodes, pattern

_AMPLIFIED = 8
_WIDEST = 60
_FEWEST_KEYS = 9
_TITLE = "Ask for the memory of all elements at once"


def screen(match: Match, cx: Context) -> Skip | bool:
    """Whether an append stands in a loop behind the declaration of an empty slice, or a loop fills a new map."""
    if isinstance(match.node, nodes.Assignment):
        name, loop = match["x"], enclosing_loop(match.node)
        given = match.many("v")
        if not isinstance(name, nodes.Identifier) or loop is None or not given:
            return False
        empty = maker(loop, name.str)
        if isinstance(given[-1], nodes.VariadicArgument) or empty is None or _grown(empty, loop, cx):
            return False
        if match.node not in statements(loop.body):
            return Skip("appends in some rounds only: memory for all rounds may be too much")
    else:
        loop = map_loop(match.node, match["m"].str) if isinstance(match.node.parent, nodes.StatementList) else None
        if loop is None:
            return False
    if cx.is_test and not (cx.selected or cx.hot):
        return Skip("in a test the memory is not worth a longer line")
    early = leaves(loop, lambda around: any(True for _ in compared_with_nil(around)))
    return early if isinstance(early, Skip) else rounds_refused(loop) or True


def check(match: Match, cx: Context) -> Result:
    """Decide one append in a loop, or one map."""
    is_slice = isinstance(match.node, nodes.Assignment)
    name = match["x" if is_slice else "m"]
    found = cx.object(name)
    loop = enclosing_loop(match.node) if is_slice else map_loop(match.node, name.str)
    empty = maker(loop, name.str) if loop else None
    if loop is None or empty is None or found is None or cx.object(empty.name) != found:
        return None
    early = leaves(loop, lambda around: asks_error(around, cx))
    if isinstance(early, Skip):
        return early
    rounds = rounds_of(loop, cx)
    if isinstance(rounds, Skip):
        return rounds
    if reason := _length_refused(name.str, loop, rounds, cx):
        return Skip(reason)
    if is_slice:
        return _slice(match, found, empty, loop, rounds, early, cx)
    return _map(found, empty, loop, rounds, early, cx)


def _length_refused(name: str, loop: nodes.For, rounds: Rounds, cx: Context) -> str | None:
    if b"\n" in rounds.text.encode() or len(rounds.text) > _WIDEST:
        return "the length is too long an expression to write twice"
    if cx.mentions(rounds.source, name):
        return f"the loop runs over `{name}` itself"
    if not (cx.predeclared("len", loop) and cx.predeclared("make", loop) and cx.predeclared("append", loop)):
        return "`len`, `make` or `append` is not the predeclared one here"
    start, end = loop.body.span
    if isinstance(loop.child, nodes.ForClause):
        for part in (rounds.source, *rounds.source.descendants(nodes.Identifier)):
            source = cx.object(part) if isinstance(part, nodes.Identifier) else None
            if source and any(start <= use.start < end and use.role != "read" for use in source.uses):
                return f"`{part.str}` changes in the loop: the number of rounds is not known"
    return None


# -- slices ---------------------------------------------------------------------------------------------------


def _slice(
    match: Match, found: Object, empty: Made, loop: nodes.For, rounds: Rounds, early: bool, cx: Context
) -> Result:
    name, type_ = found.name, found.type
    if type_ is None or type_.kind != "slice" or type_.elem is None:
        return None
    if type_.elem.size == 0:
        return Skip("its elements take no memory")
    if not own(found):
        return Skip(f"`{name}` is captured, or its address is taken: others may see it while it grows")
    if reason := _in_loop(match.node, found, loop, cx) or _before(found, empty, loop, cx):
        return Skip(reason)
    of = rounds.type.elem if rounds.type else None
    larger = type_.elem.size > _AMPLIFIED and (of is None or of.size * _AMPLIFIED < type_.elem.size)
    if early and larger and rounds.known is None:
        return Skip("the loop may return early, and would ask for many times the memory of what it runs over")
    if any(asks_capacity(use, cx) for use in named(found, cx)):
        return Skip(f"the capacity of `{name}` can be seen")
    count = len(match.many("v"))
    length = rounds.text if count == 1 else f"{count}*{rounds.text}"
    first = not any(empty.statement.end <= use.start < loop.start for use in found.uses)
    may_stay_nil = empty.is_nil and rounds.known is None
    if first and not (may_stay_nil and _nil_is_seen(found, loop, cx)):
        edits = _at_declaration(empty, loop, rounds, f"{empty.type.str}, 0, {length}", cx)
        if edits:
            return cx.fix(_TITLE, *edits)
    top = labelled(loop)
    if not starts_line(top, cx):
        return Skip("the loop does not start its line")
    if cx.go < (1, 21):
        return Skip(f"`{name}` may stay nil, and only slices.Grow of Go 1.21 would leave it so")
    package = cx.qualifier("slices", loop)
    if package is None:
        return Skip("the name `slices` is taken here")
    return cx.fix(_TITLE, lines_above(top, [f"{name} = {package}.Grow({name}, {length})"], cx))


def _grown(empty: Made, loop: nodes.For, cx: Context) -> bool:
    """Whether the slice is made larger in front of the loop already."""
    package, around = cx.facts.imports.get("slices"), labelled(loop).parent
    if package is None or around is None:
        return False
    between = [s for s in statements(around) if empty.statement.end <= s.start < loop.start]
    calls = (call for statement in between for call in statement.descendants(nodes.Call))
    return any(
        call.function.str == f"{package}.Grow" and any(item.str == empty.name.str for item in call.arguments.items[:1])
        for call in calls
    )


def _in_loop(append: Node, found: Object, loop: nodes.For, cx: Context) -> str | None:
    """What else the loop does with the slice that could show its memory, or changes how much it needs."""
    for use in named(found, cx):
        if not loop.start <= use.start < loop.end or appended(use) == append:
            continue
        if appended(use) is not None:
            return f"`{found.name}` grows in several places of the loop"
        role = next(u.role for u in found.uses if u.start == use.start)
        if role != "read" and not isinstance(use.parent, nodes.Index):
            return f"`{found.name}` is set in the loop"
        if reason := sees_more(use, cx):
            return f"`{found.name}` is read in the loop: {reason}"
    return None


def _before(found: Object, empty: Made, loop: nodes.For, cx: Context) -> str | None:
    """What happens to the slice between its declaration and the loop, other than that single values are appended."""
    grown = False
    for use in named(found, cx):
        if not empty.statement.end <= use.start < loop.start:
            continue
        statement = appended(use)
        role = next(u.role for u in found.uses if u.start == use.start)
        if statement is None and role == "read" and not grown:
            continue
        grown = True
        if statement is None or statement.parent != labelled(loop).parent:
            return f"`{found.name}` is used between its declaration and the loop"
        if any(True for _ in inside(statement, nodes.VariadicArgument)):
            return f"`{found.name}` gets other elements before the loop"
    return None


def _nil_is_seen(found: Object, loop: nodes.For, cx: Context) -> bool:
    """Whether anything could tell an empty slice from nil where the loop had no rounds."""
    return any(sees_more(use, cx) for use in named(found, cx) if not loop.start <= use.start < loop.end)


# -- maps -----------------------------------------------------------------------------------------------------


def _map(found: Object, empty: Made, loop: nodes.For, rounds: Rounds, early: bool, cx: Context) -> Result:
    type_ = found.type
    if type_ is None or type_.kind != "map":
        return None
    if found.scope != "local":
        return None
    if rounds.known is not None and rounds.known < _FEWEST_KEYS:
        return Skip("a map of up to 8 elements takes no more than it has from the start")
    of = rounds.type.elem if rounds.type else None
    if early and of is not None and of.size < _AMPLIFIED and rounds.known is None:
        return Skip("the loop may return early, and would ask for many times the memory of what it runs over")
    if reason := repeats_keys(found, loop, rounds, cx):
        return Skip(reason)
    edits = _at_declaration(empty, loop, rounds, f"{empty.type.str}, {rounds.text}", cx)
    if not edits:
        return Skip("the length is not known yet where the map is made")
    return cx.fix(_TITLE, *edits)


# -- the declaration ------------------------------------------------------------------------------------------


def _at_declaration(empty: Made, loop: nodes.For, rounds: Rounds, arguments: str, cx: Context) -> list[Edit]:
    """Edits that make the slice or map with its final size: in its old place, or directly in front of the loop."""
    statement = empty.statement
    if not empty.alone or b"\n" in statement.text or cx.comments(statement.span):
        return []
    keeps_var = isinstance(statement, nodes.VarDeclaration) and empty.value is not None
    start = f"var {empty.name.str} =" if keeps_var else f"{empty.name.str} :="
    text = f"{start} make({arguments})"
    if directly(empty, loop, rounds, cx):
        return [statement.replace(text)]
    return moved(empty, loop, text, cx)


TRANSFORM = Transform(
    name="missing-prealloc",
    family="allocation",
    summary="a slice or map grows in a loop to a size that is known before it",
    patterns=(
        pattern("$x = append($x, $*v)", inside=("for",)),
        pattern("$m := make(map[$k]$v)", near=("for",)),
        pattern("$m := map[$k]$v{}", near=("for",)),
        pattern("var $m = make(map[$k]$v)", near=("for",)),
        pattern("var $m = map[$k]$v{}", near=("for",)),
    ),
    check=check,
    screen=screen,
    seeds=("T",),
)
