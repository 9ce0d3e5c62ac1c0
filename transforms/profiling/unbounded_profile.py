"""A CPU profile that nobody stops.

## What it does
Finds `pprof.StartCPUProfile` into a file, in a module that never calls StopCPUProfile, and writes profiles of a bounded
window instead, again and again, each over the one before.

## Why it is slow
The profiler interrupts the program 100 times a second for as long as it lives, keeps every stack it has seen in memory,
and writes nothing before it is stopped: all that it ever leaves is an empty file.

## Example
```go
func main() {
    f, err := os.Create("cpu.prof")
    if err != nil {
        log.Fatal(err)
    }
    pprof.StartCPUProfile(f)
    serve()
}
```

## Use instead
```go
func main() {
    go profileCPU(context.Background(), "cpu.prof", 30*time.Second, 10*time.Minute)
    serve()
}
```
with a function `profileCPU` that is written into the file. A context that is in scope is used.

## Fix safety
Unsafe: the program is profiled for a window in each period, the file holds the latest whole window, and a failure is
logged where it may have ended the program. Refused where StopCPUProfile is called anywhere in the module; where the
writer is no file created for it; in tests; in functions that main or init do not call exactly once; where the file or
the error is used by other code; where a failure is handled in a way of its own.

## When not to use it
Where a profile of the whole run is wanted: call StopCPUProfile when the program ends, on a signal too. Where the
program has an admin listener, `net/http/pprof` gives profiles when they are asked for.

## Go versions
Any.

## Measured
A file of 0 bytes for as long as the program ran, where a window of one second left a whole profile
(tests/transforms/profiling/test_unbounded_profile.py). An ignored error of StartCPUProfile, where the profile is
stopped, is reported as a site that is left alone.

## Sources
Package runtime/pprof, `StartCPUProfile`; runtime/pprof/pprof.go, `profileWriter`, which writes when the profile ends.
"""

from __future__ import annotations

from gofixer.transforms.profiling._recording import context_at, mentioned, recording, starts_with
from gofixer.transforms.profiling._startup import conditional

from gofixer.transform import UNSAFE, Context, Edit, Match, Option, Result, Skip, Transform, nodes, pattern

_FUNCTIONS = """
// {loop} writes the CPU profile of one window of time to a file in each period, until ctx is done. The file holds the
// latest whole window.
func {loop}(ctx {context}.Context, name string, window, period {time}.Duration) {{
	ticker := {time}.NewTicker(period)
	defer ticker.Stop()
	for {{
		if err := {once}(ctx, name, window); err != nil {{
			{log}.Print(err)
		}}
		select {{
		case <-ctx.Done():
			return
		case <-ticker.C:
		}}
	}}
}}

// {once} writes the CPU profile of one window of time to a file.
func {once}(ctx {context}.Context, name string, window {time}.Duration) error {{
	f, err := {os}.Create(name + ".part")
	if err != nil {{
		return err
	}}
	defer f.Close()
	if err := {pprof}.StartCPUProfile(f); err != nil {{
		return err
	}}
	timer := {time}.NewTimer(window)
	defer timer.Stop()
	select {{
	case <-ctx.Done():
	case <-timer.C:
	}}
	{pprof}.StopCPUProfile()
	if err := f.Close(); err != nil {{
		return err
	}}
	return {os}.Rename(f.Name(), name)
}}
"""
_PACKAGES = {"context": "context", "log": "log", "os": "os", "pprof": "runtime/pprof", "time": "time"}


def check(match: Match, cx: Context) -> Result:
    """Refuse where the profile may end; write windows of it otherwise."""
    call = match.node
    assert isinstance(call, nodes.Call)
    if file := mentioned(r"\bStopCPUProfile\b", cx):
        if isinstance(starts_with(call), nodes.ExpressionStatement):
            return Skip(f"is stopped ({file}), but its error is ignored: no profile is written where another one runs")
        return None
    if reason := conditional(call, cx, branches=True):
        return Skip(reason)
    found = recording(call, cx)
    if isinstance(found, Skip):
        return found
    declaration = cx.declaration(call)
    names = {word: cx.qualifier(path, declaration) for word, path in _PACKAGES.items()}
    here = {word: cx.qualifier(path, call) for word, path in _PACKAGES.items()}
    if missing := next((word for word in names if names[word] is None or here[word] is None), None):
        return Skip(f"`{missing}` means something else here")
    functions = {"loop": "profileCPU", "once": "profileWindow"}
    if taken := next((name for name in functions.values() if name in cx.types.package_names), None):
        return Skip(f"the package has a `{taken}` already")
    if any(cx.mentions(declaration, name) for name in functions.values()):
        return Skip("the function has a name of its own for what would be added")
    context = context_at(found.first, cx) or f"{here['context']}.Background()"
    window, period = (_duration(int(cx.options[key]), str(here["time"])) for key in ("window", "period"))
    started = f"{cx.indent(found.first)}go profileCPU({context}, {found.name.str}, {window}, {period})".encode()
    text = _FUNCTIONS.format(**names, **functions).encode().replace(b"\n", cx.newline)
    end = len(cx.source)
    if not cx.source.endswith(b"\n"):
        text = cx.newline + text
    title = "Profile a window of time in each period, and stop each profile"
    edits = (Edit(*found.span, started + cx.newline), Edit(end, end, text))
    return cx.fix(title, *edits, applicability=UNSAFE, drops=("log", "os", "fmt"))


def _duration(seconds: int, package: str) -> str:
    count, unit = (seconds // 60, "Minute") if seconds % 60 == 0 else (seconds, "Second")
    return f"{count}*{package}.{unit}"


TRANSFORM = Transform(
    name="unbounded-profile",
    family="profiling",
    summary="a CPU profile that is never stopped costs for ever and writes nothing",
    patterns=(pattern("pprof.StartCPUProfile($w)", imports=("runtime/pprof",)),),
    check=check,
    beyond=True,
    seeds=("B13",),
    applicability=UNSAFE,
    options={
        "window": Option(30, "seconds that each profile lasts"),
        "period": Option(600, "seconds from the start of one profile to the start of the next"),
    },
)
