"""Which findings the reports for other programs hold: what is to be done, not what was left alone."""

from __future__ import annotations

from gofixer.engine.checks import DISPLAY_ONLY, NEEDS_UNSAFE
from gofixer.engine.model import Finding, Outcome, Report

_DONE = frozenset({Outcome.PROPOSED, Outcome.APPLIED})


def is_fix(finding: Finding) -> bool:
    """Whether the finding is a fix of this run."""
    return finding.outcome in _DONE


def waits(finding: Finding) -> bool:
    """Whether only a person's word is missing: a fix that changes behaviour, or one that is shown only."""
    return finding.outcome is Outcome.SKIPPED and finding.reason in (NEEDS_UNSAFE, DISPLAY_ONLY)


def shown(report: Report) -> list[Finding]:
    """The fixes, and the findings that wait for a person's word, in the report's order."""
    return [finding for finding in report.findings if is_fix(finding) or waits(finding)]
