"""Which functions a run changes, and where: read from the contents before and after."""

from __future__ import annotations

from collections.abc import Iterable

from gofixer.bench.model import ChangedFunction
from gofixer.edits.algebra import Kept
from gofixer.edits.model import Span
from gofixer.engine.model import FileChange
from gofixer.syntax import Node, nodes, parse


def changed_functions(changes: Iterable[FileChange]) -> list[ChangedFunction]:
    """The functions, and other declarations except imports, that the changes touch, in source order."""
    found = []
    for change in sorted(changes, key=lambda c: c.path):
        places = replaced(change.kept, len(change.before), len(change.after))
        for node in parse(change.before).root.children:
            inside = tuple(span for span in places if _touches(node.span, span))
            if not inside or isinstance(node, nodes.ImportDeclaration | nodes.PackageClause | nodes.Comment):
                continue
            found.append(
                ChangedFunction(change.path, declared_name(node), node.line + 1, node.span, inside),
            )
    return found


def replaced(kept: Kept, old_length: int, new_length: int) -> list[Span]:
    """The byte ranges of the old text that are not in the new one, and where text was inserted (empty ranges)."""
    spans: list[Span] = []
    old = new = 0
    for start, there, length in (*kept, (old_length, new_length, 0)):
        if start > old or there > new:
            spans.append((old, start))
        old, new = start + length, there + length
    return spans


def declared_name(node: Node) -> str:
    """The name of a function declaration as Go's messages write it; empty for any other node."""
    match node:
        case nodes.FunctionDeclaration():
            return node.name.str
        case nodes.MethodDeclaration():
            receiver = receiver_type(node)
            return f"({receiver}).{node.name.str}" if receiver.startswith("*") else f"{receiver}.{node.name.str}"
    return ""


def receiver_type(node: nodes.MethodDeclaration) -> str:
    """The receiver's type without its type parameters: ``*T`` or ``T``."""
    text = node.receiver.str.strip("()").strip().rstrip(",").strip()
    word = text.split("[")[0].split()[-1]
    # A star may stand apart from its type, as in `(p * T)`.
    star = "*" if "*" in text.split("[")[0] else ""
    return star + word.lstrip("*(").rstrip(")")


def _touches(declaration: Span, span: Span) -> bool:
    """Whether a change lies in a declaration; what is inserted at its very ends stands beside it."""
    if span[0] == span[1]:
        return declaration[0] < span[0] < declaration[1]
    return span[0] < declaration[1] and declaration[0] < span[1]
