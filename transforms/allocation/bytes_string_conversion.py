"""A string that becomes bytes, or bytes that become a string, only for a function that has a twin for the other.

## What it does
Finds `[]byte(s)` and `string(b)` as arguments where the copy serves nothing, and takes the twin:

| shape | becomes |
|---|---|
| `f.Write([]byte(s))`, `f.WriteString(string(b))` | `f.WriteString(s)`, `f.Write(b)` |
| `io.WriteString(f, string(b))` | `f.Write(b)` |
| `strings.Contains(string(b), "x")` | `bytes.Contains(b, []byte("x"))` |
| `re.MatchString(string(b))`, `re.Match([]byte(s))` | `re.Match(b)`, `re.MatchString(s)` |
| `utf8.ValidString(string(b))` | `utf8.Valid(b)` |
| `os.WriteFile(name, []byte(buf.String()), 0o600)` | `os.WriteFile(name, buf.Bytes(), 0o600)` |
| `json.NewDecoder(strings.NewReader(string(b)))` | `json.NewDecoder(bytes.NewReader(b))` |
| `hash.Write([]byte("/"))` in a loop | `[]byte("/")` in front of the loop |

Conversions that copy nothing stay: in comparisons, map lookups, ranges and concatenations, and, from Go 1.22 on, the
bytes of a string for a callee that is known to only read them.

## Why it is slow
A string cannot change and bytes can, so the conversion copies: an allocation of the length of the text, unless the
compiler sees that the copy stays inside of the function, and has no more than 32 bytes.

## Example
```go
if strings.Contains(string(body), "error") {
    _, err = file.Write([]byte(message))
}
```

## Use instead
```go
if bytes.Contains(body, []byte("error")) {
    _, err = file.WriteString(message)
}
```

## Fix safety
Safe. Types decide: a writer is an `*os.File`, `*bytes.Buffer`, `*strings.Builder` or `*bufio.Writer` itself, not what
embeds one and no interface, whose WriteString may do something else; a `bufio.Writer` hands long strings to the
WriteString of the writer below, so that has to be a file, or the string a constant that fits. Bytes take the place of
their copy only where nothing can change them in between: no call in the other arguments, no `go` or `defer`; for a
`bytes.Buffer` only where no slice can share its memory; for a reader only bytes that were made for the one variable,
which is never changed nor handed on. `Bytes` takes the place of `[]byte(buf.String())` only for functions that
neither keep nor change their argument and do not tell nil from empty.

## When not to use it
Test code and what runs once, in `init`, is skipped unless selected.

## Go versions
Any. `Write([]byte(s))` on a `bytes.Buffer` or `strings.Builder` and package utf8 only with a toolchain below Go 1.22.

## Measured
Go 1.26, linux/amd64, texts of 100 bytes, ns and allocations per call (`go test -bench`): `strings.Contains` 104/1 to
6/0, `strings.Count` 130/1 to 9/0, `WriteString(string(b))` on a buffer 113/1 to 6/0, `Write([]byte(s))` on a
bufio.Writer 82/1 to 6/0, `re.Match` one allocation of 112 B to none, `sha256.Sum256([]byte(buf.String()))` 272/2 to
140/0.
`tests/transforms/allocation/test_bytes_string_conversion.py` counts the allocations again.

## Sources
Package runtime, `string.go` (`slicebytetostring`, `stringtoslicebyte`); Go 1.22, cmd/compile, `escape` (conversions
without a copy); package bufio, `Writer.WriteString`. The guide on techniques.
"""

from __future__ import annotations

from gofixer.transforms._places._lines import lines_above, starts_line
from gofixer.transforms._places._syntax import labelled
from gofixer.transforms.allocation import _writers as writers
from gofixer.transforms.allocation._memory import READERS_OF_BYTES, TAKERS_OF_READERS, copies, is_own
from gofixer.transforms.allocation._mirrors import FOR_BYTES, FOR_STRINGS, METHODS, PAIRS
from gofixer.transforms.allocation._operands import (
    argument_of,
    arguments,
    converted,
    is_path,
    is_text,
    local,
    loops_around,
    method,
    quiet,
    receiver,
    value_of,
)

