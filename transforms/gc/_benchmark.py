"""Loops that a benchmark measures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gofixer.transforms._places._syntax import labelled

from gofixer.transform import Context, Node, Skip, nodes

_BENCHMARK = re.compile(r"\btesting\.P?B\b")
_TIMERS = ("StopTimer", "StartTimer", "ResetTimer")
_SWITCHES = re.compile(rb"\.(Stop|Start|Reset)Timer\b")
_OUTSIDE = Skip("stands outside the measured loop")


@dataclass(frozen=True, slots=True)
class Loop:
    """A measured loop; ``benchmark`` is a name of its ``*testing.B``.

    ``site`` is where the loop reaches the call (the call itself, or that of a closure around it), ``start`` the
    statement before which the benchmark is set up: the loop, or ``b.RunParallel`` around it.
    """

    loop: nodes.For
    site: Node
    benchmark: nodes.Identifier
    start: Node


def serves_benchmark(place: Node) -> bool:
    """Whether a function around a place takes a ``*testing.B`` or ``*testing.PB``."""
    return any(_BENCHMARK.search(a.parameters.str) for a in place.ancestors() if isinstance(a, nodes.FUNCTIONS))


def measured_loop(site: Node, cx: Context) -> Loop | Skip:
    """The measured loop that a call runs in: around it, or around the calls of the closure that it stands in."""
    for around in site.ancestors():
        match around:
            case nodes.For():
                if found := _measured(around, site, cx):
                    return found
            case nodes.FuncLiteral(parent=nodes.Call(parent=nodes.ExpressionStatement(), function=function)) if (
                function == around
            ):
                continue
            case nodes.FuncLiteral():
                return _called(around, cx)
            case nodes.FunctionDeclaration() | nodes.MethodDeclaration():
                return _OUTSIDE
    return _OUTSIDE


def timer_stands(found: Loop, cx: Context) -> str | None:
    """Whether the clock is stopped at the site, or set back after it."""
    function = cx.function(found.loop)
    assert function is not None
    if name := _switches_elsewhere(found, cx):
        return f"the timer may be stopped by `{name}`"
    calls = list(_timer_calls(function))
    if any(name == "ResetTimer" and found.loop.start < at < found.loop.end for at, name in calls):
        return "a ResetTimer in the loop sets the clock back"
    switches = [(at, name) for at, name in calls if name != "ResetTimer"]
    inside = [(at, name) for at, name in switches if found.loop.start < at < found.loop.end]
    before = [name for at, name in inside if at < found.site.start]
    entry = [name for at, name in switches if at < found.loop.start]
    last = before[-1:] or [name for _, name in inside][-1:] + entry[-1:]
    return "the timer is stopped there" if "StopTimer" in last else None


def _switches_elsewhere(found: Loop, cx: Context) -> str | None:
    """What the loop calls that switches the timer: a function of the package, a closure or a method value."""
    for call in found.loop.body.descendants(nodes.Call):
        name = call.function.str.rpartition(".")[2]
        if name in _TIMERS:
            continue
        body = re.compile(rb"(?ms)^func [^\n]*\b%s\(.*?^}" % re.escape(name.encode()))
        for source in cx.package_sources().values():
            if any(_SWITCHES.search(function[0]) for function in body.finditer(source)):
                return name
    for holder in cx.declaration(found.loop).descendants(nodes.ShortVarDeclaration, nodes.VarSpec, nodes.Assignment):
        if found.loop.start <= holder.start < found.loop.end or holder.start <= found.loop.start < holder.end:
            continue
        names = [name.str for name in holder.children[0].descendants(nodes.Identifier)] or [holder.children[0].str]
        if _SWITCHES.search(holder.text) and (used := [n for n in names if cx.mentions(found.loop.body, n)]):
            return used[0]
    return None


def _measured(loop: nodes.For, site: Node, cx: Context) -> Loop | Skip | None:
    """The loop as a measured one, None if it is not."""
    clause = loop.child
    if clause is None:
        return None
    for call in (clause, *clause.descendants(nodes.Call)):
        if isinstance(call, nodes.Call) and cx.callee(call) == "(*testing.PB).Next":
            return _parallel(loop, site, cx)
    for selector in clause.descendants(nodes.Selector):
        kind = cx.type(selector.operand)
        if selector.field.str in ("N", "Loop") and kind is not None and kind.string == "*testing.B":
            if isinstance(selector.operand, nodes.Identifier):
                return Loop(loop, site, selector.operand, labelled(loop))
            return Skip("the benchmark has no name of its own")
    return None


def _parallel(loop: nodes.For, site: Node, cx: Context) -> Loop | Skip:
    literal = cx.function(loop)
    arguments = literal.parent if literal else None
    match arguments and arguments.parent:
        case nodes.Call(function=nodes.Selector(operand=nodes.Identifier() as benchmark)) as call:
            statement = cx.statement(call)
            if cx.callee(call) == "(*testing.B).RunParallel" and statement is not None:
                return Loop(loop, site, benchmark, statement)
    return Skip("the benchmark that runs the loop in parallel is not in sight")


def _called(literal: nodes.FuncLiteral, cx: Context) -> Loop | Skip:
    """The loop that calls a closure held by a local name, where nothing else happens to the name."""
    if isinstance(literal.parent, nodes.Call) and literal.parent.function == literal:
        return Skip("runs in a function literal of its own, beside or after the work")
    holder = cx.statement(literal)
    match holder:
        case nodes.ShortVarDeclaration(left=left, right=right) if right.children == (literal,):
            closure = cx.types.object(left.children[0].span)
        case _:
            in_benchmark = _BENCHMARK.search(literal.parameters.str) or "Run" in _callee_name(literal)
            return _OUTSIDE if in_benchmark else Skip("stands in a function literal that is handed on")
    if closure is None or closure.reassigned or not closure.uses:
        return Skip("stands in a function literal that is handed on")
    found: Loop | Skip = _OUTSIDE
    for use in closure.uses:
        name = next(n for n in cx.declaration(literal).descendants(nodes.Identifier) if n.start == use.start)
        call = name.parent
        if not isinstance(call, nodes.Call) or call.function != name:
            return Skip("stands in a function literal that is handed on")
        if not isinstance(call.parent, nodes.ExpressionStatement):
            return Skip("stands in a function literal that is not called as a statement")
        found = measured_loop(call, cx)
        if isinstance(found, Skip):
            return found
        if reason := timer_stands(found, cx):
            return Skip(reason)
    return found


def _callee_name(literal: nodes.FuncLiteral) -> str:
    call = literal.parent.parent if literal.parent else None
    return call.function.str if isinstance(call, nodes.Call) else ""


def _timer_calls(function: Node) -> Iterator[tuple[int, str]]:
    for call in function.descendants(nodes.Call):
        name = call.function.str.rpartition(".")[2]
        if name in _TIMERS:
            yield call.start, name
