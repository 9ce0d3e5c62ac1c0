"""As many processors as the machine has, in a container that may use two.

## What it does
For programs below Go 1.25 that serve and never set GOMAXPROCS: adds the blank import of `go.uber.org/automaxprocs`
where the module requires it already, else says which `go get` is needed. From Go 1.25 on, where the runtime reads the
limit itself and follows it: removes that import, and `runtime.GOMAXPROCS(runtime.NumCPU())` at the start, which both
switch that off.

## Why it is slow
With a CPU limit of 2 on a machine of 64, sixty-four threads run Go code until the quota of the period is used up, and
then none does until the next period: latency comes in steps of up to 100 ms, and the collector takes a quarter of the
machine instead of a quarter of the limit.

## Example
```go
import (
    "net/http"

    _ "go.uber.org/automaxprocs"
)
```

## Use instead
```go
import (
    "net/http"
)
```
with `go 1.25` or newer in go.mod; with an older go line the other way round.

## Fix safety
Unsafe: the number of processors changes where a container has a CPU limit (automaxprocs rounds the limit down to at
least 1, the runtime up to at least 2, and follows changes). Nothing else changes. Refused where the module sets the
number in any other way, where `containermaxprocs=0` is configured, and where a comment says something else than what
the import does. `go mod tidy` drops the requirement afterwards.

## When not to use it
On machines without CPU limits nothing changes. Programs that need all processors whatever the limit says keep the call.

## Go versions
The go line of the main module decides, not the toolchain: below 1.25 `containermaxprocs=0` is the default.

## Measured
Not measured here: the effect is that of the CPU limit.

## Sources
[Go 1.25 release notes, container-aware GOMAXPROCS](https://go.dev/doc/go1.25#container-aware-gomaxprocs),
[automaxprocs](https://pkg.go.dev/go.uber.org/automaxprocs), [GODEBUG](https://go.dev/doc/godebug#go-125).
"""

from __future__ import annotations

import re

from gofixer.transforms.threads._settings import setters, without

from gofixer.transform import (
    DISPLAY,
    UNSAFE,
    Context,
    Edit,
    Gate,
    Match,
    Node,
    Result,
    Skip,
    Transform,
    nodes,
    pattern,
)

_PATH = "go.uber.org/automaxprocs"
_IMPORT = f'_ "{_PATH}"'
_SERVES = ("net/http.ListenAndServe", "net/http.ListenAndServeTLS", "net.Listen", "os/signal.Notify")
_WHAT = re.compile(r"(?i)maxprocs|cgroup|container|quota|cpu|processor")
_WHY = re.compile(r"(?i)because|nolint|todo|fixme|need|must|issue|https?:|until")
_NOT_SERVED = frozenset({"example", "examples", "test", "tests", "hack", "tools", "scripts", "contrib", "benchmarks"})


def check(match: Match, cx: Context) -> Result:
    """Below Go 1.25 add what reads the limit; from there on remove what keeps the runtime from reading it."""
    if cx.is_test or not cx.is_program or cx.facts.module is None:
        return None
    node = match.node
    if isinstance(node, nodes.InterpretedStringLiteral):
        spec = node.parent
        return (
            _remove_import(spec, cx) if isinstance(spec, nodes.ImportSpec) and spec.text == _IMPORT.encode() else None
        )
    assert isinstance(node, nodes.Call)
    if node.function.str.endswith(".GOMAXPROCS"):
        return _remove_call(node, cx)
    return _add(node, cx)


def _limited_by_runtime(cx: Context) -> str | None:
    """Why the runtime does not read the limit itself; None where it does."""
    if cx.module_go < (1, 25) or cx.toolchain < (1, 25):
        return "the go line is below 1.25: the runtime does not read the limit itself"
    if any(b"containermaxprocs" in source for source in cx.package_sources().values()) or (
        cx.facts.module is not None and "containermaxprocs" in cx.facts.module.godebug
    ):
        return "containermaxprocs is configured"
    return None


def _others(cx: Context, own: bytes) -> str | None:
    """Another place of the module that sets the number."""
    places = [(path, line) for path, line in setters(cx) if not (path == cx.facts.path and line.startswith(own))]
    return f"{places[0][0].name} sets the number of processors, too" if places else None


