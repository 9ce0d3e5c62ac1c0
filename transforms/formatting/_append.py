"""Strings and byte slices with numbers in them, appended piece by piece."""

from __future__ import annotations

from gofixer.transforms.formatting._buffer import MOST_NESTED, buffer_name, filling, groups, is_lookup, nested, size
from gofixer.transforms.formatting._layout import Apply, Expr, Join, bare, show
from gofixer.transforms.formatting._parts import Form
from gofixer.transforms.formatting._place import before, fits, moves, statement_of
from gofixer.transforms.formatting._rewrite import replace, replacement
from gofixer.transforms.formatting._site import Site, Target, bounded, run
from gofixer.transforms.formatting._text import Text

from gofixer.transform import Context, Fix, Node, Skip, nodes

TITLE = "Append to a buffer on the stack"
_TOO_LONG = Skip("the line would be too long, and its arguments cannot be evaluated in front of the statement")


def append_string(site: Site, cx: Context) -> Fix | Skip:
    """The fix for a string: one expression over a buffer where that reads well, else statements that fill it."""
    statement = statement_of(site.node, cx)
    stretch = run(site.parts)
    if isinstance(statement, Skip):
        return statement
    assert stretch is not None, "a site with numbers has a stretch for the buffer"
    name = buffer_name(site, statement, cx)
    if isinstance(name, Skip):
        return name
    text = Text(cx, site.call, site.format)
    if bounded(site.parts) and len(site.parts) > 2:
        if len(groups(site.parts)) == 2 and len(site.parts) == 3 and site.parts[0].form is Form.TEXT:
            stretch = (1, 2)  # one number with text on both sides
        if stretch == (0, len(site.parts)) or is_lookup(site.node):
            return _filled(site, statement, name, text, cx)
    first, last = stretch
    if is_lookup(site.node) and bounded(site.parts):
        first, last = 0, len(site.parts)
    middle: Expr = text.convert("string", text.chain(f"{name}[:0]", site.parts[first:last]))
    outside = site.parts[:first], site.parts[last:]
    terms = [text.string(part) for part in outside[0]] + [middle] + [text.string(part) for part in outside[1]]
    new = replacement(site.node, Join(tuple(terms)) if len(terms) > 1 else middle, cx)
    if isinstance(new, Skip):
        return _filled(site, statement, name, text, cx) if bounded(site.parts) else new
    declaration = f"var {name} [{size(site.parts[first:last])}]{text.word('byte')}"
    return replace(site.node, new, cx, TITLE, before(statement, [declaration], cx), names=text)


def _filled(site: Site, statement: Node, name: str, text: Text, cx: Context) -> Fix | Skip:
    """Statements that fill the buffer; one expression where the arguments have to stay in the statement."""
    width = size(site.parts)
    if moves(site.node, site.arguments, statement, cx):
        new = nested(site, text.convert("string", text.chain(f"{name}[:0]", site.parts)))
        if len(site.parts) > MOST_NESTED or not fits(site.node, new, cx):
            return _TOO_LONG
        declaration = f"var {name} [{width}]{text.word('byte')}"
        return replace(site.node, new, cx, TITLE, before(statement, [declaration], cx), names=text)
    start = Apply(text.word("make"), (f"[]{text.word('byte')}", "0", str(width)))
    lines = filling(name, start, site.parts, text)
    new = show(text.convert("string", name))
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
    name = cx.fresh(site.call, "buf", "b", scope=statement.parent)
    lines = filling(name, start, site.parts, text)
    return replace(site.node, name, cx, title, before(statement, lines, cx), names=text)


def _grown(site: Site, statement: Node, title: str, text: Text, cx: Context) -> Fix | Skip:
    """``dst = append(dst, ...)`` as one statement per piece."""
    assert site.into is not None
    target = bare(site.into)
    plain = isinstance(target, nodes.Identifier) and isinstance(statement, nodes.Assignment)
    if not plain or statement.text.split(b"=", 1)[0].strip() != target.text or statement.right.children[0] != site.node:
        return Skip("would nest many calls in one expression")
    name = target.str
    lines = [f"{name} = {show(text.chain(name, group))}" for group in groups(site.parts)]
    new = lines[-1].split("=", 1)[1].strip()
    return replace(site.node, new, cx, title, before(statement, lines[:-1], cx), names=text)
