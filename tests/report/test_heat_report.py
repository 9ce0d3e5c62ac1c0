"""What a profile says of findings, in the text report."""

from __future__ import annotations

import json

from inline_snapshot import snapshot
from reports import CWD, finding, report

from gofixer.engine.checks import NEEDS_UNSAFE
from gofixer.engine.model import Finding, Outcome, Report
from gofixer.report import heat, text
from gofixer.report.json_report import render
from gofixer.report.palette import PLAIN
from gofixer.report.printer import FORMATS


def measured(share: float, outcome: Outcome = Outcome.PROPOSED, reason: str = "", **changes: object) -> Finding:
    lines = {"flat": 0.0, "cum": share}
    kinds = {
        "cpu": {"lines": lines, "function": {"flat": 1.0, "cum": 30.0}},
        "alloc": {"lines": None, "function": None},
    }
    evidence = {"profile": {"share": share, "kind": "cpu", "kinds": kinds}}
    return finding(outcome, reason, evidence=evidence, **changes)


def shown(one: Finding) -> str:
    (line,) = text.findings([one], CWD, PLAIN, verbose=True)
    return line


def test_findings_carry_their_shares() -> None:
    assert shown(measured(12.34)) == "worker.go:12:10: time-after-in-loop Reuse one timer [12.3 % cpu]"
    assert shown(measured(0)).endswith("Reuse one timer [not in the profile]")
    assert shown(measured(0.5, Outcome.SKIPPED, "sleep")).endswith("skipped: sleep [0.5 % cpu]")
    assert shown(measured(0, Outcome.SKIPPED, "sleep")).endswith("skipped: sleep")
    assert shown(finding()).endswith("Reuse one timer")


def test_the_function_stands_in_where_lines_are_not_known() -> None:
    kinds = {"cpu": {"lines": None, "function": {"flat": 1.0, "cum": 30.0}}}
    one = finding(evidence={"profile": {"share": 30.0, "kind": "cpu", "kinds": kinds}})
    assert shown(one).endswith("[30 % cpu (function)]")


def test_the_hottest_fixes() -> None:
    items = [
        measured(3, line=3),
        measured(40, Outcome.SKIPPED, "sleep", line=4),
        *(measured(n, line=n, function="") for n in (11, 15, 12, 13)),
        measured(14, Outcome.APPLIED, line=14),
        measured(0, line=99),
    ]
    assert list(heat.hottest(items, CWD)) == snapshot(
        [
            "the hottest fixes, with the cumulative share of their lines:",
            "  worker.go:15: time-after-in-loop [15 % cpu]",
            "  worker.go:14: time-after-in-loop in (*Pool).run [14 % cpu]",
            "  worker.go:13: time-after-in-loop [13 % cpu]",
            "  worker.go:12: time-after-in-loop [12 % cpu]",
            "  worker.go:11: time-after-in-loop [11 % cpu]",
        ]
    )
    assert list(heat.hottest([finding(), measured(0)], CWD)) == []


def test_shares_in_json() -> None:
    document = json.loads(render(report(measured(12.34)), CWD))
    profile = document["findings"][0]["evidence"]["profile"]
    assert (profile["share"], profile["kind"]) == (12.34, "cpu")
    assert profile["kinds"]["cpu"]["function"] == {"flat": 1.0, "cum": 30.0}


def test_the_share_of_a_finding() -> None:
    assert measured(12.34).share == 12.34
    assert finding().share == 0
    assert finding(evidence={"profile": "odd"}).share == 0


def test_shares_in_the_other_forms() -> None:
    one = report(measured(12.34), measured(0.5, Outcome.SKIPPED, NEEDS_UNSAFE, line=30))
    assert "Reuse one timer [12.3 %25 cpu]. gofixer explain" in form(one, "github")
    assert "Reuse one timer [12.3 % cpu]</summary>" in form(one, "markdown")
    assert f"{NEEDS_UNSAFE} [0.5 % cpu]" in form(one, "markdown").replace("\\", "")
    results = json.loads(form(one, "sarif"))["runs"][0]["results"]
    assert results[0]["rank"] == 12.34
    plain = json.loads(form(report(finding()), "sarif"))["runs"][0]["results"]
    assert "rank" not in plain[0]


def form(one: Report, word: str) -> str:
    return FORMATS[word](one, CWD, colour=False, verbose=False).decode()
