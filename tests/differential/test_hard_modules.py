"""The whole proof in modules that are not one plain package: each test is one of them.

The rule is right for an int and does not build for anything else, so that every place has a fix that has to go.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from proving import differential, prove, rule

from gofixer.engine.model import Finding, Outcome, Report

ITOA = (rule("itoa", 'fmt.Sprintf("%d", $n)', "strconv.Itoa($n)"),)
BOTH = """
func Good(n int) string { return fmt.Sprintf("%d", n) }

func Bad(n int64) string { return fmt.Sprintf("%d", n) }
"""


def source(package: str, head: str = "", *, imports: str = "") -> str:
    return f'{head}package {package}\n\nimport "fmt"\n{imports}{BOTH}'


def found(report: Report) -> dict[str, Finding]:
    return {f"{f.file.parent.name}/{f.file.name}:{f.function}": f for f in report.findings}


def split(report: Report) -> tuple[set[str], set[str]]:
    """The functions whose fixes hold, and those whose fixes the compiler refuses with its sentence."""
    everything = found(report)
    good = {name for name, f in everything.items() if f.outcome is Outcome.PROPOSED}
    bad = {name for name, f in everything.items() if f.outcome is Outcome.REJECTED}
    assert all("cannot use n (variable of type int64)" in everything[name].reason for name in bad)
    return good, bad


def record_of(finding: Finding) -> Mapping[str, object]:
    proof = finding.evidence["proof"]
    assert isinstance(proof, Mapping)
    record = proof["tests"]
    assert isinstance(record, Mapping)
    return record


def test_a_workspace_and_a_nested_module_outside_of_it(tmp_path: Path) -> None:
    root = tmp_path / "w"
    report = prove(
        root,
        {
            "go.mod": "module example.com/m\n\ngo 1.21\n",
            "go.work": "go 1.21\n\nuse (\n\t./one\n\t./two\n)\n",
            "one/go.mod": "module example.com/one\n\ngo 1.21\n",
            "one/a.go": source("one"),
            "two/go.mod": "module example.com/two\n\ngo 1.21\n",
            "two/b.go": source("two", imports='import "example.com/one"\n\nvar _ = one.Good\n'),
            "two/nested/go.mod": "module example.com/nested\n\ngo 1.21\n",
            "two/nested/c.go": source("nested"),
            "root.go": source("m"),
        },
        ITOA,
    )
    files = {"one/a.go", "two/b.go", "nested/c.go", "w/root.go"}
    assert split(report) == ({f"{f}:Good" for f in files}, {f"{f}:Bad" for f in files})
    assert all("inputs" in differential(f) for f in report.findings if f.outcome is Outcome.PROPOSED)
    assert {m.path for m in report.modules} == {
        "example.com/m",
        "example.com/one",
        "example.com/two",
        "example.com/nested",
    }


def test_cgo(tmp_path: Path) -> None:
    if shutil.which("gcc") is None and shutil.which("cc") is None:
        pytest.skip("no C compiler")
    root = tmp_path / "c"
    report = prove(
        root,
        {
            "c.go": "package m\n\n// int twice(int n) { return n * 2; }\n"
            'import "C"\n\nimport "fmt"\n\nfunc Twice(n int) int { return int(C.twice(C.int(n))) }\n' + BOTH,
            "plain.go": 'package m\n\nimport "fmt"\n\nfunc Plain(n int) string { return fmt.Sprintf("%d", n) }\n',
            "m_test.go": 'package m\n\nimport "testing"\n\nfunc TestTwice(t *testing.T) {\n\tif Good(Twice(2)) '
            '!= "4" {\n\t\tt.Fatal("twice")\n\t}\n}\n',
        },
        ITOA,
    )
    assert split(report) == ({"c/c.go:Good", "c/plain.go:Plain"}, {"c/c.go:Bad"})
    everything = found(report)
    assert differential(everything["c/c.go:Good"])["not_possible"] == "the file uses cgo"
    assert differential(everything["c/plain.go:Plain"])["compared"] == "function Plain"
    assert record_of(everything["c/c.go:Good"])["ran"] == 1


def test_external_tests_and_fixes_inside_of_them(tmp_path: Path) -> None:
    root = tmp_path / "x"
    report = prove(
        root,
        {
            "m.go": "package m\n\nfunc Text(s string) string { return s }\n",
            "x_test.go": 'package m_test\n\nimport (\n\t"fmt"\n\t"testing"\n\n\t"example.com/m"\n)\n'
            + BOTH
            + 'func TestText(t *testing.T) {\n\tif m.Text(Good(5)) != "5" {\n\t\tt.Fatal()\n\t}\n}\n',
        },
        ITOA,
    )
    assert split(report) == ({"x/x_test.go:Good"}, {"x/x_test.go:Bad"})
    good = found(report)["x/x_test.go:Good"]
    assert differential(good)["not_possible"] == "it stands in a test file"
    assert record_of(good)["ran"] == 1


def test_generic_code(tmp_path: Path) -> None:
    root = tmp_path / "g"
    report = prove(
        root,
        {
            "m.go": 'package m\n\nimport "fmt"\n\ntype Number interface{ ~int | ~int64 }\n\n'
            'func Any[T Number](n T) string { return fmt.Sprintf("%d", n) }\n\n'
            "type Box[T any] struct{ n int; of T }\n\n"
            'func (b Box[T]) Text() string { return fmt.Sprintf("%d", b.n) }\n\n'
            'func Map[T any](list []T, n int) string { return fmt.Sprintf("%d", n) }\n'
        },
        ITOA,
    )
    everything = found(report)
    assert everything["g/m.go:Any"].outcome is Outcome.REJECTED
    assert "cannot use n (variable of type T constrained by Number) as int value" in everything["g/m.go:Any"].reason
    for name, compared in (("Box.Text", "b.n"), ("Map", "n")):
        finding = everything[f"g/m.go:{name}"]
        assert finding.outcome is Outcome.PROPOSED
        assert differential(finding)["compared"] == f'expression `fmt.Sprintf("%d", {compared})`'


def test_files_for_other_systems_processors_and_tags(tmp_path: Path) -> None:
    root = tmp_path / "t"
    report = prove(
        root,
        {
            "m.go": "package m\n",
            "m_windows.go": source("m"),
            "m_arm64.go": source("m").replace("Good", "Good64").replace("Bad", "Bad64"),
            "tagged.go": source("m", "//go:build special\n\n").replace("Good", "Tagged").replace("Bad", "Wrong"),
            "never.go": source("m", "//go:build special && !special\n\n"),
            "tagged_test.go": '//go:build special\n\npackage m\n\nimport "testing"\n\n'
            'func TestTagged(t *testing.T) {\n\tif Tagged(5) != "5" {\n\t\tt.Fatal()\n\t}\n}\n',
        },
        ITOA,
    )
    everything = found(report)
    good, bad = split(report)
    assert {"t/m_windows.go:Good", "t/tagged.go:Tagged", "t/m_arm64.go:Good64"} <= good
    assert {"t/m_windows.go:Bad", "t/tagged.go:Wrong", "t/m_arm64.go:Bad64"} <= bad
    windows = everything["t/m_windows.go:Good"]
    assert "this machine cannot run programs for windows/" in str(record_of(windows)["not_run"])
    assert "this machine cannot run programs for windows/" in str(differential(windows)["not_possible"])
    assert any("m_windows.go: built and vetted, but not tested" in note.message for note in report.notes)
    assert record_of(everything["t/tagged.go:Tagged"])["ran"] == 1
    assert differential(everything["t/tagged.go:Tagged"])["compared"] == "function Tagged"
    assert everything["t/never.go:Good"].outcome is Outcome.SKIPPED
    assert everything["t/never.go:Good"].reason == "no build configuration selects the file"


def test_packages_that_do_not_compile_and_a_vet_that_is_not_clean(tmp_path: Path) -> None:
    root = tmp_path / "b"
    dirty = '\nfunc Dirty(n int) {\n\tfmt.Printf("%s\\n", n)\n}\n'
    report = prove(
        root,
        {
            "ok/a.go": source("ok") + dirty,
            "broken/b.go": source("broken") + "\nvar x int = nosuch\n",
            "above/c.go": source("above", imports='import "example.com/m/broken"\n\nvar _ = broken.Good\n'),
        },
        ITOA,
    )
    assert split(report) == ({"ok/a.go:Good"}, {"ok/a.go:Bad"})
    everything = found(report)
    assert everything["broken/b.go:Good"].outcome is Outcome.SKIPPED
    assert "undefined: nosuch" in everything["broken/b.go:Good"].reason
    assert everything["above/c.go:Good"].outcome is Outcome.SKIPPED
