"""Two numbers change, and nothing that the program prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from gofixer import pipeline
from gofixer.engine.config import Config
from gofixer.engine.model import Outcome, Request, Verify
from gofixer.engine.registry import shipped
from gofixer.errors import UserError
from gofixer.facts.toolchain import Toolchain, find_toolchain

TRANSFORMS = tuple(transform for transform in shipped() if transform.name == "block-profile-rate")

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


@pytest.fixture(scope="module")
def toolchain() -> Toolchain:
    try:
        return find_toolchain(None)
    except UserError as error:
        pytest.skip(f"no Go toolchain: {error}")


def run(folder: Path, toolchain: Toolchain) -> list[str]:
    done = toolchain.run("run", ".", directory=folder)
    assert done.status == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


def test_only_the_rates_change(tmp_path: Path, toolchain: Toolchain) -> None:
    (tmp_path / "go.mod").write_text("module example.com/rates\n\ngo 1.22\n")
    (tmp_path / "main.go").write_text(MAIN)
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "work.go").write_text(WORK)
    assert run(tmp_path, toolchain) == ["1999000"]
    request = Request(tmp_path, (), Config(), TRANSFORMS, frozenset(), unsafe=True, verify=Verify.VET, cache=False)
    report = pipeline.analyse(request)
    assert [(f.outcome, f.reason) for f in report.findings] == [(Outcome.PROPOSED, "")] * 2
    assert [(c.path.name, c.after.decode()) for c in report.changes] == [
        ("main.go", MAIN.replace("Rate(1)", "Rate(10000)").replace("Fraction(1)", "Fraction(100)"))
    ]
    for change in report.changes:
        change.path.write_bytes(change.after)
    assert run(tmp_path, toolchain) == ["1999000"]
