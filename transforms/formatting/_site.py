"""Sites: a call of package fmt with the expression around it that takes part, and the transform it belongs to.

A site belongs to exactly one of `sprintf-to-append`, `sprintf-to-strconv` and `sprintf-to-concat`, by its shape and its
position; all three ask `choose` and leave alone what is not theirs.
"""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from enum import StrEnum

from gofixer.transforms.formatting._memory import shared_end
from gofixer.transforms.formatting._order import any_interferes, around, interferes, loose
from gofixer.transforms.formatting._parts import NUMBERS, Form, Part, part_of, text_part
from gofixer.transforms.formatting._place import statement_of
from gofixer.transforms.formatting._verbs import Piece, Verb, is_alone, read

from gofixer.transform import Context, Node, Skip, nodes, unparen

APPEND, STRCONV, CONCAT = "sprintf-to-append", "sprintf-to-strconv", "sprintf-to-concat"
FORMATTING = ("fmt.Sprintf($format, $*args)", "fmt.Sprint($value)")
_TEXTS = frozenset({Form.TEXT, Form.STRING, Form.BYTES, Form.BOOL, Form.ERROR})
_KINDS = {"*bufio.Writer": "bufio", "bufio.Writer": "bufio", "*bytes.Buffer": "buffer", "bytes.Buffer": "buffer",
          "*strings.Builder": "builder", "strings.Builder": "builder"}  # fmt: skip
_NUMERIC = frozenset({"int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64",
                      "uintptr", "float32", "float64", "float", "rune"})  # fmt: skip
_HARMLESS = frozenset({"append", "panic", "print", "println", "copy"})
_WRITE_STRING = ("(*bufio.Writer).WriteString", "(*bytes.Buffer).WriteString", "(*strings.Builder).WriteString")
_WRITE = ("(*bufio.Writer).Write", "(*bytes.Buffer).Write", "(*strings.Builder).Write")


class Target(StrEnum):
    """What the text is for: a string, a new byte slice, the end of a byte slice, a writer with a buffer."""

    STRING = "string"
    BYTES = "bytes"
    SLICE = "slice"
    WRITER = "writer"


@dataclass(frozen=True, slots=True)
class Site:
    """``node`` is what the new text replaces: ``call`` itself, or the conversion, append or write around it.

    ``format`` is the format's node (None for Sprint), ``into`` the slice or the writer of a SLICE or WRITER;
    ``writer`` tells the kind of writer ("bufio", "buffer", "builder"), ``spread`` that the string is what
    ``append(dst, text...)`` adds to bytes: bytes will do.
    """

    call: nodes.Call
    node: Node
    target: Target
    parts: tuple[Part, ...]
    format: Node | None = None
    into: Node | None = None
    writer: str = ""
    spread: bool = False

    @property
    def arguments(self) -> list[Node]:
        """The formatted arguments, in source order."""
        return [part.node for part in self.parts if part.node is not None]

    @property
    def literals(self) -> str:
        """The text between the arguments, which are blanks in it."""
        return "".join(part.text or " " for part in self.parts)

    def only(self, forms: frozenset[Form]) -> bool:
        """Whether all parts have one of some forms."""
        return all(part.form in forms for part in self.parts)


@dataclass(frozen=True, slots=True)
class Choice:
    """The transform that a site belongs to, and the site or the reason why it is left alone."""

    owner: str
    found: Site | Skip