from gofixer.transform import Context, Edit, Match, Node, Result, Skip, Transform, nodes, pattern, to_bytes, unparen

_ON_STACK = 32
_WRITES = frozenset({"Write", "WriteString", "NewReader"})
_NAMES = METHODS | _WRITES
_ONLY_READS_SINCE = (1, 22)
FREE = Skip("free since Go 1.22: the callee only reads the bytes, and the compiler does not copy them")
LATER: tuple[type[Node], ...] = (nodes.Go, nodes.Defer)
_LATER = Skip("runs later, when the bytes may have changed")


def check(match: Match, cx: Context) -> Result:
    """Look for the twin of the function that a conversion is made for."""
    node = match.node
    call = argument_of(node)
    operand = converted(node, cx)
    if call is None or operand is None:
        return None
    to_bytes = isinstance(node, nodes.TypeConversion)
    result = _to_bytes(node, operand, call, cx) if to_bytes else _to_string(node, operand, call, cx)
    if result is None or isinstance(result, Skip):
        return result
    edits, drops = result
    if _loses_comment(node, operand, cx):
        return Skip("a comment would be lost")
    return cx.fix("Take the twin that needs no copy", *edits, drops=drops)


_Found = tuple[list[Edit], tuple[str, ...]] | Skip | None


def _to_bytes(node: Node, text: Node, call: nodes.Call, cx: Context) -> _Found:
    """``[]byte(s)``: a function that takes the string, the bytes of a buffer, or one conversion for all rounds."""
    callee = cx.callee(call)
    if (found := _buffered(node, text, call, callee, cx)) is not None:
        return found
    if callee == "bytes.NewReader":
        return _reader(node, text, call, ("strings", "bytes"), cx)
    if callee in FOR_STRINGS:
        if arguments(call)[0] != node:
            return None
        if callee.startswith("unicode/utf8.") and _free(cx):
            return FREE
        return _mirrored(text, call, callee, FOR_STRINGS[callee], cx)
    writer = receiver(call)
    if method(call) != "Write" or writer is None or len(arguments(call)) != 1:
        return None
    kind = writers.kind(writer, cx)
    if not kind or not callee.startswith("(*"):
        return _hoisted(node, text, call, writer, cx)
    if kind in ("buffer", "builder") and _free(cx):
        return FREE
    if not is_text(text, cx):
        return Skip("the string has a named type")
    if kind == "bufio":
        constant = cx.constant(text)
        reason = writers.unsettled(writer, cx, len(to_bytes(constant)) if constant is not None else None)
        if reason:
            return Skip(reason)
    return [_renamed(call, "WriteString"), Edit(*node.span, to_bytes(text.str))], ()


def _to_string(node: Node, data: Node, call: nodes.Call, cx: Context) -> _Found:
    """``string(b)``: a function that takes the bytes."""
    callee = cx.callee(call)
    given = arguments(call)
    if callee == "strings.NewReader":
        return _reader(node, data, call, ("bytes", "strings"), cx)
    if callee in FOR_BYTES:
        return _mirrored(data, call, callee, FOR_BYTES[callee], cx) if given[0] == node else None
    if callee == "io.WriteString" and len(given) == 2:
        writer: Node | None = given[0]
        pointed = unparen(given[0])
        if isinstance(pointed, nodes.Unary) and pointed.operator.str == "&":
            writer = pointed.operand
    else:
        writer = receiver(call)
        if method(call) != "WriteString" or len(given) != 1 or not callee.startswith("(*"):
            return None
    kind = writers.kind(writer, cx) if writer is not None else ""
    if writer is None or not kind:
        return Skip("the writer may have a WriteString of its own") if callee == "io.WriteString" else None
    if isinstance(call.parent, LATER):
        return _LATER
    if kind == "buffer" and not writers.own_memory(writer, cx):
        return Skip("the bytes may be the buffer's own, which Write would move while it copies them")
    if kind == "bufio" and (reason := writers.unsettled(writer, cx, None)):
        return Skip(reason)
    if callee != "io.WriteString":
        return [_renamed(call, "Write"), Edit(*node.span, to_bytes(data.str))], ()
    if not is_path(writer) or cx.comments((call.start, data.start)):
        return Skip("the writer is no plain name")
    return [Edit(call.start, call.end, to_bytes(f"{writer.str}.Write({data.str})"))], ("io",)


