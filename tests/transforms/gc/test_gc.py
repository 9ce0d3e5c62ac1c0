"""What is left of files after collections were taken out, and of benchmarks that ran them."""

from __future__ import annotations

import random
import re
import subprocess
from pathlib import Path

import pytest

from gofixer import pipeline
from gofixer.engine.config import Config
from gofixer.engine.model import Outcome, Report, Request, Verify
from gofixer.engine.registry import shipped
from gofixer.errors import UserError
from gofixer.facts.toolchain import Toolchain, find_toolchain

HEAD = """package p

import (
	"log"
	"runtime"
)

func work(n int) { log.Print(n, runtime.NumCPU()) }

"""
# Statements around the call, by their lines; CALL stands for what may be taken out.
PIECES = (
    "work({n})",
    "// Step {n}.\nwork({n})",
    "work({n}) // step {n}",
    "if n > {n} {{\n\twork({n})\n\tCALL\n}}",
    "if n > {n} {{\n\twork({n})\n}} else {{\n\tCALL\n}}",
    "if n > {n} {{\n\tCALL\n}}",
    "for range n {{\n\tCALL\n\n\twork({n})\n}}",
    "switch n {{\ncase {n}:\n\twork({n})\n\n\tCALL\ndefault:\n\twork(0)\n}}",
    "func() {{\n\tdefer work({n})\n\n\tCALL\n}}()",
)
CALLS = ("runtime.GC()", "runtime.GC() // free memory", "// Collect the garbage.\nruntime.GC()")


@pytest.fixture(scope="module")
def toolchain() -> Toolchain:
    try:
        return find_toolchain(None)
    except UserError as error:
        pytest.skip(f"no Go toolchain: {error}")


def rewrite(folder: Path, verify: Verify = Verify.NONE) -> Report:
    transforms = tuple(transform for transform in shipped() if transform.family == "gc")
    selected = frozenset(transform.name for transform in transforms)
    report = pipeline.analyse(Request(folder, ("./...",), Config(), transforms, selected, verify=verify))
    for change in report.changes:
        change.path.write_bytes(change.after)
    return report


def module(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "go.mod").write_text("module example.com/p\n\ngo 1.24\n")
    for name, text in files.items():
        (folder / name).write_bytes(text)
    return folder


def layouts(count: int) -> str:
    """Functions with calls in any place, between blank lines, comments and the edges of blocks."""
    chance = random.Random(1)
    return HEAD + "\n".join(_function(number, chance) for number in range(count))


def _function(number: int, chance: random.Random) -> str:
    lines = ["work(n)"]
    for _ in range(chance.randint(1, 4)):
        piece = chance.choice((*PIECES, "CALL", "CALL")).format(n=chance.randint(1, 9))
        lines += ["", piece] if chance.random() < 0.5 else [piece]
    text = "\n".join(lines)
    while "CALL" in text:
        before, _, after = text.partition("CALL")
        column = before.rpartition("\n")[2]
        text = before + chance.choice(CALLS).replace("\n", "\n" + column) + after
    body = "".join(f"\t{line}\n" if line else "\n" for line in text.split("\n"))
    return f"func f{number}(n int) {{\n{body}}}\n"


def test_only_whole_lines_go_and_the_rest_stays_formatted(tmp_path: Path, toolchain: Toolchain) -> None:
    source = layouts(50)
    folder = module(tmp_path / "lf", {"p.go": source.encode()})
    assert run(toolchain, folder, "vet", ".") == ""
    assert unformatted(toolchain, folder) == ""
    report = rewrite(folder)
    proposed = sum(f.outcome is Outcome.PROPOSED for f in report.findings)
    assert proposed > 40
    assert run(toolchain, folder, "vet", ".") == ""
    assert unformatted(toolchain, folder) == ""
    after = (folder / "p.go").read_text()
    assert source.count("runtime.GC()") - after.count("runtime.GC()") == proposed
    assert is_subsequence(after.replace("} else {\n", "}\n"), source.replace("} else {\n", "}\n"))
    other = module(tmp_path / "crlf", {"p.go": source.replace("\n", "\r\n").encode()})
    rewrite(other)
    assert (other / "p.go").read_bytes() == after.replace("\n", "\r\n").encode()


def is_subsequence(lines: str, of: str) -> bool:
    """Whether nothing but whole lines was taken out."""
    left = iter(of.splitlines())
    return all(line in left for line in lines.splitlines())


def unformatted(toolchain: Toolchain, folder: Path) -> str:
    tool = toolchain.goroot / "bin" / "gofmt"
    if not tool.exists():
        return run(toolchain, folder, "run", "cmd/gofmt", "-l", ".")
    return subprocess.run([str(tool), "-l", "."], cwd=folder, capture_output=True, text=True, check=True).stdout


def run(toolchain: Toolchain, folder: Path, *arguments: str) -> str:
    done = toolchain.run(*arguments, directory=folder)
    assert done.status == 0, done.stdout + done.stderr
    return done.stdout


BENCHMARKS = b"""package p

import (
	"runtime"
	"testing"
)

var sink []byte

func BenchmarkCounted(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sink = make([]byte, 64)
		runtime.GC()
	}
}

func BenchmarkParallel(b *testing.B) {
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			runtime.GC()
			_ = append([]byte(nil), make([]byte, 128)...)
		}
	})
}

func BenchmarkSub(b *testing.B) {
	b.Run("small", func(b *testing.B) {
		for b.Loop() {
			sink = make([]byte, 32)
			runtime.GC()
		}
	})
}
"""


def test_benchmarks_still_run_and_report_allocations(tmp_path: Path, toolchain: Toolchain) -> None:
    if toolchain.version < (1, 24, 0):
        pytest.skip(f"B.Loop came with Go 1.24, this is {toolchain.text}")
    folder = module(tmp_path, {"p_test.go": BENCHMARKS})
    bench = ("test", "-run=NONE", "-bench=.", "-benchtime=20x", ".")
    before = run(toolchain, folder, *bench)
    assert "allocs/op" not in before
    report = rewrite(folder, Verify.VET)
    assert [f.function for f in report.findings if f.outcome is Outcome.PROPOSED] == [
        "BenchmarkCounted", "BenchmarkParallel", "BenchmarkSub"
    ]  # fmt: skip
    lines = re.findall(r"^Benchmark(\w+).* (\d+) allocs/op$", run(toolchain, folder, *bench), re.MULTILINE)
    assert {name for name, _ in lines} == {"Counted", "Parallel", "Sub"}
    assert all(int(count) <= 2 for _, count in lines)