def choose(call: Node, cx: Context) -> Choice:
    """Judge a call of fmt.Sprintf, fmt.Sprint or fmt.Fprintf."""
    assert isinstance(call, nodes.Call)
    name = unparen(call.function).children[-1].str
    given = list(call.arguments.children)
    into = given.pop(0) if name == "Fprintf" else None
    text = "%v" if name == "Sprint" else cx.constant(given[0]) if given else None
    if text is None:
        return Choice(APPEND, Skip("the format is not a constant"))
    pieces = read(text)
    arguments = given if name == "Sprint" else given[1:]
    owner = APPEND if into is not None or _numeric(pieces, arguments, cx) else CONCAT
    if into is None and (is_alone(text) or "%" not in text):
        owner = STRCONV
    if isinstance(pieces, Skip):
        return Choice(owner, pieces)
    if problem := _mismatch(call, pieces, arguments, cx):
        return Choice(owner, Skip(problem))
    pending = iter(arguments)
    parts = [part_of(piece, next(pending) if isinstance(piece, Verb) else None, cx) for piece in pieces]
    refused = next((part for part in parts if isinstance(part, Skip)), None)
    known = _joined([part for part in parts if isinstance(part, Part)], cx)
    if refused is not None:
        return Choice(owner, refused)
    return _assign(_wrapped(call, known, None if name == "Sprint" else given[0], into, cx), cx)


def _joined(parts: list[Part], cx: Context) -> tuple[Part, ...]:
    """Parts of which literals among the arguments are one text with the texts beside them."""
    literals = [isinstance(part.node, nodes.InterpretedStringLiteral | nodes.RawStringLiteral) for part in parts]
    if all(literal or part.form is Form.TEXT for literal, part in zip(literals, parts, strict=True)):
        return tuple(parts)
    joined: list[Part] = []
    for literal, part in zip(literals, parts, strict=True):
        if literal and part.form is Form.STRING and part.node is not None:
            part = text_part(cx.constant(part.node) or "")
        if part.form is Form.TEXT and joined and joined[-1].form is Form.TEXT:
            part = text_part(joined.pop().text + part.text)
        joined.append(part)
    return tuple(joined)


def _mismatch(call: nodes.Call, pieces: tuple[Piece, ...], arguments: list[Node], cx: Context) -> str:
    """What is wrong with a call before its types count."""
    if re.search(rb"//|/[*]", call.text) and cx.comments(call.span):
        return "a comment inside of the call would be lost"
    if any(isinstance(argument, nodes.VariadicArgument) for argument in arguments):
        return "the arguments are spread from a slice"
    if len(arguments) != sum(isinstance(piece, Verb) for piece in pieces):
        return "the number of arguments is not that of the verbs"
    if any(b"\n" in argument.text for argument in arguments):
        return "an argument takes several lines"
    return ""


def _numeric(pieces: tuple[Piece, ...] | Skip, arguments: list[Node], cx: Context) -> bool:
    if not isinstance(pieces, Skip) and any(isinstance(p, Verb) and p.char in "dobeEfFgG" for p in pieces):
        return True
    types = [cx.type(argument) for argument in arguments]
    return any(type_ is not None and type_.kind.removeprefix("untyped ") in _NUMERIC for type_ in types)


def _wrapped(
    call: nodes.Call, parts: tuple[Part, ...], format_: Node | None, into: Node | None, cx: Context
) -> Site | Skip:
    """The site with the conversion, append or write around the call that can take part."""
    if into is not None:
        return _writing(Site(call, call, Target.WRITER, parts, format_), into, cx)
    site = Site(call, call, Target.STRING, parts, format_)
    inner: Node = call
    parent = inner.parent
    if isinstance(parent, nodes.TypeConversion) and parent.type.str == "[]byte" and cx.predeclared("byte", call):
        inner, parent = parent, parent.parent
        site = Site(call, inner, Target.BYTES, parts, format_)
    if isinstance(parent, nodes.VariadicArgument):
        parent = parent.parent
    outer = parent.parent if isinstance(parent, nodes.ArgumentList) else None
    if not isinstance(outer, nodes.Call):
        return site
    given = outer.arguments.children
    if outer.function.str == "append" and len(given) == 2 and isinstance(given[1], nodes.VariadicArgument):
        type_ = cx.type(given[0])
        plain = type_ is not None and type_.string == "[]uint8" and cx.predeclared("append", call)
        return Site(call, outer, Target.SLICE, parts, format_, given[0]) if plain else site
    wanted = _WRITE if site.target is Target.BYTES else _WRITE_STRING
    if cx.callee(outer) in wanted and len(given) == 1 and isinstance(outer.function, nodes.Selector):
        written = _writing(Site(call, outer, Target.WRITER, parts, format_), outer.function.operand, cx)
        return site if isinstance(written, Skip) else written
    return site


