"""A string that grows in a loop.

## What it does

Finds `s += x` in a loop, where `s` is a local string that the loop only adds to, and writes to a `strings.Builder`
instead; `s = s + x` is the same. What stands behind the loop keeps its string. All additions to one string in one loop,
nested loops too, are one finding. Strings that grow at their front (`s = x + s`) stay.

## Why it is slow

A string cannot grow: each `+=` allocates a new one and copies all that is there already, so the time grows with the
square of the length.

## Example

```go
s := ""
for _, user := range users {
    if s != "" {
        s += ", "
    }
    s += user.Name
}
return s
```

## Use instead

```go
var sb strings.Builder
for _, user := range users {
    if sb.Len() > 0 {
        sb.WriteString(", ")
    }
    sb.WriteString(user.Name)
}
return sb.String()
```

A sum of up to three operands is written one by one where no call can change an operand before it is read, `fmt.Sprintf`
becomes `fmt.Fprintf`, `string(r)` of a rune `WriteRune`.

## Fix safety

Safe. The text is the same at every place that reads it, and calls keep their order. The loop may ask how long the
string is, compare it with `""` and return it. Refused: every other read or assignment in the loop, variables that
closures capture, that others can point to or that a deferred call may see, package variables, jumps past the end of the
loop.

## When not to use it

One or two additions are cheaper with `+=`: skipped for loops of one or two rounds, where the loop is left once
something was added, and where that happens only for one value (`if key == "tag"`). So are texts that only collect
errors, and tests (unless selected).

## Go versions

Any.

## Measured

Go 1.26, linux/amd64, words of four bytes: 1,000 rounds 1,979 us, 2.1 MB, 999 allocations to 15 us, 12.5 KB, 12; ten
rounds 248 B, 9 to 120 B, 4; three rounds 24 B, 2 both ways. `go test -bench . -benchtime 300ms` over the shape above.

## Sources

[strings.Builder](https://pkg.go.dev/strings#Builder); Go specification, "String concatenation", "Order of evaluation".
"""

from __future__ import annotations

import re

from gofixer.transforms._places._lines import ends_line, lines_above, lines_below, starts_line
from gofixer.transforms._places._syntax import enclosing_loop, inside, labelled, statements
from gofixer.transforms.allocation._accumulate import Uses, added, loop_of, seldom, stays, uses_in, writes
from gofixer.transforms.allocation._uses import named

from gofixer.transform import Context, Edit, Match, Node, Object, Result, Skip, Transform, nodes, pattern

_TITLE = "Write to a strings.Builder"
_NUMBER = re.compile(rb"(?:u?int\d*|uintptr|float\d+|complex\d+|byte|rune|time\.Duration)$")


def screen(match: Match, cx: Context) -> Skip | bool:
    """Whether a variable is added to in a loop, and does not look like a number."""
    name, value = match["s"], match["x"]
    if not isinstance(name, nodes.Identifier) or enclosing_loop(match.node) is None or added(match.node) is None:
        return False
    return not (isinstance(value, nodes.IntLiteral | nodes.FloatLiteral) or _is_number(name, cx))


def _is_number(name: Node, cx: Context) -> bool:
    """Whether the text declares a variable of that name as a number: most ``+=`` are about those."""
    function = cx.function(name)
    found = rb"(?m)\b%s(?:[ \t]*:=[ \t]*(?:\d|len\(|u?int\d*\(|float\d+\()|[ \t]+(?:u?int\d*|float\d+)\b)"
    text = function.text[: name.start - function.start] if function else b""
    return re.search(found % re.escape(name.text), text) is not None


def check(match: Match, cx: Context) -> Result:
    """Decide one string and the loop that adds to it; its first ``+=`` speaks for all of them."""
    found = cx.object(match["s"])
    if found is None or found.type is None or found.type.kind != "string":
        return None
    loop = loop_of(match.node, found) if found.scope == "local" else enclosing_loop(match.node)
    if loop is None:
        return None
    if reason := _others_see(found):
        return Skip(reason) if match.node == _first(found, loop, cx) else None
    uses = uses_in(loop, found, cx)
    if isinstance(uses, Skip):
        return uses if match.node == _first(found, loop, cx) else None
    if not uses.appends or uses.appends[0] != match.node:
        return None
    top = labelled(loop)
    if reason := _result_seen(found, loop, cx) or stays(loop, cx) or seldom(loop, uses, cx) or _layout(top, uses, cx):
        return Skip(reason)
    if cx.is_test and not (cx.selected or cx.hot):
        return Skip("in a test the memory is not worth longer lines")
    return _rewrite(found, loop, uses, cx)


def _first(found: Object, loop: nodes.For, cx: Context) -> Node | None:
    """The first statement of a loop that adds to a variable."""
    for use in named(found, cx):
        statement = use.parent.parent if use.parent else None
        adds = isinstance(statement, nodes.Assignment) and added(statement) is not None
        if adds and statement.left == use.parent and loop.start <= use.start < loop.end:
            return statement
    return None


def _others_see(found: Object) -> str | None:
    name = found.name
    if found.scope != "local":
        return f"`{name}` is no local variable: others may see it while it grows"
    if found.captured or found.address_taken:
        return f"`{name}` is captured, or its address is taken: others may see it while it grows"
    if found.type is not None and found.type.string != "string":
        return f"`{name}` has a type of its own"
    return None


