"""Text for the parts of a site: as an operand of a concatenation, or appended to a byte slice."""

from __future__ import annotations

from dataclasses import dataclass, field

from gofixer.transforms.formatting._layout import Apply, Expr, Join, byte_or_string, quote
from gofixer.transforms.formatting._parts import Form, Part

from gofixer.transform import Context, Node, Skip, nodes

_INTEGERS = {Form.SIGNED: ("int64", "Int"), Form.UNSIGNED: ("uint64", "Uint")}
_BITS = {"float32": "32", "float64": "64"}


@dataclass(slots=True)
class Text:
    """Writes expressions for one place; `problem` says what name is not to be had there.

    ``like`` is the format's node: literals are written raw where it is a raw literal.
    """

    cx: Context
    at: Node
    like: Node | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def problem(self) -> Skip | None:
        """The refusal, if a name that the text needs means something else at the place."""
        return Skip(self.problems[0]) if self.problems else None

    def name(self, path: str, function: str) -> str:
        """Qualified name of a function."""
        qualifier = self.cx.qualifier(path, self.at)
        if qualifier is None:
            self.problems.append(f"the name of package {path} means something else here")
        return f"{qualifier}.{function}"

    def word(self, name: str) -> str:
        """A predeclared name."""
        if not self.cx.predeclared(name, self.at):
            self.problems.append(f"`{name}` is not the predeclared one here")
        return name

    def convert(self, type_: str, operand: Expr) -> Apply:
        """A conversion to a predeclared type."""
        return Apply(self.word(type_), (operand,))

    # -- strings ----------------------------------------------------------------------------------------------

    def string(self, part: Part) -> Expr:
        """A part as an expression of type string (or an untyped constant)."""
        match part.form:
            case Form.TEXT:
                return quote(part.text, self.like)
            case Form.STRING:
                return self.convert("string", part.operand) if part.named else part.operand
            case Form.BYTES:
                return self.convert("string", part.operand)
            case Form.SIGNED if part.kind == "int" and part.base == 10:
                return Apply(self.name("strconv", "Itoa"), (self._plain(part, "int"),))
            case Form.SIGNED | Form.UNSIGNED:
                wide, word = _INTEGERS[part.form]
                return Apply(self.name("strconv", f"Format{word}"), (self._plain(part, wide), str(part.base)))
            case Form.FLOAT:
                return Apply(self.name("strconv", "FormatFloat"), (self._plain(part, "float64"), *self._float(part)))
            case Form.BOOL:
                return Apply(self.name("strconv", "FormatBool"), (self._plain(part, "bool"),))
            case Form.QUOTE:
                return Apply(self.name("strconv", "Quote"), (self._plain(part, "string"),))
            case Form.HEX:
                return Apply(self.name("encoding/hex", "EncodeToString"), (self._octets(part),))
            case Form.ERROR:
                return Apply(f"{part.operand.str}.Error", ())

    def concatenation(self, parts: tuple[Part, ...]) -> Expr:
        """The parts joined by ``+``."""
        terms = tuple(self.string(part) for part in parts)
        return terms[0] if len(terms) == 1 else Join(terms)

    # -- bytes ------------------------------------------------------------------------------------------------

    def append(self, target: Expr, part: Part) -> Expr:
        """The expression that appends a part to a byte slice."""
        match part.form:
            case Form.TEXT:
                text, spread = byte_or_string(part.text, self.like)
                return Apply(self.word("append"), (target, text), spread)
            case Form.STRING | Form.BYTES:
                return Apply(self.word("append"), (target, part.operand), spread=True)
            case Form.SIGNED | Form.UNSIGNED:
                wide, word = _INTEGERS[part.form]
                return self._strconv(f"Append{word}", target, self._plain(part, wide), str(part.base))
            case Form.FLOAT:
                return self._strconv("AppendFloat", target, self._plain(part, "float64"), *self._float(part))
            case Form.BOOL:
                return self._strconv("AppendBool", target, self._plain(part, "bool"))
            case Form.QUOTE:
                return self._strconv("AppendQuote", target, self._plain(part, "string"))
            case Form.HEX if self.cx.go >= (1, 22):
                return Apply(self.name("encoding/hex", "AppendEncode"), (target, self._octets(part)))
            case Form.HEX | Form.ERROR:
                return Apply(self.word("append"), (target, self.string(part)), spread=True)

    def chain(self, target: Expr, parts: tuple[Part, ...]) -> Expr:
        """All parts appended to a byte slice, in one expression."""
        for part in parts:
            target = self.append(target, part)
        return target

    # -- operands ---------------------------------------------------------------------------------------------

    def _strconv(self, function: str, *arguments: Expr) -> Apply:
        return Apply(self.name("strconv", function), arguments)

    def _plain(self, part: Part, type_: str) -> Expr:
        """The argument as a value of a predeclared type, converted only where it has another one."""
        literal = isinstance(part.operand, nodes.IntLiteral | nodes.FloatLiteral) and not part.named
        return part.operand if literal or (part.kind == type_ and not part.named) else self.convert(type_, part.operand)

    def _float(self, part: Part) -> tuple[str, str, str]:
        return f"'{part.verb}'", str(part.precision), _BITS[part.kind]

    def _octets(self, part: Part) -> Expr:
        if part.kind == "array":
            return f"{part.operand.str}[:]"
        return Apply(f"[]{self.word('byte')}", (part.operand,)) if part.kind == "string" else part.operand
