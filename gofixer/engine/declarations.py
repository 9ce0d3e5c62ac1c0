"""Which files, and which of their top-level declarations, a pass has to decide about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from gofixer.edits.model import Span
from gofixer.engine.checks import Place
from gofixer.engine.model import Outcome
from gofixer.engine.state import FileState
from gofixer.syntax import Tree
from gofixer.transform import Transform


def reopen(states: Iterable[FileState], folders: Collection[Path], transforms: Iterable[Transform]) -> list[Path]:
    """Files with sites that were skipped for what other declarations held, where fixes have changed the package.

    ``folders`` are those of the packages that changed.
    """
    beyond = {transform.name for transform in transforms if transform.beyond}
    found: list[Path] = []
    for state in states:
        if state.path.parent in folders:
            skipped = (f for f in state.open if f.outcome is Outcome.SKIPPED and f.transform in beyond)
            state.reopened = frozenset(f.line for f in skipped)
            found += [state.path] if state.reopened else []
    return found


def changed_declarations(state: FileState, tree: Tree) -> list[Span]:
    """Byte ranges of declarations that the pass before has changed, and of those with something to decide again."""
    waiting = state.reopened | {f.line for f in state.open if f.outcome is Outcome.CONFLICTED}
    return [
        (start, end)
        for start, end in ((node.start_byte, node.end_byte) for node in tree.raw.root_node.children)
        if any(a <= end and start <= b for a, b in state.fresh)
        or any(first <= line <= last for line in waiting for first, last in [state.lines((start, end))])
    ]


def open_declarations(
    places: Sequence[Place], changed: Sequence[Span] | None, transforms: Sequence[Transform]
) -> dict[Span, bool]:
    """Byte ranges of the top-level declarations with matches that are to be decided in this pass.

    Those are some of ``changed`` where that is not None. The values tell whether one of the matches is decided by
    types.
    """
    spans: dict[Span, bool] = {}
    for place in places:
        if place.screened is True:
            node = place.raw.nodes[0]
            while node.parent is not None and node.parent.type != "source_file":
                node = node.parent
            span = (node.start_byte, node.end_byte)
            if changed is None or span in changed:
                spans[span] = spans.get(span, False) or transforms[place.order].types
    return spans
