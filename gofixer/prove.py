"""The prover: the evidence gate first, then build and vet of what is left."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gofixer.engine.model import Progress, Verify
from gofixer.engine.proof import Batch, Judgement
from gofixer.evidence.gate import Site, heap_line_disappears
from gofixer.facts.toolchain import Toolchain
from gofixer.transform import Gate
from gofixer.verify.model import Level, Unit
from gofixer.verify.run import verify


@dataclass(frozen=True, slots=True)
class GoProver:
    """Proves fixes with the user's own Go toolchain, through overlays; nothing in the tree is touched."""

    toolchain: Toolchain
    level: Verify
    cache: Path
    progress: Progress | None = None

    def prove(self, batch: Batch) -> Judgement:
        """Drop what shows no evidence where the transform asks for some, then build and vet the rest."""
        gated, evidence, commands = self._gate(batch)
        proposals = [p for p in batch.proposals if p.id not in gated]
        units = [
            Unit(p.id, p.file, order, tuple((e.start, e.end) for e in p.fix.edits), declaration=p.fix.declaration)
            for order, p in enumerate(proposals)
        ]
        verdict = verify(
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
        return Judgement(
            accepted=verdict.accepted,
            rejected=verdict.rejected,
            unproved={**gated, **verdict.unproved},
            evidence=evidence,
            commands=(*commands, *verdict.commands),
            notes=verdict.notes,
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
