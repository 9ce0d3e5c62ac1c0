"""A dump of all goroutines: the statement that takes it, and what is done with the text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gofixer.transform import Context, Node, Object, Skip, nodes

_WRITES = re.compile(
    r"fmt\.F?[Pp]rint(f|ln)?|log\.\w+|log/slog\.\w+|\(\*log\.Logger\)\.\w+|\(\*log/slog\.Logger\)\.\w+"
    r"|io\.WriteString|os\.WriteFile|\(.*\)\.(Write|WriteString)"
    r"|.*\.(?i:print|debug|info|notice|warn|warning|error|trace|log)(f|ln|w|s)?"
)


@dataclass(frozen=True, slots=True)
class Dump:
    """``statement`` takes the dump alone, or is None where the call stands in the one expression that is the dump.

    ``texts`` are the expressions that are the dump (``buf[:n]``), ``buffer`` the statement that makes the buffer.
    """

    call: nodes.Call
    statement: Node | None
    texts: tuple[Node, ...]
    buffer: Node


def dump_of(call: nodes.Call, buffer: Node, cx: Context) -> Dump | Skip:
    """The dump that a call takes, where buffer and length serve nothing but its text."""
    variable = cx.object(buffer) if isinstance(buffer, nodes.Identifier) else None
    if variable is None or variable.scope != "local" or variable.is_param or variable.is_result:
        return Skip("the buffer is no variable of the function")
    function = cx.function(call)
    assert function is not None
    made = _made(variable, function, cx)
    if made is None:
        return Skip("the buffer is not made with a constant size in the same function")
    if variable.captured:
        return Skip("the buffer is used in a function literal")
    spans = {(use.start, use.end) for use in variable.uses}
    others = [n for n in function.descendants(nodes.Identifier) if n.span in spans and n != buffer]
    parent = call.parent
    if isinstance(parent, nodes.Slice) and _cuts(parent, variable, cx) and parent.high == call:
        return _cut(call, parent, variable, others, made, cx)
    if (
        isinstance(parent, nodes.ExpressionList)
        and isinstance(parent.parent, nodes.ShortVarDeclaration)
        and isinstance(parent.parent.parent, nodes.StatementList)
        and len(parent.parent.left.items) == 1
    ):
        return _counted(call, parent.parent, others, made, cx)
    return Skip("what the call returns is used in another way than to cut the buffer")


def _made(variable: Object, function: Node, cx: Context) -> Node | None:
    """The statement ``buf := make([]byte, 1<<20)``."""
    for found in function.descendants(nodes.ShortVarDeclaration):
        if variable.decl is None or not found.start <= variable.decl[0] < found.end:
            continue
        values = found.right.items
        if len(found.left.items) == len(values) == 1 and isinstance(found.parent, nodes.StatementList):
            value = values[0]
            sizes = value.arguments.items[1:] if isinstance(value, nodes.Call) else ()
            if sizes and cx.callee(value) == "make" and all(cx.constant(size) is not None for size in sizes):
                return found
    return None


def _cuts(slice_: nodes.Slice, variable: Object, cx: Context) -> bool:
    """Whether an expression is ``buf[:x]``."""
    start = slice_.low
    return cx.object(slice_.operand) == variable and (start is None or start.str == "0") and slice_.capacity is None


def _cut(
    call: nodes.Call, slice_: nodes.Slice, variable: Object, others: list[Node], made: Node, cx: Context
) -> Dump | Skip:
    """``w.Write(buf[:runtime.Stack(buf, true)])`` or ``buf = buf[:runtime.Stack(buf, true)]``."""
    others = [name for name in others if name != slice_.operand]
    holder = slice_.parent.parent if isinstance(slice_.parent, nodes.ExpressionList) else None
    if not isinstance(holder, nodes.Assignment):
        if others:
            return Skip("the buffer is used for something else too")
        return (
            Dump(call, None, (slice_,), made) if _first(slice_, cx) else Skip("something comes before it in its line")
        )
    targets = holder.left.items
    if len(targets) != 1 or cx.object(targets[0]) != variable or made.parent != holder.parent:
        return Skip("the buffer is used for something else too")
    texts = [name for name in others if name != targets[0]]
    return _behind(call, holder, texts, made)


def _first(text: Node, cx: Context) -> bool:
    """Whether a statement may be put before the one that a dump stands in: it always comes first there."""
    outer = as_string(text) or text
    write = outer.parent.parent if isinstance(outer.parent, nodes.ArgumentList) else None
    if not isinstance(write, nodes.Call):
        return False
    if any(cx.effect(other) for other in write.arguments.items if other != outer):
        return False
    if isinstance(write.function, nodes.Selector) and cx.effect(write.function.operand):
        return False
    statement = write.parent.parent if isinstance(write.parent, nodes.ExpressionList) else write.parent
    if not isinstance(statement, nodes.ExpressionStatement | nodes.ShortVarDeclaration | nodes.Assignment):
        return False
    if isinstance(statement, nodes.Assignment) and any(cx.effect(target) for target in statement.left.items):
        return False
    if isinstance(statement.parent, nodes.If) and statement.parent.initializer == statement:
        statement = statement.parent
    return isinstance(statement.parent, nodes.StatementList)


def _counted(
    call: nodes.Call, statement: nodes.ShortVarDeclaration, others: list[Node], made: Node, cx: Context
) -> Dump | Skip:
    """``n := runtime.Stack(buf, true)``, and ``buf[:n]`` behind it."""
    count = cx.object(statement.left.items[0])
    function = cx.function(call)
    assert function is not None
    spans = {(use.start, use.end) for use in count.uses} if count else set()
    counts = [name for name in function.descendants(nodes.Identifier) if name.span in spans]
    texts: list[Node] = []
    for name in others:
        cut = name.parent
        if not isinstance(cut, nodes.Slice) or cut.operand != name or cut.high not in counts:
            return Skip("the buffer is used for something else too")
        start = cut.low
        if (start is not None and start.str != "0") or cut.capacity is not None:
            return Skip("only a part of the dump is used")
        texts.append(cut)
    if len(counts) != len(texts):
        return Skip("the length of the dump is used for something else too")
    return _behind(call, statement, texts, made)


def _behind(call: nodes.Call, statement: Node, texts: list[Node], made: Node) -> Dump | Skip:
    assert statement.parent is not None
    if not texts:
        return Skip("the dump is not used")
    if any(not statement.end <= text.start < statement.parent.end for text in texts):
        return Skip("the dump is also used elsewhere than behind the call")
    return Dump(call, statement, tuple(texts), made)


def only_written(dump: Dump, cx: Context) -> str | None:
    """Why the text has to stay as it is: somebody else than a reader gets it. None where it is written or logged."""
    for text in dump.texts:
        outer = as_string(text) or text
        call = outer.parent.parent if isinstance(outer.parent, nodes.ArgumentList) else None
        if not isinstance(call, nodes.Call) or not _WRITES.fullmatch(cx.callee(call)):
            return "the text goes elsewhere than to a writer or a log"
    return None


def as_string(text: Node) -> Node | None:
    """The conversion to a string around a dump."""
    match text.parent:
        case nodes.ArgumentList(parent=nodes.Call(function=nodes.Identifier()) as call) if call.function == "string":
            return call
    return None
