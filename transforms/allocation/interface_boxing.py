"""Numbers and strings put into an `any`, in a loop, for a function that has a typed twin.

## What it does
Finds log calls of package log/slog with key-value pairs, and `fmt.Fprint` of one string, in loops:

| shape | becomes |
|---|---|
| `logger.Info("msg", "n", n)` | `logger.LogAttrs(context.Background(), slog.LevelInfo, "msg", slog.Int("n", n))` |
| `logger.InfoContext(ctx, "msg", "n", n)` | `logger.LogAttrs(ctx, slog.LevelInfo, "msg", slog.Int("n", n))` |
| `logger.Log(ctx, level, "msg", "n", n)` | `logger.LogAttrs(ctx, level, "msg", slog.Int("n", n))` |
| `slog.Warn("msg", "name", name)` | `slog.LogAttrs(context.Background(), slog.LevelWarn, "msg", slog.String(...))` |
| `fmt.Fprint(file, text)` | `file.WriteString(text)` |

`slog.Int` inside of `Info` would not help: the attribute itself would be put into an `any`.

## Why it is slow
A value in an interface lives on the heap, unless it is a constant, a pointer or a number below 256: 8 bytes for a
number, 16 for a string, for every argument, also where the level is switched off and nothing is logged.

## Example
```go
for _, job := range jobs {
    logger.Debug("queued", "id", job.ID, "name", job.Name)
}
```

## Use instead
```go
for _, job := range jobs {
    logger.LogAttrs(context.Background(), slog.LevelDebug, "queued",
        slog.Int("id", job.ID),
        slog.String("name", job.Name),
    )
}
```

## Fix safety
Safe. The handler gets the same record: same level, context, source position, and attributes of the same kinds in the
same order. A type with a constructor of its own gets that one, every other type `slog.Any`, which is what Info does
with it. Refused: keys that are no constant strings, a key without a value and what may be no key (`!BADKEY`), spread
arguments, types that embed a Logger, `go` and `defer`; arguments of which one may change what another one reads.
`fmt.Fprint` only for a value of type string itself and the writers of `bytes-string-conversion`.

## When not to use it
Where the log line is not in a loop, is a warning or an error, or belongs to a test: skipped unless selected or hot.

## Go versions
Any; package log/slog came with Go 1.21.

## Measured
Go 1.26, linux/amd64, a number and a string (`go test -bench`): switched off 191 ns and 2 allocations to 25 ns and none,
with a TextHandler 2949 ns and 2 to 2211 ns and none; six numbers 7 allocations to 1. `fmt.Fprint` of a string to a
buffer 95 ns and 1 allocation to 6 ns and none.
`tests/transforms/allocation/test_interface_boxing.py` counts the allocations again.

## Sources
Package log/slog, "Performance considerations", `argsToAttr`, `AnyValue`; package runtime, `iface.go` (`convT64`,
`convTstring`). The guide on techniques.
"""

from __future__ import annotations

from gofixer.transforms._places._calls import may_be_function
from gofixer.transforms._places._lines import starts_line
from gofixer.transforms.allocation import _writers as writers
from gofixer.transforms.allocation._attributes import Attribute, attributes, is_boxed
from gofixer.transforms.allocation._operands import arguments, is_path, local, loops_around, method, quiet, receiver

from gofixer.transform import Context, Edit, Match, Node, Result, Skip, Transform, nodes, pattern, to_bytes, unparen

# More than one argument, or an open line.
_SEVERAL = rb"(?=[ \t]*\((?:[^\n,]*[,{]|[ \t]*\n))"
_LEVELS = ("Debug", "Info", "Warn", "Error")
_METHODS = ("Log", *_LEVELS, *(f"{level}Context" for level in _LEVELS))
_KEYS = (nodes.InterpretedStringLiteral, nodes.RawStringLiteral, nodes.Identifier, nodes.Selector)
_RARE = frozenset({"Warn", "Error", "WarnContext", "ErrorContext"})
_LOGGER = "log/slog.Logger"
COLD = "cold: warnings and errors are rare"
_WIDEST = 120
_TAB = 4
# Calls that change nothing that another argument could read.
_HARMLESS = ("time.", "(time.", "strings.", "strconv.", "path.", "path/filepath.")


