"""Sites that no golden can hold, because vet complains about them already: they stay, and say why."""

from __future__ import annotations

import pytest
from applying import analyse, module

from gofixer.engine.model import Outcome
from gofixer.facts.toolchain import Toolchain

CALLS = {
    'fmt.Sprintf("%d", n)': "the result is not used",
    'fmt.Sprintf("%s/%s", s, s)': "the result is not used",
    's = fmt.Sprintf("%d")': "the number of arguments",
    's = fmt.Sprintf("%d-%d", n)': "the number of arguments",
    's = fmt.Sprintf("%s", s, s)': "the number of arguments",
    's = fmt.Sprintf("plain", n)': "the number of arguments",
    's = fmt.Sprintf("%s", n)': "`%s` of int prints what only package fmt prints",
    's = fmt.Sprintf("%d", s)': "`%d` of string prints what only package fmt prints",
    's = fmt.Sprintf("%t", n)': "`%t` of int prints what only package fmt prints",
    's = fmt.Sprintf("%x", true)': "`%x` of bool prints what only package fmt prints",
    's = fmt.Sprintf("100%")': "`%` is no valid directive",
    's = fmt.Sprintf("%!", n)': "is no verb that is known here",
    's = fmt.Sprintf("%v", nil)': "prints what only package fmt prints",
    'err = fmt.Errorf("%w")': "wraps an error",
    'err = fmt.Errorf("%d")': "a verb has no argument",
    'err = fmt.Errorf("100%")': "is no valid directive",
}


@pytest.fixture(scope="module")
def reasons(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain) -> dict[str, list[str]]:
    """What is said about each call, by its text."""
    lines = ["package p", "", 'import "fmt"', "",
             "func f(n int, s string, err error) (string, error) {", *(f"\t{call}" for call in CALLS),
             "\treturn s, err", "}", ""]  # fmt: skip
    folder = module(tmp_path_factory.mktemp("refusals"), {"p.go": "\n".join(lines)}, go="1.22")
    report = analyse(folder, "formatting", selected=True)
    assert not report.changes
    found: dict[str, list[str]] = {call: [] for call in CALLS}
    for finding in report.findings:
        assert finding.outcome is Outcome.SKIPPED
        found[lines[finding.line - 1].strip()].append(finding.reason)
    return found


@pytest.mark.parametrize("call", CALLS)
def test_reason(call: str, reasons: dict[str, list[str]]) -> None:
    assert len(reasons[call]) == 1, "each site belongs to one transform"
    assert CALLS[call] in reasons[call][0]