def _mirrored(operand: Node, call: nodes.Call, callee: str, other: tuple[str, str], cx: Context) -> _Found:
    """The twin of a function whose first argument is the conversion."""
    given = arguments(call)
    if isinstance(call.parent, LATER):
        return _LATER
    for_bytes = callee in FOR_BYTES
    if not all(quiet(argument, cx) for argument in given[1:]):
        return Skip("another argument is a call, which may change the bytes")
    if not for_bytes and not is_text(operand, cx):
        return Skip("the string has a named type")
    edits = [Edit(*given[0].span, to_bytes(operand.str))]
    if callee in PAIRS:
        second = _second(given[1], for_bytes, cx)
        if isinstance(second, Skip):
            return second
        edits.append(Edit(*given[1].span, to_bytes(second)))
    package, name = other
    if not package:
        regexp = receiver(call)
        type_ = cx.type(regexp) if regexp is not None else None
        if type_ is None or type_.string.removeprefix("*") != "regexp.Regexp":
            return Skip("what embeds a Regexp may have a twin of its own")
        return [*edits, _renamed(call, name)], ()
    qualifier = cx.qualifier(package, call)
    if qualifier is None:
        return Skip(f"the name of package {package} means something else here")
    if cx.comments(call.function.span):
        return Skip("a comment would be lost")
    return [*edits, Edit(*call.function.span, f"{qualifier}.{name}".encode())], (callee.rpartition(".")[0],)


def _second(argument: Node, for_bytes: bool, cx: Context) -> str | Skip:
    """The second text in the form that the twin takes."""
    inner = converted(argument, cx)
    if inner is not None and (for_bytes or is_text(inner, cx)):
        return Skip("a comment would be lost") if _loses_comment(argument, inner, cx) else inner.str
    if not for_bytes:
        return Skip("the other text is bytes: one of the two has to be converted")
    constant = cx.constant(argument)
    if constant is None or not is_text(argument, cx):
        return Skip("the other text is a string: one of the two has to be converted")
    if len(to_bytes(constant)) > _ON_STACK:
        return Skip(f"the other text has more than {_ON_STACK} bytes, which would not be converted on the stack")
    return f"[]byte({argument.str})" if cx.predeclared("byte", argument) else Skip("`byte` means something else here")


def _buffered(node: Node, text: Node, call: nodes.Call, callee: str, cx: Context) -> _Found:
    """``[]byte(buf.String())`` for a function that is done with the bytes when it returns."""
    source = unparen(text)
    if not isinstance(source, nodes.Call) or cx.callee(source) != "(*bytes.Buffer).String":
        return None
    buffer = receiver(source)
    if buffer is None or callee not in READERS_OF_BYTES or writers.kind(buffer, cx) != "buffer":
        return Skip("whoever gets the bytes may keep or change them, or tell nil from empty")
    if isinstance(call.parent, LATER):
        return _LATER
    if not all(argument == node or quiet(argument, cx) for argument in arguments(call)):
        return Skip("another argument is a call, which may change the buffer")
    type_ = cx.type(buffer)
    if type_ is None or (type_.string != "bytes.Buffer" and not _never_nil(buffer, cx)):
        return Skip("the buffer may be nil, of which String says `<nil>` and Bytes panics")
    return [_renamed(source, "Bytes", node)], ()


def _never_nil(buffer: Node, cx: Context) -> bool:
    found = local(buffer, cx)
    made = value_of(found, cx) if found and not found.reassigned and not found.address_taken else None
    value = unparen(made[0]) if made else None
    match value:
        case nodes.Unary(operator=operator):
            return operator.str == "&"
        case nodes.Call() as call:
            new = call.function.str == "new" and cx.predeclared("new", call)
            return new or cx.callee(call) in ("bytes.NewBuffer", "bytes.NewBufferString")
    return False


