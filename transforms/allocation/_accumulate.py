"""Strings that a loop adds to: which loop, what else it does with the string, and what becomes of each use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from gofixer.transforms._places._syntax import inside, target
from gofixer.transforms.allocation._operands import asks_error
from gofixer.transforms.allocation._rounds import is_length
from gofixer.transforms.allocation._uses import named

from gofixer.transform import Context, Edit, Node, Object, Skip, nodes

FEW = 2
_MOST_LINES = 3


@dataclass(slots=True)
class Uses:
    """The uses of an accumulator in its loop: statements that add to it, questions for its length, returns of it."""

    appends: list[nodes.Assignment] = field(default_factory=list)
    lengths: list[Node] = field(default_factory=list)
    empties: list[nodes.Binary] = field(default_factory=list)
    returns: list[Node] = field(default_factory=list)


def loop_of(node: Node, found: Object) -> nodes.For | None:
    """The outermost loop around a statement, in its own function, that the variable lives longer than."""
    outer: nodes.For | None = None
    for ancestor in node.ancestors():
        if isinstance(ancestor, nodes.FUNCTIONS):
            break
        if isinstance(ancestor, nodes.For) and found.decl is not None and found.decl[0] < ancestor.start:
            outer = ancestor
    return outer


def uses_in(loop: nodes.For, found: Object, cx: Context) -> Uses | Skip:
    """What a loop does with the string, or why a builder cannot do that."""
    uses = Uses()
    name = found.name
    for use in named(found, cx):
        if not loop.start <= use.start < loop.end:
            continue
        holder = use.parent
        statement = holder.parent if isinstance(holder, nodes.ExpressionList) else None
        if isinstance(statement, nodes.Assignment) and holder == statement.left:
            if added(statement) is None:
                return Skip(f"`{name}` is set in the loop")
            if not isinstance(statement.parent, nodes.StatementList):
                return Skip(f"`{statement.str}` stands in the head of another statement")
            uses.appends.append(statement)
        elif any(use == old for old in _olds(uses.appends)):
            continue
        elif next(u.role for u in found.uses if u.start == use.start) != "read":
            return Skip(f"`{name}` is set in the loop")
        elif any(isinstance(above, nodes.Return) for above in _between(use, loop)):
            uses.returns.append(use)
        elif isinstance(holder, nodes.ArgumentList) and holder.parent and is_length(holder.parent, cx) == use:
            uses.lengths.append(holder.parent)
        elif (
            isinstance(holder, nodes.Binary)
            and holder.operator.str in ("==", "!=")
            and holder.left == use
            and isinstance(holder.right, nodes.InterpretedStringLiteral | nodes.RawStringLiteral)
            and len(holder.right.text) == len(b'""')
        ):
            uses.empties.append(holder)
        else:
            return Skip(f"`{name}` is read in the loop")
    return uses


def added(statement: Node | None) -> list[Node] | None:
    """What ``s += a + b`` or ``s = s + a + b`` adds, as one sum or as its operands; None for other statements."""
    if not isinstance(statement, nodes.Assignment) or len(statement.left.items) != 1:
        return None
    value = statement.right.items[0]
    if statement.operator.str == "+=":
        return [value]
    operands = _operands(value)
    again = isinstance(operands[0], nodes.Identifier) and operands[0].text == statement.left.text
    return operands[1:] if statement.operator.str == "=" and again and len(operands) > 1 else None


def _olds(appends: Iterable[nodes.Assignment]) -> Iterator[Node]:
    """Where ``s = s + x`` reads the string."""
    return (_operands(append.right.items[0])[0] for append in appends if append.operator.str == "=")


def stays(loop: nodes.For, cx: Context) -> str | None:
    """Why what stands behind a loop may not come next when the loop is left; None where it does."""
    function = cx.function(loop)
    if function is None or next(function.descendants(nodes.Goto), None) is not None:
        return "there is a goto in the function"
    ends = _has_end(loop)
    for jump in inside(loop.body, nodes.Break, nodes.Continue):
        aim = target(jump)
        if aim is None or aim.start < loop.start:
            return f"`{jump.str}` leaves more than the loop"
        if aim == loop and isinstance(jump, nodes.Break):
            ends = True
    return None if ends else "the loop has no end"


def _has_end(loop: nodes.For) -> bool:
    clause = loop.child
    return clause is not None and not (isinstance(clause, nodes.ForClause) and clause.condition is None)


def seldom(loop: nodes.For, uses: Uses, cx: Context) -> str | None:
    """Why a builder would cost more than it saves: at most two rounds, or text for errors only."""
    if all(left_after(append, loop) for append in uses.appends):
        return "every path leaves the loop after it: it adds once"
    rounds = _few(loop, cx)
    if rounds is not None and not any(isinstance(a, nodes.For) and a != loop for a in _above(uses.appends, loop)):
        return f"the loop has at most {FEW} rounds: a builder costs more"
    if all(any(asks_error(a, cx) for a in _between(append, loop)) for append in uses.appends):
        return "adds only where something fails"
    if all(_for_one_value(append, loop, cx) for append in uses.appends):
        return "adds only where something has one value"
    return None


def _for_one_value(append: nodes.Assignment, loop: nodes.For, cx: Context) -> bool:
    """Whether a statement runs only in the rounds in which something other than the string equals a constant."""
    child: Node = append
    for ancestor in _between(append, loop):
        if isinstance(ancestor, nodes.For):
            return False
        if isinstance(ancestor, nodes.If) and child == ancestor.consequence:
            test = ancestor.condition
            if isinstance(test, nodes.Binary) and test.operator.str == "==" and cx.constant(test.right) is not None:
                plain = isinstance(test.left, nodes.Identifier | nodes.Selector)
                return plain and test.left.text != append.left.text
        child = ancestor
    return False


def _above(found: list[nodes.Assignment], loop: Node) -> Iterator[Node]:
    for node in found:
        yield from _between(node, loop)


def _between(node: Node, loop: Node) -> Iterator[Node]:
    for ancestor in node.ancestors():
        if ancestor == loop:
            return
        yield ancestor


def left_after(append: Node, loop: nodes.For) -> bool:
    """Whether the loop is left in the round in which a statement runs, as far as the ends of blocks tell."""
    for holder in (append, *_between(append, loop)):
        items = holder.parent
        if not isinstance(items, nodes.StatementList):
            continue
        last = [item for item in items.children if not isinstance(item, nodes.Comment)][-1]
        if isinstance(last, nodes.Return) or (isinstance(last, nodes.Break) and target(last) == loop):
            return True
        if isinstance(last, nodes.Break | nodes.Continue):
            return False
    return False


def _few(loop: nodes.For, cx: Context) -> int | None:
    """The number of rounds where it is known to be one or two at most."""
    clause = loop.child
    if isinstance(clause, nodes.RangeClause):
        ranged, kind = clause.right, cx.type(clause.right)
        constant = cx.constant(ranged)
        if constant is not None and kind is not None and "string" not in kind.kind:
            return int(constant) if constant.lstrip("-").isdigit() and int(constant) <= FEW else None
        if constant is not None:
            return len(constant) if len(constant) <= FEW else None
        if isinstance(ranged, nodes.CompositeLiteral) and len(ranged.body.children) <= FEW:
            return len(ranged.body.children)
        array = kind.elem if kind is not None and kind.kind == "pointer" else kind
        if array is not None and array.kind == "array" and array.length <= FEW:
            return array.length
    if isinstance(clause, nodes.ForClause):
        match clause.initializer, clause.condition:
            case nodes.ShortVarDeclaration(_, right), nodes.Binary(_, operator, limit) if len(right.items) == 1:
                first, last = cx.constant(right.items[0]), cx.constant(limit)
                if first and last and first.isdigit() and last.isdigit() and operator.str in ("<", "<="):
                    count = int(last) - int(first) + (operator.str == "<=")
                    return count if count <= FEW else None
    return None


# -- what is added --------------------------------------------------------------------------------------------


def writes(append: nodes.Assignment, builder: str, split: bool, cx: Context) -> list[Edit]:
    """The edits that make a ``+=`` statement write to the builder."""
    value = append.right.items[0]
    parts = added(append) or [value]
    start = parts[0].start
    if split and _independent(value, cx):
        operands = [operand for part in parts for operand in _operands(part)]
        if len(operands) <= _MOST_LINES:
            parts = operands
    if split and len(parts) <= _MOST_LINES:
        lines = [_write(part, builder, cx) for part in parts]
        one = len(parts) == 1 and lines[0].startswith(f"{builder}.WriteString(")
        if not one and (len(parts) == 1 or _independent(value, cx)):
            return [append.replace(("\n" + cx.indent(append)).replace("\n", cx.newline.decode()).join(lines))]
    end = value.end
    if len(parts) == 1 and isinstance(parts[0], nodes.Parenthesized):
        start, end = start + 1, end - 1
    return [Edit(append.start, start, f"{builder}.WriteString(".encode()), Edit(end, value.end, b")")]


def _operands(value: Node) -> list[Node]:
    if isinstance(value, nodes.Binary) and value.operator.str == "+":
        return [*_operands(value.left), *_operands(value.right)]
    return [value]


def _independent(value: Node, cx: Context) -> bool:
    """Whether the operands of a sum may be read one after the other, each when it is written.

    A sum reads plain operands after all its calls (see the order of evaluation in the specification). Constants,
    variables that nobody else can change and the calls themselves do not notice the difference.
    """
    if cx.constant(value) is not None:
        return False
    operands = _operands(value)
    calls = [operand for operand in operands if next(_active(operand), None) is not None]
    if not calls:
        return True
    return all(operand in calls or _settled(operand, cx) for operand in operands) and all(
        isinstance(call, nodes.Call) for call in calls
    )


def _active(node: Node) -> Iterator[Node]:
    for part in (node, *inside(node, nodes.Call, nodes.TypeConversion, nodes.Unary)):
        if isinstance(part, nodes.Call | nodes.TypeConversion) or (
            isinstance(part, nodes.Unary) and part.operator.str == "<-"
        ):
            yield part


def _settled(node: Node, cx: Context) -> bool:
    if cx.constant(node) is not None:
        return True
    found = cx.object(node) if isinstance(node, nodes.Identifier) else None
    return found is not None and found.scope == "local" and not found.captured and not found.address_taken


def _write(value: Node, builder: str, cx: Context) -> str:
    """The statement that writes one value."""
    match value:
        case nodes.Call(nodes.Selector(package, word), arguments) if word.str in ("Sprintf", "Sprint", "Sprintln"):
            if cx.callee(value) == f"fmt.{word.str}" and arguments.children:
                given = cx.source[arguments.start + 1 : arguments.end].decode("utf-8", "surrogateescape")
                return f"{package.str}.F{word.str[1:].lower()}(&{builder}, {given}"
        case nodes.Call(nodes.Identifier("string"), arguments) if len(arguments.children) == 1:
            kind = cx.type(arguments.children[0])
            info = cx.expr(value.function)
            if kind is not None and kind.string == "int32" and info is not None and info.mode == "type":
                return f"{builder}.WriteRune({arguments.children[0].str})"
    return f"{builder}.WriteString({value.str})"
