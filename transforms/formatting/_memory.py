"""The free end of a byte slice: whether anything but the slice itself can see what is appended there in pieces."""

from __future__ import annotations

from gofixer.transforms.formatting._parts import Form, Part

from gofixer.transform import Context, Node, Object, nodes, unparen

# Functions of package strconv that format floats and quotes append byte by byte.
_ONE_APPEND = frozenset({Form.TEXT, Form.STRING, Form.SIGNED, Form.UNSIGNED, Form.BOOL})


def shared_end(target: Node, parts: tuple[Part, ...], cx: Context) -> bool:
    """Whether bytes that are appended piece by piece may show where appending all at once leaves an array alone.

    ``append`` writes into the free end of the old array only where everything fits. A slice expression always
    shares that end with what it was cut from; another slice may, unless it is a variable that only ever holds memory
    of its own. One single append is the same either way.
    """
    if is_fresh(target, cx):
        return False
    if not isinstance(target, nodes.Identifier | nodes.Selector):
        return True
    if len(parts) == 1 and parts[0].form in _ONE_APPEND:
        return False
    found = cx.object(target) if isinstance(target, nodes.Identifier) else None
    if found is None or found.scope != "local" or found.is_param or found.address_taken or found.captured:
        return True
    if not all(is_fresh(value, cx) or _continues(value, found, cx) for value in _values(found, cx)):
        return True
    return any(_leaks(node, found, cx) for node in _named(found, cx, "read"))


def is_fresh(target: Node, cx: Context) -> bool:
    """Whether an expression makes memory that nobody else knows: ``[]byte("text")``, ``[]byte{...}``, ``make``."""
    target = unparen(target)
    if isinstance(target, nodes.TypeConversion):
        type_ = cx.type(target.operand)
        return type_ is not None and type_.kind.endswith(("string", "nil"))
    made = isinstance(target, nodes.Call) and target.function.str == "make" and cx.predeclared("make", target)
    return made or isinstance(target, nodes.CompositeLiteral | nodes.Nil)


def _values(found: Object, cx: Context) -> list[Node]:
    """What a local variable is set to anywhere: its values, or the whole statement where they cannot be told apart."""
    if found.scope != "local" or found.decl is None:
        return []
    values = []
    for name in [*_named(found, cx, "write"), *_nodes([found.decl], cx)]:
        for ancestor in name.ancestors():
            match ancestor:
                case nodes.ShortVarDeclaration(left, right) | nodes.Assignment(left, _, right):
                    single = len(left.children) == len(right.children) == 1
                    values.append(right.children[0] if single else ancestor)
                case nodes.VarSpec():
                    single = len(ancestor.name) == 1 and ancestor.value is not None
                    values += ancestor.value.children[:1] if single and ancestor.value else []
                    values += [ancestor] if ancestor.value is not None and not single else []
                case nodes.Statement() | nodes.RangeClause() | nodes.Receive():
                    values.append(ancestor)
                case _:
                    continue
            break
    return values


def _continues(value: Node, found: Object, cx: Context) -> bool:
    """``append(b, ...)`` and its like, or ``b[:0]``: the variable's own memory, or a grown copy of it."""
    match unparen(value):
        case nodes.Call(arguments=arguments) if arguments.children:
            return is_fresh(arguments.children[0], cx) or cx.object(arguments.children[0]) == found
        case nodes.Slice(operand=operand):
            return cx.object(operand) == found
    return False


def _leaks(node: Node, found: Object, cx: Context) -> bool:
    """Whether a use of the variable makes another slice of the same memory."""
    inner = node
    for ancestor in node.ancestors():
        match ancestor:
            case nodes.ArgumentList() | nodes.ExpressionList():
                continue
            case nodes.Slice(operand=operand) if operand == inner:
                pass
            case nodes.Parenthesized():
                pass
            case nodes.Call(arguments=arguments) if arguments.children and arguments.children[0] == inner:
                result = cx.type(ancestor)
                if result is not None and result.kind not in ("slice", "tuple"):
                    return False
            case nodes.ShortVarDeclaration(left, _) | nodes.Assignment(left, _, _):
                return not (len(left.children) == 1 and cx.object(left.children[0]) == found)
            case nodes.VarSpec() | nodes.LiteralElement() | nodes.Send():
                return True
            case _:
                return False
        inner = ancestor
    return False


def _named(found: Object, cx: Context, role: str) -> list[Node]:
    return _nodes([(use.start, use.end) for use in found.uses if (use.role == "read") == (role == "read")], cx)


def _nodes(spans: list[tuple[int, int]], cx: Context) -> list[Node]:
    root = cx.facts.tree.root.raw
    found = (root.descendant_for_byte_range(start, end) for start, end in spans)
    return [cx.facts.tree.wrap(raw) for raw in found if raw is not None]
