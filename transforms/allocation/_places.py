<<<<<<< HEAD
"""Where statements stand: lines above and below them, and what a loop holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from gofixer.transform import Context, Edit, Node, nodes

N = TypeVar("N", bound=Node)
FUNCTIONS = (nodes.FunctionDeclaration, nodes.MethodDeclaration, nodes.FuncLiteral)
_BREAKABLE = (nodes.For, nodes.ExpressionSwitch, nodes.TypeSwitch, nodes.Select)


def statements(holder: Node) -> Sequence[Node]:
    """The statements of a block, a case or a statement list, without comments."""
    if not isinstance(holder, nodes.StatementList):
        found = next((c for c in holder.children if isinstance(c, nodes.StatementList)), None)
        if found is None:
            return ()
        holder = found
    return [item for item in holder.children if not isinstance(item, nodes.Comment)]


def inside(node: Node, *classes: type[N]) -> Iterator[N]:
    """Nodes of some classes below a node, without those of function literals in it."""
    for child in node.children:
        if isinstance(child, classes):
            yield child
        if not isinstance(child, nodes.FuncLiteral):
            yield from inside(child, *classes)


def labelled(statement: Node) -> Node:
    """The statement with all its labels."""
    while isinstance(statement.parent, nodes.Labeled):
        statement = statement.parent
    return statement


def around(node: Node) -> nodes.For | None:
    """The innermost loop around a node, in its own function."""
    for ancestor in node.ancestors():
        if isinstance(ancestor, FUNCTIONS):
            return None
        if isinstance(ancestor, nodes.For):
            return ancestor
    return None


def target(jump: nodes.Break | nodes.Continue) -> Node | None:
    """The statement that a break or continue belongs to."""
    if jump.child is not None:
        label = jump.child.str
        named = (a for a in jump.ancestors() if isinstance(a, nodes.Labeled) and a.label.str == label)
        found: Node | None = next(named, None)
        while isinstance(found, nodes.Labeled):
            found = found.child
        return found
    kinds = _BREAKABLE if isinstance(jump, nodes.Break) else (nodes.For,)
    return next((a for a in jump.ancestors() if isinstance(a, kinds)), None)
=======
"""Calls, conversions and places: what the transforms of the family ask of a site."""

from __future__ import annotations

from collections.abc import Iterator

from gofixer.transform import Context, Edit, Node, Object, Type, nodes

FUNCTIONS = (nodes.FunctionDeclaration, nodes.MethodDeclaration, nodes.FuncLiteral)
_PATH = (nodes.Identifier, nodes.Selector, nodes.FieldIdentifier, nodes.PackageIdentifier)


def bare(node: Node) -> Node:
    """An expression without the parentheses around it."""
    while isinstance(node, nodes.Parenthesized) and len(node.children) == 1:
        node = node.children[0]
    return node


def arguments(call: nodes.Call) -> list[Node]:
    """The arguments of a call, comments left out."""
    return [child for child in call.arguments.children if not isinstance(child, nodes.Comment)]


def receiver(call: nodes.Call) -> Node | None:
    """What stands before the dot of ``x.f(...)``."""
    function = bare(call.function)
    return function.operand if isinstance(function, nodes.Selector) else None


def method(call: nodes.Call) -> str:
    """The name behind the dot of ``x.f(...)``, empty for other calls."""
    function = bare(call.function)
    return function.field.str if isinstance(function, nodes.Selector) else ""


def argument_of(node: Node) -> nodes.Call | None:
    """The call that an expression is a plain argument of."""
    parent = node.parent
    call = parent.parent if isinstance(parent, nodes.ArgumentList) else None
    return call if isinstance(call, nodes.Call) else None


def converted(node: Node, cx: Context) -> Node | None:
    """The operand of a conversion ``string(b)`` of bytes or ``[]byte(s)`` of a string, None for all else."""
    match bare(node):
        case nodes.TypeConversion(type=into, operand=operand):
            pass
        case nodes.Call(function=into) as call if len(arguments(call)) == 1:
            operand = arguments(call)[0]
        case _:
            return None
    info, target, source = cx.expr(into), cx.type(node), cx.type(operand)
    if info is None or info.mode != "type" or target is None or source is None:
        return None
    if target.string == "string" and is_bytes(source):
        return operand
    return operand if target.string == "[]uint8" and source.kind in ("string", "untyped string") else None


def is_bytes(type_: Type) -> bool:
    """Whether values of a type can be used where a ``[]byte`` is asked for."""
    return type_.kind == "slice" and type_.elem is not None and type_.elem.string == "uint8"


def is_text(node: Node, cx: Context) -> bool:
    """Whether an expression can be used where a ``string`` is asked for, without a conversion."""
    type_ = cx.type(node)
    return type_ is not None and type_.string in ("string", "untyped string")


def is_path(node: Node) -> bool:
    """Whether an expression is a name, or fields of a name."""
    return all(isinstance(part, _PATH) for part in (node, *node.descendants()))


def quiet(node: Node, cx: Context) -> bool:
    """Whether evaluating an expression runs no other code: no calls but builtins that only read, no receives."""
    for part in (node, *node.descendants()):
        if isinstance(part, nodes.FuncLiteral) or (isinstance(part, nodes.Unary) and part.operator.str == "<-"):
            return False
        if isinstance(part, nodes.Call):
            info = cx.expr(part.function)
            reads = info is not None and info.mode == "builtin" and part.function.str in ("len", "cap", "min", "max")
            if not reads and (info is None or info.mode != "type"):
                return False
    return True


def loops_around(node: Node) -> list[Node]:
    """The loops of the same function that repeat a node, the innermost first."""
    found: list[Node] = []
    child = node
    for ancestor in node.ancestors():
        if isinstance(ancestor, FUNCTIONS):
            break
        if isinstance(ancestor, nodes.For) and _repeated(child, node):
            found.append(ancestor)
        child = ancestor
    return found


def _repeated(child: Node, node: Node) -> bool:
    """Whether a part of a loop runs again and again: not the operand of a range, nor a first clause."""
    if isinstance(child, nodes.RangeClause):
        return False
    if isinstance(child, nodes.ForClause):
        first = child.initializer
        return first is None or not (first.start <= node.start < first.end)
    return True


def uses(found: Object, cx: Context) -> Iterator[Node]:
    """The identifiers of this file that use an object."""
    root = cx.facts.tree.root.raw
    for use in found.uses:
        raw = root.descendant_for_byte_range(use.start, use.end)
        if raw is not None and use.file == cx.facts.path:
            yield cx.facts.tree.wrap(raw)


def value_of(found: Object, cx: Context) -> tuple[Node, int] | None:
    """What a local variable is declared with: the expression, and which of its results; None without a value."""
    if found.scope != "local" or found.decl is None or found.decl_file != cx.facts.path:
        return None
    raw = cx.facts.tree.root.raw.descendant_for_byte_range(*found.decl)
    name = cx.facts.tree.wrap(raw) if raw is not None else None
    if name is None or name.parent is None:
        return None
    match name.parent.parent if isinstance(name.parent, nodes.ExpressionList) else name.parent:
        case nodes.ShortVarDeclaration(left, right):
            names, values = list(left.children), list(right.children)
        case nodes.VarSpec() as spec if spec.value is not None:
            names, values = list(spec.name), list(spec.value.children)
        case _:
            return None
    place = names.index(name)
    return (values[place], 0) if len(names) == len(values) else (values[0], place)


def local(node: Node, cx: Context) -> Object | None:
    """The local variable that an expression names."""
    found = cx.object(bare(node)) if isinstance(bare(node), nodes.Identifier) else None
    return found if found is not None and found.kind == "var" and found.scope == "local" else None
>>>>>>> al2-1


def starts_line(node: Node, cx: Context) -> bool:
    """Whether only white space stands before a node on its line."""
<<<<<<< HEAD
    line = cx.source.rfind(b"\n", 0, node.start) + 1
    return not cx.source[line : node.start].strip()


def ends_line(node: Node, cx: Context) -> bool:
    """Whether nothing but a line comment follows a node on its line."""
    end = cx.source.find(b"\n", node.end)
    rest = cx.source[node.end : end if end >= 0 else len(cx.source)].strip()
    return end >= 0 and rest[:2] in (b"", b"//")


def lines_above(statement: Node, lines: Sequence[str], cx: Context) -> Edit:
    """Put lines above a statement and the comments that belong to it, with its indentation."""
    holder = statement.parent
    while isinstance(holder, nodes.StatementList):
        holder = holder.parent
    top = statement
    for comment in reversed(cx.comments(((holder or statement).start, statement.start))):
        bottom = comment.line + comment.str.rstrip("\n").count("\n")
        if bottom != top.line - 1 or not starts_line(comment, cx):
            break
        top = comment
    inner = statement
    while isinstance(inner, nodes.Labeled) and inner.child is not None:
        inner = inner.child
    indent = cx.indent(inner if starts_line(inner, cx) else statement)
    newline = cx.newline.decode()
    at = cx.source.rfind(b"\n", 0, top.start) + 1
    return Edit(at, at, encoded("".join(f"{indent}{line}{newline}" for line in lines)))


def lines_below(statement: Node, lines: Sequence[str], cx: Context) -> Edit:
    """Put lines below the line that a statement ends on, with the indentation of the line it starts on."""
    at = cx.source.find(b"\n", statement.end)
    newline = cx.newline.decode()
    inner = statement
    while isinstance(inner, nodes.Labeled) and inner.child is not None:
        inner = inner.child
    text = "".join(f"{cx.indent(inner)}{line}{newline}" for line in lines)
    return Edit(at + 1, at + 1, encoded(text))


def encoded(text: str) -> bytes:
    """Bytes of a text that may hold bytes which are no UTF-8 as surrogate escapes."""
=======
    return not cx.source[cx.source.rfind(b"\n", 0, node.start) + 1 : node.start].strip()


def lines_above(statement: Node, lines: list[str], cx: Context) -> Edit:
    """Put lines above a statement and the comments on top of it, with its indentation."""
    top = statement
    for comment in reversed(cx.comments((0, statement.start))):
        if comment.line + comment.str.rstrip("\n").count("\n") != top.line - 1 or not starts_line(comment, cx):
            break
        top = comment
    at = cx.source.rfind(b"\n", 0, top.start) + 1
    tail = cx.newline.decode()
    return Edit(at, at, "".join(f"{cx.indent(statement)}{line}{tail}" for line in lines).encode())


def encoded(text: str) -> bytes:
    """Bytes of new source text; parts taken from the file keep what is not UTF-8."""
>>>>>>> al2-1
    return text.encode("utf-8", "surrogateescape")
