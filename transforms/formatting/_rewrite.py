"""The last steps that all rewrites of the family share: literals, long lines, the fix itself."""

from __future__ import annotations

from gofixer.transforms.formatting._layout import Expr, Join, depth_of, flat, quote, show, show_at
from gofixer.transforms.formatting._order import HEADS
from gofixer.transforms.formatting._place import WIDEST, fits
from gofixer.transforms.formatting._text import Text

from gofixer.transform import Context, Edit, Fix, Node, Skip, nodes, to_bytes

_PATH = (nodes.Identifier, nodes.Selector, nodes.FieldIdentifier)
_LITERALS = (nodes.InterpretedStringLiteral, nodes.RawStringLiteral)
_TAB = 4


def literal(format_: Node, value: str) -> Expr | Skip:
    """What a format without verbs comes to: its own text where that has no ``%%``."""
    if "%" not in value and "%" not in format_.str:
        return format_
    shown = format_.str.replace("%%", "%")
    parts = [node for node in (format_, *format_.descendants()) if isinstance(node, nodes.Identifier)]
    if parts:
        return Skip(f"the constant `{parts[0].str}` holds a `%%`, which would stand there unchanged")
    same = shown.count("%") == value.count("%")
    return shown if same else quote(value, format_ if isinstance(format_, _LITERALS) else None)


def replacement(node: Node, expr: Expr, cx: Context) -> str | Skip:
    """Text that takes a node's place, over several lines where one would be too long and the node is a whole value."""
    text = show_at(node, expr)
    parent = node.parent
    assigned = parent.parent.left.children if parent and isinstance(parent.parent, nodes.Assignment) else ()
    if parent and (text, node) in zip((target.str for target in assigned), parent.children, strict=False):
        return Skip(f"would assign `{text}` to itself")
    heads = [a for a in node.ancestors() if isinstance(a, HEADS)]
    if heads and isinstance(expr, Node | Join) and any(_has_composite(term) for term in flat(expr)):
        return Skip("a composite literal in the head of a statement needs parentheses")
    if "\n" in text or fits(node, text, cx):
        return text
    top = isinstance(parent, nodes.ExpressionList)
    if top and isinstance(expr, Join) and not heads:
        return _broken(node, expr, cx)
    return text if cx.selected else Skip(f"the line would be longer than {WIDEST} columns")


def replace(node: Node, text: str, cx: Context, title: str, *more: Edit, names: Text | None = None) -> Fix | Skip:
    """The fix that puts a text in a node's place, or the refusal for a name that it needs and cannot have."""
    if names is not None and names.problem is not None:
        return names.problem
    start, text = _added(node, text)
    edit = Edit(start, node.end, to_bytes(text))
    return cx.fix(title, edit, *more, drops=("fmt",))


def _added(node: Node, text: str) -> tuple[int, str]:
    """Where the edit starts and its text: ``x = x + y`` is written ``x += y``."""
    values = node.parent
    if isinstance(values, nodes.ExpressionList) and isinstance(values.parent, nodes.Assignment):
        left, operator = values.parent.left, values.parent.operator
        begin = f"{left.str} + "
        path = all(isinstance(n, _PATH) for n in left.descendants())
        if operator.str == "=" and path and len(left.children) == len(values.children) == 1 and text.startswith(begin):
            return operator.start, f"+= {text[len(begin) :]}"
    return node.start, text


def _has_composite(expr: Expr) -> bool:
    if not isinstance(expr, Node):
        return False
    found = [expr, *expr.descendants(nodes.CompositeLiteral)]
    return any(isinstance(node, nodes.CompositeLiteral) and not _enclosed(node, expr) for node in found)


def _enclosed(node: Node, top: Node) -> bool:
    for ancestor in node.ancestors():
        if isinstance(ancestor, nodes.Parenthesized | nodes.ArgumentList):
            return True
        if ancestor == top:
            return False
    return False


def _broken(node: Node, expr: Join, cx: Context) -> str | Skip:
    """A concatenation with line breaks behind operators; continuation lines are indented once more."""
    depth = depth_of(node)
    operator = " +" if depth == 1 else "+"
    start = cx.source.rfind(b"\n", 0, node.start) + 1
    column = len(cx.source[start : node.start].decode("utf-8", "replace").expandtabs(_TAB))
    indent = cx.indent(node) + "\t"
    lines: list[str] = [""]
    for index, term in enumerate(list(flat(expr))):
        shown = show(term, depth + 1)
        glue = "" if index == 0 else operator + (" " if depth == 1 else "")
        offset = column if len(lines) == 1 else len(indent.expandtabs(_TAB))
        if index and offset + len(lines[-1] + glue + shown) + 4 > WIDEST:
            lines[-1] += operator
            lines.append(shown)
        else:
            lines[-1] += glue + shown
    return (cx.newline.decode() + indent).join(lines)
