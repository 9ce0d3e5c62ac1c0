"""Places: where a declaration can go in front of the statement that holds an expression."""

from __future__ import annotations

import re

from gofixer.transforms._places._lines import starts_line
from gofixer.transforms.formatting._order import any_interferes, around, interferes, loose

from gofixer.transform import Context, Edit, Node, Skip, nodes, to_bytes

WIDEST = 120
SLACK = 8
_DIRECTIVE = re.compile(rb"[ \t]*//[a-z0-9]+(?::|\b)\S*")  # //nolint, //lint:ignore, //go:...
_NAMES = (nodes.Identifier, nodes.TypeIdentifier, nodes.PackageIdentifier)
_TAB = 4


def statement_of(node: Node, cx: Context) -> Node | Skip:
    """The statement that a declaration can be put before, so that it runs whenever the expression is evaluated."""
    statement = cx.statement(node)
    function = cx.function(node)
    if statement is None or function is None or not (function.start <= statement.start):
        return Skip("no statement holds it: there is no place for the buffer")
    child = node
    for ancestor in node.ancestors():
        if child == statement:
            break
        if reason := _conditional(child, ancestor):
            return Skip(f"{reason}: there is no place for the buffer that is reached exactly when it is needed")
        child = ancestor
    if isinstance(statement, nodes.Labeled):
        return Skip("the statement has a label: there is no place for the buffer")
    if next(function.descendants(nodes.Goto), None) is not None:
        return Skip("a goto must not jump over the declaration of the buffer")
    if not starts_line(statement, cx):
        return Skip("the statement does not begin its line: there is no place for the buffer")
    return statement


def _conditional(child: Node, ancestor: Node) -> str:
    match ancestor:
        case nodes.Binary() if ancestor.operator.str in ("&&", "||") and child == ancestor.right:
            return f"stands on the right of `{ancestor.operator.str}`"
        case nodes.For() if child != ancestor.body and not isinstance(child, nodes.RangeClause):
            return "stands in the head of a loop"
        case nodes.ExpressionCase() | nodes.CommunicationCase() if not isinstance(child, nodes.StatementList):
            return "stands in a case"
        case nodes.If() if child == ancestor.alternative:
            return "stands in an `else if`"
    return ""


def moves(node: Node, arguments: list[Node], statement: Node, cx: Context) -> str:
    """Why arguments cannot be evaluated in front of the statement; empty where nothing can tell the difference."""
    for ancestor in node.ancestors():
        if ancestor == statement:
            break
        if isinstance(ancestor, nodes.If | nodes.ExpressionSwitch | nodes.TypeSwitch | nodes.For | nodes.Labeled):
            return "the statement's head comes before it"
    if isinstance(statement, nodes.If | nodes.ExpressionSwitch | nodes.TypeSwitch):
        initializer = statement.initializer
        if initializer is not None and not (initializer.start <= node.start < initializer.end):
            return "the statement's first clause runs before it"
    left, _ = around(node)
    active = any(interferes(argument, cx) for argument in arguments)
    unsteady = any(loose(argument, cx) for argument in arguments)
    if any_interferes(left, cx) and (active or unsteady):
        return "what stands to its left in the statement has to be evaluated first"
    if active and any(loose(part, cx) for part in left):
        return "an argument may change what stands to its left in the statement"
    return ""


def scope_of(statement: Node) -> Node:
    """The node in whose scope a variable declared in front of a statement lives, with all that shares the scope."""
    current = statement.parent
    while current is not None and not isinstance(current, (nodes.Block, *nodes.CASES)):
        current = current.parent
    assert current is not None, "a statement stands in a block or a case"
    function = current.parent
    return function if isinstance(current, nodes.Block) and isinstance(function, nodes.FUNCTIONS) else current


def taken(name: str, scope: Node, cx: Context) -> bool:
    """Whether a new variable of that name in a scope would collide with one there, or hide one that is used there."""
    switch = scope.parent
    if isinstance(switch, nodes.TypeSwitch) and switch.alias is not None and switch.alias.str == name:
        return True
    if not cx.mentions(scope, name):
        return False
    for word in scope.descendants(*_NAMES):
        if word != name:
            continue
        found = cx.types.object(word.span)
        if found is None or found.decl is None or found.decl_file != cx.facts.path:
            return True
        start, end = found.decl
        raw = cx.facts.tree.root.raw.descendant_for_byte_range(start, end)
        if not (scope.start <= start < scope.end) or raw is None or not _nested(cx.facts.tree.wrap(raw), scope):
            return True
    return False


def _nested(declared: Node, scope: Node) -> bool:
    """Whether a name inside of a scope is declared in a smaller one."""
    for ancestor in declared.ancestors():
        if ancestor == scope:
            return False
        if isinstance(ancestor, (nodes.Block, *nodes.CASES)):
            return not (isinstance(scope, nodes.FUNCTIONS) and ancestor.parent == scope)  # a body shares its scope
    return False


def before(statement: Node, lines: list[str], cx: Context) -> Edit:
    """The edit that puts lines in front of a statement and the directives on top of it, indented like it."""
    tail = cx.newline.decode() + cx.indent(statement)
    text = "".join(line + tail for line in lines)
    at = statement.start
    while (row := cx.source.rfind(b"\n", 0, at)) > 0:
        above = cx.source[cx.source.rfind(b"\n", 0, row) + 1 : row]
        if not _DIRECTIVE.match(above):
            break
        at = row - len(above) + (len(above) - len(above.lstrip(b" \t")))
    return Edit(at, at, to_bytes(text))


def fits(node: Node, text: str, cx: Context) -> bool:
    """Whether the line stays readable when a text takes a node's place (columns, a tab counts four)."""
    start = cx.source.rfind(b"\n", 0, node.start) + 1
    end = cx.source.find(b"\n", node.end)
    line = cx.source[start : node.start].decode("utf-8", "replace")
    tail = cx.source[node.end : end if end >= 0 else len(cx.source)].decode("utf-8", "replace")
    width = len((line + text + tail.rstrip()).expandtabs(_TAB))
    old = max(len(row.decode("utf-8", "replace").expandtabs(_TAB)) for row in cx.source[start:end].split(b"\n"))
    return width <= max(WIDEST, old + SLACK)