def _reader(node: Node, operand: Node, call: nodes.Call, packages: tuple[str, str], cx: Context) -> _Found:
    """A reader of the one kind for a reader of the other."""
    taker = argument_of(call)
    if taker is None or cx.callee(taker) not in TAKERS_OF_READERS:
        return Skip("whoever gets the reader may ask more of it than to be read")
    new, old = packages
    if new == "bytes" and not is_own(operand, cx):
        return Skip("the bytes may change before the reader is read")
    if new == "strings" and not is_text(operand, cx):
        return Skip("the string has a named type")
    qualifier = cx.qualifier(new, call)
    if qualifier is None or cx.comments(call.function.span):
        return Skip(f"the name of package {new} means something else here")
    name = Edit(*call.function.span, f"{qualifier}.NewReader".encode())
    return [name, Edit(*node.span, to_bytes(operand.str))], (old,)


def _hoisted(node: Node, text: Node, call: nodes.Call, writer: Node, cx: Context) -> _Found:
    """A constant that is converted in every round of a loop: once, in front of the loop."""
    constant, loops = cx.constant(text), loops_around(node)
    if constant is None or not constant or not loops or cx.callee(call).split(".")[-1] != "Write":
        return None
    if not copies(writer, cx):
        return Skip(f"the Write of `{writer.str}` may keep or change the bytes, or do otherwise than its WriteString")
    loop, function = loops[-1], cx.function(node)
    statement = labelled(loop)
    if function is None or next(function.descendants(nodes.Goto), None) is not None:
        return Skip("a goto must not jump over a new variable")
    if not isinstance(statement.parent, nodes.StatementList) or not starts_line(statement, cx):
        return Skip("there is no line in front of the loop for a new variable")
    if not is_path(unparen(text)) and not isinstance(
        unparen(text), nodes.InterpretedStringLiteral | nodes.RawStringLiteral
    ):
        return Skip("the constant is an expression")
    if is_path(unparen(text)) and (named := cx.object(text)) is not None and named.scope == "local":
        return Skip("the constant may be declared inside of the loop")
    name = cx.fresh(node, *(("newline",) if constant in ("\n", "\r\n") else ()), "text", "constant")
    return [lines_above(statement, [f"{name} := {node.str}"], cx), Edit(*node.span, name.encode())], ()


def _renamed(call: nodes.Call, name: str, whole: Node | None = None) -> Edit:
    """The edit that calls another method; with ``whole`` the new call takes the place of that node."""
    function = unparen(call.function)
    assert isinstance(function, nodes.Selector)
    if whole is None:
        return Edit(*function.field.span, name.encode())
    return Edit(*whole.span, to_bytes(f"{function.operand.str}.{name}()"))


def _loses_comment(node: Node, operand: Node, cx: Context) -> bool:
    return any(not operand.start <= comment.start < operand.end for comment in cx.comments(node.span))


def _free(cx: Context) -> bool:
    return cx.toolchain >= _ONLY_READS_SINCE and not cx.selected


def screen(match: Match, cx: Context) -> Skip | bool:
    """A conversion that is an argument of a function with a twin; test code only where it is asked for."""
    call = argument_of(match.node)
    if call is None or not isinstance(unparen(call.function), nodes.Selector):
        return False
    operand = unparen(match["text"])
    buffered = isinstance(operand, nodes.Call) and method(operand) == "String"
    if not (buffered and isinstance(match.node, nodes.TypeConversion)):
        mirrored = method(call) in METHODS and arguments(call)[0] == match.node
        if not mirrored and method(call) not in _WRITES:
            return False
    if cx.selected or cx.hot:
        return True
    if cx.is_test:
        return Skip("cold: test code")
    function = cx.function(match.node)
    once = function is None or (isinstance(function, nodes.FunctionDeclaration) and function.name.str == "init")
    return Skip("cold: runs once") if once else True


TRANSFORM = Transform(
    name="bytes-string-conversion",
    family="allocation",
    summary="a conversion between string and []byte that copies for nothing",
    patterns=(
        pattern("[]byte($text)", near=[f".{name}" for name in (*_NAMES, "String")]),
        pattern("string($text)", near=[f".{name}" for name in _NAMES]),
    ),
    check=check,
    screen=screen,
    seeds=("T",),
)