def _writing(site: Site, into: Node, cx: Context) -> Site | Skip:
    """The site with its writer, if that is of a type whose buffer can be written to, and named by a plain path."""
    target = unparen(into)
    if isinstance(target, nodes.Unary) and target.operator.str == "&":
        target = unparen(target.operand)
    type_ = cx.type(target)
    kind = _KINDS.get(type_.string) if type_ is not None else None
    if kind is None:
        shown = type_.string if type_ is not None else "unknown"
        return Skip(f"the writer is of type {shown}: through it the bytes would escape to the heap")
    path = target
    while isinstance(path, nodes.Selector):
        path = path.operand
    if isinstance(site.node.parent, nodes.Go | nodes.Defer):
        return Skip("the write happens later than the arguments are evaluated")
    if not isinstance(path, nodes.Identifier):
        return Skip(f"the writer `{target.str}` would be evaluated more than once")
    if any(interferes(argument, cx) for argument in site.arguments):
        return Skip("an argument may itself write to the writer")
    if not site.parts:
        return Skip("there is nothing to write")
    for part in site.parts:
        if kind != "builder" and part.kind in ("slice", "array"):
            return Skip(f"`{part.operand.str}` may share memory with the writer")
    return Site(site.call, site.node, Target.WRITER, site.parts, site.format, target, kind)


def _assign(site: Site | Skip, cx: Context) -> Choice:
    """Which transform takes a site that is understood."""
    if isinstance(site, Skip):
        return Choice(APPEND, site)
    numbers = any(part.form in NUMBERS for part in site.parts)
    if site.target is Target.WRITER and site.parts:
        return Choice(APPEND, _eager(site, cx) or site)
    grown = site.target is Target.SLICE
    if grown and site.parts and not (_eager(site, cx) or _aliased(site, cx)):
        return Choice(APPEND, site)
    if site.target is Target.BYTES and numbers and bounded(site.parts):
        return Choice(APPEND, _eager(site, cx) or site)
    spread = grown and isinstance(site.call.parent, nodes.VariadicArgument)
    site = dataclasses.replace(site, node=site.call, target=Target.STRING, into=None, spread=spread)
    problem = _unused(site) or _eager(site, cx) or _late(site, cx) or _constant_place(site, cx)
    if len(site.parts) < 2:
        return Choice(STRCONV, problem or site)
    if site.only(_TEXTS):
        return Choice(CONCAT, problem or site)
    placed = statement_of(site.call, cx)
    fewer = sum(part.cost for part in site.parts) < sum(part.boxed for part in site.parts)
    if run(site.parts) is not None and not (fewer and isinstance(placed, Skip)):
        return Choice(APPEND, problem or (placed if isinstance(placed, Skip) else site))
    if fewer:
        return Choice(CONCAT, problem or site)
    wide = next((part for part in site.parts if part.form in NUMBERS and part.width is None), None)
    if wide is not None and wide.node is not None:
        return Choice(APPEND, Skip(f"`{wide.node.str}` may print hundreds of bytes: no buffer has a good size for it"))
    return Choice(APPEND if numbers else CONCAT, Skip("a concatenation would allocate as often as Sprintf"))


def run(parts: tuple[Part, ...]) -> tuple[int, int] | None:
    """Range of the parts that go through one stack buffer: all, or the only number among strings.

    None where there is no number, or where there are several among strings: then a concatenation reads better.
    """
    numbers = [index for index, part in enumerate(parts) if part.form in NUMBERS]
    if not numbers:
        return None
    if bounded(parts):
        return 0, len(parts)
    alone = (numbers[0], numbers[0] + 1)
    return alone if len(numbers) == 1 and bounded(parts[alone[0] : alone[1]]) else None


