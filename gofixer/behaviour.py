"""Proof of behaviour for fixes that build and vet: old and new code side by side, then the tests of the packages."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gofixer.differential.model import Compared
from gofixer.differential.run import compare_fixes
from gofixer.engine.proof import Batch, Proposal
from gofixer.facts.oracle import Oracle
from gofixer.facts.toolchain import Toolchain
from gofixer.verify.gotests import DEFAULT_TEST_TIMEOUT
from gofixer.verify.model import Progress, Unit
from gofixer.verify.tested import RunRecord, prove_by_tests

# Families whose fixes move work between goroutines or share memory between them.
_CONCURRENT = frozenset({"timers", "concurrency", "threads"})


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Fixes that change what the code does, with the reasons, and the record of the proof for each fix, under
    ``proof`` of its evidence.
    """

    rejected: Mapping[int, str] = field(default_factory=dict)
    evidence: Mapping[int, Mapping[str, object]] = field(default_factory=dict)
    notes: Sequence[str] = ()
    commands: Sequence[str] = ()


def prove_behaviour(
    toolchain: Toolchain,
    oracle: Oracle,
    batch: Batch,
    accepted: Collection[int],
    cache: Path,
    test_timeout: float,
    progress: Progress,
) -> Behaviour:
    """Compare the fixes ``accepted`` of a batch with the code before them.

    ``test_timeout`` is in seconds for the tests of one package, 0 for the default. Raises `UserError` (exit 3) where
    the toolchain could not do the work.
    """
    proposals = [p for p in batch.proposals if p.id in accepted]
    unfixed = {p.file: batch.render(p.file, frozenset()) for p in proposals}
    base = {**batch.overlay, **unfixed}
    progress("verify", 0, 0, f"comparing the code of {len(proposals)} fixes")
    compared = compare_fixes(toolchain, oracle, batch.module, batch.variant, proposals, base, cache)
    rejected = {id_: found.wrong for id_, found in compared.fixes.items() if found.wrong}
    left = [p for p in proposals if p.id not in rejected]
    tested = prove_by_tests(
        toolchain,
        batch.module,
        [_unit(order, p) for order, p in enumerate(left)],
        batch.render,
        cache_dir=cache,
        variant=batch.variant,
        base=batch.overlay,
        race={p.id for p in left if p.transform.family in _CONCURRENT},
        timeout=test_timeout or DEFAULT_TEST_TIMEOUT,
        progress=progress,
    )
    evidence = {
        p.id: {
            "proof": {
                "built": True,
                "vetted": True,
                "tests": _tests(tested.records.get(p.id)),
                "differential": _differential(compared.fixes[p.id]),
            }
        }
        for p in proposals
    }
    return Behaviour(
        {**rejected, **tested.rejected}, evidence, tested.notes, (*compared.commands, *tested.commands)
    )  # fmt: skip


def _unit(order: int, p: Proposal) -> Unit:
    return Unit(p.id, p.file, order, tuple((e.start, e.end) for e in p.fix.edits), declaration=p.fix.declaration)


def _tests(record: RunRecord | None) -> dict[str, object]:
    if record is None:
        return {"not_run": "the comparison rejected the fix before"}
    if record.not_run:
        return {"not_run": record.not_run}
    return {"package": record.package, "ran": record.ran, "race": record.race}


def _differential(found: Compared) -> dict[str, object]:
    if found.impossible:
        return {"not_possible": found.impossible}
    said: dict[str, object] = {"compared": found.what, "inputs": found.inputs, "arguments": list(found.arguments)}
    if found.reached is not None:
        said["reached"] = found.reached
    if found.remark:
        said["remark"] = found.remark
    if found.wrong:
        said["difference"] = found.wrong
    return said
