"""Lifts whole functions: those whose parameters and results are of basic types."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Mapping

from gofixer.differential.model import Input, Piece, Unfit
from gofixer.differential.source import Declaration, comparable, spell
from gofixer.facts.types import FileTypes, Span
from gofixer.syntax import Node, nodes

_MOST_HINTS = 40
HIT = b"gofixerHits++; "


def signature(declaration: Declaration, types: FileTypes) -> tuple[Input, ...]:
    """The inputs of a function, its receiver first. Raises Unfit where one cannot be made, or there is no result."""
    name = declaration.name.str
    if declaration.body is None:
        raise Unfit(f"{name} has no body in Go")
    if isinstance(declaration, nodes.FunctionDeclaration) and declaration.type_parameters is not None:
        raise Unfit(f"{name} has type parameters")
    inputs: list[Input] = []
    for parameter in _parameters(declaration):
        if not isinstance(parameter, nodes.ParameterDeclaration):
            raise Unfit(f"{name} takes any number of arguments")
        info = types.expr(parameter.type.span)
        if spell(info.type if info else None, types.package, {}) is None:
            raise Unfit(f"{name} takes a {parameter.type.str}")
        if not parameter.name:
            raise Unfit(f"{name} has parameters without names")
        inputs += [Input(named.str, parameter.type.str) for named in parameter.name]
    results = list(_results(declaration))
    if not results:
        raise Unfit(f"{name} has no result")
    for result in results:
        info = types.expr(result.span)
        if not comparable(info.type if info else None):
            raise Unfit(f"{name} gives a {result.str}")
    return tuple(inputs)


def function_text(declaration: Declaration, marks: Iterable[int] = ()) -> bytes:
    """A function without ``func`` and its name; a receiver becomes the first parameter.

    At the offsets ``marks`` of the file, which are beginnings of statements, the copy counts that it came by.
    """
    source = declaration.tree.source
    parts = []
    if isinstance(declaration, nodes.MethodDeclaration):
        parts = [declaration.receiver.text[1:-1].strip().rstrip(b",")]
    given = declaration.parameters.text[1:-1].strip().rstrip(b",")
    parameters = b"(" + b", ".join([*parts, *([given] if given else [])]) + b")"
    at = declaration.parameters.end
    body = b""
    for mark in sorted(set(marks)):
        body += source[at:mark] + HIT
        at = mark
    return parameters + body + source[at : declaration.end]


def imports_of(node: Node, types: FileTypes, given: Collection[Span] = ()) -> dict[str, str]:
    """Local names of packages that a node uses outside of the spans ``given``, with their import paths."""
    found = {}
    for name in node.descendants(nodes.Identifier, nodes.PackageIdentifier):
        inside = any(start <= name.start and name.end <= end for start, end in given)
        if not inside and (path := types.package_of(name.span)):
            found[name.str] = path
    return found


def used_imports(node: Node, known: Mapping[str, str]) -> dict[str, str]:
    """Those of the known local names that a node uses, going by its syntax."""
    qualifiers = {s.operand.str for s in node.descendants(nodes.Selector) if isinstance(s.operand, nodes.Identifier)}
    qualifiers |= {n.str for n in node.descendants(nodes.PackageIdentifier)}
    return {name: path for name, path in known.items() if name in qualifiers}


def piece_of(declaration: Declaration, known: Mapping[str, str], marks: Iterable[int] = ()) -> Piece:
    """The copy of a whole function."""
    return Piece(function_text(declaration, marks), used_imports(declaration, known))


def hints(text: bytes) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Whole numbers and texts that code mentions, as inputs to try."""
    words = text.decode("utf-8", "surrogateescape")
    numbers = []
    for word in re.findall(r"(?<![\w.])(?:0[xX][\da-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|[1-9][\d_]*)(?![\w.])", words):
        value = int(word.replace("_", ""), 0)
        if value < 1 << 62:
            numbers.append(value)
    texts = []
    for word in re.findall(r'"(?:[^"\\\n]|\\.)*"', words):
        try:
            texts.append(ast.literal_eval(word))
        except (ValueError, SyntaxError):
            continue
    runes = [chr(value) for value in numbers if value < 0x80]
    return tuple(dict.fromkeys(numbers))[:_MOST_HINTS], tuple(dict.fromkeys([*texts, *runes]))[:_MOST_HINTS]


def _parameters(declaration: Declaration) -> list[Node]:
    receiver = list(declaration.receiver.items) if isinstance(declaration, nodes.MethodDeclaration) else []
    return [*receiver, *declaration.parameters.items]


def _results(declaration: Declaration) -> Iterable[Node]:
    result = declaration.result
    if isinstance(result, nodes.ParameterList):
        for parameter in result.items:
            for _ in range(max(1, len(parameter.name) if isinstance(parameter, nodes.ParameterDeclaration) else 1)):
                yield parameter.type
    elif result is not None:
        yield result
