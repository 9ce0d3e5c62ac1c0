"""Key-value pairs of log/slog as attributes: ``"n", n`` is ``slog.Int("n", n)``.

Package slog, ``argsToAttr`` and ``AnyValue``: a string is a key and takes the next argument along, an Attr stands for
itself, anything else becomes ``!BADKEY``. ``AnyValue`` looks at the dynamic type; what it makes of exactly these types
is what the constructors make.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gofixer.transforms.allocation._operands import converted, method

from gofixer.transform import Context, Node, Skip, nodes, unparen

# Type of a value: constructor, and the conversion that its argument needs.
_CONSTRUCTORS: dict[str, tuple[str, str]] = {
    "bool": ("Bool", ""),
    "string": ("String", ""),
    "int": ("Int", ""),
    "int64": ("Int64", ""),
    "uint64": ("Uint64", ""),
    "float64": ("Float64", ""),
    "time.Duration": ("Duration", ""),
    "time.Time": ("Time", ""),
    **dict.fromkeys(("int8", "int16", "int32"), ("Int64", "int64")),
    **dict.fromkeys(("uint", "uint8", "uint16", "uint32", "uintptr"), ("Uint64", "uint64")),
    "float32": ("Float64", "float64"),
}
_NO_ALLOCATION = frozenset({"bool", "int8", "uint8"})


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute that is to be written: ``constructor(key, conversion(value))``; an Attr is its ``value`` alone."""

    value: Node
    key: Node | None = None
    constructor: str = ""
    conversion: str = ""

    def text(self, package: str) -> str:
        """The attribute as Go code."""
        if self.key is None:
            return self.value.str
        value = f"{self.conversion}({self.value.str})" if self.conversion else self.value.str
        return f"{package}.{self.constructor}({self.key.str}, {value})"


def attributes(arguments: Sequence[Node], cx: Context) -> list[Attribute] | Skip:
    """The attributes that the arguments of a log call stand for."""
    found: list[Attribute] = []
    rest = list(arguments)
    while rest:
        first = rest.pop(0)
        if isinstance(first, nodes.VariadicArgument):
            return Skip("the arguments are spread from a slice")
        type_ = cx.type(first)
        if type_ is not None and type_.string == "log/slog.Attr":
            found.append(Attribute(first))
            continue
        if type_ is None or type_.string != "string":
            return Skip(f"`{first.str}` is no string: whether it is a key shows when the program runs")
        if cx.constant(first) is None:
            return Skip(f"the key `{first.str}` is no constant")
        if not rest or isinstance(rest[0], nodes.VariadicArgument):
            return Skip(f"the key `{first.str}` has no value")
        attribute = _attribute(first, rest.pop(0), cx)
        if attribute is None:
            return Skip("the name of a predeclared type means something else here")
        found.append(attribute)
    return found


def _attribute(key: Node, value: Node, cx: Context) -> Attribute | None:
    type_ = cx.type(value)
    constructor, conversion = _CONSTRUCTORS.get(type_.string if type_ else "", ("Any", ""))
    if conversion and not cx.predeclared(conversion, value):
        return None
    return Attribute(value, key, constructor, conversion)


def is_boxed(attribute: Attribute, cx: Context) -> bool:
    """Whether handing on a value as ``any`` takes an allocation that the constructor does without."""
    type_ = cx.type(attribute.value)
    if type_ is None or attribute.constructor in ("", "Any") or cx.constant(attribute.value) is not None:
        return False
    if type_.string == "string" and _is_made(unparen(attribute.value), cx):
        return False
    return type_.string not in _NO_ALLOCATION


def _is_made(value: Node, cx: Context) -> bool:
    """Whether a text is put together for the call: then the box is the smaller part of what it costs."""
    if not isinstance(value, nodes.Call):
        return isinstance(value, nodes.Binary)
    return converted(value, cx) is not None or method(value) == "String" or cx.callee(value).startswith("fmt.")
