"""What a transform's check is given: the match and everything that can be known about its place."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gofixer.edits.model import Applicability, Edit, Fix, Span
from gofixer.facts.effects import effects, unparen
from gofixer.facts.modules import Module
from gofixer.facts.types import ExprInfo, FileTypes, Object, Type
from gofixer.match.imports import default_name, imported_names
from gofixer.match.shadowing import is_declared
from gofixer.syntax import Node, Tree, nodes

_WORD = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*")
_GO_DEBUG = re.compile(rb"(?m)^//go:debug[ \t]+(\w+)=(\S+)")
_GO_VERSION = re.compile(r"go(\d+)\.(\d+)\S*")


@dataclass(frozen=True, slots=True)
class Match:
    """A pattern found in a file: ``node`` (the first of ``nodes``) and what the metavariables stand for."""

    nodes: tuple[Node, ...]
    bindings: Mapping[str, Node | tuple[Node, ...]]
    pattern: int

    @property
    def node(self) -> Node:
        """The matched node, or the first statement of a matched run."""
        return self.nodes[0]

    @property
    def span(self) -> Span:
        """Byte range from the first to the last matched node."""
        return self.nodes[0].start, self.nodes[-1].end

    def __getitem__(self, name: str) -> Node:
        """The node of ``$name``. Raises `KeyError` when there is none, `TypeError` for a ``$*name``."""
        found = self.bindings[name]
        if isinstance(found, tuple):
            raise TypeError(f"${name} stands for several nodes: use many()")
        return found

    def many(self, name: str) -> tuple[Node, ...]:
        """The nodes of ``$*name``."""
        found = self.bindings[name]
        return found if isinstance(found, tuple) else (found,)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of one file in one pass; shared by all checks of the file.

    ``go`` is the language version of the file, ``toolchain`` the version of the Go toolchain or None where there
    is none; ``path`` is absolute. ``overlay`` holds the contents that count instead of those on disk: what an editor
    has not saved, and what the run has made of files so far.
    """

    path: Path
    tree: Tree
    module: Module | None
    go: tuple[int, int]
    toolchain: tuple[int, int] | None
    types: FileTypes | None
    imports: Mapping[str, str]
    overlay: Mapping[Path, bytes] = field(default_factory=dict)

    @property
    def source(self) -> bytes:
        """The file's bytes."""
        return self.tree.source


def file_imports(tree: Tree) -> dict[str, str]:
    """Import path to local name, for imports that have one."""
    names = imported_names(tree.root.raw)
    return {path: name.decode() for name, path in names.items()}


