"""How each fix was proved, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from gofixer.engine.model import Finding, Outcome
from gofixer.report.palette import Palette
from gofixer.report.paths import relative

_DONE = frozenset({Outcome.APPLIED, Outcome.PROPOSED})


def lines(findings: Iterable[Finding], cwd: Path, palette: Palette) -> Iterator[str]:
    """A line per fix: place, transform, and how it was proved or why it was not."""
    for finding in findings:
        if not finding.diff:
            continue
        place = palette.bold(f"{relative(finding.file, cwd)}:{finding.line}:{finding.column}")
        if finding.outcome in _DONE:
            yield f"{place}: {finding.transform} {palette.outcome('proposed')}: {words(finding.evidence)}"
        else:
            yield f"{place}: {finding.transform} {palette.outcome(finding.outcome.value)}: {finding.reason}"


def words(evidence: Mapping[str, object]) -> str:
    """The record of a proof as a sentence."""
    proof = evidence.get("proof")
    if not isinstance(proof, Mapping):
        return "nothing was proved"
    said = [word for word, key in (("built", "built"), ("vetted", "vetted")) if proof.get(key)]
    return "; ".join([", ".join(said), _tests(proof.get("tests", {})), _differential(proof.get("differential", {}))])


def _tests(record: Mapping[str, object]) -> str:
    if "not_run" in record:
        return f"not tested: {record['not_run']}"
    races = ", watched for races" if record.get("race") else ""
    count = record["ran"]
    return f"{count} {'test' if count == 1 else 'tests'} of {record['package']} as before{races}"


def _differential(record: Mapping[str, object]) -> str:
    if "not_possible" in record:
        return f"no comparison by inputs: {record['not_possible']}"
    reached = record.get("reached")
    some = f", {reached} of which reach the fix" if reached is not None else ""
    remark = f" ({record['remark']})" if record.get("remark") else ""
    return f"{record['compared']} alike for {record['inputs']} inputs{some}{remark}"


def summary(findings: Iterable[Finding]) -> str:
    """How many fixes were proved by what."""
    done: list[Mapping[str, Mapping[str, object]]] = []
    rejected = 0
    for finding in findings:
        proof = finding.evidence.get("proof")
        if finding.outcome in _DONE and isinstance(proof, Mapping):
            done.append(proof)
        rejected += finding.outcome is Outcome.REJECTED
    tested = sum(bool(p["tests"].get("ran")) for p in done)
    compared = sum("inputs" in p["differential"] for p in done)
    neither = sum(not p["tests"].get("ran") and "inputs" not in p["differential"] for p in done)
    fixes = "1 fix" if len(done) == 1 else f"{len(done)} fixes"
    return (
        f"{fixes} built and vetted: {tested} with tests of their packages, {compared} compared by inputs, "
        f"{neither} with neither; {rejected} rejected"
    )
