"""Two numbers change, and nothing that the program prints."""

from __future__ import annotations

from pathlib import Path

from applying import module, rewrite, run

from gofixer.engine.model import Outcome, Verify
from gofixer.facts.toolchain import Toolchain

MAIN = """package main

import (
	"fmt"
	"runtime"

	"example.com/rates/work"
)

func main() {
	runtime.SetBlockProfileRate(1)
	runtime.SetMutexProfileFraction(1)
	fmt.Println(work.Sum(2000))
}
"""

WORK = """package work

// Sum adds in another goroutine: each value is waited for.
func Sum(n int) (sum int) {
	values, sums := make(chan int), make(chan int)
	go func() {
		for value := range values {
			sums <- value
		}
	}()
	for value := range n {
		values <- value
		sum += <-sums
	}
	close(values)
	return sum
}
"""


def test_only_the_rates_change(tmp_path: Path, toolchain: Toolchain) -> None:
    folder = module(tmp_path, {"main.go": MAIN, "work/work.go": WORK}, go="1.22", path="example.com/rates")
    assert run(folder, toolchain) == "1999000\n"
    report = rewrite(folder, "block-profile-rate", unsafe=True, verify=Verify.VET)
    assert [(f.outcome, f.reason) for f in report.findings] == [(Outcome.PROPOSED, "")] * 2
    assert [(c.path.name, c.after.decode()) for c in report.changes] == [
        ("main.go", MAIN.replace("Rate(1)", "Rate(10000)").replace("Fraction(1)", "Fraction(100)"))
    ]
    assert run(folder, toolchain) == "1999000\n"
