"""What the uses of a slice can see: whether it is nil or empty, how large its array is."""

from __future__ import annotations

from gofixer.transform import Context, Node, Object, Type, nodes

# These read the elements only: nil and empty slices are the same to them, and they keep nothing.
_ELEMENTS = frozenset(
    {
        "strings.Join", "bytes.Join", "sort.Strings", "sort.Ints", "sort.Float64s", "sort.Slice", "sort.SliceStable",
        "sort.SearchStrings", "sort.SearchInts", "slices.Sort", "slices.SortFunc", "slices.SortStableFunc",
        "slices.Contains", "slices.ContainsFunc", "slices.Index", "slices.IndexFunc", "slices.Reverse", "slices.Max",
        "slices.Min", "slices.MaxFunc", "slices.MinFunc", "slices.Equal", "slices.IsSorted", "slices.BinarySearch",
    }
)  # fmt: skip
# Variadic functions that only read what is spread into them.
_SPREAD = frozenset(
    {"errors.Join", "filepath.Join", "path/filepath.Join", "path.Join", "fmt.Sprintf", "fmt.Errorf", "fmt.Printf",
     "fmt.Fprintf", "fmt.Sprint", "fmt.Print", "fmt.Println", "fmt.Sprintln", "os/exec.Command", "strings.NewReplacer",
     "os/exec.CommandContext"}
)  # fmt: skip


def named(found: Object, cx: Context) -> list[Node]:
    """The identifiers that use an object in this file, in source order."""
    root = cx.facts.tree.root.raw
    spans = [(use.start, use.end) for use in found.uses if use.file == cx.facts.path]
    raws = [root.descendant_for_byte_range(start, end) for start, end in spans]
    return [cx.facts.tree.wrap(raw) for raw in raws if raw is not None]


def own(found: Object | None) -> bool:
    """Whether a variable belongs to one call of one function: nobody else can look at it."""
    return (
        found is not None
        and found.kind == "var"
        and found.scope == "local"
        and found.decl is not None
        and not (found.captured or found.address_taken or found.is_result or found.is_param)
    )


def appended(node: Node) -> nodes.Assignment | None:
    """The statement ``x = append(x, ...)`` that an ``x`` is part of, on its left or as its first argument."""
    holder = node.parent
    if isinstance(holder, nodes.ArgumentList) and holder.children and holder.children[0] == node:
        call = holder.parent
        holder = call.parent if isinstance(call, nodes.Call) and call.function == "append" else None
    statement = holder.parent if isinstance(holder, nodes.ExpressionList) else None
    if not isinstance(statement, nodes.Assignment) or statement.operator.str != "=":
        return None
    left, right = statement.left.children, statement.right.children
    match left, right:
        case (nodes.Identifier() as name,), (nodes.Call(nodes.Identifier("append"), arguments),) if arguments.children:
            first = arguments.children[0]
            same = isinstance(first, nodes.Identifier) and first.str == name.str
            return statement if same and node in (name, first) else None
    return None


def sees_more(node: Node, cx: Context) -> str | None:
    """How a use of a slice can see more than its elements and their number; None where it cannot."""
    if appended(node) is not None:
        return None
    parent = node.parent
    match parent:
        case nodes.Index(operand=operand) if operand == node:
            around = parent.parent
            if isinstance(around, nodes.Unary) and around.operator.str == "&":
                return f"`{around.str}` keeps a pointer into it"
            return _element(parent, cx)
        case nodes.RangeClause(_, right) if right == node:
            return None
        case nodes.VariadicArgument():
            call = parent.parent.parent if parent.parent else None
            if isinstance(call, nodes.Call) and (_is(call, "append", cx) or cx.callee(call) in _SPREAD):
                return None
        case nodes.ArgumentList():
            call = parent.parent
            if isinstance(call, nodes.Call) and (
                _is(call, "len", cx) or _is(call, "copy", cx) or cx.callee(call) in _ELEMENTS
            ):
                return None
            return f"`{call.str if call else node.str}` is given it"
        case nodes.ExpressionList() if isinstance(parent.parent, nodes.Return):
            return "it is returned"
    if isinstance(parent, nodes.Binary):
        return f"`{parent.str}` asks for it"
    return "it is stored or passed on"


def _element(index: nodes.Index, cx: Context) -> str | None:
    """How a use of an element, or of a part of it, may keep a pointer into the array."""
    node: Node = index
    while True:
        parent = node.parent
        kind: Type | None = cx.type(node)
        match parent:
            case nodes.Parenthesized():
                pass
            case nodes.Unary(operator, _) if operator.str == "&":
                return f"`{parent.str}` keeps a pointer into it"
            case nodes.Slice(operand=operand) if operand == node and (kind is None or kind.kind == "array"):
                return f"`{parent.str}` keeps a pointer into it"
            case nodes.Index(operand=operand) if operand == node and kind is not None and kind.kind == "array":
                pass
            case nodes.Selector() if kind is None or kind.kind not in ("pointer", "interface"):
                found = cx.object(parent)
                if found is None or found.scope != "field":
                    return f"`{parent.str}` may keep a pointer into it"
            case _:
                return None
        node = parent


def asks_capacity(node: Node, cx: Context) -> bool:
    """Whether a use may show how large the array is: ``cap(x)``, or a slice that may reach beyond its end."""
    holder = node.parent
    if isinstance(holder, nodes.ArgumentList) and isinstance(holder.parent, nodes.Call):
        return _is(holder.parent, "cap", cx)
    if isinstance(holder, nodes.Slice) and holder.operand == node:
        high = holder.high
        within = (
            high is None
            or high == "0"
            or any(
                isinstance(part, nodes.Call) and part.str == f"len({node.str})" for part in (high, *high.descendants())
            )
        )
        return holder.capacity is not None or not within
    return False


def _is(call: nodes.Call, builtin: str, cx: Context) -> bool:
    info = cx.expr(call.function)
    return call.function == builtin and info is not None and info.mode == "builtin"
