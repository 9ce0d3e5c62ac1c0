"""Writers of the standard library whose Write and WriteString do the same, by their static type.

A type that only embeds one of them may have a WriteString of its own, an interface may hold any: neither counts.
"""

from __future__ import annotations

from gofixer.transforms.allocation._operands import argument_of, arguments, uses, value_of

from gofixer.transform import Context, Node, nodes, unparen

_KINDS = {"os.File": "file", "bytes.Buffer": "buffer", "strings.Builder": "builder", "bufio.Writer": "bufio"}
_BUFFERED_SINCE = (1, 18)
_DEFAULT_SIZE = 4096
# Methods of bytes.Buffer that neither lend its memory nor take bytes that may be its own.
_CLOSED = frozenset({"Write", "WriteString", "WriteByte", "WriteRune", "String", "Len", "Cap", "Grow", "Reset",
                     "Truncate", "Available", "ReadByte", "ReadString", "ReadRune"})  # fmt: skip


def kind(writer: Node, cx: Context) -> str:
    """``file``, ``buffer``, ``builder``, ``bufio`` for a writer, or a pointer to one; empty for everything else."""
    info = cx.expr(writer)
    if info is None or info.type is None or info.mode != "value":
        return ""
    return _KINDS.get(info.type.string.removeprefix("*"), "")


def unsettled(writer: Node, cx: Context, most: int | None) -> str | None:
    """Why a bufio.Writer may treat a string other than the same bytes; None for one that is known not to.

    What is longer than its buffer goes to the writer below: bytes at once, a string by the WriteString that the
    writer below may have (since Go 1.18), or cut into pieces. A file does the same for both, and ``most`` bytes that
    fit into the buffer go nowhere else.
    """
    found = cx.object(unparen(writer)) if isinstance(unparen(writer), nodes.Identifier) else None
    made = value_of(found, cx) if found is not None and not found.reassigned and not found.address_taken else None
    call = unparen(made[0]) if made else None
    if found is None or not isinstance(call, nodes.Call):
        return "what the bufio.Writer writes to is not known: it may have a WriteString of its own"
    size, callee = _DEFAULT_SIZE, cx.callee(call)
    if callee == "bufio.NewWriterSize":
        constant = cx.constant(arguments(call)[1])
        size = int(constant) if constant and constant.isdigit() and int(constant) > 0 else 0
    elif callee != "bufio.NewWriter":
        return "what the bufio.Writer writes to is not known: it may have a WriteString of its own"
    below = arguments(call)[0]
    if not all(_called(name, cx) not in ("", "Reset") for name in uses(found, cx)):
        return "the bufio.Writer is handed on, and may be set on another writer"
    if most is not None and most <= size:
        return None
    if kind(below, cx) in ("file", "builder") and cx.go >= _BUFFERED_SINCE:
        return None
    return f"`{below.str}` may have a WriteString of its own, which the bufio.Writer prefers"


def _called(name: Node, cx: Context) -> str:
    """The method that is called on a variable where it is named; empty where something else becomes of it."""
    parent = name.parent
    if isinstance(parent, nodes.Selector) and isinstance(parent.parent, nodes.Call):
        return parent.field.str if parent.parent.function == parent else ""
    given = parent if isinstance(parent, nodes.Unary) else name
    call = argument_of(given)
    return "Write" if call and cx.callee(call).startswith("fmt.Fprint") and arguments(call)[0] == given else ""


def own_memory(buffer: Node, cx: Context) -> bool:
    """Whether no slice can share the memory of a bytes.Buffer: a local variable that lends it to nobody."""
    found = cx.object(unparen(buffer)) if isinstance(unparen(buffer), nodes.Identifier) else None
    if found is None or found.scope != "local" or found.is_param or found.is_result or found.decl is None:
        return False
    if found.type is None or found.type.string != "bytes.Buffer" or value_of(found, cx) is not None:
        return False
    return all(_called(name, cx) in _CLOSED for name in uses(found, cx))
