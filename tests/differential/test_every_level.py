"""Rules that are wrong on purpose, from the configuration to the report: the build, the tests, the commands."""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection
from math import log2
from pathlib import Path

import pytest
from proving import prove, rule

from gofixer.cli.app import DEFAULT_TEST_TIMEOUT as SHOWN_TEST_TIMEOUT
from gofixer.cli.main import run
from gofixer.engine.model import Outcome, Verify
from gofixer.verify.checker import Checker, State
from gofixer.verify.gotests import DEFAULT_TEST_TIMEOUT

ITOA = rule("itoa", 'fmt.Sprintf("%d", $n)', "strconv.Itoa($n)")


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many fixes each build of a test had in it."""
    made: list[int] = []
    check = Checker.check

    def counted(self: Checker, ids: Collection[int], directories: Collection[Path]) -> State:
        made.append(len(ids))
        return check(self, ids, directories)

    monkeypatch.setattr(Checker, "check", counted)
    return made


@pytest.mark.parametrize("sites", [9, 60])
def test_a_rule_that_breaks_the_build_at_every_third_site(sites: int, tmp_path: Path, builds: list[int]) -> None:
    """Exactly those are rejected, with the compiler's sentence, within the bound on builds."""
    source = 'package m\n\nimport "fmt"\n\n' + "".join(
        f'func F{n}(n {"int64" if n % 3 == 0 else "int"}) string {{ return fmt.Sprintf("%d", n) }}\n\n'
        for n in range(sites)
    )
    report = prove(tmp_path, {"m.go": source}, [ITOA], verify=Verify.BUILD)
    outcomes = {int(f.function[1:]): f for f in report.findings}
    guilty = {n for n in range(sites) if n % 3 == 0}
    assert {n for n, f in outcomes.items() if f.outcome is Outcome.REJECTED} == guilty
    assert {n for n, f in outcomes.items() if f.outcome is Outcome.PROPOSED} == set(range(sites)) - guilty
    for n in guilty:
        finding = outcomes[n]
        assert finding.reason.startswith(f"m.go:{finding.line}: cannot use n (variable of type int64)"), finding.reason
    assert len(builds) <= 1 + len(guilty) * (log2(sites) + 1)
    (change,) = report.changes
    assert change.after.count(b"strconv.Itoa(n)") == sites - len(guilty)
    assert change.after.count(b'fmt.Sprintf("%d", n)') == len(guilty)


def test_a_rule_that_is_wrong_where_nothing_points_at_it(tmp_path: Path, builds: list[int]) -> None:
    """The compiler complains about another line: the search costs about log2(n) + 1 builds for each guilty fix."""
    sites, guilty = 32, {7, 20}
    source = "package m\n\n" + "".join(
        f"func F{n}(a []int) int {{\n\tx := {n}\n\ty := 1\n\treturn "
        + ("pick(x, y)" if n in guilty else "pick(x, y) + x + y")
        + "\n}\n\n"
        for n in range(sites)
    )
    source += "func pick(a, b int) int { return a + b }\n"
    report = prove(
        tmp_path, {"m.go": source}, [rule("first", "pick($a, $b)", "$a", a="int", b="int")], verify=Verify.BUILD
    )
    rejected = {f.function for f in report.findings if f.outcome is Outcome.REJECTED}
    assert rejected == {f"F{n}" for n in guilty}
    assert all("declared and not used" in f.reason for f in report.findings if f.outcome is Outcome.REJECTED)
    assert len(builds) <= 2 + len(guilty) * (log2(sites) + 1)


SIZES = """package m

func size(m map[string]int) int { return len(m) }

func small(m map[string]int) int { return len(m) &^ 4 }

func One(m map[string]int) int { return size(m) }

func Five(m map[string]int) int { return size(m) }
"""
SIZES_TEST = """package m

import "testing"

func TestOne(t *testing.T) {
	if got := One(map[string]int{"a": 1}); got != 1 {
		t.Errorf("one is %d", got)
	}
}

func TestFive(t *testing.T) {
	if got := Five(map[string]int{"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}); got != 5 {
		t.Errorf("five is %d", got)
	}
}
"""
CONFIG = """[[transform]]
name = "small-sizes"
message = "sizes are small"
pattern = 'size($m)'
rewrite = 'small($m)'
applicability = "safe"
"""


@pytest.fixture
def sizes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    files = {
        "go.mod": "module example.com/m\n\ngo 1.21\n",
        "m.go": SIZES,
        "m_test.go": SIZES_TEST,
        "gofixer.toml": CONFIG,
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_verify_test_rejects_what_a_test_catches_and_applies_the_rest(
    sizes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--verify", "test", "--select", "small-sizes"]) == 0
    said = capsys.readouterr().out
    assert "m.go:9:42: small-sizes rejected: test TestFive of example.com/m fails: m_test.go:13: five is 1" in said
    assert (sizes / "m.go").read_text() == SIZES.replace(
        "One(m map[string]int) int { return size", "One(m map[string]int) int { return small"
    )


def test_prove_says_how_and_writes_nothing(sizes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["prove", "--select", "small-sizes", "."]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "m.go:7:41: small-sizes proposed: built, vetted; 2 tests of example.com/m as before; no comparison by inputs: "
        "One takes a map[string]int; `m` is of type map[string]int",
        "m.go:9:42: small-sizes rejected: test TestFive of example.com/m fails: m_test.go:13: five is 1",
        "1 fix built and vetted: 1 with tests of their packages, 0 compared by inputs, 0 with neither; 1 rejected",
    ]
    assert run(["prove", "--select", "small-sizes", "--format", "json"]) == 1
    first, second = json.loads(capsys.readouterr().out)["findings"]
    assert first["evidence"]["proof"] == {
        "built": True,
        "vetted": True,
        "tests": {"package": "example.com/m", "ran": 2, "race": False},
        "differential": {"not_possible": "One takes a map[string]int; `m` is of type map[string]int"},
    }
    assert (first["outcome"], second["outcome"]) == ("proposed", "rejected")
    assert (sizes / "m.go").read_text() == SIZES
    assert sorted(p.name for p in sizes.iterdir()) == ["go.mod", "gofixer.toml", "m.go", "m_test.go"]


def test_prove_with_nothing_wrong_ends_with_0(sizes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (sizes / "m.go").write_text(SIZES.replace("len(m) &^ 4", "len(m)"))
    assert run(["prove", "--select", "small-sizes"]) == 0
    assert capsys.readouterr().out.endswith("0 compared by inputs, 0 with neither; 0 rejected\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["prove", "--format", "sarif"], "--format sarif: choose text or json"),
        (["--verify", "all"], "--verify all: choose none or build or vet or test"),
        (["--test-timeout", "0"], "Invalid value for '--test-timeout'"),
        (["prove", "nosuch"], "nosuch"),
    ],
)
def test_wrong_use_is_one_sentence(
    arguments: list[str], sentence: str, sizes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert len(error.splitlines()) == 1


def test_without_a_toolchain_prove_says_so(
    sizes: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda *a, **k: None)
    monkeypatch.setattr("gofixer.facts.toolchain._packaged", lambda: iter(()))
    assert run(["prove"]) == 3
    assert "no Go toolchain found" in capsys.readouterr().err


def test_the_default_of_the_test_timeout_is_one() -> None:
    assert SHOWN_TEST_TIMEOUT == DEFAULT_TEST_TIMEOUT
