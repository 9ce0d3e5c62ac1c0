"""Buffers: who may hold one, or its bytes, besides the variable."""

from __future__ import annotations

from gofixer.transforms._places._syntax import inside
from gofixer.transforms.allocation._uses import named

from gofixer.transform import Context, Node, Object, nodes

# Methods that give away the buffer's own memory, or keep what they are given.
_SHARES = frozenset({"Bytes", "Next", "AvailableBuffer", "WriteTo", "ReadFrom"})
# Functions that write to the buffer, or read from it, and forget it.
_FORGETS = frozenset(
    {
        "fmt.Fprint", "fmt.Fprintf", "fmt.Fprintln", "io.Copy", "io.CopyN", "io.WriteString", "io.ReadAll",
        "encoding/binary.Write", "encoding/json.Indent", "encoding/json.Compact", "encoding/json.HTMLEscape",
        "(*text/template.Template).Execute", "(*html/template.Template).Execute", "go/format.Node",
        "(*text/template.Template).ExecuteTemplate", "(*html/template.Template).ExecuteTemplate",
    }
)  # fmt: skip


def held_elsewhere(found: Object, place: Node, cx: Context) -> str | None:
    """Why somebody else may write to a local buffer; None where only the variable leads to it."""
    name = found.name
    if found.is_param or found.is_result:
        return f"`{name}` comes from the caller, who may write to it"
    if found.captured:
        return f"`{name}` is captured by a closure, which may write to it"
    if found.type is not None and found.type.kind == "pointer" and not _made_here(found, place, cx):
        return f"`{name}` may be a buffer that others hold, too"
    for use in named(found, cx):
        parent = use.parent
        if isinstance(parent, nodes.Selector) and parent.operand == use:
            if parent.field.str in _SHARES or not isinstance(parent.parent, nodes.Call):
                return f"`{parent.str}` gives others a way to the buffer's bytes"
            continue
        if isinstance(parent, nodes.Unary) and parent.operator.str == "&":
            parent = parent.parent
        call = parent.parent if isinstance(parent, nodes.ArgumentList) else None
        if not isinstance(call, nodes.Call) or cx.callee(call) not in _FORGETS:
            return f"`{name}` is given to others, who may write to it"
        if isinstance(call.parent, nodes.Go | nodes.Defer):
            return f"`{call.str}` runs later"
    return None


def _made_here(found: Object, place: Node, cx: Context) -> bool:
    """Whether a pointer is set once, to a new buffer over memory that nobody else has."""
    function = cx.function(place)
    if found.reassigned or function is None:
        return False
    for statement in inside(function, nodes.ShortVarDeclaration):
        if [item.span for item in statement.left.items] != [found.decl] or len(statement.right.items) != 1:
            continue
        match statement.right.items[0]:
            case nodes.Unary(operator, nodes.CompositeLiteral()):
                return bool(operator.str == "&")
            case nodes.Call() as made:
                callee = cx.callee(made)
                given = made.arguments.children
                fresh = callee == "bytes.NewBuffer" and isinstance(
                    given[0], nodes.Nil | nodes.TypeConversion | nodes.CompositeLiteral
                )
                return callee in ("new", "bytes.NewBufferString") or fresh
    return False
