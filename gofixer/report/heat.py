"""What a profile said of findings, for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from gofixer.engine.heat import percent
from gofixer.engine.model import Finding, Outcome
from gofixer.report.paths import relative

_SHOWN = 5
_FIXES = frozenset({Outcome.APPLIED, Outcome.PROPOSED})


def suffix(finding: Finding) -> str:
    """`` [12.5 % cpu, 3 % alloc]``: cumulative shares of a finding's lines, of its function where lines are unknown.

    Empty for a finding without a profile. Where all shares are zero a fix is ``[not in the profile]``, and a site that
    was left alone has nothing.
    """
    kinds = _kinds(finding)
    if not kinds:
        return ""
    shares = [(kind, *_cumulative(entry)) for kind, entry in kinds.items() if isinstance(entry, Mapping)]
    parts = [f"{percent(share)} {kind}{whole}" for kind, share, whole in shares if share]
    if parts:
        return f" [{', '.join(parts)}]"
    return " [not in the profile]" if finding.outcome in _FIXES else ""


def hottest(findings: Iterable[Finding], cwd: Path) -> Iterator[str]:
    """The fixes with the largest shares, the hottest first; nothing where no profile was given or none is hot."""
    fixes = [f for f in findings if f.outcome in _FIXES and f.share]
    if fixes:
        yield "the hottest fixes, with the cumulative share of their lines:"
    for finding in sorted(fixes, key=lambda f: -f.share)[:_SHOWN]:
        function = f" in {finding.function}" if finding.function else ""
        yield f"  {relative(finding.file, cwd)}:{finding.line}: {finding.transform}{function}{suffix(finding)}"


def _kinds(finding: Finding) -> Mapping[str, object]:
    profile = finding.evidence.get("profile")
    kinds = profile.get("kinds") if isinstance(profile, Mapping) else None
    return kinds if isinstance(kinds, Mapping) else {}


def _cumulative(entry: Mapping[str, object]) -> tuple[float, str]:
    for place, word in (("lines", ""), ("function", " (function)")):
        share = entry.get(place)
        if isinstance(share, Mapping):
            return float(share["cum"]), word
    return 0.0, ""
