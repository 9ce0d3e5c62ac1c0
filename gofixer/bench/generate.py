"""Writes benchmarks for functions that have none and whose inputs are of basic types."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gofixer.bench.changed import receiver_type
from gofixer.bench.model import ChangedFunction
from gofixer.syntax import Node, Tree, nodes, parse

FILE_NAME = "gofixer_bench_test.go"
# testing.B.Loop came with Go 1.24; it keeps arguments and results of calls alive by itself.
_LOOP = (1, 24)
_VALUES = {
    "string": '"gofixer benchmark input"',
    "bool": "true",
    **dict.fromkeys(("int", "int16", "int32", "int64", "uint", "uint16", "uint32", "uint64", "uintptr"), "12345"),
    **dict.fromkeys(("int8", "uint8", "byte"), "123"),
    "rune": "'é'",
    **dict.fromkeys(("float32", "float64"), "1234.5"),
    **dict.fromkeys(("complex64", "complex128"), "1234.5"),
}
_WORD = re.compile(r"((?<!\.)\.\s*)?([^\W\d]\w*)")
_BUILTIN = frozenset({*_VALUES, "error", "any"})


class Unsuitable(Exception):
    """A function that no benchmark can be written for; the text is a clause that says why."""


@dataclass(frozen=True, slots=True)
class Written:
    """A benchmark in Go: the function's name, the text, and the import specs it needs besides testing."""

    name: str
    text: str
    imports: tuple[str, ...]


def write_benchmark(
    function: ChangedFunction,
    source: bytes,
    package: Sequence[tuple[Path, bytes]],
    go: tuple[int, int],
    taken: set[str],
) -> Written:
    """A benchmark of a function. Raises `Unsuitable`.

    ``package`` are the files of the package, ``go`` the language version for the new file, ``taken`` the names that
    are declared in the package; the new ones are added to it. Inputs come from package variables, so that nothing is
    computed at compile time; results go to others, so that nothing is left out.
    """
    tree = parse(source)
    node = next((n for n in tree.root.children if n.span == function.span), None)
    if not isinstance(node, nodes.FunctionDeclaration | nodes.MethodDeclaration):
        raise Unsuitable("it is no function")
    if function.in_test:
        raise Unsuitable("it belongs to the tests")
    if isinstance(node, nodes.FunctionDeclaration) and node.type_parameters is not None:
        raise Unsuitable("it is generic")
    if node.name.str in ("main", "init", "_"):
        raise Unsuitable("nobody can call it")
    inputs = _parameters(node.parameters, taken)
    results = _results(node.result)
    if not results:
        raise Unsuitable("it gives no result, so that calling it over and over may do harm")
    imports = tuple(dict.fromkeys(spec for text in results for spec in _imports(text, tree)))
    base = node.name.str
    receiver = ""
    if isinstance(node, nodes.MethodDeclaration):
        receiver = receiver_type(node).lstrip("*")
        _zero_is_usable(receiver, package)
        base = f"{receiver}_{base}"
    title = base[0].upper() + base[1:]
    name = _free(f"Benchmark{title}", taken)
    variables = [(_free(f"gofixerIn{title}{n}", taken), f"{kind} = {_VALUES[kind]}") for n, kind in enumerate(inputs)]
    sinks = [(_free(f"gofixerOut{title}{n}", taken), kind) for n, kind in enumerate(results)]
    return Written(name, _text(name, node.name.str, receiver, variables, sinks, loop=go >= _LOOP), imports)


def _text(
    name: str,
    function: str,
    receiver: str,
    inputs: Sequence[tuple[str, str]],
    sinks: Sequence[tuple[str, str]],
    *,
    loop: bool,
) -> str:
    lines = ["var ("]
    width = max(len(word) for word, _ in (*inputs, *sinks))
    lines += [f"\t{word:{width}} {kind}" for word, kind in sinks]
    if inputs:
        # Values align apart from the types of those without one: a blank line ends gofmt's columns.
        kinds = max(len(kind.split(" = ")[0]) for _, kind in inputs)
        inner = max(len(word) for word, _ in inputs)
        outer = max(len(word) for word, _ in sinks)
        lines[1:] = [f"\t{word:{outer}} {kind}" for word, kind in sinks]
        lines.append("")
        for word, kind in inputs:
            declared, value = kind.split(" = ", 1)
            lines.append(f"\t{word:{inner}} {declared:{kinds}} = {value}")
    lines += [")", "", f"func {name}(b *testing.B) {{"]
    if receiver:
        lines.append(f"\tvar receiver {receiver}")
    call = f"{'receiver.' if receiver else ''}{function}({', '.join(word for word, _ in inputs)})"
    lines += [
        "\tb.ReportAllocs()",
        "\tfor b.Loop() {" if loop else "\tfor i := 0; i < b.N; i++ {",
        f"\t\t{', '.join(word for word, _ in sinks)} = {call}",
        "\t}",
        "}",
    ]
    return "\n".join(lines) + "\n"


