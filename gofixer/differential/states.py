"""The files of a batch without its fixes and with all of them, and how offsets of the one lie in the other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from gofixer.differential.model import Unfit
from gofixer.differential.purity import Purity
from gofixer.differential.source import Declaration, Sources, declaration_at
from gofixer.edits.algebra import apply
from gofixer.edits.model import Edit, Span
from gofixer.engine.merging import fix_edits
from gofixer.engine.proof import Proposal
from gofixer.facts.constraints import Variant
from gofixer.facts.modules import Module
from gofixer.facts.oracle import Oracle
from gofixer.syntax import Node, nodes


class States:
    """Both states of the files, parsed and with types. ``of_file`` has the proposals by file."""

    def __init__(
        self,
        oracle: Oracle,
        module: Module,
        variant: Variant,
        base: Mapping[Path, bytes],
        proposals: Sequence[Proposal],
    ) -> None:
        self.of_file: dict[Path, list[Proposal]] = {}
        for proposal in proposals:
            self.of_file.setdefault(proposal.file, []).append(proposal)
        self.old = Sources(oracle, module, variant, base)
        self.edits: dict[Path, list[Edit]] = {}
        after = dict(base)
        for file, members in self.of_file.items():
            source = self.old.tree(file).source
            self.edits[file] = fix_edits(source, [p.fix for p in members])
            after[file] = apply(source, self.edits[file])
        self.new = Sources(oracle, module, variant, after)
        self.ids: Iterator[int] = itertools.count(1)
        self.pure_before, self.pure_after = Purity(self.old), Purity(self.new)
        self.old.load({file: sorted({p.function for p in members}) for file, members in self.of_file.items()})

    def before(self, file: Path, span: Span) -> Declaration:
        """The unfixed function of a proposal. Raises Unfit where there is none."""
        found = declaration_at(self.old.tree(file), span[0])
        if found is None or found.body is None:
            raise Unfit("it is not inside a function")
        return found

    def after(self, file: Path, before: Declaration) -> Declaration:
        """The function with all fixes in place. Raises Unfit."""
        found = declaration_at(self.new.tree(file), moved(before.start, self.edits[file]))
        if found is None or found.body is None or found.name.text != before.name.text:
            raise Unfit("the fixed function cannot be read")
        return found


def innermost(root: Node, span: Span) -> Node:
    """The innermost node around a span."""
    node = root
    while inner := next((c for c in node.children if c.start <= span[0] and span[1] <= c.end), None):
        node = inner
    return node


def statement_of(node: Node) -> Node | None:
    """The innermost statement around a node that stands in a list of statements."""
    current: Node | None = node
    while current is not None and not isinstance(current.parent, nodes.StatementList):
        current = current.parent
    return current


def moved(offset: int, edits: Sequence[Edit], *, before: bool = False) -> int:
    """Where an offset lies after the edits: behind what they insert right there, or ``before`` it."""
    return offset + sum(
        len(edit.new) - (edit.end - edit.start)
        for edit in edits
        if edit.end < offset or (edit.end == offset and not (before and edit.start == edit.end))
    )
