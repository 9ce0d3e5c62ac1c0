"""An execution trace of everything, from the start of the program on.

## What it does
Finds `trace.Start` into a file in what every start of a program does, in a module that never calls `trace.Stop`, and
removes it in favour of `net/http/pprof` on a loopback listener, where a trace of some seconds can be asked for:
`go tool trace` reads what `curl -o trace.out 'http://localhost:6060/debug/pprof/trace?seconds=5'` gives.

## Why it is slow
The tracer writes every goroutine switch, system call and collection, as long as the program lives: the file grows
without end, and code that uses channels much is slower.

## Example
```go
func main() {
    f, err := os.Create("trace.out")
    if err != nil {
        log.Fatal(err)
    }
    if err := trace.Start(f); err != nil {
        log.Fatal(err)
    }
    serve()
}
```

## Use instead
```go
import _ "net/http/pprof"

func main() {
    go func() {
        log.Print(http.ListenAndServe("localhost:6060", nil))
    }()
    serve()
}
```
Where the package has the import already, there is a listener, and the trace is only removed. With `instead =
"flight-recorder"` in `[transforms.trace-always-on]` and Go 1.25, a `trace.FlightRecorder` keeps the latest seconds in
memory, and the listener writes them.

## Fix safety
Unsafe: no trace file is written, and the program listens on a port of the loopback interface; that it cannot is logged
and does not end it. Refused where a condition asks for the trace, in tests, where the module calls `trace.Stop`, where
the writer is no file created for it, and where the module serves `http.DefaultServeMux`, because the import would show
the profiles to everybody there.

## When not to use it
In a program that is run to be traced: stop the trace when it ends.

## Go versions
Any; `instead = "flight-recorder"` needs Go 1.25.

## Measured
A value sent to another goroutine and back: 340-430 ns (one of three runs 980 ns) without a trace, 670-770 ns with one,
and 34 bytes of trace for each (`go test -bench . -count 3`, go1.26, linux/amd64, 2 cores).

## Sources
Package runtime/trace, `Start`, `FlightRecorder`; package net/http/pprof; Go 1.25 release notes.
"""

from __future__ import annotations

from gofixer.transforms.profiling._lines import without_blanks
from gofixer.transforms.profiling._recording import mentioned, recording, stopped
from gofixer.transforms.profiling._startup import conditional

from gofixer.transform import UNSAFE, Context, Edit, Match, Option, Result, Skip, Transform, nodes, pattern

_SERVED = (
    r"ListenAndServe(?:TLS)?\([^()]*(?:\([^()]*\)[^()]*)*,\s*nil\s*\)|\bDefaultServeMux\b|\bhttp\.Handle(?:Func)?\("
)
_LISTENER = ("go func() {", '\t{log}.Print({http}.ListenAndServe("{address}", nil))', "}()")
_RECORDER = (
    "{recorder} := {trace}.NewFlightRecorder({trace}.FlightRecorderConfig{{}})",
    "if err := {recorder}.Start(); err != nil {{",
    "\t{log}.Print(err)",
    "}}",
    "go func() {{",
    "\tlatest := func(w {http}.ResponseWriter, _ *{http}.Request) {{",
    "\t\tif _, err := {recorder}.WriteTo(w); err != nil {{",
    "\t\t\t{log}.Print(err)",
    "\t\t}}",
    "\t}}",
    '\t{log}.Print({http}.ListenAndServe("{address}", {http}.HandlerFunc(latest)))',
    "}}()",
)


def check(match: Match, cx: Context) -> Result:
    """Refuse where somebody asks for the trace or stops it; make it one that can be asked for otherwise."""
    call = match.node
    assert isinstance(call, nodes.Call)
    if file := stopped("runtime/trace", "Stop", cx):
        return Skip(f"is stopped ({file})")
    if reason := conditional(call, cx):
        return Skip(reason)
    found = recording(call, cx)
    if isinstance(found, Skip):
        return found
    if cx.constant(found.name) is None:
        return Skip("the file's name is a setting: somebody asks for the trace")
    recorder = cx.options["instead"] == "flight-recorder"
    if recorder and cx.module_go < (1, 25):
        return Skip("a flight recorder needs Go 1.25")
    title = "Trace when it is asked for"
    drops = ("log", "os", "fmt", "runtime/trace")
    if not recorder and mentioned(r'"net/http/pprof"', cx):
        edit = Edit(*without_blanks(found.span, cx.source), b"")
        return cx.fix(f"{title}: net/http/pprof is there", edit, applicability=UNSAFE, drops=drops)
    if not recorder and (file := mentioned(_SERVED, cx)):
        return Skip(f"net/http/pprof would be shown by what serves http.DefaultServeMux ({file})")
    packages = {"http": "net/http", "log": "log"} | ({"trace": "runtime/trace"} if recorder else {})
    names = {word: cx.qualifier(path, call) for word, path in packages.items()}
    if missing := next((word for word, name in names.items() if name is None), None):
        return Skip(f"`{missing}` means something else here")
    names |= {"address": str(cx.options["address"]), "recorder": cx.fresh(call, "recorder") if recorder else ""}
    lines = [line.format(**names) for line in _RECORDER] if recorder else _listener(names)
    indent, newline = cx.indent(found.first), cx.newline.decode()
    edits = [Edit(*found.span, "".join(f"{indent}{line}{newline}" for line in lines).encode())]
    if not recorder:
        added = _import(cx)
        if isinstance(added, Skip):
            return added
        edits.append(added)
    return cx.fix(title, *edits, applicability=UNSAFE, drops=drops)


def _listener(names: dict[str, str | None]) -> list[str]:
    body = _LISTENER[1].format(**names)
    return [_LISTENER[0], body, _LISTENER[2]]


def _import(cx: Context) -> Edit | Skip:
    """The blank import of net/http/pprof, a declaration of its own behind those of the file."""
    declared = list(cx.facts.tree.root.descendants(nodes.ImportDeclaration))
    last = declared[-1]
    end = cx.source.find(b"\n", last.end)
    if end < 0 or cx.source[last.end : end].strip():
        return Skip("something follows the imports on their line")
    text = cx.newline + b'import _ "net/http/pprof" // traces and profiles for the admin listener' + cx.newline
    return Edit(end + 1, end + 1, text)


TRANSFORM = Transform(
    name="trace-always-on",
    family="profiling",
    summary="an execution trace that is never stopped slows the program down and fills the disk",
    patterns=(pattern("trace.Start($w)", imports=("runtime/trace",)),),
    check=check,
    beyond=True,
    seeds=("B10",),
    applicability=UNSAFE,
    options={
        "instead": Option("pprof", "what takes its place", ("pprof", "flight-recorder")),
        "address": Option("localhost:6060", "where the listener is, if one has to be added"),
    },
)