def _result_seen(found: Object, loop: nodes.For, cx: Context) -> str | None:
    """Why a named result has to be up to date in the loop."""
    function = cx.function(loop)
    if not found.is_result or function is None:
        return None
    if next(inside(function, nodes.Defer), None) is not None:
        return f"`{found.name}` is a named result: a deferred call may come while it grows"
    if any(not jump.children for jump in inside(loop.body, nodes.Return)):
        return f"`{found.name}` is a named result, which a return in the loop gives as it is"
    return None


def _layout(top: Node, uses: Uses, cx: Context) -> str | None:
    if not isinstance(top.parent, nodes.StatementList) or not starts_line(top, cx) or not ends_line(top, cx):
        return "the loop does not stand on lines of its own"
    for append in uses.appends:
        parts = added(append)
        if parts and cx.comments((append.start, parts[0].start)):
            return "a comment inside of the statement would be lost"
    return None


def _rewrite(found: Object, loop: nodes.For, uses: Uses, cx: Context) -> Result:
    top, name = labelled(loop), found.name
    package = cx.qualifier("strings", loop)
    if package is None:
        return Skip("the name `strings` is taken here")
    builder = cx.fresh(loop, "sb", f"{name}Builder", scope=cx.function(loop))
    edits: list[Edit] = []
    for append in uses.appends:
        alone = starts_line(append, cx) and ends_line(append, cx) and b"\n" not in append.text
        plain = not any(append.start <= node.start < append.end for node in (*uses.lengths, *uses.empties))
        edits += writes(append, builder, alone and plain and not cx.comments(append.span), cx)
    edits += [node.replace(f"{builder}.Len()") for node in uses.lengths]
    for test in uses.empties:
        edits.append(test.left.replace(f"{builder}.Len()"))
        edits.append(test.right.replace("0"))
        if test.operator.str == "!=":
            edits.append(test.operator.replace(">"))
    edits += [node.replace(f"{builder}.String()") for node in uses.returns]
    declared = f"var {builder} {package}.Builder"
    start = _declaration(found, top, cx)
    if start is None:
        rest = [use for use in found.uses if not top.start <= use.start < top.end and use.role != "write"]
        if not (rest or found.is_param or found.is_result):
            return Skip(f"nothing reads `{name}` behind the loop")
        loaded = [] if _is_empty(found, top, cx) else [f"{builder}.WriteString({name})"]
        edits.append(lines_above(top, [declared, *loaded], cx))
        edits.append(lines_below(top, [f"{name} = {builder}.String()"], cx))
        return cx.fix(_TITLE, *edits)
    statement, value = start
    lines = [declared] if value is None else [declared, f"{builder}.WriteString({value.str})"]
    edits.append(statement.replace((cx.newline.decode() + cx.indent(statement)).join(lines)))
    after = [use for use in named(found, cx) if use.start >= top.end]
    if len(after) == 1:
        edits.append(after[0].replace(f"{builder}.String()"))
    elif after:
        edits.append(lines_below(top, [f"{name} := {builder}.String()"], cx))
    return cx.fix(_TITLE, *edits)


def _declaration(found: Object, top: Node, cx: Context) -> tuple[Node, Node | None] | None:
    """The statement that declares nothing but the string, and its first value (None where that is empty).

    None where the declaration cannot become the builder's: it stands elsewhere, or the string is used before the
    loop, or not at all behind it.
    """
    uses = [use for use in found.uses if not top.start <= use.start < top.end]
    if any(use.start < top.start for use in uses) or (uses and not any(use.role == "read" for use in uses)):
        return None
    for statement in statements(top.parent) if top.parent else ():
        if found.decl is None or not statement.start <= found.decl[0] < statement.end:
            continue
        value: Node | None
        match statement:
            case nodes.ShortVarDeclaration(left, right) if len(left.items) == len(right.items) == 1:
                value = right.items[0]
            case nodes.VarDeclaration(nodes.VarSpec() as spec) if len(spec.name) == 1:
                value = spec.value.items[0] if spec.value is not None else None
            case _:
                return None
        if not starts_line(statement, cx) or cx.comments(statement.span) or b"\n" in statement.text:
            return None
        empty = value is None or cx.constant(value) == ""
        return statement, None if empty else value
    return None


def _is_empty(found: Object, top: Node, cx: Context) -> bool:
    """Whether the string has never been set when the loop begins."""
    if found.decl is None or any(use.start < top.start for use in found.uses):
        return False
    if found.is_result:
        return True
    # No loop stands between the declaration and this one, see `loop_of`.
    blocks = [block for block in top.ancestors() if isinstance(block, nodes.StatementList)]
    for statement in (statement for block in blocks for statement in statements(block)):
        if not statement.start <= found.decl[0] < statement.end:
            continue
        match statement:
            case nodes.ShortVarDeclaration(left, right) if len(left.items) == len(right.items):
                pairs = zip(left.items, right.items, strict=True)
                return any(name.span == found.decl and cx.constant(value) == "" for name, value in pairs)
            case nodes.VarDeclaration():
                specs = statement.descendants(nodes.VarSpec)
                return any(spec.value is None and found.decl in [n.span for n in spec.name] for spec in specs)
    return False


TRANSFORM = Transform(
    name="string-concat-in-loop",
    family="allocation",
    summary="a string grows by += in a loop",
    patterns=(
        pattern("$s += $x", inside=("for",)),
        pattern("$s = $t + $x", inside=("for",), word="+", shape=rb"(?![+=])", before=rb"\b(\w+)\s*=\s*\1\s*"),
    ),
    check=check,
    screen=screen,
    seeds=("T",),
)
