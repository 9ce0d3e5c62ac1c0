"""What the engine asks of whoever proves fixes: values only, so that the engine knows no toolchain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from gofixer.edits.model import Fix, Span
from gofixer.facts.constraints import Variant
from gofixer.facts.modules import Module
from gofixer.transform import Gate, Transform


@dataclass(frozen=True, slots=True)
class Proposal:
    """One fix that waits for its proof. ``span`` is the byte range of the match in the file as it is now,
    ``function`` that of the top-level declaration around it.
    """

    id: int
    file: Path
    transform: Transform
    fix: Fix
    span: Span
    function: Span
    selected: bool = False


# Gives a file's bytes with exactly these proposals (by id) in place.
Render = Callable[[Path, frozenset[int]], bytes]


@dataclass(frozen=True, slots=True)
class Batch:
    """Proposals of one module under one build configuration, and how to write any subset of them."""

    module: Module
    variant: Variant
    proposals: tuple[Proposal, ...]
    render: Render
    overlay: Mapping[Path, bytes]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of a batch: ids that hold, ids that are wrong and ids that nothing could be said of, with reasons.

    ``evidence`` holds per id what was seen, to be shown with the finding.
    """

    accepted: frozenset[int]
    rejected: Mapping[int, str] = field(default_factory=dict)
    unproved: Mapping[int, str] = field(default_factory=dict)
    evidence: Mapping[int, Mapping[str, object]] = field(default_factory=dict)
    commands: Sequence[str] = ()
    notes: Sequence[str] = ()


class Prover(Protocol):
    """Proves the fixes of a batch, or says why not."""

    @property
    def at_once(self) -> int:
        """How many batches it may be given side by side, by threads."""

    def prove(self, batch: Batch) -> Judgement:
        """Decide each proposal of the batch; raises `UserError` where the toolchain cannot run at all."""


class Unproved:
    """The prover of ``--verify none``: takes everything, and the report says that nothing was proved.

    Fixes behind the evidence gate stay behind it, for nobody asks the compiler.
    """

    at_once = 1

    def prove(self, batch: Batch) -> Judgement:
        """Accept the whole batch."""
        gated = {p.id for p in batch.proposals if p.transform.gate is Gate.EVIDENCE and not p.selected}
        return Judgement(
            frozenset(p.id for p in batch.proposals) - gated,
            unproved=dict.fromkeys(gated, "needs the compiler's evidence, which --verify none does not ask for"),
        )
