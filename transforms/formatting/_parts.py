"""What a directive and its argument come to, decided by the argument's type: the pieces of the new text.

Package fmt asks, in this order, for a Format method, an Error method and a String method (``handleMethods`` in
``src/fmt/print.go``); only where none of them can be asked is a value formatted by its kind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from gofixer.transforms.formatting._errors import unproven_error
from gofixer.transforms.formatting._verbs import Literal, Piece, Verb

from gofixer.transform import Context, Node, Skip, Type, nodes, to_bytes, unparen

_SIGNED = {"int": 64, "int8": 8, "int16": 16, "int32": 32, "int64": 64}
_UNSIGNED = {"uint": 64, "uint8": 8, "uint16": 16, "uint32": 32, "uint64": 64}
_FLOATS = {"float32": 32, "float64": 64}
_BASES = {"d": 10, "v": 10, "x": 16, "o": 8, "b": 2}
_DEFAULTS = {"untyped int": "int", "untyped rune": "int32", "untyped float": "float64", "untyped string": "string",
             "untyped bool": "bool"}  # fmt: skip
# Fields of the structs of these packages are as wide, and as signed, as each platform has them.
_PLATFORM = frozenset({"syscall", "golang.org/x/sys/unix", "golang.org/x/sys/windows", "C"})
_SHORTEST = {32: 15, 64: 24}
_ASKED = ("String", "Error", "GoString")
_PLACES = (nodes.Identifier, nodes.Selector, nodes.Index)


class Form(StrEnum):
    """How a piece is written."""

    TEXT = "text"
    STRING = "string"
    BYTES = "bytes"
    SIGNED = "signed"
    UNSIGNED = "unsigned"
    FLOAT = "float"
    BOOL = "bool"
    QUOTE = "quote"
    HEX = "hex"
    ERROR = "error"


NUMBERS = frozenset({Form.SIGNED, Form.UNSIGNED, Form.FLOAT})


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of the new text.

    ``text`` is the value of a TEXT, ``node`` the argument of all others. ``kind`` is the predeclared type that the
    argument has or is converted from, ``named`` tells that a conversion is needed. ``width`` is the most bytes that
    the piece can take, None without a bound. ``boxed`` counts what Sprintf allocates to pass the argument in an
    interface, ``cost`` what its string form allocates when it is an operand of a concatenation.
    """

    form: Form
    text: str = ""
    node: Node | None = None
    kind: str = ""
    named: bool = False
    constant: bool = False
    base: int = 10
    verb: str = "g"
    precision: int = -1
    width: int | None = None
    boxed: int = 0
    cost: int = 0

    @property
    def operand(self) -> Node:
        """The argument, without parentheses around it."""
        assert self.node is not None
        return unparen(self.node)

    @property
    def late(self) -> bool:
        """Whether its operand in a concatenation is no call: then it may be read after calls that follow it."""
        return self.form in (Form.STRING, Form.BYTES)


def text_part(text: str) -> Part:
    """The part for text that is known."""
    return Part(Form.TEXT, text=text, width=len(to_bytes(text)))


def part_of(piece: Piece, node: Node | None, cx: Context) -> Part | Skip:
    """The part for a literal, or for a verb with its argument."""
    if isinstance(piece, Literal):
        return text_part(piece.text)
    assert node is not None
    info = cx.expr(node)
    if info is None or info.type is None or info.mode != "value":
        return Skip(f"the type of `{node.str}` is not known")
    field = cx.object(node) if isinstance(unparen(node), nodes.Selector) else None
    if field is not None and field.scope == "field" and field.pkg in _PLATFORM:
        return Skip(f"`{node.str}` has another type on other platforms")
    if "unsafe." in node.str:
        return Skip(f"`{node.str}` may share memory that changes later, which Sprintf would copy")
    found = _of_type(piece, node, info.type, cx)
    if isinstance(found, Skip) or info.const is None:
        return found
    width = len(to_bytes(info.const)) if found.form is Form.STRING else found.width
    return Part(
        found.form, node=node, kind=found.kind, named=found.named, constant=True, base=found.base,
        verb=found.verb, precision=found.precision, width=width, cost=found.cost,
    )  # fmt: skip


