"""The conditions under which an expression is evaluated: inputs that do not meet them are none of its business."""

from __future__ import annotations

from collections.abc import Iterator

from gofixer.differential.expressions import Lifted, Lifter, Value
from gofixer.differential.functions import imports_of
from gofixer.differential.model import Piece, Unfit
from gofixer.differential.purity import Purity
from gofixer.facts.effects import unparen
from gofixer.facts.types import FileTypes, Object
from gofixer.syntax import Node, nodes

_LEAVES = (nodes.Return, nodes.Continue, nodes.Break, nodes.Goto)


def condition_piece(target: Node, types: FileTypes, purity: Purity, lifted: Lifted) -> Piece | None:
    """The function that tells which inputs may reach an expression, None where nothing is known of them.

    Only conditions count that speak of inputs which are local variables, and that still hold at the expression: no
    variable is written between, captured by a closure that writes, or reached through a pointer.
    """
    objects = _variables(target, types)
    words: list[str] = []
    imports = dict(lifted.imports)
    for condition, outcome, inner in _dominating(target):
        for part in _parts(condition, outcome):
            mine = _variables(part, types)
            lifter = Lifter(types, purity)
            try:
                found = lifter.lift(Value((part,)))
            except Unfit:
                continue
            known = found.inputs.keys() <= lifted.inputs.keys() and found.inputs and not found.writers
            if known and all(
                text in mine and mine[text] == objects.get(text) and _holds(mine[text], condition, inner, target)
                for text in found.inputs
            ):
                words.append(f"({part.str})" if outcome else f"!({part.str})")
                imports |= imports_of(part, types)
    if not words:
        return None
    parameters = ", ".join(f"{one.name} {one.type}" for one in lifted.inputs.values())
    return Piece(f"({parameters}) bool {{\nreturn {' && '.join(words)}\n}}".encode("utf-8", "surrogateescape"), imports)


def _dominating(target: Node) -> Iterator[tuple[Node, bool, Node]]:
    """Conditions, what came of them where the target is evaluated, and the code between them and the target."""
    child = target
    for ancestor in target.ancestors():
        match ancestor:
            case nodes.If() if child == ancestor.consequence:
                yield ancestor.condition, True, child
            case nodes.If() if child == ancestor.alternative:
                yield ancestor.condition, False, child
            case nodes.Binary(left, operator, right) if child == right and operator.str in ("&&", "||"):
                yield left, operator.str == "&&", child
            case nodes.StatementList():
                for earlier in ancestor.children:
                    if earlier.end <= child.start and isinstance(earlier, nodes.If) and _leaves(earlier):
                        yield earlier.condition, False, ancestor
        if isinstance(ancestor, nodes.FUNCTIONS):
            return
        child = ancestor


def _leaves(statement: nodes.If) -> bool:
    if statement.alternative is not None:
        return False
    body = [n for block in statement.consequence.children for n in block.children if not isinstance(n, nodes.Comment)]
    return bool(body) and isinstance(body[-1], _LEAVES)


def _parts(condition: Node, outcome: bool) -> Iterator[Node]:
    """The parts of a condition that have its outcome: a true `a && b` is two true ones, a false `a || b` two false."""
    inner = unparen(condition)
    if isinstance(inner, nodes.Binary) and inner.operator.str == ("&&" if outcome else "||"):
        yield from _parts(inner.left, outcome)
        yield from _parts(inner.right, outcome)
    else:
        yield inner


def _variables(node: Node, types: FileTypes) -> dict[bytes, Object]:
    """The local variables that a node mentions, by name."""
    found: dict[bytes, Object] = {}
    for name in (node, *node.descendants(nodes.Identifier)):
        one = types.object(name.span) if isinstance(name, nodes.Identifier) else None
        if one is not None and one.kind == "var" and one.scope == "local":
            found[name.text] = one
    return found


def _holds(variable: Object, condition: Node, inner: Node, target: Node) -> bool:
    """Whether a variable keeps its value from a condition to the target."""
    if variable.address_taken:
        return False
    writes = [use for use in variable.uses if use.role != "read"]
    here = next((a.span for a in target.ancestors() if isinstance(a, nodes.FUNCTIONS)), None)
    if any(use.func != here for use in writes):
        return False
    looped = any(isinstance(a, nodes.For) and inner.start <= a.start and a.end <= inner.end for a in target.ancestors())
    end = inner.end if looped else target.start
    return not any(condition.end <= use.start < end for use in writes)
