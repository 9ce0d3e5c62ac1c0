"""The stack buffer: its name, its size, and the statements that fill it."""

from __future__ import annotations

from gofixer.transforms.formatting._layout import Expr, depth_of, show
from gofixer.transforms.formatting._parts import NUMBERS, Form, Part
from gofixer.transforms.formatting._place import scope_of, taken
from gofixer.transforms.formatting._site import Site
from gofixer.transforms.formatting._text import Text

from gofixer.transform import Context, Node, Skip, nodes

MOST_BUFFERS = 4
MOST_SELECTED = 30
MOST_NESTED = 3


def size(parts: tuple[Part, ...]) -> int:
    """The most bytes that bounded parts can take together."""
    return sum(part.width or 0 for part in parts)


def buffer_name(statement: Node, cx: Context) -> str | Skip:
    """A name for a buffer in front of a statement: ``buf``, with a number for each other one in the same scope."""
    scope = scope_of(statement)
    most = MOST_SELECTED if cx.selected else MOST_BUFFERS
    names = ("buf", *(f"buf{number}" for number in range(2, most + 1)))
    free = (name for name in names if (scope.span, name) not in cx.reserved and not taken(name, scope, cx))
    name = next(free, None)
    if name is None:
        return Skip(f"more than {most} buffers in one block: a helper function would read better")
    cx.names.append((scope.span, name))
    return name


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
