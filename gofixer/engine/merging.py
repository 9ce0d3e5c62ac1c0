"""Which fixes of a file go together, and what they make of it."""

from __future__ import annotations

from collections.abc import Iterable

from gofixer.edits.algebra import Taken, apply
from gofixer.edits.imports import import_edits
from gofixer.edits.model import Edit, Fix, Span
from gofixer.engine.checks import Draft


def merge(drafts: list[Draft]) -> tuple[list[Draft], list[Draft]]:
    """Split a file's drafts into those that go together, in source order, and those that wait for the next pass.

    Rule order wins, then source order. Two fixes conflict when their edits touch each other (see
    `gofixer.edits.algebra.touches`), or when both bring the same new name into one declaration.
    """
    taken = Taken()
    together: list[Draft] = []
    waiting: list[Draft] = []
    names: set[tuple[Span, str]] = set()
    for draft in sorted(drafts, key=lambda d: (d.order, d.span)):
        if taken.clashes(draft.fix.edits) or names & draft.names:
            waiting.append(draft)
        else:
            taken.add(draft.fix.edits)
            together.append(draft)
            names |= draft.names
    return sorted(together, key=lambda d: d.span), waiting


def fix_edits(source: bytes, fixes: Iterable[Fix]) -> list[Edit]:
    """All edits of some fixes of one file, with the import edits that they need together.

    Lines that several fixes insert at one offset stand in the order in which the fixes are given.
    """
    fixes = list(fixes)
    edits = sorted((edit for fix in fixes for edit in fix.edits), key=_place)
    add = list(dict.fromkeys(path for fix in fixes for path in fix.imports))
    drop = list(dict.fromkeys(path for fix in fixes for path in fix.drops))
    if add or drop:
        edits = sorted([*edits, *import_edits(source, edits, add, drop)], key=_place)
    return edits


def _place(edit: Edit) -> Span:
    return edit.start, edit.end


def render_fixes(source: bytes, fixes: Iterable[Fix]) -> bytes:
    """A file's content with some fixes in place."""
    return apply(source, fix_edits(source, fixes))
