"""Puts the evidence about functions into the findings of a report."""

from __future__ import annotations

import dataclasses
import os
from collections import defaultdict
from collections.abc import Collection, Mapping
from pathlib import Path

from gofixer.bench.model import BenchResult
from gofixer.bench.run import Options, bench
from gofixer.bench.stats import summary
from gofixer.engine.model import FileChange, Finding, Outcome, Report, Request
from gofixer.evidence.functions import Evidence, function_evidence
from gofixer.facts.modules import Module, find_module
from gofixer.facts.toolchain import Toolchain
from gofixer.transform import Gate

# Allocations of one operation hardly vary: a few short runs tell them, where times would need many long ones.
_SHORT = Options(count=3, benchtime="100x", limit=120.0)


def with_evidence(request: Request, report: Report, toolchain: Toolchain, cache_dir: Path) -> Report:
    """The report with evidence in its proposed findings.

    All of them have it where the request asks for that, those of transforms behind the evidence gate always. Raises
    `UserError` (exit 3) where the toolchain could not run.
    """
    gated = {t.name for t in request.transforms if t.gate is Gate.EVIDENCE}
    asked = [
        f
        for f in report.findings
        if f.outcome is Outcome.PROPOSED and (request.evidence or request.allocations or f.transform in gated)
    ]
    if not asked:
        return report
    files = {finding.file for finding in asked}
    known: list[Evidence] = []
    allocations: dict[tuple[Path, int], list[dict[str, object]]] = {}
    for module, changes in by_module(report.changes):
        if not any(change.path in files for change in changes):
            continue
        if request.progress is not None:
            request.progress("asking the compiler for evidence", 0, 0)
        known += function_evidence(toolchain, module, changes, cache_dir=cache_dir, cwd=request.cwd, wanted=files)
        if request.allocations:
            result = bench(toolchain, module, changes, _SHORT, cache_dir=cache_dir, progress=request.progress)
            allocations |= _allocations(result)
    by_file: dict[Path, list[Evidence]] = defaultdict(list)
    for evidence in known:
        by_file[evidence.function.file].append(evidence)
    shown = {id(finding) for finding in asked}
    return dataclasses.replace(
        report,
        findings=[_attached(f, by_file.get(f.file, ()), allocations) if id(f) in shown else f for f in report.findings],
        commands=list(dict.fromkeys([*report.commands, *(e.command for e in known)])),
    )


def by_module(changes: Collection[FileChange]) -> list[tuple[Module, list[FileChange]]]:
    """The changes of each module; the modules of a workspace come together."""
    modules: dict[Path, Module] = {}
    groups: dict[Path, list[FileChange]] = defaultdict(list)
    for change in changes:
        module = find_module(change.path)
        if module is not None:
            key = module.workspace or module.root
            modules.setdefault(key, module)
            groups[key].append(change)
    return [(modules[key], members) for key, members in groups.items()]


def _attached(
    finding: Finding,
    known: Collection[Evidence],
    allocations: Mapping[tuple[Path, int], list[dict[str, object]]],
) -> Finding:
    here = next((e for e in known if e.lines[0] <= finding.line <= e.lines[1]), None)
    if here is None:
        return finding
    values = {**finding.evidence, **here.values()}
    real = Path(os.path.realpath(finding.file.parent)) / finding.file.name
    if measured := allocations.get((real, here.function.line)):
        values["allocations"] = measured
    return dataclasses.replace(finding, evidence=values)


def _allocations(result: BenchResult) -> dict[tuple[Path, int], list[dict[str, object]]]:
    """Allocations and bytes per operation of the benchmarks that execute each function, by file and line."""
    found: dict[tuple[Path, int], list[dict[str, object]]] = {}
    for function, benchmarks in result.covered.items():
        found[function.file, function.line] = [
            {
                "package": one.benchmark.package,
                "benchmark": one.name,
                "allocs/op": [summary(side["allocs/op"]).center for side in (one.before, one.after)],
                "B/op": [summary(side["B/op"]).center for side in (one.before, one.after)],
            }
            for one in result.measured
            if one.benchmark in benchmarks
            and all({"allocs/op", "B/op"} <= side.keys() for side in (one.before, one.after))
        ]
    return found


__all__ = ["by_module", "with_evidence"]