def bounded(parts: tuple[Part, ...]) -> bool:
    """Whether the text has an exact greatest length."""
    return all(part.width is not None for part in parts)


def _unused(site: Site) -> Skip | None:
    parent = site.node.parent
    if isinstance(parent, nodes.ExpressionStatement | nodes.Go | nodes.Defer):
        return Skip("the result is not used")
    return None


def _eager(site: Site, cx: Context) -> Skip | None:
    """Refuse where a later argument may change what an earlier one is formatted from.

    Sprintf formats when all arguments are evaluated; the new text formats each one where it stands.
    """
    for index, part in enumerate(site.parts):
        later = [other.node for other in site.parts[index + 1 :] if other.node is not None]
        if part.node is None or not any_interferes(later, cx):
            continue
        content = part.form in (Form.BYTES, Form.HEX, Form.ERROR)
        late = part.late and site.target in (Target.STRING, Target.BYTES)
        if content or (not late and loose(part.node, cx)):
            return Skip(f"a later argument may change `{part.node.str}` before it is formatted")
    return None


def _late(site: Site, cx: Context) -> Skip | None:
    """Refuse where something to the right in the statement may change what a plain operand is read from."""
    _, right = around(site.node)
    if not any_interferes(right, cx):
        return None
    for part in site.parts:
        if part.late and part.node is not None and (part.form is Form.BYTES or loose(part.node, cx)):
            return Skip(f"a call to its right may change `{part.node.str}`, which Sprintf reads first")
    return None


def _aliased(site: Site, cx: Context) -> Skip | None:
    """Refuse where bytes written early may be seen by what is evaluated or read later.

    Sprintf appends all bytes at once: where they do not fit, the old array stays as it is. The pieces fill its
    free end before it grows, so nothing else may look at that.
    """
    if site.target is not Target.SLICE:
        return None
    assert site.into is not None
    shown = site.into.str
    target = unparen(site.into)
    for part in site.parts:
        if part.form in (Form.BYTES, Form.HEX):
            return Skip(f"`{part.operand.str}` may share memory with `{shown}`")
        if part.form is Form.ERROR or (part.node is not None and interferes(part.node, cx)):
            return Skip(f"an argument may see or change `{shown}` while it grows")
    if shared_end(target, site.parts, cx):
        return Skip(f"the memory behind the end of `{shown}` may be seen through another slice")
    return None


def _constant_place(site: Site, cx: Context) -> Skip | None:
    """Refuse a constant where being one matters: duplicate cases and keys, indexes, lengths, comparisons."""
    if not all(part.constant or part.form is Form.TEXT for part in site.parts):
        return None
    child: Node = site.node
    parent = child.parent
    while parent is not None:
        call = parent.parent if isinstance(parent, nodes.ArgumentList) else None
        if isinstance(call, nodes.Call):
            info = cx.expr(call.function)
            if info is None or info.mode != "type":
                harmless = info is not None and (info.mode != "builtin" or call.function.str in _HARMLESS)
                return None if harmless else Skip("as a constant it would change what the call around it means")
            parent = call
        elif not isinstance(parent, nodes.Parenthesized | nodes.TypeConversion) and not (
            isinstance(parent, nodes.Binary) and parent.operator.str == "+"
        ):
            break
        child, parent = parent, parent.parent
    if isinstance(parent, nodes.ExpressionList) and not isinstance(parent.parent, nodes.ExpressionCase):
        return None
    if isinstance(parent, nodes.LiteralElement):
        keyed = parent.parent
        if not (isinstance(keyed, nodes.KeyedElement) and keyed.key == parent):
            return None
    if isinstance(parent, nodes.Send):
        return None
    return Skip("a constant in this place means something else to the compiler")