@dataclass(slots=True)
class Context:
    """The place of one match, with the questions that guards ask.

    ``selected`` tells that the user named the transform (gates are lifted, guards are not); ``hot`` that a
    profile shows the place to matter. ``reserved`` are the names that other fixes of the pass bring, with the span
    that each is for.
    """

    facts: FileFacts
    match: Match
    options: Mapping[str, str | int | bool]
    selected: bool = False
    hot: bool = False
    reserved: Sequence[tuple[Span, str]] = ()
    names: list[tuple[Span, str]] = field(default_factory=list)
    needed: list[str] = field(default_factory=list)

    # -- the file ---------------------------------------------------------------------------------------------

    @property
    def source(self) -> bytes:
        """The file's bytes."""
        return self.facts.source

    @property
    def go(self) -> tuple[int, int]:
        """The language version of the file: what its syntax and its loop variables mean."""
        return self.facts.go

    @property
    def toolchain(self) -> tuple[int, int]:
        """Version of the toolchain in use; the file's language version where there is none."""
        return self.facts.toolchain or self.facts.go

    def package_sources(self) -> dict[Path, bytes]:
        """The Go files of the file's folder, tests and files of other platforms too; this file as it is now.

        For guards that a single mention anywhere in the package decides. Files that cannot be read are left out.
        """
        folder = self.facts.path.parent
        unwritten = (path for path in self.facts.overlay if path.parent == folder)
        sources = {self.facts.path: self.source}
        for path in sorted({*folder.glob("*.go"), *unwritten}):
            if path != self.facts.path:
                with contextlib.suppress(OSError):
                    sources[path] = self.read(path)
        return sources

    def read(self, path: Path) -> bytes:
        """A file as it is now, which need not be as it is on disk. Raises `OSError` where it cannot be read."""
        if path == self.facts.path:
            return self.source
        known = self.facts.overlay.get(path)
        return path.read_bytes() if known is None else known

    @property
    def is_test(self) -> bool:
        """Whether the file is a ``_test.go`` file."""
        return self.facts.path.name.endswith("_test.go")

    @property
    def newline(self) -> bytes:
        """The file's line ending: CRLF where its first line has one."""
        first = self.source.find(b"\n")
        return b"\r\n" if first > 0 and self.source[first - 1 : first] == b"\r" else b"\n"

    @property
    def module_go(self) -> tuple[int, int]:
        """The module's go line: what decides the run-time behaviour when the module is the main module."""
        return self.facts.module.go if self.facts.module else self.facts.go

    @property
    def old_timer_channels(self) -> bool:
        """Whether a stale value may be left in a timer's channel by Stop and Reset.

        True when the program may run with the timers of Go 1.22 or older: the main module's go line is below
        1.23 on a toolchain below 1.27 (Go 1.23 release notes, "Timer changes"; Go 1.27 dropped
        ``asynctimerchan``), or ``GODEBUG=asynctimerchan=1`` is written down, or a ``default=`` of Go 1.22 or older
        (https://go.dev/doc/godebug, "Default GODEBUG Values"). A package that is no program may be imported by main
        modules of any version from its own go line on, on any toolchain.
        """
        if self.toolchain >= (1, 27) and self.is_program:
            return False
        settings = self._godebug()
        asked = settings.get("asynctimerchan")
        if asked is not None:
            return asked == "1"
        default = _GO_VERSION.fullmatch(settings.get("default", ""))
        return (tuple(map(int, default.groups())) if default else self.module_go) < (1, 23)

    def _godebug(self) -> dict[str, str]:
        """The GODEBUG settings of go.mod or go.work, and of the program's own ``//go:debug`` lines, which win."""
        found = dict(self.facts.module.godebug) if self.facts.module else {}
        if self.is_program:
            for source in self.package_sources().values():
                lines = _GO_DEBUG.findall(source)
                found |= {key.decode(): value.decode(errors="replace") for key, value in lines}
        return found

    @property
    def is_program(self) -> bool:
        """Whether the file's package is ``main``: then its own module is the main module."""
        clause = next(iter(self.facts.tree.root.descendants(nodes.PackageClause)), None)
        return clause is not None and clause.text.split()[-1] == b"main"

    # -- types ------------------------------------------------------------------------------------------------

    @property
    def types(self) -> FileTypes:
        """The oracle's answers. Only for transforms that ask for types: the engine sees to it that they are there."""
        assert self.facts.types is not None, "the transform does not declare that it reads types"
        return self.facts.types

    def expr(self, node: Node) -> ExprInfo | None:
        """What the type checker says of an expression; outer parentheses do not matter."""
        return self.types.expr(unparen(node).span)

    def type(self, node: Node) -> Type | None:
        """Type of an expression, None where the checker has none."""
        info = self.expr(node)
        return info.type if info else None

    def constant(self, node: Node) -> str | None:
        """Exact text of a constant expression's value (strings unquoted), None where it is no constant."""
        info = self.expr(node)
        return info.const if info else None

    def object(self, node: Node) -> Object | None:
        """The object that an identifier, or the last name of a selector, stands for."""
        target = unparen(node)
        if isinstance(target, nodes.Selector):
            name = target.field
            return self.types.object(name.span) if name else None
        return self.types.object(target.span)

    def callee(self, call: Node) -> str:
        """Full name of the function that a call calls (``fmt.Sprintf``), empty where it is not known statically."""
        found = self.types.callee(call.span)
        return found.full_name if found else ""

    # -- the place --------------------------------------------------------------------------------------------

    def text(self, node: Node) -> str:
        """Source text of a node."""
        return node.str

    def function(self, node: Node) -> Node | None:
        """Innermost function literal or declaration around a node, not the node itself."""
        return next((a for a in node.ancestors() if isinstance(a, nodes.FUNCTIONS)), None)

    def declaration(self, node: Node) -> Node:
        """Top-level declaration that holds a node."""
        last = node
        for ancestor in node.ancestors():
            if isinstance(ancestor, nodes.SourceFile):
                break
            last = ancestor
        return last

    def statement(self, node: Node) -> Node | None:
        """Innermost statement around a node that stands in a statement list (a block's or a case's)."""
        current: Node | None = node
        while current is not None:
            parent = current.parent
            if isinstance(parent, nodes.StatementList):
                return current
            current = parent
        return None

    def indent(self, node: Node) -> str:
        """White space before the first token of the line that the node starts on."""
        start = self.source.rfind(b"\n", 0, node.start) + 1
        line = self.source[start : node.start]
        return line[: len(line) - len(line.lstrip(b" \t"))].decode()

    def comments(self, span: Span) -> list[Node]:
        """Comments that touch a byte range."""
        start, end = span
        return [c for c in self.facts.tree.comments if c.start < end and start < c.end]

    def mentions(self, scope: Node, name: str) -> bool:
        """Whether an identifier of that name occurs anywhere in a node (as a word, comments and strings too)."""
        return name.encode() in set(_WORD.findall(scope.text))

    def fresh(self, at: Node, *candidates: str, scope: Node | None = None) -> str:
        """A name that the enclosing top-level declaration does not mention: it can neither collide nor capture.

        The first candidate that is free is taken, else the first with a number behind it; what other fixes of the
        same pass have taken is not free. ``scope`` is a smaller node that the name is for: then only what that
        mentions counts.
        """
        declaration = scope or self.declaration(at)
        start, end = declaration.span
        taken = {word.decode() for word in _WORD.findall(declaration.text)}
        taken |= {name for span, name in (*self.names, *self.reserved) if span[0] < end and start < span[1]}
        numbered = (f"{candidates[0]}{number}" for number in range(2, 1000))
        name = next(n for n in (*candidates, *numbered) if n not in taken)
        self.names.append((declaration.span, name))
        return name

    def qualifier(self, path: str, at: Node) -> str | None:
        """Local name of a package at a place; records that the fix needs the import.

        None where the name means something else there, or is taken in the package: then the fix is refused.
        """
        local = self.facts.imports.get(path)
        name = local or default_name(path)
        if is_declared(name.encode(), at.raw):
            return None
        if local is None and (
            name in self.facts.imports.values()
            or (self.facts.types is not None and name in self.facts.types.package_names)
        ):
            return None
        self.needed.append(path)
        return name

    def predeclared(self, name: str, at: Node) -> bool:
        """Whether a name of the universe scope (``len``, ``append``, ``string``) means that at a place."""
        if is_declared(name.encode(), at.raw) or name in self.facts.imports.values():
            return False
        return self.facts.types is None or name not in self.facts.types.package_names

    # -- evaluation -------------------------------------------------------------------------------------------

    def effect(self, node: Node) -> str | None:
        """The first thing in an expression that may have an effect, panic or block; None where nothing can."""
        return next(effects(node, self.types), None)

    # -- results ----------------------------------------------------------------------------------------------

    def fix(
        self,
        title: str,
        *edits: Edit,
        applicability: Applicability = Applicability.SAFE,
        drops: tuple[str, ...] = (),
        declaration: bool = False,
    ) -> Fix:
        """Make the fix: edits in any order, imports as `qualifier` recorded them."""
        ordered = tuple(sorted(edits))
        imports = tuple(dict.fromkeys(self.needed))
        return Fix(title, ordered, applicability, imports, drops, declaration)
