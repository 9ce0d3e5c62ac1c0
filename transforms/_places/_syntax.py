"""What stands around a node and in it: labels, parentheses, loops, statement lists, function literals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from gofixer.transform import Node, nodes

N = TypeVar("N", bound=Node)
BREAKABLE = (nodes.For, nodes.ExpressionSwitch, nodes.TypeSwitch, nodes.Select)
"""What a break without a label leaves (Go specification, "Break statements")."""


def statements(holder: Node) -> tuple[Node, ...]:
    """The statements of a block, a case or a statement list, without comments."""
    if isinstance(holder, nodes.StatementList):
        return holder.items
    found = next((c for c in holder.children if isinstance(c, nodes.StatementList)), None)
    return found.items if found else ()


def inside(node: Node, *classes: type[N]) -> Iterator[N]:
    """Nodes of some classes below a node, without those of function literals in it."""
    for child in node.children:
        if isinstance(child, classes):
            yield child
        if not isinstance(child, nodes.FuncLiteral):
            yield from inside(child, *classes)


def outside_parentheses(node: Node) -> Node:
    """The expression with any parentheses around it."""
    while isinstance(node.parent, nodes.Parenthesized):
        node = node.parent
    return node


def labelled(statement: Node) -> Node:
    """The statement with all its labels."""
    while isinstance(statement.parent, nodes.Labeled):
        statement = statement.parent
    return statement


def unlabelled(statement: Node) -> Node:
    """The statement behind any labels."""
    while isinstance(statement, nodes.Labeled) and statement.child is not None:
        statement = statement.child
    return statement


def enclosing_loop(node: Node) -> nodes.For | None:
    """The innermost loop around a node, in its own function."""
    for ancestor in node.ancestors():
        if isinstance(ancestor, nodes.FUNCTIONS):
            return None
        if isinstance(ancestor, nodes.For):
            return ancestor
    return None


def target(jump: nodes.Break | nodes.Continue) -> Node | None:
    """The statement that a break or continue belongs to."""
    if jump.child is not None:
        label = jump.child.str
        named = (a for a in jump.ancestors() if isinstance(a, nodes.Labeled) and a.label.str == label)
        found = next(named, None)
        return unlabelled(found) if found else None
    kinds = BREAKABLE if isinstance(jump, nodes.Break) else (nodes.For,)
    return next((a for a in jump.ancestors() if isinstance(a, kinds)), None)
