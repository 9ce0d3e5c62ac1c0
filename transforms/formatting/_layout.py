"""Text of new expressions, spaced as gofmt spaces them (``go/printer``, ``nodes.go``).

gofmt decides by *depth* whether a binary expression has blanks around its operators: ``a + b`` alone,
``f(x, a+b)`` in a list of arguments. So new text depends on where it goes, and old text moves with care.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gofixer.transform import Node, nodes, unparen

_PRECEDENCE = {
    **dict.fromkeys(("||",), 1),
    **dict.fromkeys(("&&",), 2),
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), 3),
    **dict.fromkeys(("+", "-", "|", "^"), 4),
    **dict.fromkeys(("*", "/", "%", "<<", ">>", "&", "&^"), 5),
}
_ESCAPE = re.compile(
    r"\\(?:(?P<octal>[0-7]{3})|x(?P<byte>[0-9a-fA-F]{2})|[uU](?P<rune>(?<=u)[0-9a-fA-F]{4}|(?<=U)[0-9a-fA-F]{8})|.)"
)
_ESCAPES = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\\": "\\\\"}
_TRANSPARENT = (nodes.TypeConversion, nodes.Selector, nodes.TypeAssertion, nodes.Unary, nodes.VariadicArgument)
_OPAQUE = (nodes.FuncLiteral, nodes.CompositeLiteral)


@dataclass(frozen=True, slots=True)
class Apply:
    """A call or a conversion; ``spread`` puts ``...`` behind the last argument."""

    function: Expr
    arguments: tuple[Expr, ...]
    spread: bool = False


@dataclass(frozen=True, slots=True)
class Join:
    """Operands joined by ``+``; all of them are strings, so grouping does not matter."""

    terms: tuple[Expr, ...]


Expr = str | Node | Apply | Join


def show(expr: Expr, depth: int = 1) -> str:
    """Text of an expression at a depth of go/printer."""
    match expr:
        case str():
            return expr
        case Apply(function, arguments, spread):
            inner = depth + (len(arguments) > 1)
            shown = ", ".join(show(argument, inner) for argument in arguments)
            return f"{show(function, depth)}({shown}{'...' if spread else ''})"
        case Join():
            operator = " + " if depth == 1 else "+"
            return operator.join(show(term, depth + 1) for term in flat(expr))
    return _node(expr, depth)


def flat(expr: Expr) -> Iterator[Expr]:
    """The operands of a sum of strings, from left to right."""
    match expr:
        case Join(terms):
            for term in terms:
                yield from flat(term)
        case nodes.Parenthesized() if isinstance(inner := unparen(expr), nodes.Binary):
            yield from flat(inner)
        case nodes.Binary() if expr.operator.str == "+" and b"\n" not in expr.text:
            yield from flat(expr.left)
            yield from flat(expr.right)
        case _:
            yield expr


def depth_of(node: Node) -> int:
    """Depth at which go/printer prints an expression that stands in a file."""
    parent = node.parent
    match parent:
        case nodes.ArgumentList():
            call = parent.parent
            return (depth_of(call) if call else 1) + (len(parent.children) > 1)
        case nodes.Parenthesized():
            return max(1, depth_of(parent) - 1)
        case nodes.Index() | nodes.Slice():
            return 1 if parent.operand == node else depth_of(parent) + 1
        case nodes.Binary():
            return depth_of(parent) + _step(parent, node)
        case _ if isinstance(parent, _TRANSPARENT):
            return depth_of(parent)
        case nodes.ExpressionList() if isinstance(parent.parent, nodes.Assignment | nodes.ShortVarDeclaration):
            sides = parent.parent.left, parent.parent.right
            return 1 + all(len(side.children) > 1 for side in sides)
    return 1


def show_at(node: Node, expr: Expr) -> str:
    """Text of an expression that takes a node's place, in parentheses where precedence asks for them."""
    parent = node.parent
    sums = isinstance(expr, Join) or (isinstance(expr, nodes.Binary) and expr.operator.str == "+")
    if sums and isinstance(parent, nodes.Binary) and parent.operator.str == "+":
        return show(Join((expr,)), depth_of(parent))
    if isinstance(parent, nodes.Index | nodes.Slice) and parent.operand == node and _is_loose(expr):
        return f"({show(expr)})"
    return show(expr, depth_of(node))


def quote(text: str, like: Node | None = None) -> str:
    """A Go string literal; raw where ``like`` is a raw literal and an interpreted one would need escapes."""
    raw = isinstance(like, nodes.RawStringLiteral) and re.search(r'["\\]', text)
    if raw and "`" not in text and all(c.isprintable() for c in text):
        return f"`{text}`"
    spelled = _spellings(like)
    return '"' + "".join('\\"' if c == '"' else spelled.get(c) or _escape(c) for c in text) + '"'


