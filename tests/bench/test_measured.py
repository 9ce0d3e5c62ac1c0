"""Bench runs in small modules: what is chosen, what is measured, and what is said of the rest."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from modules import KEY, TEST, change, snapshot_of, write

from gofixer.bench.binaries import read_results
from gofixer.bench.model import BenchResult
from gofixer.bench.run import Options, bench
from gofixer.engine.model import FileChange
from gofixer.errors import UserError
from gofixer.facts.modules import Module, find_module
from gofixer.facts.toolchain import find_toolchain

QUICK = Options(count=2, benchtime="50x", limit=120)
POSITIVE = ('fmt.Sprintf("%d", n)', "strconv.Itoa(n)"), ('"fmt"', '"fmt"\n\t"strconv"')


def run(root: Path, *changes: FileChange, options: Options = QUICK) -> BenchResult:
    module = find_module(root)
    assert isinstance(module, Module)
    return bench(find_toolchain(), module, changes, options, cache_dir=root.parent / "cache")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "m"
    write(folder, {"a/a.go": KEY, "a/a_test.go": TEST})
    return folder


def test_a_benchmark_that_executes_the_change_is_measured_on_both_sides(root: Path) -> None:
    before = snapshot_of(root)
    stages = []
    module = find_module(root)
    assert module is not None
    result = bench(
        find_toolchain(),
        module,
        [change(root / "a/a.go", *POSITIVE)],
        QUICK,
        cache_dir=root.parent / "cache",
        progress=lambda stage, done, total: stages.append((done, total)),
    )
    (one,) = result.measured
    assert one.name.split("-")[0] == "Key"
    assert one.before["allocs/op"] == [2, 2]
    assert one.after["allocs/op"] == [1, 1]
    assert all(len(side["ns/op"]) == 2 for side in (one.before, one.after))
    assert [f.name for f in result.covered] == ["Key"]
    assert result.settings["goos"] == find_toolchain().host.goos
    assert result.commands == (
        (root, "go test '-run=^$' '-bench=^BenchmarkKey$' -benchmem -benchtime=50x -count=2 ./a"),
    )
    assert stages[-4:] == [(0, 4), (1, 4), (2, 4), (3, 4)]
    assert snapshot_of(root) == before


@pytest.mark.skipif("GOFIXER_TEST_GO_OLD" not in os.environ, reason="no old Go toolchain on GOFIXER_TEST_GO_OLD")
def test_an_old_toolchain_measures_too(root: Path) -> None:
    module = find_module(root)
    assert module is not None
    old = find_toolchain(Path(os.environ["GOFIXER_TEST_GO_OLD"]))
    (one,) = bench(old, module, [change(root / "a/a.go", *POSITIVE)], QUICK, cache_dir=root.parent / "cache").measured
    assert (one.before["allocs/op"], one.after["allocs/op"]) == ([2, 2], [1, 1])


def test_code_that_no_benchmark_executes_is_not_measured(root: Path) -> None:
    result = run(root, change(root / "a/a.go", ('fmt.Sprintf("%d", -n)', "fmt.Sprint(-n)")))
    assert list(result.uncovered.values()) == ["1 benchmark may reach it, but none executes the changed code"]
    assert result.measured == ()


def test_without_benchmarks_it_says_so(root: Path) -> None:
    (root / "a/a_test.go").unlink()
    assert list(run(root, change(root / "a/a.go", *POSITIVE)).uncovered.values()) == ["no benchmark reaches it"]


def test_benchmarks_of_other_packages_count_in_their_own_folder(root: Path) -> None:
    write(
        root,
        {
            "b/b.go": 'package b\n\nimport "example.com/m/a"\n\nfunc All() string { return a.Key(2_000_000) }\n',
            "b/testdata/input": "x",
            "b/b_test.go": 'package b_test\n\nimport (\n\t"fmt"\n\t"os"\n\t"testing"\n\n\t"example.com/m/b"\n)\n\n'
            "func BenchmarkAll(b1 *testing.B) {\n"
            '\tif _, err := os.ReadFile("testdata/input"); err != nil {\n\t\tb1.Fatal(err)\n\t}\n'
            '\tb1.Run("sub", func(b1 *testing.B) {\n\t\tfmt.Print("half a line")\n'
            '\t\tfor i := 0; i < b1.N; i++ {\n\t\t\tb.All()\n\t\t}\n\t\tb1.ReportMetric(3, "rows/op")\n\t})\n}\n',
        },
    )
    (root / "a/a_test.go").unlink()
    (one,) = run(root, change(root / "a/a.go", *POSITIVE)).measured
    assert one.name.startswith("All/sub")
    assert one.before["rows/op"] == [3, 3]
    assert set(one.after) == {"ns/op", "B/op", "allocs/op", "rows/op"}


def test_a_pattern_chooses_benchmarks_and_their_parts(root: Path) -> None:
    text = TEST.replace(
        "for i :=", 'for _, part := range []string{"x", "y"} {\n\tb.Run(part, func(b *testing.B) {\n\tfor i :='
    )
    (root / "a/a_test.go").write_text(
        text.replace("\t}\n}\n", "\t}\n})}}\n") + TEST[TEST.index("func ") :].replace("Key(b", "Other(b")
    )
    changed = change(root / "a/a.go", *POSITIVE)
    names = [m.name.split("-")[0] for m in run(root, changed, options=Options(1, "1x", 120, "Key/^y$")).measured]
    assert names == ["Key/y"]
    with pytest.raises(UserError, match="--bench Key\\("):
        run(root, changed, options=Options(1, "1x", 120, "Key("))


def test_a_benchmark_that_fails_as_it_is_is_left_out_by_name(root: Path) -> None:
    failing = 'func BenchmarkBroken(b *testing.B) {\n\tKey(1)\n\tb.Fatal("no database")\n}\n'
    skipping = 'func BenchmarkSkipped(b *testing.B) {\n\tKey(1)\n\tb.Skip("not here")\n}\n'
    (root / "a/a_test.go").write_text(f"{TEST}\n{failing}\n{skipping}")
    result = run(root, change(root / "a/a.go", *POSITIVE))
    assert [m.name.split("-")[0] for m in result.measured] == ["Key"]
    assert {(e.name, e.reason) for e in result.left_out} == {
        ("BenchmarkBroken", "fails: a_test.go:15: no database"),
        ("BenchmarkSkipped", "skips itself here"),
    }


def test_a_benchmark_that_fails_only_with_the_fixes_is_a_failure(root: Path) -> None:
    result = run(root, change(root / "a/a.go", ('return fmt.Sprintf("%d", n)', 'panic("broken")')))
    assert [(f.benchmark.name, f.reason) for f in result.failures] == [("BenchmarkKey", "fails: panic: broken")]
    assert result.measured == ()


def test_tests_that_compile_only_without_the_fixes_are_a_failure(root: Path) -> None:
    result = run(root, change(root / "a/a.go", ("Key(n int)", "Key(n string)"), ("n < 0", 'n == ""'), ("-n", "n")))
    (failure,) = result.failures
    assert failure.reason.startswith("its package does not compile with the fixes: a/a_test.go:9:")


def test_a_benchmark_that_never_ends_is_left_out(root: Path) -> None:
    text = TEST.replace('import "testing"', 'import (\n\t"testing"\n\t"time"\n)')
    (root / "a/a_test.go").write_text(text.replace("sink = Key", "time.Sleep(time.Hour)\n\t\tsink = Key"))
    result = run(root, change(root / "a/a.go", *POSITIVE), options=Options(1, "1x", 1.0))
    (entry,) = result.left_out
    assert (entry.name, entry.reason) == ("BenchmarkKey", "took longer than 1 seconds (--timeout allows more)")
    assert list(result.uncovered.values()) == ["1 benchmark may reach it, but could not be run"]


def test_a_package_whose_tests_do_not_compile_is_left_out(root: Path) -> None:
    (root / "a/a_test.go").write_text(TEST + "\nvar broken int = nothing\n")
    result = run(root, change(root / "a/a.go", *POSITIVE))
    (entry,) = result.left_out
    assert entry.name == ""
    assert entry.reason.startswith("its tests do not compile: a/a_test.go:13:18: undefined: nothing")


def test_a_changed_benchmark_covers_itself(root: Path) -> None:
    result = run(root, change(root / "a/a_test.go", ("sink = Key(1_000_000 + i)", 'sink = "x"')))
    assert [(f.name, [b.name for b in covering]) for f, covering in result.covered.items()] == [
        ("BenchmarkKey", ["BenchmarkKey"])
    ]
    (one,) = result.measured
    assert (one.before["allocs/op"], one.after["allocs/op"]) == ([2, 2], [0, 0])


def test_a_file_of_another_system_cannot_be_measured(root: Path) -> None:
    other = "plan9" if find_toolchain().host.goos != "plan9" else "linux"
    write(root, {f"a/b_{other}.go": KEY.replace("Key", "Other")})
    result = run(root, change(root / f"a/b_{other}.go", ('fmt.Sprintf("%d", n)', '"x"')))
    assert list(result.uncovered.values()) == ["its file is left out by its build constraints here"]


def test_a_module_reached_through_a_link(root: Path) -> None:
    link = root.parent / "link"
    link.symlink_to(root, target_is_directory=True)
    result = run(link, change(link / "a/a.go", *POSITIVE))
    assert len(result.measured) == 1


def test_modules_of_a_workspace_measure_each_other(tmp_path: Path) -> None:
    write(tmp_path / "w/m", {"a/a.go": KEY})
    write(
        tmp_path / "w/n",
        {
            "n_test.go": TEST.replace("Key(1", "a.Key(1").replace(
                '"testing"', '(\n\t"testing"\n\n\t"example.com/m/a"\n)'
            )
        },
    )
    (tmp_path / "w/n/go.mod").write_text("module example.com/n\n\ngo 1.21\n\nrequire example.com/m v0.0.0\n")
    (tmp_path / "w/go.work").write_text("go 1.21\n\nuse ./m\nuse ./n\n")
    result = run(tmp_path / "w/m", change(tmp_path / "w/m/a/a.go", *POSITIVE))
    assert [m.benchmark.package for m in result.measured] == ["example.com/n"]


def test_results_are_read_as_go_prints_them() -> None:
    text = (
        "goos: linux\nBenchmarkA\nBenchmarkA-8   \t  100\t  12.5 ns/op\t  8 B/op\t 1 allocs/op\n"
        "logged BenchmarkB/x=1-8  7\t 3e+06 ns/op\nBenchmarkC-8\t12 oops\nok  \texample.com/m\t1.2s\n"
    )
    assert read_results(text) == [
        ("A-8", {"ns/op": 12.5, "B/op": 8, "allocs/op": 1}),
        ("B/x=1-8", {"ns/op": 3e6}),
    ]


def test_one_that_cannot_run_does_not_hide_that_the_others_execute_nothing(root: Path) -> None:
    (root / "a/a_test.go").write_text(f"{TEST}\nfunc BenchmarkBroken(b *testing.B) {{\n\tb.Fatal(Key(1))\n}}\n")
    result = run(root, change(root / "a/a.go", ('fmt.Sprintf("%d", -n)', "fmt.Sprint(-n)")))
    assert [entry.name for entry in result.left_out] == ["BenchmarkBroken"]
    assert list(result.uncovered.values()) == ["1 benchmark may reach it, but none executes the changed code"]
