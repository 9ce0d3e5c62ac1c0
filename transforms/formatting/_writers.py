"""Writing to a bufio.Writer, a bytes.Buffer or a strings.Builder without package fmt in between.

A bufio.Writer and a bytes.Buffer lend the free end of their buffer (``AvailableBuffer``); it is appended to and
written at once, so that the bytes arrive in one Write as before. A strings.Builder takes the parts one by one.
"""

from __future__ import annotations

from gofixer.transforms.formatting._buffer import MOST_NESTED, buffer_name, filling, has_numbers, nested
from gofixer.transforms.formatting._layout import Apply, Expr, byte_or_string, show
from gofixer.transforms.formatting._order import any_interferes, around, loose
from gofixer.transforms.formatting._parts import NUMBERS, Form, Part
from gofixer.transforms.formatting._place import before, fits, moves, statement_of
from gofixer.transforms.formatting._rewrite import replace
from gofixer.transforms.formatting._site import Site
from gofixer.transforms.formatting._text import Text

from gofixer.transform import Context, Fix, Node, Object, Skip, nodes, unparen

_LENDS_SINCE = {"bufio": (1, 18), "buffer": (1, 21)}
_TEXTS = frozenset({Form.TEXT, Form.STRING, Form.BOOL})
MOST_WRITES = 6


def write(site: Site, cx: Context) -> Fix | Skip:
    """The fix for a write of formatted text."""
    assert site.into is not None
    text = Text(cx, site.call, site.format)
    if len(site.parts) == 1 and site.parts[0].form not in NUMBERS:
        one = show(_one(site.into.str, site.parts[0], text))
        return replace(site.node, one, cx, "Write the text itself", names=text)
    if any(part.form is Form.ERROR for part in site.parts):
        return Skip("an Error method may write to the writer")
    if site.writer == "builder" or (site.writer == "buffer" and site.only(_TEXTS)):
        return _one_by_one(site, text, cx)
    return _at_once(site, text, cx)


def _one(into: str, part: Part, text: Text) -> Expr:
    if part.form is Form.BYTES:
        return Apply(f"{into}.Write", (part.operand,))
    return Apply(f"{into}.WriteString", (text.string(part),))


def _at_once(site: Site, text: Text, cx: Context) -> Fix | Skip:
    assert site.into is not None
    since = _LENDS_SINCE[site.writer]
    if cx.go < since:
        return Skip(f"the writer has no AvailableBuffer before Go {since[0]}.{since[1]}")
    into, title = site.into.str, "Append to the writer's own buffer"
    start = Apply(f"{into}.AvailableBuffer", ())
    whole = nested(site, Apply(f"{into}.Write", (text.chain(start, site.parts),)))
    if len(site.parts) <= MOST_NESTED and fits(site.node, whole, cx):
        return replace(site.node, whole, cx, title, names=text)
    statement = statement_of(site.node, cx)
    if isinstance(statement, Skip):
        return statement
    if reason := moves(site.node, site.arguments, statement, cx):
        return Skip(reason)
    if any_interferes(around(site.node)[0], cx):
        return Skip("something to its left in the statement may write to the writer")
    name = buffer_name(statement, cx)
    if isinstance(name, Skip):
        return name
    lines = filling(name, start, site.parts, text)
    return replace(site.node, f"{into}.Write({name})", cx, title, before(statement, lines, cx), names=text)


def _one_by_one(site: Site, text: Text, cx: Context) -> Fix | Skip:
    assert site.into is not None
    if not isinstance(site.node.parent, nodes.ExpressionStatement):
        return Skip("its result is used, and several writes have several results")
    if len(site.parts) > MOST_WRITES and not cx.selected:
        return Skip(f"would take more than {MOST_WRITES} writes")
    risky = any(part.node is not None and loose(part.node, cx) for part in site.parts[1:])
    if risky and not _private(site.into, cx):
        return Skip("an argument may panic when half of the text is written")
    statement = statement_of(site.node, cx)
    if isinstance(statement, Skip):
        return statement
    lines: list[str] = []
    name: str | Skip = ""
    if has_numbers(site.parts):
        name = buffer_name(statement, cx)
        if isinstance(name, Skip):
            return name
        widest = max(part.width or 0 for part in site.parts if part.form in NUMBERS)
        lines.append(f"var {name} [{widest}]{text.word('byte')}")
    lines += [_statement(site.into.str, str(name), part, text) for part in site.parts]
    title = "Write the parts one by one"
    return replace(site.node, lines[-1], cx, title, before(statement, lines[:-1], cx), names=text)


def _statement(into: str, buffer: str, part: Part, text: Text) -> str:
    if part.form is Form.TEXT:
        shown, spread = byte_or_string(part.text, text.like)
        return f"{into}.{'WriteString' if spread else 'WriteByte'}({shown})"
    if part.form in NUMBERS and part.width is not None:
        return show(Apply(f"{into}.Write", (text.append(f"{buffer}[:0]", part),)))
    return show(_one(into, part, text))


def _private(into: Node, cx: Context) -> bool:
    """Whether nobody can see the writer once the function has panicked: a local variable that stays inside."""
    found = cx.object(into) if isinstance(into, nodes.Identifier) else None
    if found is None or found.scope != "local" or found.is_param or found.is_result or found.captured:
        return False
    if found.type is None or not found.type.is_named:
        return False
    return all(_stays(start, end, cx) for start, end in _addresses(found))


def _addresses(found: Object) -> list[tuple[int, int]]:
    return [(use.start, use.end) for use in found.uses if use.role == "address"]


def _stays(start: int, end: int, cx: Context) -> bool:
    """Whether taking the address serves a method call or a call of package fmt only."""
    raw = cx.facts.tree.root.raw.descendant_for_byte_range(start, end)
    parent = cx.facts.tree.wrap(raw).parent if raw is not None else None
    if isinstance(parent, nodes.Selector):
        return isinstance(parent.parent, nodes.Call) and parent.parent.function == parent
    call = parent.parent.parent if isinstance(parent, nodes.Unary) and parent.parent is not None else None
    return isinstance(call, nodes.Call) and cx.callee(call).startswith("fmt.Fprint") and unparen(call).start < start
