"""The prover: the evidence gate first, then build and vet of what is left, then what it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gofixer.behaviour import prove_behaviour
from gofixer.engine.model import Progress, Verify
from gofixer.engine.proof import Batch, Judgement
from gofixer.evidence.gate import Site, heap_line_disappears
from gofixer.facts.oracle import Oracle
from gofixer.facts.toolchain import Toolchain
from gofixer.transform import Gate
from gofixer.verify.model import Level, Unit, Verdict
from gofixer.verify.run import verify


@dataclass(frozen=True, slots=True)
class GoProver:
    """Proves fixes with the user's own Go toolchain, through overlays; nothing in the tree is touched."""

    toolchain: Toolchain
    level: Verify
    cache: Path
    progress: Progress | None = None
    oracle: Oracle | None = None
    test_timeout: float = 0.0

    @property
    def at_once(self) -> int:
        """Two: the go command itself uses all cores where it compiles. Behaviour is compared one by one."""
        return 1 if self.level is Verify.TEST else 2

    def prove(self, batch: Batch) -> Judgement:
        """Drop what shows no evidence where the transform asks for some, then build and vet the rest."""
        gated, evidence, commands = self._gate(batch)
        proposals = [p for p in batch.proposals if p.id not in gated]
        units = [
            Unit(p.id, p.file, order, tuple((e.start, e.end) for e in p.fix.edits), declaration=p.fix.declaration)
            for order, p in enumerate(proposals)
        ]
        verdict = self._verify(batch, units)
        if self.level is Verify.TEST and self.oracle is not None:
            return self._behave(batch, units, verdict, gated, evidence, commands)
        return Judgement(
            accepted=verdict.accepted,
            rejected=verdict.rejected,
            unproved={**gated, **verdict.unproved},
            evidence=evidence,
            commands=(*commands, *verdict.commands),
            notes=verdict.notes,
        )

    def _verify(self, batch: Batch, units: Sequence[Unit]) -> Verdict:
        return verify(
            self.toolchain,
            batch.module,
            units,
            batch.render,
            cache_dir=self.cache,
            level=Level(self.level.value),
            variant=batch.variant,
            base=batch.overlay,
            progress=self._report,
        )

    def _behave(
        self,
        batch: Batch,
        units: Sequence[Unit],
        verdict: Verdict,
        gated: Mapping[int, str],
        evidence: Mapping[int, Mapping[str, object]],
        commands: Sequence[str],
    ) -> Judgement:
        """Compare the behaviour of what builds and vets, and build what is left of it again."""
        assert self.oracle is not None
        behaviour = prove_behaviour(
            self.toolchain, self.oracle, batch, verdict.accepted, self.cache, self.test_timeout, self._report
        )
        rejected, unproved = {**verdict.rejected, **behaviour.rejected}, {**gated, **verdict.unproved}
        accepted, notes = verdict.accepted - behaviour.rejected.keys(), [*verdict.notes, *behaviour.notes]
        more: Sequence[str] = ()
        if behaviour.rejected and accepted:
            again = self._verify(batch, [unit for unit in units if unit.id in accepted])
            accepted, more = again.accepted, again.commands
            rejected, unproved = {**rejected, **again.rejected}, {**unproved, **again.unproved}
        return Judgement(
            accepted=accepted,
            rejected=rejected,
            unproved=unproved,
            evidence={
                id_: {**evidence.get(id_, {}), **behaviour.evidence.get(id_, {})}
                for id_ in evidence.keys() | behaviour.evidence.keys()
            },
            commands=(*commands, *verdict.commands, *behaviour.commands, *more),
            notes=notes,
        )

    def _gate(self, batch: Batch) -> tuple[dict[int, str], dict[int, dict[str, object]], list[str]]:
        """Reasons for the proposals that the compiler does not speak for, and what it said, by id."""
        asked = [p for p in batch.proposals if p.transform.gate is Gate.EVIDENCE and not p.selected]
        if not asked:
            return {}, {}, []
        sites = [Site(p.id, p.file, (p.span, *((e.start, e.end) for e in p.fix.edits)), p.function) for p in asked]
        commands: list[str] = []
        found = heap_line_disappears(
            self.toolchain,
            batch.module,
            sites,
            batch.render,
            cache_dir=self.cache,
            variant=batch.variant,
            base=batch.overlay,
            commands=commands,
        )
        reasons = {id_: finding.reason for id_, finding in found.items() if not finding.kept}
        evidence: dict[int, dict[str, object]] = {
            id_: {"escape": {"disappeared": list(finding.disappeared), "appeared": list(finding.appeared)}}
            for id_, finding in found.items()
        }
        return reasons, evidence, commands

    def _report(self, stage: str, done: int, total: int, text: str) -> None:
        if self.progress is not None:
            self.progress(f"{stage}: {text}", done, total)