def check(match: Match, cx: Context) -> Result:
    """Look for the typed twin of a call."""
    call = match.node
    assert isinstance(call, nodes.Call)
    callee = cx.callee(call)
    if callee == "fmt.Fprint":
        return _printed(call, cx)
    name = method(call)
    if callee not in (f"log/slog.{name}", f"(*{_LOGGER}).{name}"):
        return None
    given = arguments(call)
    leading = 2 if name == "Log" else name.endswith("Context")
    found = attributes(given[leading + 1 :], cx)
    if isinstance(found, Skip):
        return found
    if not any(is_boxed(attribute, cx) for attribute in found):
        return None
    if not (cx.selected or cx.hot) and (reason := _cold(call, name)):
        return Skip(reason)
    if isinstance(call.parent, nodes.Go | nodes.Defer):
        return Skip("runs later, or in a goroutine of its own")
    if callee.startswith("(") and _embeds(call, cx):
        return Skip("what embeds a Logger may have a LogAttrs of its own")
    if reason := _order(given, cx):
        return Skip(reason)
    return _logged(call, given, name, found, cx)


def _cold(call: nodes.Call, name: str) -> str | None:
    """Why a log line in a loop is not worth a rewrite; None where it may be."""
    if name in _RARE:
        return COLD
    statements = next((a for a in call.ancestors() if isinstance(a, nodes.StatementList)), None)
    last = statements.children[-1] if statements is not None and statements.children else None
    return "cold: the loop ends behind it" if isinstance(last, nodes.Return) else None


def _embeds(call: nodes.Call, cx: Context) -> bool:
    """Whether a method of Logger is called on something else."""
    logger = receiver(call)
    type_ = cx.type(logger) if logger is not None else None
    return type_ is None or type_.string.removeprefix("*") != _LOGGER


def _logged(call: nodes.Call, given: list[Node], name: str, found: list[Attribute], cx: Context) -> Result:
    """The call of LogAttrs, with an attribute on each line where one line would be too long."""
    slog = cx.qualifier("log/slog", call)
    context = cx.qualifier("context", call) if name in _LEVELS else ""
    if slog is None or context is None:
        return Skip("the name of a package means something else here")
    function = unparen(call.function)
    assert isinstance(function, nodes.Selector)
    level = f"{slog}.Level{name.removesuffix('Context')}, " if name != "Log" else ""
    head = f"{context}.Background(), {level}" if context else level
    title = "Log with attributes"
    message = given[2 if name == "Log" else name.endswith("Context")]
    edits = [Edit(*function.field.span, b"LogAttrs")]
    old = len(
        cx.source[cx.source.rfind(b"\n", 0, call.start) + 1 : call.end].decode("utf-8", "replace").expandtabs(_TAB)
    )
    added = len(head) + len("LogAttrs") - len(name) + sum(len(a.text(slog)) - _width(a) for a in found)
    if b"\n" in call.text or old + added <= _WIDEST or not starts_line(call, cx):
        edits += [Edit(message.start, message.start, head.encode())] if head else []
        for attribute in found:
            edits += _around(attribute, slog)
        return cx.fix(title, *edits)
    if cx.comments(call.span):
        return Skip("the line would be too long, and has a comment")
    newline, indent = cx.newline.decode(), cx.indent(call)
    first = [argument.str for argument in given[: given.index(message)]]
    text = ", ".join([*first, head + message.str]) + ","
    text += "".join(f"{newline}{indent}\t{attribute.text(slog)}," for attribute in found)
    return cx.fix(title, *edits, Edit(*call.arguments.span, to_bytes(f"({text}{newline}{indent})")))


def _width(attribute: Attribute) -> int:
    return attribute.value.end - (attribute.key or attribute.value).start


