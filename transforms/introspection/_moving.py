"""Where a declaration without effects can go: down to the first use of what it declares."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gofixer.transforms._places._syntax import statements

from gofixer.transform import Context, Node, Skip, nodes

_LEVEL = re.compile(r"(?i)level|lvl|enabled|verbos|debug|trace|sever|threshold|quiet|silent|\bV\(|should_?log")


@dataclass(frozen=True, slots=True)
class Results:
    """``a, b := f(x)`` as a statement: ``names`` has None for each blank, ``uses`` are in source order."""

    call: nodes.Call
    statement: nodes.ShortVarDeclaration
    names: tuple[nodes.Identifier | None, ...]
    uses: tuple[Node, ...]


def results(call: Node, cx: Context) -> Results | Skip:
    """The declaration of a call's results, all of them new."""
    assert isinstance(call, nodes.Call)
    statement = call.parent.parent if isinstance(call.parent, nodes.ExpressionList) else None
    if not isinstance(statement, nodes.ShortVarDeclaration) or not isinstance(statement.parent, nodes.StatementList):
        return Skip("the results are not declared by a statement of their own")
    function = cx.function(call)
    assert function is not None
    names: list[nodes.Identifier | None] = []
    spans: set[tuple[int, int]] = set()
    for item in statement.left.items:
        if item.str == "_":
            names.append(None)
            continue
        variable = cx.object(item)
        if not isinstance(item, nodes.Identifier) or variable is None or variable.decl != item.span:
            return Skip("one of the results is assigned to a variable that exists already")
        names.append(item)
        spans |= {(use.start, use.end) for use in variable.uses}
    uses = tuple(name for name in function.descendants(nodes.Identifier) if name.span in spans)
    return Results(call, statement, tuple(names), uses) if uses else Skip("none of the results is used")


def destination(found: Results, cx: Context) -> Node | None:
    """The statement before which the declaration can stand, with a level test between its old place and that.

    None where no level test would be passed.
    """
    function = cx.function(found.call)
    if function is None or any(True for _ in function.descendants(nodes.Goto)):
        return None
    passed = False
    items = _items_of(found.statement.parent)
    at = items.index(found.statement) + 1
    while True:
        first = next((i for i in range(at, len(items)) if _holds(items[i], found.uses)), None)
        if first is None:
            return None
        passed = passed or any(_leaves_by_level(item) for item in items[at:first])
        target = items[first]
        inner = _only_list(target, found)
        if inner is None:
            return target if passed else None
        passed = passed or (isinstance(target, nodes.If) and bool(_LEVEL.search(target.condition.str)))
        items, at = inner, 0


def below_level_test(found: Results, cx: Context) -> bool:
    """Whether the declaration stands in a level test, or behind one that leaves."""
    function = cx.function(found.call)
    node: Node = found.statement
    for around in found.statement.ancestors():
        if around == function:
            break
        if isinstance(around, nodes.If) and _LEVEL.search(around.condition.str):
            return True
        if isinstance(around, nodes.StatementList):
            before = _items_of(around)[: _items_of(around).index(node)]
            if any(_leaves_by_level(item) for item in before):
                return True
        node = around
    return False


def means_something_else(found: Results, to: Node, cx: Context) -> bool:
    """Whether the block that the declaration goes to has other objects of the names that it declares."""
    assert to.parent is not None
    names = {name.str for name in found.names if name}
    return any(
        name.str in names and name not in found.uses and ((o := cx.object(name)) is None or o.scope != "field")
        for name in to.parent.descendants(nodes.Identifier)
        if name not in found.names
    )


def _items_of(holder: Node | None) -> tuple[Node, ...]:
    return tuple(holder.items) if isinstance(holder, nodes.StatementList) else ()


def _holds(statement: Node, uses: tuple[Node, ...]) -> bool:
    return any(statement.start <= use.start < statement.end for use in uses)


def _leaves_by_level(statement: Node) -> bool:
    """Whether a statement is a level test that leaves the function."""
    if not isinstance(statement, nodes.If) or not _LEVEL.search(statement.condition.str):
        return False
    items = statements(statement.consequence)
    return bool(items) and isinstance(items[-1], nodes.Return)


def _only_list(statement: Node, found: Results) -> tuple[Node, ...] | None:
    """The statements of the one branch of an if that holds all uses; None where there is no such branch.

    An if with an initializer or an else is not entered: names may be others in it.
    """
    if not isinstance(statement, nodes.If) or statement.initializer or statement.alternative:
        return None
    items = statements(statement.consequence)
    held = bool(items) and all(items[0].start <= use.start < items[-1].end for use in found.uses)
    return items if held else None
