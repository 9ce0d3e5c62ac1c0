"""The right side of a rule: Go code with metavariables, filled in with what they stood for."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from gofixer.context import Match
from gofixer.match.imports import default_name
from gofixer.match.pattern import PatternError, PNode
from gofixer.match.stdlib import AMBIGUOUS, BY_NAME
from gofixer.syntax import Node, Span, Tree, nodes, parse

_HOLE = "gofixerhole1"
_HOLES = "gofixerholeN"
_TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"|`[^`]*`|\'(?:\\.|[^\'\\\n])+\'|\$(?P<many>\*)?(?P<name>[A-Za-z_]\w*)|\$')
_WRAPPERS = {
    "expression": ("package p\nvar _ = (\n", "\n)\n"),
    "statements": ("package p\nfunc _() {\n", "\n}\n"),
    "type": ("package p\nvar _ []", "\n"),
    "declaration": ("package p\n", "\n"),
}
# Go specification, "Predeclared identifiers".
PREDECLARED = frozenset(
    {
        "any", "bool", "byte", "comparable", "complex64", "complex128", "error", "float32", "float64", "int", "int8",
        "int16", "int32", "int64", "rune", "string", "uint", "uint8", "uint16", "uint32", "uint64", "uintptr",
        "true", "false", "iota", "nil", "append", "cap", "clear", "close", "complex", "copy", "delete", "imag", "len",
        "make", "max", "min", "new", "panic", "print", "println", "real", "recover",
    }
)  # fmt: skip
# What stands inside of these is evaluated another number of times than what stands outside, or at another time.
_CONDITIONAL = frozenset(
    {"func_literal", "for_statement", "if_statement", "select_statement", "defer_statement", "go_statement"}
    | {"expression_switch_statement", "type_switch_statement"}
)
_PRECEDENCE = {
    **dict.fromkeys(("||",), 1),
    **dict.fromkeys(("&&",), 2),
    **dict.fromkeys(("==", "!=", "<", "<=", ">", ">="), 3),
    **dict.fromkeys(("+", "-", "|", "^"), 4),
    **dict.fromkeys(("*", "/", "%", "<<", ">>", "&", "&^"), 5),
}
_UNARY, _PRIMARY = 6, 7
_OPERATORS = b"+-*/&|^<>=!"


class Site(NamedTuple):
    """An occurrence of a metavariable: its name, what makes its evaluation conditional, the kind of its parent."""

    name: str
    conditions: tuple[str, ...]
    parent: str


@dataclass(frozen=True, slots=True)
class Template:
    """A rewrite, ready to be filled in.

    ``form`` is ``expression``, ``statements``, ``type`` or ``declaration``; bytes ``start`` to ``end`` of ``tree`` are
    the code, ``root`` its one node unless it is statements. ``holes`` are the metavariables' leaves with their
    names, ``packages`` the identifiers that name an import path, ``locals`` the names that the code itself declares,
    ``predeclared`` those of the universe scope that it uses.
    """

    form: str
    tree: Tree
    start: int
    end: int
    root: Node | None
    holes: tuple[tuple[str, Node], ...]
    packages: tuple[tuple[str, Node], ...]
    locals: tuple[tuple[str, Node], ...]
    predeclared: frozenset[str]
    sites: tuple[Site, ...]

    def render(self, filling: Mapping[int, bytes], newline: bytes, indent: bytes, cuts: Iterable[Span] = ()) -> bytes:
        """The code with other bytes for some leaves (by their start), without the ``cuts``, its lines indented."""
        leaves = {node.start: node.span for _, node in (*self.holes, *self.packages, *self.locals)}
        changes = sorted([(leaves[start], text) for start, text in filling.items()] + [(cut, b"") for cut in cuts])
        parts: list[bytes] = []
        at = self.start
        for (start, end), text in changes:
            parts += [self._lines(at, start, newline, indent), text]
            at = end
        return b"".join([*parts, self._lines(at, self.end, newline, indent)])

    def indent(self, hole: Node) -> bytes:
        """White space that the template's own line of a hole begins with; none on the first line."""
        begin = max(self.tree.source.rfind(b"\n", 0, hole.start) + 1, self.start)
        line = self.tree.source[begin : hole.start]
        return line[: len(line) - len(line.lstrip(b" \t"))]

    def without(self, hole: Node) -> Span:
        """What goes when a ``$*xs`` stands for nothing: the hole with one comma, or with its line."""
        source = self.tree.source
        start, end = hole.span
        before = source[self.start : start].rstrip()
        if before.endswith(b","):
            return self.start + len(before) - 1, end
        after = re.match(rb"[ \t]*,[ \t]*|[ \t]*\n[ \t]*", source[end : self.end])
        return start, end + (after.end() if after else 0)

    def as_file(self) -> tuple[Tree, int]:
        """The template in a file that imports what its qualifiers name, and how far its offsets lie behind."""
        imports = {path: leaf.str for path, leaf in self.packages}
        lines = "".join(f'import {name} "{path}"\n' for path, name in imports.items()).encode()
        clause = len(b"package p\n")
        return parse(self.tree.source[:clause] + lines + self.tree.source[clause:]), len(lines)

    @staticmethod
    def is_run(hole: Node) -> bool:
        """Whether a hole takes any number of nodes (``$*xs``)."""
        return hole.str.startswith(_HOLES)

    def _lines(self, start: int, end: int, newline: bytes, indent: bytes) -> bytes:
        return self.tree.source[start:end].replace(b"\n", newline + indent)


