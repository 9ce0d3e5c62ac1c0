"""Scopes: which names a file declares where, by syntax alone (Go specification, "Declarations and scope")."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from gofixer.syntax.edit import Span
from gofixer.syntax.node import Node

_VERSION = re.compile(r"v\d+")


class DeclarationKind(StrEnum):
    """What a name was declared as."""

    IMPORT = "import"
    CONST = "const"
    VAR = "var"
    TYPE = "type"
    FUNC = "func"
    PARAM = "param"
    RESULT = "result"
    RECEIVER = "receiver"
    TYPE_PARAM = "type parameter"
    LABEL = "label"


@dataclass(frozen=True, slots=True)
class Declaration:
    """One declared name. ``node`` is the identifier, or the import spec of an import without a name.

    ``visible`` is the offset from which on, inside of ``scope``, the name means this declaration. ``path`` is an
    import's path.
    """

    name: str
    kind: DeclarationKind
    node: Node
    scope: Scope = field(repr=False, compare=False)
    visible: int = 0
    path: str = ""


class ScopeKind(StrEnum):
    """What opens a scope."""

    FILE = "file"
    FUNC = "func"
    BLOCK = "block"


@dataclass(slots=True, eq=False)
class Scope:
    """A file, a function (its parameters and its body are one block) or any other block, with what it declares.

    The file's scope holds its imports and its package-level declarations; other files of the package are not known.
    """

    kind: ScopeKind
    node: Node
    span: Span
    parent: Scope | None = None
    children: list[Scope] = field(default_factory=list, repr=False)
    declarations: list[Declaration] = field(default_factory=list, repr=False)
    labels: list[Declaration] = field(default_factory=list, repr=False)
    _by_name: dict[str, list[Declaration]] = field(default_factory=dict, repr=False)

    def declare(self, name: str, kind: DeclarationKind, node: Node, visible: int, path: str = "") -> None:
        """Add a declaration; ``_`` declares nothing. For the builder of the scopes."""
        if name != "_" and node.start < node.end:
            declaration = Declaration(name, kind, node, self, visible, path)
            self.declarations.append(declaration)
            self._by_name.setdefault(name, []).append(declaration)

    def declared(self, name: str, at: int) -> Declaration | None:
        """The declaration in this very scope that a name means at an offset."""
        found = [d for d in self._by_name.get(name, ()) if d.visible <= at]
        return found[-1] if found else None

    @property
    def function(self) -> Scope | None:
        """The innermost function's scope around this one, or itself."""
        scope: Scope | None = self
        while scope is not None and scope.kind is not ScopeKind.FUNC:
            scope = scope.parent
        return scope

    def names(self) -> frozenset[str]:
        """All names that this very scope declares."""
        return frozenset(self._by_name)


class Scopes:
    """The scopes of a tree. ``dot_imports`` are the paths whose names come without a qualifier and are not known."""

    __slots__ = ("dot_imports", "file")

    def __init__(self, file: Scope, dot_imports: tuple[str, ...]) -> None:
        self.file = file
        self.dot_imports = dot_imports

    def at(self, offset: int) -> Scope:
        """The innermost scope that an offset is in; a scope's end is outside of it."""
        scope = self.file
        while True:
            index = bisect_right(scope.children, offset, key=lambda s: s.span[0]) - 1
            if index < 0 or scope.children[index].span[1] <= offset:
                return scope
            scope = scope.children[index]

    def lookup(self, name: str, at: int) -> Declaration | None:
        """What a name means at an offset; None for what the file does not declare (universe, other files, dot imports).

        For identifiers that stand alone: a selector's field and the key of a struct literal are not looked up in
        scopes.
        """
        scope: Scope | None = self.at(at)
        while scope is not None:
            found = scope.declared(name, at)
            if found is not None:
                return found
            scope = scope.parent
        return None

    def lookup_label(self, name: str, at: int) -> Declaration | None:
        """The label of the innermost function around an offset."""
        function = self.at(at).function
        return next((d for d in function.labels if d.name == name), None) if function else None

    def walk(self) -> Iterator[Scope]:
        """All scopes, parents first, in source order."""
        pending = [self.file]
        while pending:
            scope = pending.pop()
            yield scope
            pending.extend(reversed(scope.children))


def import_name(path: str) -> str:
    """The package name that a path suggests: ``math/rand/v2`` gives ``rand``, ``gopkg.in/yaml.v3`` ``yaml``.

    Exact for the standard library, a convention elsewhere.
    """
    parts = path.split("/")
    if len(parts) > 1 and _VERSION.fullmatch(parts[-1]):
        parts.pop()
    return re.sub(r"\.v\d+$", "", parts[-1])
