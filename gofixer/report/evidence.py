"""Evidence as a reviewer reads it: a few lines under a finding, and the command that repeats them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from gofixer.engine.model import Finding, Outcome
from gofixer.report.paths import relative

_SHOWN = (Outcome.PROPOSED, Outcome.APPLIED)
_HEAP = ("moved to heap", "escapes to heap", "heap-allocated defer")


def evidence(items: Iterable[Finding], cwd: Path) -> Iterator[str]:
    """The evidence of the fixes, function by function, where a run asked for it."""
    seen = set()
    for finding in items:
        key = finding.file, finding.evidence.get("function"), str(finding.evidence.get("commands"))
        if finding.outcome in _SHOWN and finding.evidence.get("commands") and key not in seen:
            seen.add(key)
            name = f" {finding.function}" if finding.function else ""
            yield f"{relative(finding.file, cwd)}:{finding.line}:{name}"
            yield from (f"  {line}" for line in lines(finding.evidence))


def lines(values: Mapping[str, Any]) -> list[str]:
    """What changes for the function of a finding, given its evidence; empty where nobody asked the compiler."""
    if not values.get("commands"):
        return []
    told: list[str] = []
    if problem := values.get("problem"):
        told.append(f"no evidence: {problem}")
    if escape := values.get("escape"):
        told += _both("no longer", "now", escape["disappeared"], escape["appeared"], "the compiler says of the heap")
    if inline := values.get("inline"):
        told += _inline(inline)
    told += [_allocations(one) for one in values.get("allocations") or ()]
    told += [f"ask again, before and after the patch: {command}" for command in values["commands"]]
    return told


def _both(gone: str, come: str, disappeared: list[str], appeared: list[str], what: str) -> list[str]:
    heap = [[line for line in side if any(word in line for word in _HEAP)] for side in (disappeared, appeared)]
    if not any(heap):
        return [f"{what} what it said before"]
    return [f"{word}: {', '.join(side)}" for word, side in zip((gone, come), heap, strict=True) if side]


def _inline(values: Mapping[str, Any]) -> list[str]:
    told = []
    verdict = values["verdict"]
    if verdict in ("kept", "never"):
        told.append("inlining: " + ("can inline, as before" if verdict == "kept" else "cannot inline, as before"))
    elif verdict:
        told.append(f"inlining {verdict}: {values['before']}; now {values['after']}")
    calls = values["calls"]
    words = [("no longer inlined here", calls["disappeared"]), ("inlined here now", calls["appeared"])]
    return told + [f"{word}: {', '.join(names)}" for word, names in words if names]


def _allocations(values: Mapping[str, Any]) -> str:
    before, after = values["allocs/op"]
    old, new = values["B/op"]
    return f"{values['benchmark']}: {before:g} -> {after:g} allocs/op, {old:g} -> {new:g} B/op"