def compile_template(text: str, form: str, variables: Iterable[str], imports: Iterable[str]) -> Template:
    """Parse a rewrite in the form of its pattern. Raises `PatternError` with one sentence for the rule's author."""
    source = textwrap.dedent(text.replace("\r\n", "\n")).strip()
    if not source:
        raise PatternError("is empty")
    known = set(variables)

    def substitute(token: re.Match[str]) -> str:
        name = token["name"]
        if token[0] == "$":
            raise PatternError("has a $ that starts no metavariable")
        if name is None:
            return token[0]
        if name not in known:
            raise PatternError(f"has ${name}, which the pattern does not bind")
        return f"{_HOLES if token['many'] else _HOLE}{name}"

    code = _TOKEN.sub(substitute, source)
    # A call may stand alone: its rewrite may be statements then.
    for tried in (form, "statements") if form == "expression" else (form,):
        before, after = _WRAPPERS[tried]
        tree = parse(f"{before}{code}{after}".encode())
        if not tree.has_errors:
            break
    else:
        raise PatternError(f"is not Go code where the pattern stands ({form})")
    start, end = len(before.encode()), len(before.encode()) + len(code.encode())
    inside = [n for n in tree.root.descendants() if start <= n.start and n.end <= end]
    leaves = [n for n in inside if isinstance(n, _NAMES)]
    holes = tuple((_name(n), n) for n in leaves if _name(n))
    declared = {n.str for n in _declared(inside)} - {"_"}
    plain = [n for n in leaves if not _name(n)]
    packages = tuple((_package(n.str, imports), n) for n in plain if _is_qualifier(n) and n.str not in declared)
    local = tuple((n.str, n) for n in plain if n.str in declared and not _is_key(n))
    taken = {n.start for _, n in (*packages, *local)}
    return Template(
        form=tried,
        tree=tree,
        start=start,
        end=end,
        root=next((n for n in inside if n.span == (start, end)), None) if tried != "statements" else None,
        holes=holes,
        packages=packages,
        locals=local,
        predeclared=frozenset(n.str for n in plain if n.str in PREDECLARED and n.start not in taken),
        sites=tuple(Site(name, tuple(_conditions(n)), n.parent.kind if n.parent else "") for name, n in holes),
    )


_NAMES = (nodes.Identifier, nodes.TypeIdentifier, nodes.FieldIdentifier, nodes.PackageIdentifier, nodes.LabelName)


def _name(leaf: Node) -> str:
    text = leaf.str
    return text[len(_HOLE) :] if text.startswith((_HOLE, _HOLES)) else ""


