"""Loops that write to a file: which ones can do so through a buffer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gofixer.transforms.allocation._operands import (
    argument_of,
    arguments,
    local,
    loops_around,
    method,
    receiver,
    uses,
    value_of,
)

from gofixer.transform import Context, Node, Object, Skip, nodes, unparen

_WRITES = frozenset({"(*os.File).Write", "(*os.File).WriteString"})
_PRINTS = frozenset({"fmt.Fprint", "fmt.Fprintf", "fmt.Fprintln"})
_OPENERS = frozenset({"os.Create", "os.CreateTemp", "os.OpenFile"})
# Methods that do not let anybody else write to the file, or read what is written.
_ALONE = frozenset(
    {"Close", "Name", "Sync", "Seek", "Stat", "Chmod", "Chown", "Truncate", "Write", "WriteString", "Fd"}
)
_SPECIAL = re.compile(r"(?i)/proc\b|/sys\b|/dev/|cgroup|fifo|pipe|tty|socket")
_FLAGS = re.compile(r"O_(APPEND|SYNC|DSYNC|DIRECT)")
_WAITS = re.compile(
    r"^(Sleep|Wait|R?Lock|Fatal\w*|Exit|Goexit|Run|Start|Output|CombinedOutput|Do|Sync|ReadFile|Open\w*|Stat|Rename|"
    r"Remove\w*|Dial\w*|Get|Post|Read\w*|Scan\w*|Accept|Recv|Next|Panic\w*)$"
)
_BOUNDED = ("slice", "array", "map", "string", "int", "uint", "untyped")
_JUMPS = (nodes.Go, nodes.Defer, nodes.Select, nodes.Send, nodes.Labeled, nodes.Goto)


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop that writes to a file: the names of the file in its writes, in source order."""

    file: Object
    loop: nodes.For
    names: tuple[Node, ...]


def written_file(call: nodes.Call, cx: Context) -> Node | None:
    """The ``*os.File`` that a call writes to."""
    callee = cx.callee(call)
    if callee in _WRITES and len(arguments(call)) == 1:
        target = receiver(call)
    elif callee in _PRINTS and arguments(call):
        target = arguments(call)[0]
    else:
        return None
    type_ = cx.type(target) if target is not None else None
    return target if type_ is not None and type_.string == "*os.File" else None


def loop_of(call: nodes.Call, target: Node, cx: Context) -> Loop | Skip | None:
    """The loop that a write belongs to, None where another write of that loop comes first."""
    loops = loops_around(call)
    if not loops:
        return None
    file = local(target, cx)
    if file is None:
        return Skip(f"`{target.str}` is no local variable: others may write to it, or wait for what is written")
    if reason := _not_own(file, cx):
        return Skip(reason)
    assert file.decl is not None
    loop = next((a for a in reversed(loops) if a.start > file.decl[0]), None)
    if not isinstance(loop, nodes.For):
        return None
    names = [name for name in uses(file, cx) if _inside(name, loop) and not _given_up(name, loop)]
    calls = [_written_by(name, cx) for name in names]
    if calls and calls[0] is not None and calls[0] != call:
        return None
    for name, other in zip(names, calls, strict=True):
        if other is None:
            return Skip(f"the file is used for something else in the loop: `{_around(name)}`")
        if cx.function(name) != cx.function(loop):
            return Skip("a function literal in the loop writes to the file")
        if any(isinstance(argument, nodes.Slice) for argument in arguments(other)):
            return Skip("writes blocks, which a buffer would only copy")
    for name in uses(file, cx):
        if name.start < loop.start and not _stays(name, cx):
            return Skip(f"the file is handed on before the loop: `{_around(name)}`")
    elsewhere = (n for n in uses(file, cx) if not _inside(n, loop) and _written_by(n, cx) is not None)
    others = [a for n in elsewhere for a in loops_around(n) if a.start > file.decl[0]]
    if others and not cx.selected:
        return Skip("several loops write to the file: one buffer for all of them reads better")
    if reason := _unbounded(loop, cx) or _waits(loop, cx):
        return Skip(reason)
    return Loop(file, loop, tuple(names))


def _inside(node: Node, loop: nodes.For) -> bool:
    return loop.start <= node.start < loop.end


