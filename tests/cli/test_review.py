"""Reviews without a terminal: decisions, what depends on them, and files that change meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
import trees

from gofixer import pipeline
from gofixer.cli.review import Session
from gofixer.engine.config import Config
from gofixer.engine.model import Outcome, Report, Request, Verify
from gofixer.transform import Context, Edit, Match, Result, Transform, pattern

SOURCE = """package p

import "fmt"

func A(n int) string { return fmt.Sprintf("%d", n) }

func B(n int) string { return fmt.Sprintf("%d", n) }
"""


def to(name: str) -> Transform:
    """A transform that calls another function of fmt."""

    def check(match: Match, cx: Context) -> Result:
        return cx.fix(f"Call {name}", Edit(*match.span, f"fmt.{name}({match['n'].str})".encode()))

    return Transform(f"to-{name.lower()}", "t", name, (pattern('fmt.Sprintf("%d", $n)', n="int"),), check)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GOFIXER_STATE", str(tmp_path / "state"))
    return trees.module(tmp_path / "m", {"a.go": SOURCE}, go="1.24")


def start(root: Path) -> Session:
    request = Request(root, (), Config(), (to("Sprint"), to("Sprintln")), frozenset(), verify=Verify.NONE)
    return Session.of(request, pipeline.analyse)


def asked(session: Session) -> tuple[str, int] | None:
    finding = session.next()
    return (finding.transform, finding.line) if finding else None


def after(report: Report) -> str:
    return next((change.after.decode() for change in report.changes), SOURCE)


def test_all_accepted_needs_no_second_analysis(root: Path) -> None:
    session = start(root)
    first = session.report
    assert [asked(session), session.accept(), asked(session), session.accept(), asked(session)] == [
        ("to-sprint", 5),
        None,
        ("to-sprint", 7),
        None,
        None,
    ]
    assert session.result() is first


def test_what_a_declined_fix_stood_in_front_of_is_asked_about(root: Path) -> None:
    session = start(root)
    session.next()
    session.decline()
    session.next()
    session.accept()
    assert session.stale
    session.refresh()
    assert asked(session) == ("to-sprintln", 5)
    session.accept()
    report = session.result()
    assert after(report) == SOURCE.replace('Sprintf("%d", n)', "Sprintln(n)", 1).replace(
        'Sprintf("%d", n)', "Sprint(n)"
    )
    assert session.lost(report) == []


def test_none_of_a_transform_holds_in_later_analyses(root: Path) -> None:
    session = start(root)
    assert session.next() is not None
    session.accept()
    assert session.next() is not None
    assert session.decline_all() == 1
    assert session.next() is None
    session.refresh()
    assert asked(session) == ("to-sprintln", 7)
    session.leave()
    report = session.result()
    assert after(report) == SOURCE.replace('Sprintf("%d", n)', "Sprint(n)", 1)
    reasons = {f.reason for f in report.findings if f.outcome is Outcome.SKIPPED}
    assert reasons == {"declined in the review", "the review ended before this one was accepted"}


def test_all_of_a_transform_are_kept_when_the_review_ends_early(root: Path) -> None:
    session = start(root)
    session.next()
    assert session.accept_all() == 2
    session.leave()
    assert len(session.accepted) == 2
    assert after(session.result()).count("Sprint(n)") == 2


def test_decisions_follow_their_lines_when_a_file_changes(root: Path) -> None:
    session = start(root)
    session.next()
    session.accept()
    (root / "a.go").write_text("// One.\n// Two.\n" + SOURCE)
    report = session.result()
    assert after(report) == "// One.\n// Two.\n" + SOURCE.replace('Sprintf("%d", n)', "Sprint(n)", 1)


def test_an_accepted_fix_whose_code_is_gone_is_named(root: Path) -> None:
    session = start(root)
    session.next()
    session.accept()
    (root / "a.go").write_text(SOURCE.replace("func A(n int)", "func A(m, n int)"))
    report = session.result()
    assert report.changes == []
    (lost,) = session.lost(report)
    assert (lost.line, lost.outcome) == (5, Outcome.SKIPPED)
    assert "edited" in lost.reason


def test_a_comment_alone_is_a_change_too(root: Path) -> None:
    session = start(root)
    session.next()
    session.suppress("because")
    session.leave()
    report = session.result()
    assert after(report) == SOURCE.replace("func A", "//gofixer:ignore to-sprint because\nfunc A")
    applied = pipeline.apply(session.request, report)
    assert (root / "a.go").read_text() == after(applied)
    pipeline.undo(root)
    assert (root / "a.go").read_text() == SOURCE


def test_a_file_read_again_is_asked_about_first(root: Path) -> None:
    session = start(root)
    session.next()
    session.accept()
    assert session.reread(root / "a.go") is None
    (root / "a.go").write_text(SOURCE + '\nfunc C(n int) string { return fmt.Sprintf("%d", n) }\n')
    assert session.reread(root / "a.go") == []
    assert [(f.transform, f.line) for f in session.pending] == [("to-sprint", 7), ("to-sprint", 9)]