def _is_qualifier(leaf: Node) -> bool:
    match leaf.parent:
        case nodes.Selector(operand, _):
            return operand == leaf
        case nodes.QualifiedType(package, _):
            return package == leaf
    return False


def _is_key(leaf: Node) -> bool:
    element = leaf.parent
    keyed = element.parent if element else None
    return isinstance(keyed, nodes.KeyedElement) and keyed.children[0] == element


def _package(name: str, imports: Iterable[str]) -> str:
    given = {default_name(path): path for path in imports}
    if name in given:
        return given[name]
    if name in AMBIGUOUS:
        raise PatternError(f"has {name}, which could be {' or '.join(AMBIGUOUS[name])}: add `imports`")
    if name not in BY_NAME:
        raise PatternError(f"has {name}, which is no package of the standard library: add `imports`")
    return BY_NAME[name]


def _declared(inside: Iterable[Node]) -> Iterator[Node]:
    for node in inside:
        match node:
            case nodes.ShortVarDeclaration(left, _) | nodes.RangeClause(left=left):
                yield from (n for n in left.children if isinstance(n, nodes.Identifier)) if left else ()
            case nodes.VarSpec() | nodes.ConstSpec() | nodes.ParameterDeclaration():
                yield from (
                    node.tree.wrap(n) for n in node.raw.children_by_field_name("name") if n.type == "identifier"
                )


def _conditions(leaf: Node) -> Iterator[str]:
    child = leaf
    for ancestor in leaf.ancestors():
        if ancestor.kind in _CONDITIONAL:
            yield ancestor.kind
        if isinstance(ancestor, nodes.Binary) and ancestor.operator.str in ("&&", "||") and child == ancestor.right:
            yield ancestor.operator.str
        child = ancestor


def pattern_sites(roots: Iterable[PNode], conditions: tuple[str, ...] = (), parent: str = "") -> Iterator[Site]:
    """The occurrences of metavariables in a pattern, in source order."""
    for node in roots:
        if node.variable:
            yield Site(node.variable, conditions, parent)
        inner = (node.kind, *conditions) if node.kind in _CONDITIONAL else conditions
        lazy = next((c.text.decode() for c in node.children if c.text in (b"&&", b"||")), "")
        for child in node.children:
            around = (lazy, *inner) if lazy and child.field == "right" else inner
            yield from pattern_sites([child], around, node.kind)


def binding(node: Node) -> int:
    """How tightly an expression holds together: the precedence of its operator, more for unary and primary ones."""
    match node:
        case nodes.Binary(operator=operator):
            return _PRECEDENCE.get(operator.str, 1)
        case nodes.Unary():
            return _UNARY
    return _PRIMARY


def needs_parentheses(inner: Node, outer: Node | None, position: Node) -> bool:
    """Whether an expression has to be parenthesised to take the place of ``position`` in ``outer``."""
    match outer:
        case nodes.Binary(_, operator, right):
            precedence = _PRECEDENCE.get(operator.str, 1)
            return binding(inner) < precedence or (binding(inner) == precedence and position == right)
        case nodes.Unary():
            return binding(inner) < _PRIMARY
        case nodes.Selector() | nodes.Call() | nodes.Index() | nodes.Slice() | nodes.TypeAssertion():
            if position != outer.children[0]:
                return False
            number = isinstance(inner, nodes.IntLiteral | nodes.FloatLiteral)
            return binding(inner) < _PRIMARY or isinstance(inner, _LOOSE_TYPES) or number
        case nodes.TypeConversion():
            return position == outer.children[0] and isinstance(inner, _LOOSE_TYPES)
    return False


_LOOSE_TYPES = (nodes.PointerType, nodes.FunctionType, nodes.ChannelType)


def outermost(template: Template, match: Match) -> Node | None:
    """The expression that a filled-in template is: its own, or what its only metavariable stands for."""
    root = template.root
    name = next((name for name, hole in template.holes if hole == root), None)
    return match[name] if name is not None else root


def glued(before: bytes, text: bytes) -> bool:
    """Whether an operator in front of some code would run together with the code's own first operator."""
    return bool(before and text) and before[-1] in _OPERATORS and text[0] in _OPERATORS
