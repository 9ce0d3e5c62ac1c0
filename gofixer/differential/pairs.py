"""Makes the pairs of functions that are to be compared for some fixes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from gofixer.differential.model import Pair, Unfit
from gofixer.differential.single import expression_pair
from gofixer.differential.states import States
from gofixer.differential.whole import whole_pairs
from gofixer.edits.model import Span
from gofixer.engine.proof import Proposal
from gofixer.syntax import nodes


@dataclass(slots=True)
class Pairs:
    """The pairs of each fix: the whole function where that can be run, the changed expression where that can be.

    ``unfit`` says for each fix without a pair why there is none.
    """

    functions: dict[int, list[Pair]] = field(default_factory=dict)
    expressions: dict[int, Pair] = field(default_factory=dict)
    unfit: dict[int, str] = field(default_factory=dict)


def make_pairs(states: States) -> Pairs:
    """All pairs of a batch. Raises UserError where the type oracle fails."""
    pairs = Pairs()
    by_function: dict[tuple[Path, Span], list[Proposal]] = {}
    for file, members in states.of_file.items():
        for proposal in members:
            by_function.setdefault((file, proposal.function), []).append(proposal)
    for (file, span), members in by_function.items():
        reasons: list[str] = []
        try:
            _check_file(states, file)
            for pair in whole_pairs(states, file, span, members):
                for fix in pair.fixes:
                    pairs.functions.setdefault(fix, []).append(pair)
        except Unfit as unfit:
            reasons = [str(unfit)]
        for proposal in members:
            try:
                _check_file(states, file)
                pairs.expressions[proposal.id] = expression_pair(states, proposal)
            except Unfit as unfit:
                if proposal.id not in pairs.functions:
                    pairs.unfit[proposal.id] = "; ".join(dict.fromkeys([*reasons, str(unfit)]))
    return pairs


def _check_file(states: States, file: Path) -> None:
    if file.name.endswith("_test.go"):
        raise Unfit("it stands in a test file")
    for spec in states.old.tree(file).root.descendants(nodes.ImportSpec):
        if spec.path.str == '"C"':
            raise Unfit("the file uses cgo")
        if spec.name is not None and spec.name.str == ".":
            raise Unfit("the file has a dot import")
