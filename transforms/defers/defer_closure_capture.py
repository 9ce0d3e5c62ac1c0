"""A deferred closure in a loop moves the variables that it captures to the heap.

## What it does
Finds `defer func() { ... }()` whose closure captures local variables that are final at that point, and passes them as
arguments: `defer func(x T) { ... }(x)`.

## Why it is slow
A defer that runs in a loop is allocated on the heap, its closure with it. A variable that the closure captures by
reference (assigned again before the loop, or its address taken) then moves to the heap as well, while arguments lie in
the closure itself. Anywhere else the closure and its variables stay on the stack since Go 1.17, and the argument form
gains nothing; in a loop it can even cost more bytes.

## Example
```go
if prefix == "" {
    prefix = "item"
}
for range names {
    defer func() { log.Print(prefix) }()
}
```

## Use instead
```go
if prefix == "" {
    prefix = "item"
}
for range names {
    defer func(prefix string) { log.Print(prefix) }(prefix)
}
```

## Fix safety
Safe. Only variables are passed that nothing can assign between the defer statement and the call: no assignment behind
it, none that a loop or a goto leads back to, none in another function literal, no pointer to the variable that could be
kept, no named result. Before Go 1.22 loop variables are left alone. A closure that calls `recover` stays as it is.

## When not to use it
Offered only where the compiler's own escape analysis gets better: a `moved to heap` line has to disappear. Everywhere
else the site is skipped with the compiler's words; `--select defer-closure-capture` rewrites it all the same. Always
refused where the closure would go on capturing something: two closures would be allocated in place of one.
`go func() { ... }()` gets worse (1 allocation, 48 B to 2 allocations, 64 B) and is never touched.

## Go versions
Any. Up to Go 1.16 every captured variable of a deferred closure was dearer than an argument.

## Measured
Ten rounds of a loop: 20 allocations to 10 where the variable belongs to the round, 11 to 10 where it is older than the
loop. A variable of more than 128 bytes is copied to the heap in both forms. `defer` of a closure that captures
`start := time.Now()` once per call: 0 allocations both ways.

## Sources
cmd/compile/internal/escape, `flowClosure`; Go 1.17 release notes, "Compiler"; Go 1.22 release notes, "Changes to the
language".
"""

from __future__ import annotations

import itertools

from gofixer.transforms.defers._captures import Capture, captures, names_around, not_final, runs_again
from gofixer.transforms.defers._spelling import spell

from gofixer.transform import Context, Edit, Gate, Match, Object, Result, Skip, Transform, Type, nodes, pattern


def screen(match: Match, cx: Context) -> Skip | bool:
    """Where the defer runs once per call the compiler's answer is known: neither types nor a compilation are needed."""
    match match.node:
        case nodes.Defer(nodes.Call(nodes.FuncLiteral() as literal)) as deferred if not cx.selected:
            if runs_again(deferred):
                return True
            used = {name.str for name in literal.body.descendants(nodes.Identifier)}
            locals_, results = names_around(deferred, literal)
            if not used & locals_:
                return False
            if "recover" in used:
                return Skip("the closure calls recover")
            if named := sorted(used & results):
                return Skip(f"the closure uses the named result `{named[0]}`, which every return sets")
            return Skip("func literal does not escape: the defer runs once per call")
    return True


