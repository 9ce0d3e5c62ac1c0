"""Lifts one expression: what it takes from around it becomes inputs, or a writer whose text is the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gofixer.differential.known import is_pure
from gofixer.differential.model import Input, Piece, Unfit
from gofixer.differential.purity import Purity
from gofixer.differential.source import comparable, spell
from gofixer.facts.effects import unparen
from gofixer.facts.types import FileTypes, Span
from gofixer.syntax import Node, nodes

_WRITERS: Mapping[str, tuple[str, str]] = {
    # type: how a writer of it is made (with text that must stay in front), how its text is read
    "*bytes.Buffer": ("{name} := gofixerbytes.NewBufferString({front})", "{name}.String()"),
    "bytes.Buffer": ("var {name} gofixerbytes.Buffer; {name}.WriteString({front})", "{name}.String()"),
    "*strings.Builder": ("{name} := new(gofixerstrings.Builder); {name}.WriteString({front})", "{name}.String()"),
    "strings.Builder": ("var {name} gofixerstrings.Builder; {name}.WriteString({front})", "{name}.String()"),
    "*bufio.Writer": (
        "{name}Under := gofixerbytes.NewBufferString({front}); {name} := gofixerbufio.NewWriter({name}Under)",
        "func() string {{ {name}.Flush(); return {name}Under.String() }}()",
    ),
}
_WRITER_IMPORTS = {"gofixerbytes": "bytes", "gofixerstrings": "strings", "gofixerbufio": "bufio"}
_FRONT = '"in front "'


@dataclass(slots=True)
class Lifted:
    """What stands for the parts of an expression that come from around it: name by the text of the part."""

    inputs: dict[bytes, Input] = field(default_factory=dict)
    writers: dict[bytes, tuple[str, str]] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    effects: set[bytes] = field(default_factory=set)

    def name(self, text: bytes) -> bytes | None:
        """What to write in place of a part."""
        if text in self.inputs:
            return self.inputs[text].name.encode()
        return self.writers[text][0].encode() if text in self.writers else None


@dataclass(frozen=True, slots=True)
class Value:
    """What is compared: an expression, or what an assignment gives to its one variable.

    ``parts`` are the nodes that make it up; ``operator`` stands between two of them ("" for one).
    """

    parts: tuple[Node, ...]
    operator: str = ""

    def text(self, source: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
        """The value as an expression, with some replacements inside of it."""
        texts = [rewritten(source, part.span, edits) for part in self.parts]
        return f" {self.operator} ".encode().join([*texts[:-1], b"(" + texts[-1] + b")"]) if self.operator else texts[0]


def value_of(node: Node) -> Value:
    """The value of an expression or of an assignment to one variable. Raises Unfit."""
    if isinstance(node, nodes.Expression):
        return Value((node,))
    if isinstance(node, nodes.Assignment):
        left, right = list(node.left.children), list(node.right.children)
        if len(left) == len(right) == 1:
            operator = node.operator.str.removesuffix("=")
            return Value((left[0], right[0]), operator) if operator else Value((right[0],))
    raise Unfit("it changes statements, not an expression")


class Lifter:
    """Decides what of an expression becomes an input. ``effects`` of what is left are looked at by the purity check."""

    def __init__(self, types: FileTypes, purity: Purity) -> None:
        self._types = types
        self._purity = purity
        self.lifted = Lifted()

    def lift(self, value: Value) -> Lifted:
        """Raises Unfit where something of the value can be neither kept nor made an input."""
        for part in value.parts[:-1]:
            self._part(part)
        self._inside(value.parts[-1])
        return self.lifted

    def _part(self, node: Node) -> None:
        """Keeps a part with the inputs inside of it, or makes it an input as a whole."""
        before = (dict(self.lifted.inputs), dict(self.lifted.writers), set(self.lifted.effects))
        try:
            self._inside(node)
        except Unfit:
            self.lifted.inputs, self.lifted.writers, self.lifted.effects = before
            if not self._input(node):
                raise

    def _inside(self, node: Node) -> None:
        info = self._types.expr(node.span)
        if info is not None and (info.const is not None or info.mode == "type"):
            self._constant(node)
            return
        match node:
            case nodes.Identifier():
                self._identifier(node)
            case nodes.Selector():
                self._selector(node)
            case nodes.Call():
                self._call(node)
            case nodes.FuncLiteral():
                raise Unfit("it holds a function literal")
            case nodes.TypeConversion():
                self._part(node.operand)
            case nodes.Unary() if node.operator.str in ("<-", "*"):
                raise Unfit(f"`{node.str}` is not of a basic type")
            case _:
                for child in node.children:
                    if not isinstance(child, nodes.Comment):
                        self._part(child)

    def _constant(self, node: Node) -> None:
        for name in node.descendants(nodes.Identifier):
            found = self._types.object(name.span)
            if found is not None and found.scope == "local":
                raise Unfit(f"`{name.str}` is declared inside the function")

    def _identifier(self, node: nodes.Identifier) -> None:
        found = self._types.object(node.span)
        if found is None or found.kind in ("nil", "builtin", "pkg", "type", "const"):
            return
        if found.kind == "func":
            self._purity.require(node, self._types)
        elif not self._input(node):
            type_ = found.type.string if found.type else "unknown type"
            raise Unfit(f"`{node.str}` is of type {type_}")

    def _selector(self, node: nodes.Selector) -> None:
        base = self._types.object(node.operand.span) if isinstance(node.operand, nodes.Identifier) else None
        found = self._types.object(node.field.span)
        if base is not None and base.kind == "pkg" and found is not None and found.kind != "var":
            if found.kind == "func" and not is_pure(found):
                raise Unfit(f"it calls {found.full_name}")
            return
        if not self._input(node):
            info = self._types.expr(node.span)
            raise Unfit(f"`{node.str}` is of type {info.type.string if info and info.type else 'unknown'}")

    def _call(self, node: nodes.Call) -> None:
        function = unparen(node.function)
        info = self._types.expr(function.span)
        callee = self._types.callee(node.span)
        self._purity.call(node, self._types)
        if callee is not None:
            if callee.name in ("panic", "recover") and callee.kind == "builtin":
                raise Unfit(f"it calls {callee.name}")
            self._purity.mention(callee, self._types)
            if isinstance(function, nodes.Selector) and callee.scope == "method":
                self._part(function.operand)
        elif info is None or info.mode != "type":
            raise Unfit(f"it calls the function value `{function.str}`")
        for argument in node.arguments.children:
            if not isinstance(argument, nodes.Comment):
                self._part(argument)

    def _input(self, node: Node) -> bool:
        """Makes a part an input or a writer; False where its type does not allow it."""
        text = node.text
        if self.lifted.name(text) is not None:
            return True
        info = self._types.expr(unparen(node).span)
        if info is None or info.type is None or info.mode != "value" or info.comma_ok:
            return False
        plain = isinstance(node, nodes.Identifier)
        if info.type.string in _WRITERS:
            if not plain and not isinstance(node, nodes.Selector):
                return False
            name = node.str if plain else f"gofixerWriter{len(self.lifted.writers)}"
            self.lifted.writers[text] = (name, info.type.string)
            return True
        type_ = spell(info.type, self._types.package, self.lifted.imports)
        if type_ is None:
            return False
        name = node.str if plain else f"gofixerInput{len(self.lifted.inputs)}"
        length = isinstance(node, nodes.Call) and node.function.str in ("len", "cap")
        self.lifted.inputs[text] = Input(name, type_, length)
        if not length and any(_may_act(inner) for inner in (node, *node.descendants())):
            self.lifted.effects.add(text)
        return True


def _may_act(node: Node) -> bool:
    """Whether evaluating a node another number of times may be seen: a call, a receive."""
    return isinstance(node, nodes.Call) or (isinstance(node, nodes.Unary) and node.operator.str == "<-")


def replaced(nodes_: list[Node], lifted: Lifted) -> tuple[list[Span], list[tuple[int, int, bytes]]]:
    """Where parts that became inputs occur in some nodes: their spans, and what to write there."""
    spans: list[Span] = []
    edits: list[tuple[int, int, bytes]] = []
    pending = list(nodes_)
    while pending:
        node = pending.pop()
        # Not the name of a field or a key, which may be spelled like a variable.
        name = lifted.name(node.text) if isinstance(node, nodes.Expression | nodes.Identifier) else None
        if name is not None and not isinstance(node, nodes.FieldIdentifier):
            spans.append(node.span)
            edits.append((node.start, node.end, name))
        else:
            pending += node.children
    return spans, sorted(edits)


def rewritten(source: bytes, span: Span, edits: list[tuple[int, int, bytes]]) -> bytes:
    """A part of a source with some replacements inside of it."""
    at, parts = span[0], []
    for start, end, new in edits:
        if span[0] <= start and end <= span[1]:
            parts += [source[at:start], new]
            at = end
    return b"".join([*parts, source[at : span[1]]])


def lifted_piece(
    lifted: Lifted, results: int, statement: bool, prefix: bytes, expression: bytes, imports: Mapping[str, str]
) -> Piece:
    """The function around an expression; ``results`` counts its values, ``statement`` tells that they are dropped."""
    parameters = ", ".join(f"{one.name} {one.type}" for one in lifted.inputs.values())
    made = [_WRITERS[type_][0].format(name=name, front=_FRONT) for name, type_ in lifted.writers.values()]
    read = [_WRITERS[type_][1].format(name=name) for name, type_ in lifted.writers.values()]
    count = len(read) if statement else results
    declared = f"({parameters}) ({', '.join(['interface{}'] * count)}) {{\n"
    body = "\n".join([*made, *(f"_ = {one.name}" for one in lifted.inputs.values())]).encode()
    ending = b"\nreturn " + (", ".join(read).encode() if statement else expression) + b"\n}"
    middle = b"\n" + expression if statement else b""
    writers = {name: path for name, path in _WRITER_IMPORTS.items() if f"{name}." in "\n".join(made)}
    everything = {**imports, **lifted.imports, **writers}
    return Piece(declared.encode() + body + b"\n" + prefix + middle + ending, everything)


def is_appended_text(node: Node, types: FileTypes) -> bool:
    """Whether a node is a string or a slice of bytes that ``append(b, node...)`` takes the bytes of."""
    if not isinstance(node.parent, nodes.VariadicArgument):
        return False
    call = next((outer for outer in node.ancestors() if isinstance(outer, nodes.Call)), None)
    callee = types.callee(call.span) if call else None
    if callee is None or callee.kind != "builtin" or callee.name != "append":
        return False
    info = types.expr(node.span)
    type_ = info.type if info is not None else None
    if type_ is None or type_.kind != "slice":
        return type_ is not None and type_.kind in ("string", "untyped string")
    return type_.elem is not None and type_.elem.kind == "uint8"


def observable(node: Node, types: FileTypes, lifted: Lifted) -> tuple[int, bool]:
    """How many values an expression has, and whether it stands as a statement and writes. Raises Unfit."""
    if isinstance(node, nodes.Assignment):
        node = node.left.children[0]
    elif isinstance(node.parent, nodes.ExpressionStatement):
        if not lifted.writers:
            raise Unfit("its value is not used")
        return 0, True
    if lifted.writers:
        raise Unfit("it writes, and its value is used")
    info = types.expr(node.span)
    type_ = info.type if info is not None and not info.comma_ok else None
    if not comparable(type_):
        raise Unfit(f"the value of `{node.str}` is of type {type_.string if type_ else 'unknown'}")
    assert type_ is not None
    return (len(type_.members) if type_.kind == "tuple" else 1), False
