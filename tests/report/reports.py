"""Reports made by hand."""

from __future__ import annotations

from pathlib import Path

from gofixer.edits.algebra import untouched
from gofixer.engine.checks import NEEDS_UNSAFE
from gofixer.engine.model import FileChange, Finding, ModuleInfo, Note, Outcome, Report
from gofixer.transform import Applicability

CWD = Path("/src/m")


def finding(outcome: Outcome = Outcome.PROPOSED, reason: str = "", **changes: object) -> Finding:
    """A finding in worker.go; keywords replace its fields."""
    fields: dict[str, object] = {
        "transform": "time-after-in-loop",
        "family": "timers",
        "file": CWD / "worker.go",
        "line": 12,
        "column": 10,
        "end_line": 12,
        "end_column": 29,
        "message": "Reuse one timer",
        "applicability": Applicability.SAFE,
        "outcome": outcome,
        "reason": reason,
        "function": "(*Pool).run",
        "diff": "@@ -12 +12 @@\n-a\n+b\n" if outcome in (Outcome.APPLIED, Outcome.PROPOSED) else "",
    }
    return Finding(**{**fields, **changes})  # type: ignore[arg-type]


def report(*findings: Finding, **changes: object) -> Report:
    """A report with some findings; keywords replace its fields."""
    change = FileChange(CWD / "worker.go", b"a\n", b"b\n", untouched(0))
    fields: dict[str, object] = {
        "go": "go1.26.8",
        "modules": [ModuleInfo("example.com/m", CWD, "1.24")],
        "findings": findings,
        "changes": [change] if any(f.outcome is Outcome.PROPOSED for f in findings) else [],
        "notes": [],
        "files": 7,
        "seconds": 1.25,
    }
    return Report(**{**fields, **changes})  # type: ignore[arg-type]


MIXED = report(
    finding(),
    finding(line=30, transform="manual-gc", family="gc", message="Drop runtime.GC()"),
    finding(Outcome.SKIPPED, "cold: only goes into an error", line=40),
    finding(Outcome.SKIPPED, "cold: only goes into a log call", line=41),
    finding(Outcome.SKIPPED, "`x` is captured", line=42),
    finding(Outcome.SKIPPED, NEEDS_UNSAFE, line=43, applicability=Applicability.UNSAFE),
    finding(Outcome.REJECTED, "undefined: strange", line=50),
    finding(Outcome.SUPPRESSED, "suppressed by the comment on line 59", line=60),
    notes=[Note("unused suppression of timers", CWD / "old.go", 3), Note("no module", level="error")],
)