def _of_type(verb: Verb, node: Node, type_: Type, cx: Context) -> Part | Skip:
    kind = _DEFAULTS.get(type_.kind, type_.kind)
    if type_.contains_typeparam:
        return Skip(f"the type of `{node.str}` is a type parameter: its type set may hold formatters")
    if kind == "tuple":
        return Skip(f"`{node.str}` gives several values")
    if kind == "interface":
        return _interface(verb, node, type_, cx)
    if asked := _method(verb, type_) or _method_elsewhere(verb, type_, cx):
        return Skip(f"{type_.string} has a method {asked}, which `{verb.text}` may call")
    wrong = Skip(f"`{verb.text}` of {type_.string} prints what only package fmt prints")
    named = type_.is_named
    if verb.precision >= 0 and kind not in _FLOATS:
        return wrong
    if kind in _SIGNED and verb.char in _BASES:
        return _integer(Form.SIGNED, kind, _SIGNED[kind], _BASES[verb.char], node, named)
    if kind in _UNSIGNED and verb.char in _BASES:
        return _integer(Form.UNSIGNED, kind, _UNSIGNED[kind], _BASES[verb.char], node, named)
    if kind in _FLOATS and verb.char in "vgGeEfF":
        return _float(verb, kind, node, named, cx)
    if kind == "bool" and verb.char in "vt":
        return Part(Form.BOOL, node=node, kind=kind, named=named, width=5)
    if kind == "string" and verb.char in "vs":
        return Part(Form.STRING, node=node, kind=kind, named=named, boxed=1)
    if kind == "string" and verb.char == "q":
        return Part(Form.QUOTE, node=node, kind=kind, named=named, boxed=1, cost=1)
    if kind == "string" and verb.char == "x":
        return Part(Form.HEX, node=node, kind=kind, named=named, boxed=1, cost=2)
    if kind in ("slice", "array") and type_.elem is not None and type_.elem.string == "uint8":
        return _bytes(verb, kind, node, type_, cx) or wrong
    return wrong


def _method(verb: Verb, type_: Type) -> str | None:
    """A method that fmt would call for the verb, on the value or on a pointer to it."""
    methods = type_.methods | type_.ptr_methods
    return next((name for name in _asked(verb) if name in methods), None)


def _method_elsewhere(verb: Verb, type_: Type, cx: Context) -> str | None:
    """Such a method in a file of the package that is for another platform, or for tests."""
    if not type_.is_named or type_.pkg != cx.types.package or type_.kind == "interface":
        return None
    name = re.escape(type_.name.split("[")[0])
    method = re.compile(rf"^func \((?:\w+ )?\*?{name}\) ({'|'.join(_asked(verb))})\(".encode(), re.MULTILINE)
    found = next(filter(None, map(method.search, cx.package_sources().values())), None)
    return found[1].decode() if found else None


def _asked(verb: Verb) -> tuple[str, ...]:
    return ("Format", *_ASKED) if verb.char in "vsqxX" else ("Format",)


def _interface(verb: Verb, node: Node, type_: Type, cx: Context) -> Part | Skip:
    if type_.string != "error" or verb.char not in "vs":
        return Skip(f"`{node.str}` is an interface: what it holds is not known")
    reason = unproven_error(node, cx)
    return Skip(reason) if reason else Part(Form.ERROR, node=node, kind="error")


def _integer(form: Form, kind: str, bits: int, base: int, node: Node, named: bool) -> Part:
    sign = form is Form.SIGNED
    largest = 1 << (bits - 1) if sign else (1 << bits) - 1
    digits = 0
    while largest:
        largest //= base
        digits += 1
    boxed = int(bits > 8)  # the run time has a table of the one-byte values
    return Part(form, node=node, kind=kind, named=named, base=base, width=digits + sign, boxed=boxed, cost=1)


def _float(verb: Verb, kind: str, node: Node, named: bool, cx: Context) -> Part:
    char = {"v": "g", "F": "f"}.get(verb.char, verb.char)
    precision = verb.precision
    if precision < 0 and char not in "gG":
        precision = 6
    width: int | None = None
    if char in "gG":
        width = _SHORTEST[_FLOATS[kind]] if precision < 0 else max(precision, 1) + 7
    elif char in "eE":
        width = precision + 8
    cost = 1 if cx.toolchain >= (1, 25) else 2
    return Part(
        Form.FLOAT, node=node, kind=kind, named=named, verb=char, precision=precision, width=width, boxed=1, cost=cost
    )


def _bytes(verb: Verb, kind: str, node: Node, type_: Type, cx: Context) -> Part | Skip | None:
    if kind == "array":
        if verb.char != "x":
            return None
        info = cx.expr(node)
        if info is None or not info.addressable or not isinstance(unparen(node), _PLACES):
            return Skip(f"`{node.str}` is an array that cannot be sliced in place")
        return Part(Form.HEX, node=node, kind=kind, boxed=2, cost=2)
    if verb.char == "x":
        return Part(Form.HEX, node=node, kind=kind, named=type_.is_named, boxed=1, cost=2)
    if verb.char == "s":
        return Part(Form.BYTES, node=node, kind=kind, named=type_.is_named, boxed=1)
    return None
