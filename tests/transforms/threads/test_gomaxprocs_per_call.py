"""A program that no longer sets its processors does the same with those that it has."""

from __future__ import annotations

from pathlib import Path

import pytest
from applying import module, rewrite, run

from gofixer.engine.model import Outcome
from gofixer.facts.toolchain import Toolchain

# The number at the end is that of the machine both times: nothing else has set it.
_PROGRAM = """package main

import (
	"fmt"
	"runtime"
	"sync"
)

func work(jobs int) (sum int) {
	defer func() { sum *= 2 }()
	var wg sync.WaitGroup
	var mu sync.Mutex
	for i := 0; i < jobs; i++ {
		runtime.GOMAXPROCS(runtime.NumCPU())
		wg.Add(1)
		go func(i int) {
			defer wg.Done()
			mu.Lock()
			defer mu.Unlock()
			sum += i
		}(i)
		switch i {
		case 3:
			runtime.GOMAXPROCS(runtime.NumCPU())
			fallthrough
		case 4:
			fmt.Println("case", i)
		}
	}
	wg.Wait()
	return sum
}

func main() {
	fmt.Println(work(10), work(0))
	fmt.Println(runtime.GOMAXPROCS(0) == runtime.NumCPU())
}
"""


def test_the_same_work_is_done(tmp_path: Path, toolchain: Toolchain) -> None:
    folder = module(tmp_path, {"main.go": _PROGRAM}, go="1.21")
    before = run(folder, toolchain)
    report = rewrite(folder, "gomaxprocs-per-call", unsafe=True)
    assert [finding.outcome for finding in report.findings] == [Outcome.PROPOSED, Outcome.PROPOSED]
    assert "runtime.GOMAXPROCS(runtime" not in (folder / "main.go").read_text()
    assert run(folder, toolchain) == before


def test_go_1_25_has_one_more_reason(tmp_path: Path, toolchain: Toolchain) -> None:
    if toolchain.version < (1, 25, 0):
        pytest.skip("needs Go 1.25")
    folder = module(tmp_path, {"main.go": _PROGRAM}, go="1.25")
    report = rewrite(folder, "gomaxprocs-per-call", unsafe=True)
    assert report.findings
    assert all("CPU limit" in finding.message for finding in report.findings)
