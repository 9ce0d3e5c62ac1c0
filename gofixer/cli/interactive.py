"""`--interactive`: one fix after the other, a key for each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gofixer.cli.editor import edit
from gofixer.cli.keys import END, INTERRUPT, Cancelled, at_terminal, read_key, read_line
from gofixer.cli.review import Analyse, Session
from gofixer.cli.terminal import complain, width_of
from gofixer.engine.model import Finding, Outcome, Report, Request
from gofixer.errors import UserError
from gofixer.report import text
from gofixer.report.card import card, printable
from gofixer.report.palette import Palette
from gofixer.report.paths import relative

KEYS = """\
y  apply this fix
n  leave this site as it is
a  apply this and all further fixes of its transform
d  leave this and all further sites of its transform
e  open the file at the line in $EDITOR; its findings are computed again afterwards
s  suppress: leave this site, and write a comment with your reason above it
q  ask no more: keep what was accepted, leave the rest
?  this help; `gofixer explain NAME` has the whole page of a transform
Ctrl-C  stop; it asks what is to become of the accepted fixes"""
_ANSWERS = "y,n,a,d,e,s,q,?"


class Stopped(KeyboardInterrupt):
    """The person wants nothing written."""


def check_terminal() -> None:
    """Raise `UserError` where nobody can be asked."""
    if not at_terminal():
        raise UserError("--interactive asks at a terminal, and standard input or error is none; use --dry-run to look")


def review(request: Request, analyse: Analyse, palette: Palette, *, quiet: bool) -> Report:
    """Ask about each fix; gives the verified report of what was accepted. Raises `Stopped`."""
    session = Session.of(request, analyse)
    return _Dialogue(session, palette, request.cwd, quiet).run()


@dataclass(slots=True)
class _Dialogue:
    session: Session
    palette: Palette
    cwd: Path
    quiet: bool

    def run(self) -> Report:
        session = self.session
        if session.pending and not self.quiet:
            self._say(f"{_count(len(session.pending))} to look at; ? shows the keys")
        try:
            report = self._decide()
        except Stopped:
            raise
        except KeyboardInterrupt:
            if session.accepted or session.suppressed:
                self._say(f"accepted so far and not written: {self._kept()}")
            raise
        self._tell(report)
        return report

    def _decide(self) -> Report:
        session = self.session
        while self._ask_all() and session.stale:
            self._say(f"proving the {self._kept()} together ...")
            session.refresh()
            if session.next() is not None:
                self._say(f"{_count(len(session.pending))} more, now that others are left out")
        if session.stale and (session.accepted or session.suppressed):
            self._say(f"proving the {self._kept()} together ...")
        return session.result()

    def _ask_all(self) -> bool:
        """Ask until nothing is left; False where no more questions are wanted."""
        session = self.session
        while (finding := session.next()) is not None:
            place = f"{session.asked + 1} of {session.asked + len(session.pending)}"
            known = {transform.name: transform for transform in session.request.transforms}
            width = width_of()
            lines = card(finding, known.get(finding.transform), self.cwd, self.palette, width=width, place=place)
            for line in lines:
                self._say(line)
            if not self._answer(finding):
                session.leave()
                return False
        return True

    def _answer(self, finding: Finding) -> bool:
        """Read keys until the fix is decided; False where no more questions are wanted."""
        session = self.session
        while True:
            key = self._key("Apply this fix?", _ANSWERS).lower()
            if key == "y":
                session.accept()
            elif key == "n":
                session.decline()
            elif key == "a":
                self._say(f"  all {session.accept_all()} of {finding.transform}")
            elif key == "d":
                self._say(f"  none of {session.decline_all()} of {finding.transform}")
            elif key == "e":
                self._edit(finding)
            elif key == "s":
                if not self._suppress():
                    continue
            elif key in ("q", END):
                return False
            elif key == INTERRUPT:
                return self._interrupted()
            else:
                self._say(KEYS)
                continue
            return True

    def _edit(self, finding: Finding) -> None:
        if problem := edit(finding.file, finding.line):
            self._say(f"  {problem}")
        name = relative(finding.file, self.cwd)
        notes = self.session.reread(finding.file)
        if notes is None:
            self._say(f"  {name} is as it was")
            return
        for line in text.notes(notes, self.cwd, self.palette):
            self._say(line)
        left = sum(one.file == finding.file for one in self.session.pending)
        self._say(f"  {name} was edited: {_count(left)} to look at in it now")

    def _suppress(self) -> bool:
        self._prompt("Reason for the comment (empty: go back): ")
        try:
            reason = read_line().strip()
        except Cancelled:
            self._say("")
            return False
        if not reason:
            return False
        try:
            self.session.suppress(reason)
        except ValueError as error:
            self._say(f"  no comment can be written here: {error}; the `ignore` of gofixer.toml can leave it out")
            return False
        return True

    def _interrupted(self) -> bool:
        """Ask what is to become of the accepted fixes; False to keep them. Raises `Stopped`."""
        if not (self.session.accepted or self.session.suppressed):
            raise Stopped
        while True:
            key = self._key(f"Interrupted. Keep the {self._kept()} accepted so far?", "y,n").lower()
            if key == "y":
                return False
            if key in ("n", INTERRUPT, END):
                raise Stopped

    def _tell(self, report: Report) -> None:
        """What did not come as it was decided."""
        for finding in self.session.lost(report):
            place = f"{relative(finding.file, self.cwd)}:{finding.line}:{finding.column}"
            why = finding.reason or finding.outcome.value
            self._say(f"{self.palette.bold(printable(place))}: {finding.transform} not applied: {printable(why)}")
        written = {change.path for change in report.changes}
        for site in self.session.suppressed:
            if site.file not in written:
                self._say(f"{relative(site.file, self.cwd)} has changed meanwhile: no comment was written")
        if not any(f.outcome is Outcome.PROPOSED for f in report.findings) and not report.changes:
            self._say("nothing accepted, nothing written")

    def _kept(self) -> str:
        accepted, suppressed = len(self.session.accepted), len(self.session.suppressed)
        words = [_count(accepted)] if accepted or not suppressed else []
        if suppressed:
            words.append(f"{suppressed} comment" + ("s" if suppressed > 1 else ""))
        return " and ".join(words)

    def _key(self, question: str, answers: str) -> str:
        self._prompt(f"{self.palette.bold(question)} [{answers}] ")
        key = read_key()
        self._say(key if key.isprintable() else "^C" if key == INTERRUPT else "")
        return key

    def _prompt(self, words: str) -> None:
        import sys

        sys.stderr.write(words)
        sys.stderr.flush()

    def _say(self, line: str) -> None:
        complain(line)


def _count(number: int) -> str:
    return "1 fix" if number == 1 else f"{number} fixes"
