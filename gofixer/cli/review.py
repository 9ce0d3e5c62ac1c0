"""A review of fixes one by one: what was decided, what is left to ask, and what comes of it. No terminal here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from gofixer.engine.decisions import Decisions, Site, moved
from gofixer.engine.model import Finding, Note, Outcome, Report, Request
from gofixer.engine.suppressing import Wanted, comment_edits, plain

Analyse = Callable[[Request], Report]


def site_of(finding: Finding) -> Site:
    """The site that a finding stands for."""
    return Site(finding.file, finding.transform, finding.line, finding.column)


@dataclass(slots=True)
class Session:
    """The state of a review.

    ``report`` is what the latest analysis of all paths found; ``stale`` tells that decisions were made since that it
    does not know of. ``all_of`` and ``none_of`` are transforms that were decided as a whole.
    """

    request: Request
    analyse: Analyse
    report: Report
    pending: list[Finding] = field(default_factory=list)
    accepted: dict[Site, Finding] = field(default_factory=dict)
    declined: dict[Site, int] = field(default_factory=dict)
    suppressed: dict[Site, str] = field(default_factory=dict)
    all_of: set[str] = field(default_factory=set)
    none_of: set[str] = field(default_factory=set)
    stale: bool = False
    asked: int = 0
    _contents: dict[Path, bytes] = field(default_factory=dict)
    _touched: set[Path] = field(default_factory=set)

    @classmethod
    def of(cls, request: Request, analyse: Analyse) -> Session:
        """Start a review: analyse everything once."""
        session = cls(request, analyse, analyse(request))
        session._take(session.report)
        session.pending = _ordered(session.report)
        return session

    # -- questions --------------------------------------------------------------------------------------------

    def next(self) -> Finding | None:
        """The fix to ask about; None where all is decided, or can only be told from a new analysis."""
        while self.pending:
            finding = self.pending[0]
            later = finding.turn > 1 and finding.file in self._touched
            if not later and finding.transform not in self.all_of | self.none_of:
                return finding
            self._pop()
            if later:
                self.stale = True
            elif finding.transform in self.all_of:
                self.accepted[site_of(finding)] = finding
            else:
                self._decline(finding)
        return None

    def accept(self) -> None:
        """Take the fix that `next` gave."""
        finding = self._pop()
        self.accepted[site_of(finding)] = finding

    def decline(self) -> None:
        """Leave the site that `next` gave as it is."""
        self._decline(self._pop())

    def accept_all(self) -> int:
        """Take this and all further fixes of its transform; gives how many are known now."""
        name = self.pending[0].transform
        self.all_of.add(name)
        return sum(f.transform == name for f in self.pending)

    def decline_all(self) -> int:
        """Leave this and all further sites of its transform; gives how many are known now."""
        name = self.pending[0].transform
        self.none_of.add(name)
        return sum(f.transform == name for f in self.pending)

    def suppress(self, reason: str) -> None:
        """Leave the site that `next` gave, and say so in a comment. Raises `ValueError` where none can stand."""
        finding = self.pending[0]
        site = site_of(finding)
        trial = {**self.suppressed, site: plain(reason)}
        comment_edits(self._contents[site.file], _wanted(trial, site.file))
        self.suppressed = trial
        self._decline(self._pop())

    def leave(self) -> None:
        """Decline whatever was not asked about and is not of a transform that was taken as a whole."""
        taken = {site_of(f): f for f in self.pending if f.transform in self.all_of}
        self.accepted |= taken
        self.stale = self.stale or len(taken) < len(self.pending)
        self.pending = []

    def _pop(self) -> Finding:
        self.asked += 1
        return self.pending.pop(0)

    def _decline(self, finding: Finding) -> None:
        site = site_of(finding)
        self.declined[site] = min(finding.turn, self.declined.get(site, finding.turn))
        self._touched.add(finding.file)
        self.stale = True

    # -- files ------------------------------------------------------------------------------------------------

    def reread(self, path: Path) -> list[Note] | None:
        """Compute the findings of a file again that may have been edited, and ask about them next.

        Gives what the analysis had to say about the file, None where the file is as it was.
        """
        if not self._follow(path):
            return None
        report = self.analyse(replace(self.request, paths=(str(path),), decisions=self._decisions()))
        self._take(report)
        new = [f for f in _ordered(report) if site_of(f) not in self.accepted]
        self.pending = [*new, *(f for f in self.pending if f.file != path)]
        self._touched.discard(path)
        self.stale = True
        return [note for note in report.notes if note.file == path or note.level == "error"]

    def refresh(self) -> None:
        """Analyse everything again with what was decided; what turns up that was not decided is asked about."""
        for path in [*self._contents]:
            self._follow(path)
        self.report = self.analyse(replace(self.request, decisions=self._decisions()))
        self._take(self.report)
        self._touched.clear()
        self.pending = [f for f in _ordered(self.report) if site_of(f) not in self.accepted]
        self.stale = False

    def result(self) -> Report:
        """The verified report that holds the accepted fixes and the comments, and no other change."""
        self.leave()
        if self.stale:
            for path in [*self._contents]:
                self._follow(path)
            decisions = replace(self._decisions(), accepted=frozenset(self.accepted))
            self.report = self.analyse(replace(self.request, decisions=decisions))
            self.stale = False
        return self.report

    def lost(self, report: Report) -> list[Finding]:
        """Accepted fixes that a report does not hold, as it has them, or as they were with a reason."""
        found = {site_of(f): f for f in report.findings}
        done = {site_of(f) for f in report.findings if f.outcome in (Outcome.PROPOSED, Outcome.APPLIED)}
        gone = "no longer there without a fix that was declined, or the code was edited"
        return [
            found.get(site, replace(finding, outcome=Outcome.SKIPPED, reason=gone))
            for site, finding in self.accepted.items()
            if site not in done
        ]

    def _decisions(self) -> Decisions:
        comments = {}
        for path in {site.file for site in self.suppressed}:
            content = self._contents[path]
            comments[path] = content, comment_edits(content, _wanted(self.suppressed, path))
        return Decisions(
            known=frozenset(self.accepted),
            declined=dict(self.declined),
            refused=frozenset(self.none_of),
            suppressed=dict(self.suppressed),
            comments=comments,
        )

    def _take(self, report: Report) -> None:
        """Remember the contents that positions refer to."""
        self._contents |= {change.path: change.before for change in report.changes}
        for finding in report.findings:
            if finding.outcome is Outcome.PROPOSED and finding.file not in self._contents:
                self._contents[finding.file] = finding.file.read_bytes()

    def _follow(self, path: Path) -> bool:
        """Move the decisions of a file to where their lines are now; whether the file has changed."""
        before = self._contents[path]
        try:
            after = path.read_bytes()
        except OSError:
            after = b""
        if before == after:
            return False
        lead = moved(before, after)
        self._contents[path] = after
        self.accepted = {_led(site, path, lead): finding for site, finding in self.accepted.items()}
        self.declined = {_led(site, path, lead): turn for site, turn in self.declined.items()}
        self.suppressed = {
            new: reason for site, reason in self.suppressed.items() if (new := _led(site, path, lead)).line > 0
        }
        self.stale = True
        return True


def _led(site: Site, path: Path, lead: Callable[[int], int]) -> Site:
    # A line that is gone keeps its number with a minus: sites stay apart, and none of the file is meant.
    return replace(site, line=lead(site.line) or -abs(site.line)) if site.file == path else site


def _wanted(suppressed: dict[Site, str], path: Path) -> Iterable[Wanted]:
    return [Wanted(site.line, site.transform, reason) for site, reason in suppressed.items() if site.file == path]


def _ordered(report: Report) -> list[Finding]:
    """The fixes in the report's order, those that stand on others behind them."""
    by_turn: dict[int, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        if finding.outcome is Outcome.PROPOSED:
            by_turn[finding.turn].append(finding)
    return [finding for turn in sorted(by_turn) for finding in by_turn[turn]]