def _given_up(node: Node, loop: nodes.For) -> bool:
    """Whether a node belongs to an ``if ... != nil`` that closes the file or asks its name, and returns."""
    parent = node.parent
    if isinstance(node, nodes.Identifier) and not (
        isinstance(parent, nodes.Selector) and parent.field.str in ("Close", "Name")
    ):
        return False
    for ancestor in node.ancestors():
        if ancestor == loop:
            return False
        if isinstance(ancestor, nodes.If) and ancestor.consequence.start <= node.start < ancestor.consequence.end:
            test = unparen(ancestor.condition)
            failed = isinstance(test, nodes.Binary) and test.operator.str == "!=" and isinstance(test.right, nodes.Nil)
            lists = [c for c in ancestor.consequence.children if isinstance(c, nodes.StatementList)]
            last = lists[-1].children[-1] if lists and lists[-1].children else None
            return failed and isinstance(last, nodes.Return)
    return False


def _not_own(file: Object, cx: Context) -> str | None:
    """Why a file may be more than a new, regular file that only this function writes to."""
    made = value_of(file, cx)
    call = unparen(made[0]) if made and made[1] == 0 else None
    if not isinstance(call, nodes.Call) or cx.callee(call) not in _OPENERS:
        return "the file was not created here: it may be a terminal, a pipe, or shared"
    if file.reassigned or file.address_taken:
        return "the variable holds another file later on"
    if cx.callee(call) == "os.OpenFile":
        flags = arguments(call)[1].str
        if "O_CREATE" not in flags or _FLAGS.search(flags):
            return f"the file is opened with `{flags}`: each write may have to arrive by itself"
    if found := _SPECIAL.search(cx.declaration(call).str):
        return f"may be no regular file: `{found[0]}`"
    return None


def _written_by(name: Node, cx: Context) -> nodes.Call | None:
    """The write that a use of the file is the target of; None for every other use."""
    parent = name.parent
    call = parent.parent if isinstance(parent, nodes.Selector) else argument_of(name)
    if not isinstance(call, nodes.Call) or isinstance(call.parent, nodes.Go | nodes.Defer):
        return None
    target = written_file(call, cx)
    return call if target is not None and unparen(target) == name else None


def _stays(name: Node, cx: Context) -> bool:
    """Whether a use of the file leaves it to this function."""
    parent = name.parent
    if isinstance(parent, nodes.Binary):
        return True
    if isinstance(parent, nodes.Selector) and isinstance(parent.parent, nodes.Call):
        call = parent.parent
        return call.function == parent and method(call) in _ALONE and not isinstance(call.parent, nodes.Go)
    return _written_by(name, cx) is not None


def _unbounded(loop: nodes.For, cx: Context) -> str | None:
    """Why the end of a loop, or of one inside of it, may not come soon."""
    for one in (loop, *loop.descendants(nodes.For)):
        clause = next((c for c in one.children if isinstance(c, nodes.RangeClause | nodes.ForClause)), None)
        if isinstance(clause, nodes.RangeClause):
            type_ = cx.type(clause.right)
            if type_ is None or not type_.kind.startswith((*_BOUNDED, "pointer")):
                return "ranges over a channel or an iterator: the next element may take its time"
            if one == loop and isinstance(unparen(clause.right), nodes.CompositeLiteral):
                return "the loop has few rounds"
        elif clause is None or clause.condition is None:
            return "nobody knows how long the loop runs, or waits"
    return None


def _waits(loop: nodes.For, cx: Context) -> str | None:
    """What in a loop may wait, read the file, or end the program before the buffer is flushed."""
    if isinstance(loop.parent, nodes.Labeled):
        return "the loop has a label"
    found = next(loop.descendants(*_JUMPS), None)
    if found is not None:
        return f"the loop may wait or be left: `{found.str.split()[0]}`"
    for unary in loop.descendants(nodes.Unary):
        if unary.operator.str == "<-":
            return f"the loop may wait: `{unary.str}`"
    for call in loop.descendants(nodes.Call):
        if _given_up(call, loop):
            continue
        name = method(call) or call.function.str
        if _WAITS.match(name) or name == "panic":
            return f"`{call.function.str}` may wait, read the file, or end the program"
    return None


def _around(name: Node) -> str:
    parent = name.parent
    while isinstance(parent, nodes.Selector | nodes.ArgumentList | nodes.Unary):
        parent = parent.parent
    text = parent.str if parent is not None and not isinstance(parent, nodes.FUNCTIONS) else name.str
    return text.split("\n")[0]
