"""One state of the files of a module, parsed, with what the type checker says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from gofixer.differential.model import Unfit
from gofixer.facts.constraints import Variant
from gofixer.facts.modules import Module
from gofixer.facts.oracle import Oracle
from gofixer.facts.types import FileTypes, Span, Type
from gofixer.syntax import Node, Tree, nodes, parse

BASIC = frozenset(
    [
        "bool",
        "string",
        "int",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "uintptr",
        "float32",
        "float64",
        "complex64",
        "complex128",
    ]
)
Declaration = nodes.FunctionDeclaration | nodes.MethodDeclaration


class Sources:
    """Files with their trees and types, asked for when needed. ``contents`` replace what is on disk."""

    def __init__(self, oracle: Oracle, module: Module, variant: Variant, contents: Mapping[Path, bytes]) -> None:
        self._oracle = oracle
        self._module = module
        self._variant = variant
        self._contents = contents
        self._trees: dict[Path, Tree] = {}
        self._types: dict[tuple[Path, Span], FileTypes | str] = {}

    def tree(self, file: Path) -> Tree:
        """The parsed file. Raises Unfit where it cannot be read."""
        if file not in self._trees:
            try:
                self._trees[file] = parse(self._contents[file] if file in self._contents else file.read_bytes())
            except OSError as error:
                raise Unfit(f"{file.name} cannot be read") from error
        return self._trees[file]

    def load(self, wanted: Mapping[Path, Iterable[Span]]) -> None:
        """Asks for the types of some top-level declarations in one batch."""
        missing: dict[Path, Sequence[Span]] = {
            file: new for file, spans in wanted.items() if (new := [s for s in spans if (file, s) not in self._types])
        }
        answers = self._oracle.query(self._module, missing, self._contents, self._variant)
        for file, spans in missing.items():
            answer = answers[file]
            for span in spans:
                self._types[file, span] = answer if isinstance(answer, FileTypes) else answer.reason

    def types(self, file: Path, declaration: Node) -> FileTypes:
        """The types inside a top-level declaration. Raises Unfit where they are not known."""
        key = (file, declaration.span)
        if key not in self._types:
            self.load({file: [declaration.span]})
        answer = self._types[key]
        if isinstance(answer, str):
            raise Unfit(answer)
        return answer


def declaration_at(tree: Tree, offset: int) -> Declaration | None:
    """The function or method around an offset."""
    for node in tree.root.children:
        if node.start <= offset < node.end and isinstance(node, Declaration):
            return node
    return None


def spell(type_: Type | None, package: str, imports: dict[str, str]) -> str | None:
    """A type as an input is declared with it, None where inputs of the type cannot be made.

    Inputs are of basic kinds (defined types too), ``error``, slices of bytes and of strings, and arrays of bytes. A
    defined type of another package adds its import.
    """
    if type_ is None or type_.contains_typeparam:
        return None
    if type_.string == "error":
        return "error"
    if type_.kind == "slice":
        elem = type_.elem
        plain = not type_.pkg and elem is not None and not elem.pkg and elem.kind in ("uint8", "string")
        return f"[]{elem.kind}" if plain and elem is not None else None
    if type_.kind == "array" and not type_.pkg and type_.elem is not None and type_.elem.string == "uint8":
        return f"[{type_.length}]uint8"
    if type_.kind not in BASIC:
        return None
    if not type_.pkg:
        return type_.kind
    if not type_.name.isidentifier() or type_.string != f"{type_.pkg}.{type_.name}":
        return None  # declared inside a function
    if type_.pkg == package:
        return type_.name
    local = f"gofixer{len(imports)}"
    local = next((name for name, path in imports.items() if path == type_.pkg and name.startswith("gofixer")), local)
    imports[local] = type_.pkg
    return f"{local}.{type_.name}"


def comparable(type_: Type | None) -> bool:
    """Whether two results of a type can be compared by what they hold."""
    if type_ is None or type_.contains_typeparam:
        return False
    if type_.kind == "tuple":
        return bool(type_.members) and all(comparable(member) for member in type_.members)
    if type_.kind in ("slice", "array"):
        return comparable(type_.elem)
    return type_.string == "error" or type_.kind in BASIC or type_.kind.startswith("untyped ")
