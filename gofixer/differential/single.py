"""Pairs of expressions: the one that a fix changes, with what it takes from around it as inputs."""

from __future__ import annotations

from collections.abc import Sequence

from gofixer.differential.conditions import condition_piece
from gofixer.differential.expressions import (
    Lifted,
    Lifter,
    is_appended_text,
    lifted_piece,
    observable,
    replaced,
    rewritten,
    value_of,
)
from gofixer.differential.functions import hints, imports_of
from gofixer.differential.model import Pair, Unfit
from gofixer.differential.source import Declaration
from gofixer.differential.states import States, innermost, moved, statement_of
from gofixer.edits.model import Edit, Span
from gofixer.engine.proof import Proposal
from gofixer.facts.types import FileTypes
from gofixer.syntax import Node, nodes

_LONGEST = 60


def expression_pair(states: States, proposal: Proposal) -> Pair:
    """The pair for the expression that a fix changes. Raises Unfit where it cannot be run by itself."""
    declaration = states.before(proposal.file, proposal.function)
    types = states.old.types(proposal.file, declaration)
    statement = statement_of(innermost(declaration, proposal.span))
    if statement is None:
        raise Unfit("it is no statement of a function")
    in_front, inner = _split(proposal.fix.edits, statement, declaration.tree.source)
    node = _expression(declaration, statement, inner)
    value = value_of(node)
    lifted = Lifter(types, states.pure_before).lift(value)
    results, dropped = observable(node, types, lifted)
    given, edits = replaced(list(value.parts), lifted)
    old = value.text(declaration.tree.source, edits)
    old_imports = {name: path for part in value.parts for name, path in imports_of(part, types, given).items()}
    prefix, new, imports = _changed(states, proposal, declaration, statement, node, in_front, inner, lifted)
    if is_appended_text(node, types):  # `append(b, text...)` takes bytes, too
        old, new = b"string(" + old + b")", b"string(" + new + b")"
    where = condition_piece(node, types, states.pure_before, lifted)
    numbers, texts = hints(b" ".join([node.text, new, where.text if where is not None else b""]))
    return Pair(
        id=next(states.ids),
        fixes=frozenset({proposal.id}),
        what=f"expression `{_short(node.str)}`",
        directory=proposal.file.parent,
        package=types.package_name,
        inputs=tuple(lifted.inputs.values()),
        old=lifted_piece(lifted, results, dropped, b"", old, old_imports),
        new=lifted_piece(lifted, results, dropped, prefix, new, imports),
        whole=False,
        ints=numbers,
        texts=texts,
        where=where,
    )


def _split(edits: Sequence[Edit], statement: Node, source: bytes) -> tuple[list[Edit], list[Edit]]:
    """The edits that put statements in front of a statement, and the others."""
    line = source.rfind(b"\n", 0, statement.start) + 1
    in_front = [e for e in edits if e.start == e.end and line <= e.start <= statement.start and e.new.strip()]
    in_front = [e for e in in_front if b"\n" in e.new or e.new.rstrip().endswith(b";")]
    return in_front, [e for e in edits if e not in in_front]


def _expression(declaration: Declaration, statement: Node, inner: Sequence[Edit]) -> Node:
    """The innermost expression that holds all the edits."""
    if not inner or inner[0].start < statement.start or inner[-1].end > statement.end:
        raise Unfit("it changes statements, not an expression")
    node = innermost(declaration, (inner[0].start, inner[-1].end))
    while not isinstance(node, nodes.Expression) and node != statement and node.parent is not None:
        node = node.parent
    while isinstance(node, nodes.Expression) and isinstance(node.parent, nodes.Parenthesized | nodes.Selector):
        if isinstance(node.parent, nodes.Selector) and not isinstance(node.parent.parent, nodes.Call):
            break
        node = node.parent
    if isinstance(node, nodes.Selector) and isinstance(node.parent, nodes.Call) and node.parent.function == node:
        node = node.parent
    # `x = x + y` may become `x += y`.
    return node if isinstance(node, nodes.Expression) or not isinstance(statement, nodes.Assignment) else statement


def _changed(
    states: States,
    proposal: Proposal,
    declaration: Declaration,
    statement: Node,
    node: Node,
    in_front: Sequence[Edit],
    inner: Sequence[Edit],
    lifted: Lifted,
) -> tuple[bytes, bytes, dict[str, str]]:
    """The statements put in front and the new expression, with inputs in place, and the imports that they need."""
    edits = states.edits[proposal.file]
    after = states.after(proposal.file, declaration)
    types = states.new.types(proposal.file, after)
    source = after.tree.source
    begin = moved(node.start, edits) - sum(len(e.new) for e in inner if e.start == e.end == node.start)
    end = moved(node.end, edits)
    found = innermost(after, (begin, end))
    wanted = nodes.Expression if isinstance(node, nodes.Expression) else nodes.Assignment
    same = [n for n in (found, *found.ancestors()) if n.span == (begin, end) and isinstance(n, wanted)]
    found = same[-1] if same else found
    if found.span != (begin, end):
        raise Unfit("its new form is no expression")
    spans = _prefix_spans(source, statement, in_front, edits)
    put = [s for span in spans for s in _statements(after, span)]
    value = value_of(found)
    given, replacements = replaced([*put, *value.parts], lifted)
    for part in (*put, *value.parts):
        states.pure_after.require(part, types, given)
        _own_names(part, types, given, [*spans, (begin, end)])
    _evaluated_alike(lifted, node, source, given)
    prefix = b"\n".join(rewritten(source, span, replacements) for span in spans)
    imports: dict[str, str] = {}
    for part in (*put, *value.parts):
        imports |= imports_of(part, types, given)
    return prefix, value.text(source, replacements), imports


def _prefix_spans(source: bytes, statement: Node, in_front: Sequence[Edit], edits: Sequence[Edit]) -> list[Span]:
    """Where the statements that are put in front stand in the fixed file."""
    spans = []
    for edit in in_front:
        text = edit.new.strip()
        begin = source.find(text, moved(edit.start, edits, before=True), moved(statement.start, edits))
        if begin < 0:
            raise Unfit("the statements in front of it cannot be told from those of other fixes")
        spans.append((begin, begin + len(text)))
    return spans


def _statements(declaration: Node, span: Span) -> list[Node]:
    lists = [n for n in declaration.descendants(nodes.StatementList) if n.start <= span[0] and span[1] <= n.end]
    if not lists:
        return []
    return [s for s in lists[-1].children if span[0] <= s.start and s.end <= span[1]]


def _own_names(part: Node, types: FileTypes, given: Sequence[Span], own: Sequence[Span]) -> None:
    """Raises Unfit where a part uses a variable that is neither an input nor declared in what is lifted."""
    if part.span in given:
        return
    found = types.object(part.span) if isinstance(part, nodes.Identifier) else None
    if found is not None and found.scope == "local" and found.kind in ("var", "const", "type"):
        declared = found.decl
        if declared is None or not any(a <= declared[0] and declared[1] <= b for a, b in own):
            raise Unfit(f"its new form uses `{part.str}`")
    for child in part.children:
        _own_names(child, types, given, own)


def _evaluated_alike(lifted: Lifted, node: Node, source: bytes, given: Sequence[Span]) -> None:
    """Calls that became inputs are only that where both sides make them once."""
    new = [source[start:end] for start, end in given]
    for text in lifted.effects:
        if node.text.count(text) != 1 or new.count(text) != 1:
            raise Unfit(f"`{text.decode(errors='replace')}` is evaluated another number of times")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."
