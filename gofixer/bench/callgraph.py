"""A call graph by name, and always too large rather than too small.

Whoever executes a function names it, or makes a value of its receiver's type and calls a method of its name, or hands
such a value to code outside that may call what is exported. So declarations are linked by the identifiers in their
text: plain ones inside a package, qualified ones through the imports of the file, others to methods. A method counts
once its type is reached and it is exported or its name is selected somewhere. ``init`` functions, blank variables and
TestMain register things: they belong to every benchmark; the usual ``var _ I = (*T)(nil)`` registers nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from gofixer.bench.changed import receiver_type
from gofixer.bench.packages import Package
from gofixer.edits.model import Span
from gofixer.syntax import Node, nodes, parse

# A word, and whether it is selected; the third dot of `...T` selects nothing.
_WORD = re.compile(r"((?<!\.)\.\s*)?([^\W\d]\w*)")
_SPEC = re.compile(r"(?m)^\s*(?:(?:type|var|const)\b\s*\(?\s*)?([^\W\d]\w*(?:\s*,\s*[^\W\d]\w*)*)")
# testing.go, isTest: what follows the prefix must not start with a lower-case letter.
_BENCHMARK = re.compile(r"Benchmark(?![a-z])\w*")
_PARAMETER = re.compile(r"\*\s*(?:\w+\s*\.\s*)?B\s*,?\s*\)$")
_ASSERTION = re.compile(r"var\s+_\b[^=]*=\s*(?:\(\*[\w.\[\]]+\)\(nil\)|&?[\w.\[\]]+\{\}|new\([\w.\[\]]+\))\s*")

Key = tuple[Path, Span]
# Import path and name of something that a package declares.
Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Declaration:
    """A top-level declaration and the identifiers in its text.

    ``receiver`` is the type's name for a method. ``plain`` are identifiers that nothing stands before, ``selected``
    those behind a dot, ``qualified`` the pairs of both.
    """

    file: Path
    span: Span
    names: frozenset[str]
    receiver: str
    plain: frozenset[str]
    selected: frozenset[str]
    qualified: frozenset[tuple[str, str]]
    benchmark: str = ""

    @property
    def key(self) -> Key:
        """What tells it from others."""
        return self.file, self.span


@dataclass(frozen=True, slots=True)
class GoFile:
    """The declarations of a file, and import paths by the name that the file gives them (empty: by default)."""

    declarations: tuple[Declaration, ...]
    imports: tuple[tuple[str, str], ...]


@cache
def read_file(file: Path) -> GoFile:
    """A Go file on disk; one that cannot be read has no declarations."""
    try:
        tree = parse(file.read_bytes())
    except OSError:
        return GoFile((), ())
    imports = [
        (spec.name.str if spec.name else "", spec.path.str.strip('"`'))
        for node in tree.root.children
        if isinstance(node, nodes.ImportDeclaration)
        for spec in node.descendants(nodes.ImportSpec)
    ]
    return GoFile(tuple(_declarations(file, tree.root.children)), tuple(imports))


def _declarations(file: Path, children: Sequence[Node]) -> Iterator[Declaration]:
    for node in children:
        benchmark = receiver = ""
        match node:
            case nodes.FunctionDeclaration():
                names = {node.name.str}
                test = file.name.endswith("_test.go") and _BENCHMARK.fullmatch(node.name.str)
                if test and _PARAMETER.search(node.parameters.str):
                    benchmark = node.name.str
            case nodes.MethodDeclaration():
                names, receiver = {node.name.str}, receiver_type(node).lstrip("*")
            case nodes.TypeDeclaration() | nodes.VarDeclaration() | nodes.ConstDeclaration():
                if _ASSERTION.fullmatch(node.str):
                    continue
                names = {word for spec in _SPEC.findall(node.str) for word in re.split(r"\s*,\s*", spec)}
            case _:
                continue
        yield Declaration(file, node.span, frozenset(names), receiver, *_words(node.str), benchmark)


def _words(text: str) -> tuple[frozenset[str], frozenset[str], frozenset[tuple[str, str]]]:
    plain, selected, qualified = set(), set(), set()
    before, end, simple = "", -1, False
    for match in _WORD.finditer(text):
        dot, word = match.groups()
        if dot:
            selected.add(word)
            if simple and match.start() == end:
                qualified.add((before, word))
        else:
            plain.add(word)
        before, end, simple = word, match.end(), not dot
    return frozenset(plain), frozenset(selected), frozenset(qualified)


@dataclass(slots=True)
class _Reached:
    """Declarations that are reached, names selected in them, and methods of reached types that nobody selects yet."""

    seen: set[Key] = field(default_factory=set)
    selected: set[str] = field(default_factory=set)
    waiting: dict[str, list[Declaration]] = field(default_factory=dict)

    def copy(self) -> _Reached:
        """The same, to go on from."""
        return _Reached(set(self.seen), set(self.selected), {word: list(held) for word, held in self.waiting.items()})


@dataclass(slots=True)
class Graph:
    """The declarations of some packages, by what leads to them."""

    packages: Mapping[str, Package]
    by_name: dict[Name, list[Declaration]] = field(default_factory=lambda: defaultdict(list))
    methods: dict[Name, list[Declaration]] = field(default_factory=lambda: defaultdict(list))
    homes: dict[Path, str] = field(default_factory=dict)
    roots: list[Declaration] = field(default_factory=list)
    _meanings: dict[Key, tuple[Name, ...]] = field(default_factory=dict)
    _always: _Reached | None = None

    def add(self, file: Path, package: str) -> None:
        """Take the declarations of a file in."""
        self.homes[file] = package
        for declaration in read_file(file).declarations:
            if declaration.receiver:
                self.methods[package, declaration.receiver].append(declaration)
                continue
            for name in declaration.names:
                self.by_name[package, name].append(declaration)
            if declaration.names & {"init", "_", "TestMain"}:
                self.roots.append(declaration)

    def reach(self, start: Declaration) -> set[Key]:
        """All declarations that a benchmark may execute, itself included."""
        if self._always is None:
            self._always = _Reached()
            self._follow(self._always, self.roots)
        reached = self._always.copy()
        self._follow(reached, [start])
        return reached.seen

    def _follow(self, reached: _Reached, starts: Sequence[Declaration]) -> None:
        pending = list(starts)
        while pending:
            here = pending.pop()
            if here.key in reached.seen:
                continue
            reached.seen.add(here.key)
            for name in self._meaning(here):
                pending += self.by_name.get(name, ())
                for method in self.methods.get(name, ()):
                    (word,) = method.names
                    if word in reached.selected or word[0].isupper():
                        pending.append(method)
                    else:
                        reached.waiting.setdefault(word, []).append(method)
            for word in here.selected - reached.selected:
                pending += reached.waiting.pop(word, ())
            reached.selected |= here.selected

    def _meaning(self, declaration: Declaration) -> tuple[Name, ...]:
        """What of these packages a declaration may mean by its words."""
        if declaration.key not in self._meanings:
            known = (name for name in self._named(declaration) if name in self.by_name or name in self.methods)
            self._meanings[declaration.key] = tuple(known)
        return self._meanings[declaration.key]

    def _named(self, declaration: Declaration) -> Iterator[Name]:
        package = self.homes[declaration.file]
        yield from ((package, word) for word in declaration.plain)
        for name, path in read_file(declaration.file).imports:
            if path not in self.packages:
                continue
            if name == ".":
                yield from ((path, word) for word in declaration.plain)
            known = name or self.packages[path].name
            yield from ((path, word) for qualifier, word in declaration.qualified if qualifier == known)
