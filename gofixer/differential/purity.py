"""Whether running code does nothing but give a result."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from gofixer.differential.known import is_pure, prints_by_method
from gofixer.differential.model import Unfit
from gofixer.differential.source import Sources, declaration_at
from gofixer.facts.effects import unparen
from gofixer.facts.types import FileTypes, Object, Span
from gofixer.syntax import Node, nodes

_DEEPEST = 8
_WRITERS = frozenset({"*bytes.Buffer", "*strings.Builder", "*bufio.Writer"})
_MAY_WRITE = frozenset({"append", "copy", "delete", "clear"})
_BLOCKING = (nodes.Go, nodes.Select, nodes.Send, nodes.Receive)


class Purity:
    """Looks through code, and through the functions of the package that it calls."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._known: dict[tuple[Path, Span], str] = {}
        self._depth = 0

    def require(self, node: Node, types: FileTypes, given: Collection[Span] = ()) -> None:
        """Raises Unfit where evaluating a node has an effect, or reads what may change.

        Subtrees with the spans ``given`` are inputs and not looked at.
        """
        if node.span in given:
            return
        self._look(node, types)
        for child in node.children:
            self.require(child, types, given)

    def _look(self, node: Node, types: FileTypes) -> None:
        if isinstance(node, _BLOCKING) or (isinstance(node, nodes.Unary) and node.operator.str == "<-"):
            raise Unfit("it starts goroutines or uses channels")
        if isinstance(node, nodes.RangeClause):
            info = types.expr(unparen(node.right).span)
            if info is None or info.type is None or info.type.kind in ("chan", "func"):
                raise Unfit(f"it ranges over `{node.right.str}`")
        if isinstance(node, nodes.Call):
            self.call(node, types)
        for target in _written(node):
            base = _base(target)
            found = types.object(base.span) if isinstance(base, nodes.Identifier) else None
            if found is not None and found.kind == "var" and found.scope == "package":
                raise Unfit(f"it writes to `{base.str}`")
        if isinstance(node, nodes.Identifier | nodes.FieldIdentifier):
            found = types.object(node.span)
            if found is not None:
                self.mention(found, types)

    def mention(self, found: Object, types: FileTypes) -> None:
        """Raises Unfit where using an object may have an effect, or its value may change."""
        if found.kind == "pkg" and found.pkg in ("unsafe", "C", "reflect", "runtime"):
            raise Unfit(f"it uses package {found.pkg}")
        if found.kind in ("func", "builtin") and not is_pure(found):
            if found.pkg != types.package:
                raise Unfit(f"it calls {found.full_name}")
            self._function(found)
        if found.kind == "var" and found.scope == "package":
            if found.pkg != types.package and found.full_name not in ("io.EOF", "io.ErrUnexpectedEOF"):
                raise Unfit(f"it reads {found.full_name}")
            held = found.type
            if held is None or (held.kind in ("func", "interface", "chan") and not held.is_error):
                raise Unfit(f"it uses the variable {found.name}")

    def call(self, node: nodes.Call, types: FileTypes) -> None:
        """Raises Unfit where a call may run code that cannot be seen: a function value, a method that fmt calls."""
        callee = types.callee(node.span)
        function = unparen(node.function)
        if callee is None:
            info = types.expr(function.span)
            local = types.object(function.span) if isinstance(function, nodes.Identifier) else None
            called = isinstance(function, nodes.FuncLiteral) or (local is not None and local.scope == "local")
            if not called and (info is None or info.mode != "type"):
                raise Unfit(f"it calls the function value `{function.str}`")
            return
        if callee.pkg != "fmt":
            return
        arguments = list(node.arguments.children)
        if callee.name.startswith("Fprint"):
            info = types.expr(unparen(arguments[0]).span) if arguments else None
            if info is None or info.type is None or info.type.string not in _WRITERS:
                raise Unfit(f"it writes to `{arguments[0].str if arguments else ''}`")
            arguments = arguments[1:]
        if callee.name.startswith("Sscan"):
            return
        for argument in arguments:
            info = types.expr(unparen(argument).span)
            if info is None or (info.const is None and prints_by_method(info.type)):
                raise Unfit(f"`{argument.str}` may be printed by a method of its own")

    def _function(self, found: Object) -> None:
        """A function of the same package: its body has to be pure, too."""
        if found.decl is None or found.decl_file is None:
            raise Unfit(f"it calls {found.full_name}")
        key = (found.decl_file, found.decl)
        if key not in self._known:
            self._known[key] = ""  # calls of itself change nothing
            self._known[key] = self._reason(found, found.decl_file, found.decl)
        if self._known[key]:
            raise Unfit(f"it calls {found.name}, and {self._known[key]}")

    def _reason(self, found: Object, file: Path, span: Span) -> str:
        declaration = declaration_at(self._sources.tree(file), span[0])
        if declaration is None or declaration.body is None:
            return f"{found.name} has no body in Go"
        if self._depth == _DEEPEST:
            return "the calls go too deep to follow"
        self._depth += 1
        try:
            self.require(declaration.body, self._sources.types(file, declaration))
        except Unfit as unfit:
            return str(unfit)
        finally:
            self._depth -= 1
        return ""


def _written(node: Node) -> tuple[Node, ...]:
    """What a node assigns to, or may."""
    match node:
        case nodes.Assignment():
            return tuple(node.left.children)
        case nodes.Inc() | nodes.Dec():
            return tuple(node.children[:1])
        case nodes.Unary() if node.operator.str == "&":
            return (node.operand,)
        case nodes.Call() if node.function.str in _MAY_WRITE:
            return tuple(node.arguments.children[:1])
    return ()


def _base(node: Node) -> Node:
    """The variable that a field, element or pointee belongs to."""
    while True:
        match node:
            case nodes.Parenthesized():
                node = node.children[0]
            case nodes.Selector() | nodes.Index() | nodes.Slice() | nodes.Unary():
                node = node.operand
            case _:
                return node
