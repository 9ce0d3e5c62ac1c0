"""Pairs of whole functions: every fix alone, and all fixes of a function together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gofixer.differential.functions import hints, imports_of, piece_of, signature
from gofixer.differential.model import Pair, Piece, Unfit
from gofixer.differential.source import Declaration, declaration_at
from gofixer.differential.states import States, innermost, moved, statement_of
from gofixer.edits.algebra import apply
from gofixer.edits.model import Span
from gofixer.engine.merging import fix_edits
from gofixer.engine.proof import Proposal
from gofixer.syntax import parse


def whole_pairs(states: States, file: Path, span: Span, members: Sequence[Proposal]) -> list[Pair]:
    """The pairs for the fixes of one function. Raises Unfit where the function cannot be run by itself."""
    before = states.before(file, span)
    types = states.old.types(file, before)
    inputs = signature(before, types)
    if any(e.start < before.start or e.end > before.end for p in members for e in p.fix.edits):
        raise Unfit("a fix changes more than the function")
    after = states.after(file, before)
    fixed = states.new.types(file, after)
    if before.body is not None and after.body is not None:
        states.pure_before.require(before.body, types)
        states.pure_after.require(after.body, fixed)
    known = {**imports_of(before, types), **imports_of(after, fixed)}
    numbers, texts = hints(before.text + b" " + after.text)
    old = piece_of(before, known)

    def pair(fixes: Sequence[Proposal], new: Piece) -> Pair:
        return Pair(
            id=next(states.ids),
            fixes=frozenset(p.id for p in fixes),
            what=f"function {before.name.str}",
            directory=file.parent,
            package=types.package_name,
            inputs=inputs,
            old=old,
            new=new,
            whole=True,
            ints=numbers,
            texts=texts,
        )

    pairs = [pair([p], _alone(states, p, before, known)) for p in members]
    if len(members) > 1:
        pairs.append(pair(members, piece_of(after, known)))
    return pairs


def _alone(states: States, proposal: Proposal, before: Declaration, known: dict[str, str]) -> Piece:
    """The function with one fix in place, which counts how often the fixed statement is reached."""
    tree = before.tree
    edits = fix_edits(tree.source, [proposal.fix])
    alone = declaration_at(parse(apply(tree.source, edits)), moved(before.start, edits))
    if alone is None or alone.body is None:
        raise Unfit("the fixed function cannot be read")
    statement = statement_of(innermost(tree.root, proposal.span))
    mark = moved(statement.start, edits, before=True) if statement is not None else 0
    return piece_of(alone, known, [mark] if alone.body.start < mark < alone.body.end else [])
