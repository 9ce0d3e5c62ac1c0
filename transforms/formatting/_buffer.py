"""The stack buffer: its name, its size, and the statements that fill it."""

from __future__ import annotations

from collections.abc import Callable

from gofixer.transforms.formatting._layout import Expr, bare, depth_of, show
from gofixer.transforms.formatting._parts import NUMBERS, Form, Part
from gofixer.transforms.formatting._place import scope_of, statement_of, taken
from gofixer.transforms.formatting._site import APPEND, Site, choose
from gofixer.transforms.formatting._text import Text

from gofixer.transform import Context, Fix, Node, Skip, nodes

MOST_BUFFERS = 4
MOST_NESTED = 3
_NAMES = ("buf", *(f"buf{number}" for number in range(2, 100)))
Render = Callable[[Site, Context, str], Fix | Skip]
_CALLS = frozenset({"Sprintf", "Fprintf"})


def size(parts: tuple[Part, ...]) -> int:
    """The most bytes that bounded parts can take together."""
    return sum(part.width or 0 for part in parts)


def buffer_name(site: Site, statement: Node, cx: Context, render: Render) -> str | Skip:
    """A name for the site's buffer: ``buf``, with a number for each other one in the same scope.

    ``render`` tells of an earlier call in the scope whether it gets a buffer in the same pass.
    """
    scope = scope_of(statement)
    mentioned = [name for name in _NAMES if cx.mentions(scope, name) and taken(name, scope, cx)]
    calls = [call for call in scope.descendants(nodes.Call) if call.end <= site.call.start]
    earlier = [call for call in calls if _needs_buffer(call, scope, cx, render)]
    if len(mentioned) + len(earlier) >= MOST_BUFFERS and not cx.selected:
        return Skip(f"more than {MOST_BUFFERS} buffers in one block: a helper function would read better")
    name = [name for name in _NAMES if name not in mentioned][len(earlier)]
    cx.names.append((scope.span, name))
    return name


def _needs_buffer(call: nodes.Call, scope: Node, cx: Context, render: Render) -> bool:
    """Whether an earlier call gets a buffer of its own in the same scope, in the same pass."""
    function = bare(call.function)
    if not isinstance(function, nodes.Selector) or function.field.str not in _CALLS:
        return False
    if cx.types.package_of(function.operand.span) != "fmt":
        return False
    choice = choose(call, cx)
    if choice.owner != APPEND or isinstance(choice.found, Skip):
        return False
    site = choice.found
    statement = statement_of(site.node, cx)
    if isinstance(statement, Skip) or scope_of(statement) != scope:
        return False
    trial = Context(cx.facts, cx.match, cx.options, cx.selected, cx.hot)
    fix = render(site, trial, "buf")
    return isinstance(fix, Fix) and any(b"buf" in edit.new for edit in fix.edits)


def groups(parts: tuple[Part, ...]) -> list[tuple[Part, ...]]:
    """The parts, statement by statement: each value with the literal before it."""
    found: list[tuple[Part, ...]] = []
    pending: tuple[Part, ...] = ()
    for part in parts:
        pending = (*pending, part)
        if part.form is not Form.TEXT:
            found.append(pending)
            pending = ()
    return [*found, pending] if pending else found


def filling(name: str, start: Expr, parts: tuple[Part, ...], text: Text) -> list[str]:
    """Statements that declare a byte slice and append the parts to it."""
    lines = [f"{name} := {show(start)}"]
    return lines + [f"{name} = {show(text.chain(name, group))}" for group in groups(parts)]


def is_lookup(node: Node) -> bool:
    """Whether a string is only looked at: as a map index, in a comparison. Then converting bytes costs nothing."""
    parent = node.parent
    if isinstance(parent, nodes.Index):
        return parent.index == node
    return isinstance(parent, nodes.Binary) and parent.operator.str in ("==", "!=", "<", "<=", ">", ">=")


def has_numbers(parts: tuple[Part, ...]) -> bool:
    """Whether a part needs a buffer to be formatted without an allocation."""
    return any(part.form in NUMBERS and part.width is not None for part in parts)


def nested(site: Site, expr: Expr) -> str:
    """Text of an expression in the site's place."""
    return show(expr, depth_of(site.node))