def file_text(package: str, written: Sequence[Written]) -> bytes:
    """The whole test file for a package."""
    specs = sorted({'"testing"', *(spec for one in written for spec in one.imports)}, key=lambda s: s.split('"')[1])
    lines = [f"package {package}", ""]
    lines += [f"import {specs[0]}"] if len(specs) == 1 else ["import (", *(f"\t{spec}" for spec in specs), ")"]
    lines += ["", "// Written by gofixer: check that the inputs are those that matter to you, then keep or delete it."]
    return ("\n".join(lines) + "\n\n" + "\n".join(one.text for one in written)).encode()


def _parameters(parameters: Node, taken: set[str]) -> list[str]:
    kinds: list[str] = []
    for child in parameters.children:
        if isinstance(child, nodes.Comment):
            continue
        kind = child.field("type")
        text = kind.str if kind is not None else ""
        if not isinstance(child, nodes.ParameterDeclaration) or text not in _VALUES or text in taken:
            raise Unsuitable(f"its parameter `{' '.join(child.str.split())}` is not of a basic type")
        names = [n for n in child.children if isinstance(n, nodes.Identifier)]
        kinds += [text] * max(1, len(names))
    return kinds


def _results(result: Node | None) -> list[str]:
    if result is None:
        return []
    if not isinstance(result, nodes.ParameterList):
        return [result.str]
    kinds: list[str] = []
    for child in result.children:
        kind = child.field("type")
        if kind is not None:
            kinds += [kind.str] * max(1, sum(isinstance(n, nodes.Identifier) for n in child.children))
    return kinds


def _imports(kind: str, tree: Tree) -> list[str]:
    """The import specs that a type's text needs, as its file writes them."""
    known: dict[str, str] = {}
    for node in tree.root.children:
        if isinstance(node, nodes.ImportDeclaration):
            for spec in node.descendants(nodes.ImportSpec):
                path = spec.path.str.strip('"`')
                known[spec.name.str if spec.name else path.rsplit("/", 1)[-1]] = spec.str
    if "." in known:
        raise Unsuitable("its file has a dot import")
    needed = []
    words = list(_WORD.finditer(kind))
    for word, following in zip(words, [*words[1:], None], strict=True):
        if following is not None and following[1] and not word[1]:
            if word[2] not in known:
                raise Unsuitable(f"its result `{kind}` is of a package whose name is not its path's last part")
            needed.append(known[word[2]])
    return needed


def _zero_is_usable(receiver: str, package: Sequence[tuple[Path, bytes]]) -> None:
    """Raise `Unsuitable` unless a type is a basic one or a struct of basic fields, which has nothing to be nil."""
    for _, source in package:
        if receiver.encode() not in source:
            continue
        for node in parse(source).root.children:
            if not isinstance(node, nodes.TypeDeclaration):
                continue
            for spec in node.descendants(nodes.TypeSpec):
                if spec.name.str == receiver:
                    if spec.type_parameters is not None:
                        raise Unsuitable(f"its receiver's type {receiver} is generic")
                    _check_underlying(receiver, spec.type)
                    return
    raise Unsuitable(f"its receiver's type {receiver} was not found")


def _check_underlying(receiver: str, kind: Node) -> None:
    if kind.str in _VALUES:
        return
    if isinstance(kind, nodes.StructType):
        fields = list(kind.descendants(nodes.FieldDeclaration))
        types = [field.field("type") for field in fields]
        if all(t is not None and t.str in _VALUES for t in types):
            return
    raise Unsuitable(f"whether the zero value of {receiver} can be used is not known")


def _free(name: str, taken: set[str]) -> str:
    chosen, number = name, 2
    while chosen in taken:
        chosen, number = f"{name}{number}", number + 1
    taken.add(chosen)
    return chosen
