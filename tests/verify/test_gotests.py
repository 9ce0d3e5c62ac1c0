"""Whose tests tell that a fix is wrong, and which of them are believed."""

from __future__ import annotations

from math import log2
from pathlib import Path
from typing import Any

import pytest
from gotree import GoTree

from gofixer.facts.constraints import Variant
from gofixer.facts.modules import Module
from gofixer.verify.gotests import Ending, read_events
from gofixer.verify.tested import RunVerdict, prove_by_tests

A = """package a

func Double(n int) int {
	return n * 2
}

func Half(n int) int {
	return n / 2
}
"""
A_TEST = """package a

import "testing"

func TestDouble(t *testing.T) {
	if got := Double(2); got != 4 {
		t.Errorf("got %d", got)
	}
}

func TestHalf(t *testing.T) {
	t.Run("odd", func(t *testing.T) {
		if got := Half(3); got != 1 {
			t.Errorf("got %d", got)
		}
	})
}
"""


def judge(tree: GoTree, **options: Any) -> RunVerdict:
    options.setdefault("variant", tree.variant)
    return prove_by_tests(
        tree.toolchain, Module(tree.root, "example.com/m"), tree.units, tree.render, cache_dir=tree.cache, **options
    )


def contents(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_a_fix_that_changes_the_outcome_of_a_test_is_rejected_by_its_name(tree: GoTree) -> None:
    tree.write({"a/a.go": A, "a/a_test.go": A_TEST})
    good = tree.fix("a/a.go", "n * 2", "2 * n")
    bad = tree.fix("a/a.go", "n / 2", "n >> 1 << 1")
    before = contents(tree.root)
    verdict = judge(tree)
    assert verdict.rejected == {bad: "test TestHalf/odd of example.com/m/a fails: a_test.go:14: got 2"}
    assert (verdict.records[good].ran, verdict.records[good].package) == (2, "example.com/m/a")
    assert not verdict.notes
    assert contents(tree.root) == before


def test_a_panic_that_ends_the_process_is_the_word_for_it(tree: GoTree) -> None:
    tree.write({"a/a.go": A, "a/a_test.go": A_TEST})
    bad = tree.fix("a/a.go", "n * 2", "n / (n - n)")
    said = judge(tree).rejected[bad]
    assert said.startswith("test TestDouble of example.com/m/a fails: panic: runtime error: integer divide by zero")


def test_the_tests_of_an_external_package_count(tree: GoTree) -> None:
    external = A_TEST.replace("package a\n", 'package a_test\n\nimport . "example.com/m/a"\n')
    tree.write({"a/a.go": A, "a/x_test.go": external})
    bad = tree.fix("a/a.go", "n * 2", "n * 3")
    assert judge(tree).rejected.keys() == {bad}


def test_a_test_that_fails_without_any_fix_is_left_out_by_name(tree: GoTree) -> None:
    tree.write({"a/a.go": A, "a/a_test.go": A_TEST.replace("!= 4", "!= 5")})
    wrong = tree.fix("a/a.go", "n * 2", "n * 7")
    guilty = tree.fix("a/a.go", "n / 2", "n")
    verdict = judge(tree)
    assert verdict.rejected.keys() == {guilty}
    assert verdict.notes == ("example.com/m/a: TestDouble fail without any fix and were left out",)
    assert verdict.records[wrong].ran == 1


def test_tests_that_do_not_link_are_named_and_the_fixes_stay(tree: GoTree) -> None:
    tree.write({"a/a.go": A, "a/a_test.go": A_TEST + "\nvar _ int = nosuch\n", "b/b.go": A.replace(" a\n", " b\n")})
    fix = tree.fix("a/a.go", "n * 2", "n * 3")
    other = tree.fix("b/b.go", "n * 2", "2 * n")
    verdict = judge(tree)
    assert not verdict.rejected
    assert verdict.records[fix].not_run.startswith(
        "the tests of example.com/m/a do not build without any fix: a/a_test.go"
    )
    assert verdict.notes == (f"{verdict.records[fix].not_run}; its fixes were built and vetted, but not tested",)
    assert verdict.records[other].not_run == "the package has no tests"


FLAKY = """package a

import (
	"os"
	"testing"
)

func TestFlaky(t *testing.T) {
	name := %s
	count, _ := os.ReadFile(name)
	if err := os.WriteFile(name, append(count, 'x'), 0o600); err != nil {
		t.Fatal(err)
	}
	if len(count) == 1 {
		t.Error("the second time it fails")
	}
}
"""


def test_a_flaky_test_is_told_apart(tree: GoTree, tmp_path: Path) -> None:
    """It fails in its second run, which is the first with the fixes, and never again."""
    tree.write({"a/a.go": A, "a/a_test.go": FLAKY % f'"{(tmp_path / "count").as_posix()}"'})
    fix = tree.fix("a/a.go", "n * 2", "2 * n")
    verdict = judge(tree)
    assert not verdict.rejected
    assert verdict.notes == ("example.com/m/a: TestFlaky failed once and not again: flaky, and left out",)
    assert verdict.records[fix].ran == 1
    assert (tmp_path / "count").read_text() == "xxxx"


def test_a_test_that_fails_without_the_fixes_at_the_second_look_is_flaky(tree: GoTree, tmp_path: Path) -> None:
    """It passes once and never again: the fixes are not to blame."""
    once = FLAKY.replace("len(count) == 1", "len(count) > 0")
    tree.write({"a/a.go": A, "a/a_test.go": once % f'"{(tmp_path / "count").as_posix()}"'})
    tree.fix("a/a.go", "n * 2", "2 * n")
    verdict = judge(tree)
    assert not verdict.rejected
    assert "TestFlaky failed once" in verdict.notes[0]


def test_temporary_files_of_tests_go_with_the_run(tree: GoTree, tmp_path: Path) -> None:
    where = (tmp_path / "where").as_posix()
    tree.write(
        {
            "a/a.go": A,
            "a/a_test.go": 'package a\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestIt(t *testing.T) {\n'
            '\tfolder, err := os.MkdirTemp("", "left")\n\tif err != nil {\n\t\tt.Fatal(err)\n\t}\n'
            f'\tos.WriteFile("{where}", []byte(folder), 0o600)\n}}\n',
        }
    )
    tree.fix("a/a.go", "n * 2", "2 * n")
    verdict = judge(tree)
    assert not Path((tmp_path / "where").read_text()).exists()
    assert not any("TMPDIR" in command for command in verdict.commands)


def test_a_fix_in_one_package_is_blamed_for_the_test_of_another(tree: GoTree) -> None:
    tree.write(
        {
            "a/a.go": A,
            "b/b.go": 'package b\n\nimport "example.com/m/a"\n\nfunc B(n int) int { return a.Double(n) + 1 }\n',
            "b/b_test.go": 'package b\n\nimport "testing"\n\nfunc TestB(t *testing.T) {\n\tif B(1) != 3 {\n'
            '\t\tt.Fatal("B")\n\t}\n}\n',
        }
    )
    bad = tree.fix("a/a.go", "n * 2", "n * 3")
    good = tree.fix("b/b.go", "n) + 1", "n) + 2 - 1")
    verdict = judge(tree)
    assert verdict.rejected == {bad: "test TestB of example.com/m/b fails: b_test.go:7: B"}
    assert verdict.records[good].ran == 1


def test_a_process_that_ends_early_is_a_failure_of_the_package(tree: GoTree) -> None:
    tree.write({"a/a.go": 'package a\n\nimport "os"\n\nvar _ = os.Exit\n' + A[9:], "a/a_test.go": A_TEST})
    bad = tree.fix("a/a.go", "return n * 2", "os.Exit(3)\n\treturn n")
    assert judge(tree).rejected[bad].startswith("test TestDouble of example.com/m/a fails")


def test_every_third_of_many_fixes_is_found(tree: GoTree) -> None:
    names = range(9)
    tree.write(
        {
            "a/a.go": "package a\n\n" + "".join(f"func F{n}(x int) int {{ return x + {n} }}\n\n" for n in names),
            "a/a_test.go": 'package a\n\nimport "testing"\n\n'
            + "".join(
                f"func TestF{n}(t *testing.T) {{\n\tif F{n}(1) != {n}+1 {{\n\t\tt.Fail()\n\t}}\n}}\n\n" for n in names
            ),
        }
    )
    fixes = {
        tree.fix("a/a.go", f"return x + {n} }}", f"return x + {n}{' + 1' if n % 3 == 0 else ' + 0'} }}"): n
        for n in names
    }
    verdict = judge(tree)
    guilty = {fix for fix, n in fixes.items() if n % 3 == 0}
    assert verdict.rejected.keys() == guilty
    assert verdict.runs <= 4 + len(guilty) * (log2(len(names)) + 1)


def test_tests_that_take_too_long_are_left_out_with_a_sentence(tree: GoTree) -> None:
    endless = A_TEST.replace("func TestHalf(t *testing.T) {", "func TestHalf(t *testing.T) {\n\tselect {}\n")
    tree.write({"a/a.go": A, "a/a_test.go": endless.replace("select {}", "for {\n\t}")})
    fix = tree.fix("a/a.go", "n * 2", "2 * n")
    record = judge(tree, timeout=0.5).records[fix]
    assert record.not_run == (
        "the tests of example.com/m/a take longer than 0.5 seconds without any fix: --test-timeout allows more"
    )


def test_a_fix_that_never_ends_is_rejected(tree: GoTree) -> None:
    tree.write({"a/a.go": A, "a/a_test.go": A_TEST})
    bad = tree.fix("a/a.go", "return n / 2", "for n != 0 {\n\t\tn |= 1\n\t}\n\treturn n")
    assert judge(tree, timeout=2.0).rejected == {
        bad: "test TestHalf/odd of example.com/m/a did not end within 2 seconds (--test-timeout)"
    }


RACY = """package a

import "sync"

func Sum() int {
	var mu sync.Mutex
	var wg sync.WaitGroup
	total := 0
	for i := 0; i < 2; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			mu.Lock()
			total++
			mu.Unlock()
		}()
	}
	wg.Wait()
	return total
}
"""


@pytest.mark.parametrize("watched", [True, False])
def test_the_race_detector_watches_what_it_is_asked_to(tree: GoTree, watched: bool) -> None:
    if not tree.toolchain.host.cgo:
        pytest.skip("the race detector needs cgo here")
    tree.write(
        {
            "a/a.go": RACY,
            "a/a_test.go": 'package a\n\nimport "testing"\n\nfunc TestSum(t *testing.T) { _ = Sum() }\n',
        }
    )
    bad = tree.fix("a/a.go", "mu.Lock()\n\t\t\ttotal++\n\t\t\tmu.Unlock()", "total++\n\t\t\t_ = &mu")
    verdict = judge(tree, race={bad} if watched else ())
    assert verdict.records[bad].race is watched
    assert verdict.rejected == ({bad: "test TestSum of example.com/m/a fails: WARNING: DATA RACE"} if watched else {})


def test_without_cgo_the_race_detector_is_missed_in_a_note(tree: GoTree) -> None:
    tree.write({"a/a.go": A, "a/a_test.go": A_TEST})
    tree.variant = Variant(cgo=False)
    fix = tree.fix("a/a.go", "n * 2", "2 * n")
    verdict = judge(tree, race={fix})
    assert verdict.records[fix].ran == 2
    if not verdict.records[fix].race:
        assert verdict.notes[0].startswith("the tests ran without the race detector: ")


def test_files_of_another_system_are_not_tested_and_that_is_said(tree: GoTree) -> None:
    tree.write({"a/a_windows.go": A, "a/a_test.go": A_TEST})
    tree.variant = Variant(goos="windows", goarch="amd64")
    fix = tree.fix("a/a_windows.go", "n * 2", "n * 3")
    verdict = judge(tree)
    assert not verdict.rejected
    assert verdict.records[fix].not_run == "this machine cannot run programs for windows/amd64"
    assert verdict.notes == (
        "a_windows.go: built and vetted, but not tested: this machine cannot run programs for windows/amd64",
    )


def test_files_behind_a_tag_are_tested_with_the_tag(tree: GoTree) -> None:
    tree.write(
        {"a/a.go": "//go:build mine\n\n" + A, "a/a_test.go": "//go:build mine\n\n" + A_TEST, "a/b.go": "package a\n"}
    )
    tree.variant = Variant(tags=("mine",))
    bad = tree.fix("a/a.go", "n * 2", "n * 3")
    assert judge(tree).rejected.keys() == {bad}


def test_what_a_test_prints_is_not_taken_for_the_go_command() -> None:
    lines = (
        '{"Action":"run","Package":"m/a","Test":"TestA"}',
        "# compiler of an old toolchain",
        '{"Action":"output","Package":"m/a","Test":"TestA","Output":"{\\"Action\\":\\"fail\\"}\\n"}',
        '{"Action":"pass","Package":"m/a","Test":"TestA"}',
        '{"Action":"pass","Package":"m/a"}',
    )
    run = read_events("\n".join(lines))["m/a"]
    assert (run.ending, run.passed, run.failed) == (Ending.PASSED, {"TestA"}, set())
