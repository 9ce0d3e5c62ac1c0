"""What is left of files after collections were taken out, and of benchmarks that ran them."""

from __future__ import annotations

import random
import re
import subprocess
from pathlib import Path

import applying
import pytest
from applying import go, module

from gofixer.engine.model import Outcome, Report, Verify
from gofixer.facts.toolchain import Toolchain

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


def rewrite(folder: Path, verify: Verify = Verify.NONE) -> Report:
    return applying.rewrite(folder, "gc", selected=True, paths=("./...",), verify=verify, cache=True)


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
    folder = module(tmp_path / "lf", {"p.go": source}, go="1.24")
    assert go(folder, toolchain, "vet", ".").stdout == ""
    assert unformatted(folder, toolchain) == ""
    report = rewrite(folder)
    proposed = sum(f.outcome is Outcome.PROPOSED for f in report.findings)
    assert proposed > 40
    assert go(folder, toolchain, "vet", ".").stdout == ""
    assert unformatted(folder, toolchain) == ""
    after = (folder / "p.go").read_text()
    assert source.count("runtime.GC()") - after.count("runtime.GC()") == proposed
    assert is_subsequence(after.replace("} else {\n", "}\n"), source.replace("} else {\n", "}\n"))
    other = module(tmp_path / "crlf", {"p.go": source.replace("\n", "\r\n")}, go="1.24")
    rewrite(other)
    assert (other / "p.go").read_bytes() == after.replace("\n", "\r\n").encode()


def is_subsequence(lines: str, of: str) -> bool:
    """Whether nothing but whole lines was taken out."""
    left = iter(of.splitlines())
    return all(line in left for line in lines.splitlines())


def unformatted(folder: Path, toolchain: Toolchain) -> str:
    tool = toolchain.goroot / "bin" / "gofmt"
    if not tool.exists():
        return go(folder, toolchain, "run", "cmd/gofmt", "-l", ".").stdout
    return subprocess.run([str(tool), "-l", "."], cwd=folder, capture_output=True, text=True, check=True).stdout


BENCHMARKS = """package p

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
    folder = module(tmp_path, {"p_test.go": BENCHMARKS}, go="1.24")
    bench = ("test", "-run=NONE", "-bench=.", "-benchtime=20x", ".")
    assert "allocs/op" not in go(folder, toolchain, *bench).stdout
    report = rewrite(folder, Verify.VET)
    assert [f.function for f in report.findings if f.outcome is Outcome.PROPOSED] == [
        "BenchmarkCounted", "BenchmarkParallel", "BenchmarkSub"
    ]  # fmt: skip
    lines = re.findall(r"^Benchmark(\w+).* (\d+) allocs/op$", go(folder, toolchain, *bench).stdout, re.MULTILINE)
    assert {name for name, _ in lines} == {"Counted", "Parallel", "Sub"}
    assert all(int(count) <= 2 for _, count in lines)