def _remove_import(spec: nodes.ImportSpec, cx: Context) -> Result:
    if cx.module_go < (1, 25):
        return None
    if reason := _limited_by_runtime(cx) or _others(cx, b"automaxprocs"):
        return Skip(reason)
    declaration = spec.parent if isinstance(spec.parent, nodes.ImportDeclaration) else spec
    if isinstance(spec.parent, nodes.ImportSpecList) and len(spec.parent.items) == 1:
        declaration = spec.parent.parent or spec
    start = cx.source.rfind(b"\n", 0, declaration.start) + 1
    end = cx.source.find(b"\n", declaration.end) + 1
    comments = cx.comments((start, end))
    before = [c for c in cx.comments((0, start)) if c.line + c.str.rstrip("\r\n").count("\n") == declaration.line - 1]
    for comment in (*comments, *before):
        if _WHY.search(comment.str) or not _WHAT.search(comment.str):
            return Skip("a comment beside it says something else than what it does")
    behind = cx.source[declaration.end : comments[0].start if comments else end]
    if before or cx.source[start : declaration.start].strip() or behind.strip() or not end:
        return Skip("shares its lines with other code or comments")
    above = cx.source[cx.source.rfind(b"\n", 0, start - 1) + 1 : start]
    below = cx.source[end : cx.source.find(b"\n", end) + 1]
    if not above.strip() and (not below.strip() or below.strip() == b")"):
        start -= len(above)
    title = "Let the runtime follow the container's CPU limit, which this import prevents (go mod tidy then drops it)"
    return cx.fix(title, Edit(start, end, b""), applicability=UNSAFE)


def _remove_call(call: nodes.Call, cx: Context) -> Result:
    own = cx.declaration(call)
    if not isinstance(own, nodes.FunctionDeclaration) or own.name.str not in ("main", "init"):
        return None
    statement = call.parent
    if not isinstance(statement, nodes.ExpressionStatement) or cx.function(call) != own:
        return Skip("the call is part of another statement")
    if reason := _limited_by_runtime(cx) or _others(cx, call.text[call.text.index(b"GOMAXPROCS") :]):
        return Skip(reason)
    if any(isinstance(around, nodes.If | nodes.For | nodes.ExpressionSwitch) for around in statement.ancestors()):
        return Skip("stands behind a condition: somebody asks for it")
    edit = without(statement, cx)
    if isinstance(edit, Skip):
        return edit
    title = "Let the runtime follow the container's CPU limit, which this call prevents"
    return cx.fix(title, edit, applicability=UNSAFE, drops=("runtime",))


def _add(call: nodes.Call, cx: Context) -> Result:
    root = cx.facts.tree.root
    main = any(isinstance(c, nodes.FunctionDeclaration) and c.name.str == "main" for c in root.children)
    names = {f"{cx.facts.imports[p]}.{n}" for p, n in (s.rsplit(".", 1) for s in _SERVES) if p in cx.facts.imports}
    first = next(c for c in root.descendants(nodes.Call) if c.function.str in names or c == call)
    module = cx.facts.module
    assert module is not None
    if not main or first != call:
        return None
    if cx.module_go >= (1, 25):
        return None
    if _NOT_SERVED & set(cx.facts.path.relative_to(module.root).parts[:-1]):
        return Skip("an example, a test or a tool")
    if found := next(setters(cx), None):
        if b"maxprocs" in found[1]:
            return None
        return Skip(f"the module sets the number of processors ({found[0].name})")
    if _PATH not in module.requires:
        title = f"Read the container's CPU limit: go get {_PATH} and import it blank"
        return cx.fix(f"{title}, or raise the go line to 1.25, which does so itself", applicability=DISPLAY)
    edit = _import(root, cx)
    if isinstance(edit, Skip):
        return edit
    return cx.fix("Read the container's CPU limit with automaxprocs", edit, applicability=UNSAFE)


def _import(root: Node, cx: Context) -> Edit | Skip:
    """Put the import at the end of the first block of imports, in a group of its own behind the standard library."""
    newline = cx.newline.decode()
    for declaration in root.children:
        if not isinstance(declaration, nodes.ImportDeclaration) or b'"C"' in declaration.text:
            continue
        specs = next((c for c in declaration.children if isinstance(c, nodes.ImportSpecList)), None)
        if specs is None or not specs.items:
            end = cx.source.find(b"\n", declaration.end) + 1
            return Edit(end, end, f"{newline}import {_IMPORT}{newline}".encode())
        last = specs.items[-1]
        end = cx.source.find(b"\n", last.end) + 1
        if not end or end > specs.end:
            return Skip("the imports stand on one line")
        apart = "" if "." in last.path.str.partition("/")[0] else newline
        return Edit(end, end, f"{apart}\t{_IMPORT}{newline}".encode())
    return Skip("there is no block of imports")


TRANSFORM = Transform(
    name="gomaxprocs-in-cgroup",
    family="threads",
    summary="the number of processors does not follow the container's CPU limit",
    patterns=(
        pattern("http.ListenAndServe($*_)"),
        pattern("http.ListenAndServeTLS($*_)"),
        pattern("net.Listen($*_)"),
        pattern("signal.Notify($*_)"),
        pattern("runtime.GOMAXPROCS(runtime.NumCPU())"),
        pattern(f'"{_PATH}"'),
    ),
    check=check,
    beyond=True,
    seeds=("A11",),
    applicability=UNSAFE,
    gate=Gate.VERSION,
    types=False,
)