def check(match: Match, cx: Context) -> Result:
    """Pass all that a deferred closure captures, if all of it is final; otherwise leave it alone.

    The closure that calls a deferred function with its arguments is allocated in place of the one that captures. With
    one capture left there are two of them.
    """
    match match.node:
        case nodes.Defer(nodes.Call(nodes.FuncLiteral() as literal, arguments)) as deferred:
            pass
        case _:
            return None
    captured = captures(deferred, literal, cx)
    if not captured:
        return None
    if refusal := _shape(literal, arguments, captured, cx):
        return Skip(refusal)
    types: list[str] = []
    for capture in captured:
        if reason := not_final(capture, literal, cx) or _unfit(capture.variable, literal, cx):
            return Skip(reason)
        text = spell(capture.variable, deferred, cx)
        if text is None:
            return Skip(f"the type of `{capture.name}` cannot be written in this file")
        types.append(text)
    if not cx.selected and not any(capture.perhaps_by_reference for capture in captured):
        return Skip(f"the defer repeats, but the compiler is capturing by value: `{captured[0].name}`")
    names = [capture.name for capture in captured]
    quoted = ", ".join(f"`{name}`" for name in names)
    return cx.fix(
        f"Pass {quoted} to the deferred function instead of capturing it",
        _append(literal.parameters, _parameters(names, types)),
        _append(arguments, ", ".join(names)),
    )


def _shape(
    literal: nodes.FuncLiteral, arguments: nodes.ArgumentList, captured: list[Capture], cx: Context
) -> str | None:
    """Why no closure of this shape can take an argument more, or should."""
    callees = (cx.types.callee(call.span) for call in literal.body.descendants(nodes.Call))
    if any(callee and callee.kind == "builtin" and callee.name == "recover" for callee in callees):
        return "the closure calls recover"
    if result := next((capture for capture in captured if capture.variable.is_result), None):
        return f"the closure uses the named result `{result.name}`, which every return sets"
    for parameter in literal.parameters.items:
        if isinstance(parameter, nodes.VariadicParameterDeclaration):
            return "the closure has a variadic parameter"
        if not parameter.name:
            return "the closure has a parameter without a name"
    if any(not part.items and part.text.split() != [b"()"] for part in (literal.parameters, arguments)):
        return "a comment stands in the empty parentheses"
    given = arguments.items
    if len(given) == 1 and (kind := cx.type(given[0])) is not None and kind.kind == "tuple":
        return "one call gives all arguments"
    return None


def _unfit(variable: Object, literal: nodes.FuncLiteral, cx: Context) -> str | None:
    """Why a variable cannot become a parameter of the same name."""
    if variable.type is None or variable.type.contains_typeparam:
        return f"the type of `{variable.name}` is made of a type parameter"
    if _must_not_be_copied(variable.type):
        return f"`{variable.name}` must not be copied"
    for name in literal.body.descendants(nodes.Identifier):
        found = cx.types.object(name.span) if name.str == variable.name else None
        if found is not None and found != variable and found.scope == "local":
            return f"the closure declares another `{variable.name}`"
    return None


def _must_not_be_copied(kind: Type) -> bool:
    """A lock by its methods, or what package sync keeps one in; vet knows the ones that lie deeper in fields."""
    if kind.kind == "array" and kind.elem is not None:
        return _must_not_be_copied(kind.elem)
    lock = {"Lock", "Unlock"} <= kind.ptr_methods - kind.methods
    return kind.kind == "struct" and (lock or kind.pkg in ("sync", "sync/atomic"))


def _parameters(names: list[str], types: list[str]) -> str:
    """``a, b string, n int``: neighbours of one type share it."""
    groups = itertools.groupby(zip(names, types, strict=True), key=lambda pair: pair[1])
    return ", ".join(f"{', '.join(name for name, _ in group)} {text}" for text, group in groups)


def _append(around: nodes.ParameterList | nodes.ArgumentList, text: str) -> Edit:
    """Put text behind the last element of a list in parentheses."""
    if not around.items:
        return Edit(around.start + 1, around.start + 1, text.encode())
    last = around.items[-1].end
    return Edit(last, last, f", {text}".encode())


TRANSFORM = Transform(
    name="defer-closure-capture",
    family="defers",
    summary="a deferred closure in a loop moves a captured variable to the heap",
    patterns=(
        pattern("defer func($*parameters) { $*body }($*arguments)"),
        pattern("defer func($*parameters) $result { $*body }($*arguments)"),
    ),
    check=check,
    seeds=("A9",),
    gate=Gate.EVIDENCE,
    screen=screen,
)
