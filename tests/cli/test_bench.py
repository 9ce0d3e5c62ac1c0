"""`gofixer bench` and `--evidence` as commands, in a small module."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import trees
from calling import Go

from gofixer.errors import ExitCode

SOURCE = """package p

import "fmt"

// Port renders a port number.
func Port(n int) string {
	return fmt.Sprintf("%d", n)
}

// Hidden renders a number of things.
func Hidden(things []int) string {
	return fmt.Sprintf("%d", len(things))
}
"""
BENCHMARK = """package p

import "testing"

var sink string

func BenchmarkPort(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sink = Port(1_000_000 + i)
	}
}
"""
QUICK = ("bench", "--count", "2", "--benchtime", "50x")


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = trees.module(tmp_path / "m", {"p.go": SOURCE, "p_test.go": BENCHMARK}, go="1.24")
    monkeypatch.chdir(root)
    return root


def test_the_table_the_functions_and_the_command(module: Path, go: Go) -> None:
    code, out, err = go(*QUICK)
    assert (code, err) == (ExitCode.OK, "")
    assert re.search(r"^Port(-\d+)? +2\.000 ± ∞ +1\.000 ± ∞ +~  \(p=0\.333 n=2\)$", out, re.MULTILINE)
    assert "p.go:6 Port: BenchmarkPort\n" in out
    assert "p.go:11 Hidden: no benchmark: no benchmark reaches it\n" in out
    assert "  go test '-run=^$' '-bench=^BenchmarkPort$' -benchmem -benchtime=50x -count=2 .\n" in out
    assert (module / "p.go").read_text() == SOURCE


def test_commands_for_another_folder_say_which(module: Path, go: Go, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(module.parent)
    _, out, _ = go(*QUICK, "m")
    assert "  (cd m && go test '-run=^$' '-bench=^BenchmarkPort$' -benchmem -benchtime=50x -count=2 .)\n" in out
    _, out, _ = go("--dry-run", "--evidence", "--format", "json", "m")
    (command,) = json.loads(out)["findings"][0]["evidence"]["commands"]
    assert command == "(cd m && go build -o /dev/null '-gcflags=-m=2 -d=defer=1' .)"


def test_json_and_the_picture(module: Path, go: Go) -> None:
    code, out, err = go(*QUICK, "--format", "json", "--plot", "p.svg")
    assert (code, err) == (ExitCode.OK, "")
    document = json.loads(out)
    assert document["version"] == 1
    assert [(f["function"], bool(f["benchmarks"]), f["reason"]) for f in document["functions"]] == [
        ("Port", True, ""),
        ("Hidden", False, "no benchmark reaches it"),
    ]
    allocations = next(t for t in document["tables"] if t["unit"] == "allocs/op")
    assert allocations["benchmarks"][0]["change"] == -0.5
    assert (module / "p.svg").read_text().startswith("<svg ")


def test_markdown_into_a_file(module: Path, go: Go) -> None:
    code, out, _ = go(*QUICK, "--format", "markdown", "--output", "bench.md")
    assert (code, out) == (ExitCode.OK, "")
    text = (module / "bench.md").read_text()
    assert "| 2.000 ± ∞ | 1.000 ± ∞ | ~ |" in text
    assert "- `p.go:11 Hidden`: no benchmark: no benchmark reaches it" in text


def test_nothing_to_fix_is_nothing_to_measure(module: Path, go: Go) -> None:
    (module / "p.go").write_text('package p\n\nfunc Port(n int) string { return "" }\n')
    assert go(*QUICK) == (ExitCode.OK, "nothing to fix in 2 files, so nothing to measure\n", "")


def test_without_benchmarks_every_function_says_so(module: Path, go: Go) -> None:
    (module / "p_test.go").unlink()
    code, out, err = go(*QUICK, "--plot", "p.svg")
    assert code == ExitCode.OK
    assert out.count("no benchmark reaches it") == 2
    assert err == "gofixer: warning: nothing was measured, so p.svg was not written\n"
    assert not (module / "p.svg").exists()


def test_benchmarks_that_cannot_run_are_named_and_it_exits_3(module: Path, go: Go) -> None:
    (module / "p_test.go").write_text(BENCHMARK.replace("sink = Port", 'b.Fatal("no database")\n\t\tsink = Port'))
    code, out, err = go(*QUICK)
    assert code == ExitCode.TOOLCHAIN
    assert err == "gofixer: warning: BenchmarkPort in . is left out: fails: p_test.go:9: no database\n"
    assert "p.go:6 Port: no benchmark: 1 benchmark may reach it, but could not be run\n" in out


def test_what_fails_only_with_the_fixes_exits_1(module: Path, go: Go) -> None:
    """A benchmark that insists on the allocation that the fix saves."""
    insists = (
        '\tif testing.AllocsPerRun(10, func() { sink = Port(1_000_000 + b.N) }) < 2 {\n\t\tb.Fatal("too few")\n\t}\n'
    )
    (module / "p_test.go").write_text(BENCHMARK.replace("\tfor i", f"{insists}\tfor i"))
    code, _, err = go(*QUICK)
    assert code == ExitCode.FOUND
    assert err == "gofixer: error: BenchmarkPort in ., with the fixes only: fails: p_test.go:9: too few\n"


def test_a_benchmark_that_never_ends_meets_the_time_limit(module: Path, go: Go) -> None:
    endless = BENCHMARK.replace("b.N", "b.N || true").replace("i < b.N || true", "true || i < b.N")
    (module / "p_test.go").write_text(endless)
    code, _, err = go(*QUICK, "--timeout", "1")
    assert code == ExitCode.TOOLCHAIN
    assert err == (
        "gofixer: warning: BenchmarkPort in . is left out: took longer than 1 seconds (--timeout allows more)\n"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--count", "0"), "--count"),
        (("--count", "51"), "--count"),
        (("--benchtime", "soon"), "--benchtime soon: give a time as in 1s or 300ms, or a count as in 100x"),
        (("--benchtime", "0s"), "--benchtime 0s"),
        (("--bench", "("), "--bench (:"),
        (("--timeout", "0"), "--timeout"),
        (("--format", "sarif"), "--format sarif: choose text or markdown or json"),
        (("--plot", "p.png"), "--plot p.png: the picture is an SVG, so name it .svg"),
        (("--plot", "."), "--plot .: is a folder"),
        (("--output", "none/x.md"), "--output none/x.md: there is no folder none"),
        (("--dry-run",), "--dry-run goes with --write-benchmarks"),
        (("--write-benchmarks", "--plot", "p.svg"), "--plot does not go with --write-benchmarks"),
        (("missing",), "missing: no such file or folder"),
        (("--select", "none-such"), "none-such"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_use_is_one_sentence(module: Path, go: Go, arguments: tuple[str, ...], words: str) -> None:
    code, out, err = go("bench", *arguments)
    assert (code, out) == (ExitCode.USAGE, "")
    assert err.startswith("gofixer: error: ")
    assert err.count("\n") == 1
    assert words in err


def test_without_a_toolchain_it_says_what_to_do(module: Path, go: Go) -> None:
    code, out, err = go("bench", "--go", "/nowhere/go")
    assert (code, out) == (ExitCode.TOOLCHAIN, "")
    assert "the Go toolchain /nowhere/go of --go does not exist" in err


# -- written benchmarks -----------------------------------------------------------------------------------------


def test_benchmarks_are_shown_as_a_patch_that_git_takes(module: Path, go: Go) -> None:
    (module / "p_test.go").unlink()
    code, patch, err = go("bench", "--write-benchmarks", "--dry-run")
    assert code == ExitCode.OK
    assert err == "gofixer: no benchmark for p.go:11 Hidden: its parameter `things []int` is not of a basic type\n"
    assert not (module / "gofixer_bench_test.go").exists()
    subprocess.run(["git", "init", "-q"], cwd=module, check=True)
    subprocess.run(["git", "apply", "-"], input=patch, text=True, cwd=module, check=True)
    written = module / "gofixer_bench_test.go"
    assert "func BenchmarkPort(b *testing.B) {" in written.read_text()
    formatted = subprocess.run(["gofmt", "-l", str(written)], capture_output=True, text=True, check=False)
    assert (formatted.returncode, formatted.stdout) == (0, "")


def test_a_written_benchmark_is_measured_and_never_overwritten(module: Path, go: Go) -> None:
    (module / "p_test.go").unlink()
    code, _, err = go("bench", "--write-benchmarks")
    assert code == ExitCode.OK
    assert "gofixer: wrote gofixer_bench_test.go with BenchmarkPort\n" in err
    code, out, _ = go(*QUICK)
    assert code == ExitCode.OK
    assert "p.go:6 Port: BenchmarkPort\n" in out
    mine = "package p\n\n// Mine.\n"
    (module / "gofixer_bench_test.go").write_text(mine)
    _, _, err = go("bench", "--write-benchmarks")
    assert "p.go:6 Port: gofixer_bench_test.go is there already, and files are never overwritten\n" in err
    assert (module / "gofixer_bench_test.go").read_text() == mine


# -- evidence ---------------------------------------------------------------------------------------------------


def test_evidence_says_what_the_compiler_says_and_how_to_ask_it(module: Path, go: Go) -> None:
    code, out, err = go("--dry-run", "--evidence")
    assert code == ExitCode.OK
    assert out.startswith("diff --git")
    assert (
        "p.go:7: Port\n"
        "  no longer: n escapes to heap\n"
        "  inlining: can inline, as before\n"
        "  inlined here now: strconv.Itoa\n"
        "  ask again, before and after the patch: go build -o /dev/null '-gcflags=-m=2 -d=defer=1' .\n"
    ) in err


def test_the_printed_command_can_be_run_before_and_after_the_patch(module: Path, go: Go) -> None:
    _, out, _ = go("--dry-run", "--evidence", "--format", "json")
    evidence = json.loads(out)["findings"][0]["evidence"]
    (gone,) = [line for line in evidence["escape"]["disappeared"] if "heap" in line]
    (command,) = evidence["commands"]

    def said() -> str:
        return subprocess.run(["sh", "-c", command], cwd=module, capture_output=True, text=True, check=True).stderr

    assert f"p.go:7:27: {gone}\n" in said()
    go()
    assert gone not in said()


def test_evidence_of_benchmarks_goes_with_it_when_asked(module: Path, go: Go) -> None:
    _, out, _ = go("--evidence-bench", "--dry-run", "--format", "json")
    evidence = {f["function"]: f["evidence"] for f in json.loads(out)["findings"]}
    (one,) = evidence["Port"]["allocations"]
    assert (one["package"], one["allocs/op"]) == ("example.com/m", [2, 1])
    assert "allocations" not in evidence["Hidden"]
    assert go("--evidence-bench")[2].count("2 -> 1 allocs/op") == 1


def test_without_evidence_nothing_is_asked(module: Path, go: Go) -> None:
    _, out, _ = go("--dry-run", "--format", "json")
    assert [f["evidence"] for f in json.loads(out)["findings"]] == [{}, {}]
