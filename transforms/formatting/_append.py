"""Strings and byte slices with numbers in them, appended piece by piece."""

from __future__ import annotations

from gofixer.transforms.formatting._buffer import MOST_NESTED, buffer_name, filling, groups, is_lookup, nested, size
from gofixer.transforms.formatting._layout import Apply, Expr, Join, show
from gofixer.transforms.formatting._parts import Form
from gofixer.transforms.formatting._place import before, fits, moves, statement_of
from gofixer.transforms.formatting._rewrite import replace, replacement
from gofixer.transforms.formatting._site import Site, Target, bounded, run
from gofixer.transforms.formatting._text import Text

from gofixer.transform import Context, Fix, Node, Skip, nodes, unparen

MOST_BYTES = 1024
TITLE = "Append to a buffer on the stack"
_TOO_LONG = Skip("the line would be too long, and its arguments cannot be evaluated in front of the statement")


def append_string(site: Site, cx: Context) -> Fix | Skip:
    """The fix for a string: one expression over a buffer where that reads well, else statements that fill it."""
    statement = statement_of(site.node, cx)
    if isinstance(statement, Skip):
        return statement
    name = buffer_name(statement, cx)
    if isinstance(name, Skip):
        return name
    text = Text(cx, site.call, site.format)
    refused: Skip | None = None
    for first, last in _stretches(site):
        head = tuple(text.string(part) for part in site.parts[:first])
        tail = tuple(text.string(part) for part in site.parts[last:])
        middle: Expr = text.chain(f"{name}[:0]", site.parts[first:last])
        if head or tail or not site.spread:
            middle = text.convert("string", middle)
        new = replacement(site.node, Join((*head, middle, *tail)) if head or tail else middle, cx)
        if isinstance(new, str):
            declaration = f"var {name} [{size(site.parts[first:last])}]{text.word('byte')}"
            return replace(site.node, new, cx, TITLE, before(statement, [declaration], cx), names=text)
        refused = new
    return _filled(site, statement, name, text, cx) if bounded(site.parts) else refused or _TOO_LONG


def _stretches(site: Site) -> list[tuple[int, int]]:
    """Ranges of parts to put through the buffer in one expression, best first; none where statements read better."""
    count = len(site.parts)
    whole = (0, count)
    if not bounded(site.parts):
        found = run(site.parts)
        return [found] if found is not None else []
    numbers = [index for index, part in enumerate(site.parts) if part.form not in (Form.TEXT, Form.STRING)]
    if is_lookup(site.node) or len(numbers) > 1:
        return [whole] if count <= 2 and size(site.parts) <= MOST_BYTES else []
    alone = (numbers[0], numbers[0] + 1)
    if isinstance(site.node.parent, nodes.Binary):
        return [alone]
    return [whole, alone] if all(part.form is not Form.STRING for part in site.parts) and count <= 2 else [alone]


def _filled(site: Site, statement: Node, name: str, text: Text, cx: Context) -> Fix | Skip:
    """Statements that fill the buffer; one expression where the arguments have to stay in the statement."""
    width = size(site.parts)
    if width > MOST_BYTES:
        return Skip("too large for a buffer on the stack")
    if moves(site.node, site.arguments, statement, cx):
        chain = text.chain(f"{name}[:0]", site.parts)
        new = nested(site, chain if site.spread else text.convert("string", chain))
        if len(site.parts) > MOST_NESTED or not fits(site.node, new, cx):
            return _TOO_LONG
        declaration = f"var {name} [{width}]{text.word('byte')}"
        return replace(site.node, new, cx, TITLE, before(statement, [declaration], cx), names=text)
    start = Apply(text.word("make"), (f"[]{text.word('byte')}", "0", str(width)))
    lines = filling(name, start, site.parts, text)
    new = name if site.spread else show(text.convert("string", name))
    return replace(site.node, new, cx, TITLE, before(statement, lines, cx), names=text)


def append_bytes(site: Site, cx: Context) -> Fix | Skip:
    """The fix for ``[]byte(fmt.Sprintf(...))`` and ``append(dst, fmt.Sprintf(...)...)``."""
    text = Text(cx, site.call, site.format)
    if site.target is Target.SLICE:
        assert site.into is not None
        start: Expr = site.into
        title = "Append the pieces themselves"
    elif len(site.parts) == 1:
        start, title = text.word("nil"), "Append the number to a new slice"
    else:
        start = Apply(text.word("make"), (f"[]{text.word('byte')}", "0", str(size(site.parts))))
        title = "Append to a slice of the right size"
    new = nested(site, text.chain(start, site.parts))
    if len(site.parts) <= MOST_NESTED and fits(site.node, new, cx):
        return replace(site.node, new, cx, title, names=text)
    statement = statement_of(site.node, cx)
    if isinstance(statement, Skip):
        return statement
    if site.target is Target.SLICE:
        return _grown(site, statement, title, text, cx)
    if moves(site.node, site.arguments, statement, cx):
        return _TOO_LONG
    name = buffer_name(statement, cx)
    if isinstance(name, Skip):
        return name
    lines = filling(name, start, site.parts, text)
    return replace(site.node, name, cx, title, before(statement, lines, cx), names=text)


def _grown(site: Site, statement: Node, title: str, text: Text, cx: Context) -> Fix | Skip:
    """``dst = append(dst, ...)`` as one statement per piece."""
    assert site.into is not None
    target = unparen(site.into)
    plain = isinstance(target, nodes.Identifier) and isinstance(statement, nodes.Assignment)
    if not plain or statement.text.split(b"=", 1)[0].strip() != target.text or statement.right.children[0] != site.node:
        return Skip("would nest many calls in one expression")
    lines = [f"{target.str} = {show(text.chain(target.str, group))}" for group in groups(site.parts)]
    new = lines[-1].split("=", 1)[1].strip()
    return replace(site.node, new, cx, title, before(statement, lines[:-1], cx), names=text)