def _around(attribute: Attribute, slog: str) -> list[Edit]:
    """The edits that make an attribute of a key and a value, and leave line breaks and comments where they are."""
    key, value = attribute.key, attribute.value
    if key is None:
        return []
    edits = [Edit(key.start, key.start, f"{slog}.{attribute.constructor}(".encode())]
    if attribute.conversion:
        edits.append(Edit(value.start, value.start, f"{attribute.conversion}(".encode()))
    return [*edits, Edit(value.end, value.end, b"))" if attribute.conversion else b")")]


def _order(given: list[Node], cx: Context) -> str | None:
    """Why the values may come out otherwise when each is read where its attribute is made; None where they do not."""
    calls = [argument for argument in given if not _harmless(argument, cx)]
    for argument in given:
        others = any(other != argument for other in calls)
        if others and cx.constant(argument) is None and argument not in calls and not _steady(argument, cx):
            return f"another argument may change `{argument.str}`"
    return None


def _harmless(node: Node, cx: Context) -> bool:
    if quiet(node, cx):
        return True
    call = unparen(node)
    return (
        isinstance(call, nodes.Call)
        and cx.callee(call).startswith(_HARMLESS)
        and all(_harmless(argument, cx) and not may_be_function(argument, cx) for argument in arguments(call))
        and ((inner := receiver(call)) is None or _harmless(inner, cx))
    )


def _steady(node: Node, cx: Context) -> bool:
    """Whether a value is a local variable that no call can change."""
    found = local(node, cx)
    return found is not None and not found.address_taken and not (found.captured and found.reassigned)


def _printed(call: nodes.Call, cx: Context) -> Result:
    """``fmt.Fprint(w, s)`` of one string."""
    given = arguments(call)
    type_ = cx.type(given[1]) if len(given) == 2 else None
    if type_ is None or type_.string != "string" or isinstance(given[1], nodes.VariadicArgument):
        return None
    pointed = unparen(given[0])
    writer = pointed.operand if isinstance(pointed, nodes.Unary) and pointed.operator.str == "&" else given[0]
    kind = writers.kind(writer, cx)
    if not kind:
        return Skip("the writer may have a WriteString of its own")
    if not is_path(writer):
        return Skip("the writer is no plain name")
    if not quiet(given[1], cx) and not _steady(writer, cx):
        return Skip("the call that makes the text may change the writer")
    if kind == "bufio":
        constant = cx.constant(given[1])
        reason = writers.unsettled(writer, cx, len(to_bytes(constant)) if constant is not None else None)
        if reason:
            return Skip(reason)
    if cx.comments((call.start, given[1].start)):
        return Skip("a comment would be lost")
    head = Edit(call.start, given[1].start, to_bytes(f"{writer.str}.WriteString("))
    return cx.fix("Write the string itself", head, drops=("fmt",))


def screen(match: Match, cx: Context) -> Skip | bool:
    """Calls in loops, outside of tests; others only where they are asked for."""
    call = match.node
    if not isinstance(call, nodes.Call) or (method(call) != "Fprint" and not _with_key(call)):
        return False
    if cx.selected or cx.hot:
        return True
    if cx.is_test or not loops_around(call):
        return False
    return Skip(COLD) if method(call) in _RARE else True


def _with_key(call: nodes.Call) -> bool:
    """Whether the arguments can hold a key: other loggers have methods of these names, too."""
    first = 2 + (method(call) == "Log") - (method(call) in _LEVELS)
    given = arguments(call)[first:]
    if given and isinstance(given[-1], nodes.VariadicArgument):
        return True
    return any(isinstance(argument, _KEYS) for argument in given[:-1])


TRANSFORM = Transform(
    name="interface-boxing",
    family="allocation",
    summary="numbers and strings put into an any in a loop, for a function that has a typed twin",
    patterns=(
        *(pattern(f"$logger.{name}($*args)", shape=_SEVERAL) for name in _METHODS),
        pattern("fmt.Fprint($writer, $text)"),
    ),
    check=check,
    screen=screen,
    seeds=("T",),
)
