"""What scripts and people are given."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from inline_snapshot import snapshot
from reports import CWD, MIXED, finding, report

from gofixer.engine.model import ModuleInfo, Outcome
from gofixer.report import text
from gofixer.report.json_report import JsonReport, render
from gofixer.report.palette import COLOURED, PLAIN
from gofixer.report.printer import FORMATS

ESCAPES = re.compile(r"\x1b\[[\d;]*m")


def test_the_json_report_of_the_contract() -> None:
    one = report(finding(), finding(Outcome.SKIPPED, "sleep"))
    assert json.loads(render(one, CWD)) == snapshot(
        {
            "version": 1,
            "go": "go1.26.8",
            "modules": [{"path": "example.com/m", "dir": ".", "go": "1.24"}],
            "findings": [
                {
                    "transform": "time-after-in-loop",
                    "family": "timers",
                    "file": "worker.go",
                    "line": 12,
                    "column": 10,
                    "end_line": 12,
                    "end_column": 29,
                    "message": "Reuse one timer",
                    "applicability": "safe",
                    "outcome": "proposed",
                    "reason": "",
                    "function": "(*Pool).run",
                    "evidence": {},
                    "diff": "@@ -12 +12 @@\n-a\n+b\n",
                },
                {
                    "transform": "time-after-in-loop",
                    "family": "timers",
                    "file": "worker.go",
                    "line": 12,
                    "column": 10,
                    "end_line": 12,
                    "end_column": 29,
                    "message": "Reuse one timer",
                    "applicability": "safe",
                    "outcome": "skipped",
                    "reason": "sleep",
                    "function": "(*Pool).run",
                    "evidence": {},
                    "diff": "",
                },
            ],
            "summary": {
                "files": 7,
                "findings": 2,
                "applied": 0,
                "proposed": 1,
                "rejected": 0,
                "skipped": 1,
                "suppressed": 0,
                "seconds": 1.25,
            },
        }
    )


def test_json_paths_outside_of_the_working_directory() -> None:
    one = report(finding(file=CWD / "a" / "b.go"), modules=[ModuleInfo("example.com/m", CWD, "1.24")])
    document = json.loads(render(one, CWD / "c" / "d"))
    assert document["findings"][0]["file"] == "../../a/b.go"
    assert document["modules"][0]["dir"] == "../.."


def test_json_of_names_and_sources_that_are_no_utf_8() -> None:
    raw = finding(file=CWD / "p\udcf6.go", diff="-\udcf6\n", reason="`\udcf6`")
    document = json.loads(render(report(raw), CWD))
    assert document["findings"][0]["file"] == "p\ufffd.go"
    assert document["findings"][0]["diff"] == "-\ufffd\n"


def test_json_marks_what_was_not_proved() -> None:
    document = json.loads(render(report(finding(proved=False, evidence={"heap": ["x"]})), CWD))
    assert document["findings"][0]["evidence"] == {"heap": ["x"], "proved": False}


def test_json_ends_in_one_newline_and_can_be_read_back() -> None:
    import msgspec

    rendered = render(MIXED, CWD)
    assert rendered.endswith(b"}\n")
    assert msgspec.json.decode(rendered, type=JsonReport).summary.rejected == 1


def lines(verbose: bool) -> list[str]:
    return list(text.findings(MIXED.findings, CWD, PLAIN, verbose=verbose))


def test_findings_are_lines_that_editors_open() -> None:
    assert lines(verbose=False) == snapshot(
        [
            "worker.go:12:10: time-after-in-loop Reuse one timer",
            "worker.go:30:10: manual-gc Drop runtime.GC()",
            "worker.go:50:10: time-after-in-loop rejected: undefined: strange",
        ]
    )


def test_verbose_adds_each_site_that_was_left_alone_with_its_reason() -> None:
    added = [line for line in lines(verbose=True) if line not in lines(verbose=False)]
    assert added == snapshot(
        [
            "worker.go:40:10: time-after-in-loop skipped: cold: only goes into an error",
            "worker.go:41:10: time-after-in-loop skipped: cold: only goes into a log call",
            "worker.go:42:10: time-after-in-loop skipped: `x` is captured",
            "worker.go:43:10: time-after-in-loop skipped: changes behaviour: needs --unsafe",
            "worker.go:60:10: time-after-in-loop suppressed: suppressed by the comment on line 59",
        ]
    )


def test_colour_changes_no_word() -> None:
    coloured = list(text.findings(MIXED.findings, CWD, COLOURED, verbose=True))
    assert all("\x1b[" in line for line in coloured)
    assert [ESCAPES.sub("", line) for line in coloured] == lines(verbose=True)


def test_unproved_findings_say_so() -> None:
    (line,) = text.findings([finding(proved=False)], CWD, PLAIN, verbose=False)
    assert line.endswith("Reuse one timer (not proved)")


def test_notes_name_file_and_line_where_there_is_one() -> None:
    assert list(text.notes(MIXED.notes, CWD, PLAIN)) == snapshot(
        ["old.go:3: warning: unused suppression of timers", "gofixer: error: no module"]
    )


def test_summary() -> None:
    assert list(text.summary(MIXED, unsafe=False, verbose=False)) == snapshot(
        [
            "2 fixes in 1 file (2 transforms), nothing written; 4 skipped: 2 cold, 1 ... is captured, "
            "1 changes behaviour; 1 rejected; 1 suppressed [1.2 s]",
            "--unsafe would add 1 fix that changes behaviour as documented",
            "-v shows each skipped site with its reason",
        ]
    )


def test_summary_of_nothing() -> None:
    assert list(text.summary(report(), unsafe=False, verbose=False)) == ["nothing to fix in 7 files [1.2 s]"]


def test_summary_after_writing_does_not_say_that_nothing_was() -> None:
    (line,) = text.summary(report(finding(Outcome.APPLIED)), unsafe=False, verbose=False)
    assert line == "1 fix in 1 file (1 transform) [1.2 s]"


def test_statistics() -> None:
    assert list(text.statistics(MIXED)) == snapshot(
        [
            "transform            proposed   rejected    skipped suppressed",
            "time-after-in-loop          1          1          4          1",
            "manual-gc                   1          0          0          0",
            "all                         2          1          4          1",
        ]
    )
    assert list(text.statistics(MIXED, 60)) == snapshot(
        [
            "time-after-in-loop: 1 proposed, 1 rejected, 4 skipped, 1 suppressed",
            "manual-gc: 1 proposed",
            "all: 2 proposed, 1 rejected, 4 skipped, 1 suppressed",
        ]
    )
    assert list(text.statistics(report())) == []


PATCH = (
    b"diff --git a/p.go b/p.go\n--- a/p.go\n+++ b/p.go\n@@ -1,3 +1,3 @@ func f()\n a\n--- b\n+++ c\r\n d\n"
    b"\\ No newline at end of file\n--- a/q.go\n+++ b/q.go\n@@ -1 +1 @@\n-x\n+y\n"
)


def test_a_coloured_patch_is_the_patch_with_colours() -> None:
    coloured = text.coloured_patch(PATCH)
    assert re.sub(rb"\x1b\[[\d;]*m", b"", coloured) == PATCH
    # Lines of a hunk that look like headers are removed and added lines all the same.
    assert b"\x1b[31m--- b\x1b[0m\n" in coloured
    assert b"\x1b[32m+++ c\x1b[0m\r\n" in coloured
    assert b"\x1b[1m--- a/q.go\x1b[0m\n" in coloured
    assert b"\n a\n" in coloured


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_every_form_is_made_without_side_effects(form: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert isinstance(FORMATS[form](MIXED, Path("/src"), colour=True, verbose=True), bytes)
    assert capfd.readouterr() == ("", "")