def byte_or_string(text: str, like: Node | None = None) -> tuple[str, bool]:
    """What to append for a text: a byte literal for one ASCII character (False), else a string to spread (True)."""
    if len(text) == 1 and text.isascii():
        return ("'\\''" if text == "'" else f"'{_spellings(like).get(text) or _escape(text)}'"), False
    return quote(text, like), True


def _spellings(like: Node | None) -> dict[str, str]:
    """How a format writes the characters that it writes by numbers only: ``\\033`` stays ``\\033``."""
    literals = (like, *like.descendants()) if like is not None else ()
    text = "".join(node.str for node in literals if isinstance(node, nodes.InterpretedStringLiteral))
    found: dict[str, str] = {}
    for escape in _ESCAPE.finditer(text):
        digits = escape["octal"] or escape["byte"] or escape["rune"]
        code = int(digits, 8 if escape["octal"] else 16) if digits else -1
        if code >= 0 and (code < 0x80 or escape["rune"]) and chr(code) not in text:
            found.setdefault(chr(code), escape[0])
    return found


def _escape(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable():
        return char
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no UTF-8, as a surrogate escape
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _is_loose(expr: Expr) -> bool:
    return isinstance(expr, Join | nodes.Binary | nodes.Unary)


def _node(node: Node, depth: int) -> str:
    """Text of source code at another depth; only binary expressions change, and what holds them."""
    if isinstance(node, _OPAQUE) or not _has_binary(node) or b"\n" in node.text:
        return node.str
    match node:
        case nodes.Binary():
            return _binary(node, depth, _cutoff(node, depth))
        case nodes.Call(function, arguments) if node.type_arguments is None:
            inner = depth + (len(arguments.children) > 1)
            shown = ", ".join(_node(argument, inner) for argument in arguments.children)
            return f"{_node(function, depth)}({shown})"
        case nodes.TypeConversion(type_, operand):
            return f"{type_.str}({_node(operand, depth)})"
        case nodes.VariadicArgument():
            return f"{_node(node.children[0], depth)}..."
        case nodes.Parenthesized():
            return f"({_node(node.children[0], max(1, depth - 1))})"
        case nodes.Selector(operand, field):
            return f"{_node(operand, depth)}.{field.str}"
        case nodes.Unary(operator, operand):
            return f"{operator.str}{_node(operand, depth)}"
        case nodes.Index(operand, index):
            return f"{_node(operand, 1)}[{_node(index, depth + 1)}]"
        case nodes.Slice():
            return _slice(node, depth)
    return node.str


def _has_binary(node: Node) -> bool:
    return isinstance(node, nodes.Binary) or next(node.descendants(nodes.Binary), None) is not None


def _slice(node: nodes.Slice, depth: int) -> str:
    bounds = (node.low, node.high, node.capacity)
    used = [bound for bound in bounds if bound is not None]
    blanks = depth <= 1 and len(used) > 1 and any(isinstance(bound, nodes.Binary) for bound in used)
    shown = [_node(bound, depth + 1) if bound is not None else "" for bound in bounds]
    text = shown[0]
    for bound in shown[1 : 3 if bounds[2] is not None else 2]:
        text += (" :" if blanks and text else ":") + (f" {bound}" if blanks and bound else bound)
    return f"{_node(node.operand, 1)}[{text}]"


def _binary(node: nodes.Binary, depth: int, cutoff: int) -> str:
    precedence = _PRECEDENCE[node.operator.str]
    left = _node(node.left, depth + _step(node, node.left))
    right = _node(node.right, depth + 1)
    blank = " " if precedence < cutoff else ""
    return f"{left}{blank}{node.operator.str}{blank}{right}"


def _step(parent: nodes.Binary, child: Node) -> int:
    same = isinstance(child, nodes.Binary) and _level(child) == _level(parent)
    return 0 if same and parent.left == child else 1


def _level(node: nodes.Binary) -> int:
    return _PRECEDENCE[node.operator.str]


def _cutoff(node: nodes.Binary, depth: int) -> int:
    has4, has5, problem = _walk(node)
    if problem:
        return problem + 1
    if has4 and has5:
        return 5 if depth == 1 else 4
    return 6 if depth == 1 else 4


def _walk(node: nodes.Binary) -> tuple[bool, bool, int]:
    level, operator = _level(node), node.operator.str
    has4, has5, problem = level == 4, level == 5, 0
    for side in (node.left, node.right):
        if isinstance(side, nodes.Binary):
            below4, below5, worse = _walk(side)
            has4, has5, problem = has4 or below4, has5 or below5, max(problem, worse)
        elif side == node.right and isinstance(side, nodes.Unary):
            pair = operator + side.operator.str
            problem = max(problem, 5 if pair in ("/*", "&&", "&^") else 4 if pair in ("++", "--") else 0)
    return has4, has5, problem
