"""A program prints the same; only the runtime no longer complains of the rate."""

from __future__ import annotations

from pathlib import Path

from applying import go, module, rewrite

from gofixer.engine.model import Outcome, Verify
from gofixer.facts.toolchain import Toolchain

COMPLAINT = "cannot set cpu profile rate until previous profile has finished"

MAIN = """package main

import (
	"bytes"
	"fmt"
	"runtime"
	"runtime/pprof"
)

func main() {
	var b bytes.Buffer
	runtime.SetCPUProfileRate(1000)
	fmt.Println(pprof.StartCPUProfile(&b))
	sum := 0
	for n := range 1000 {
		sum += n
	}
	pprof.StopCPUProfile()
	fmt.Println(sum, b.Len() > 0)
}
"""


def test_only_the_complaint_goes(tmp_path: Path, toolchain: Toolchain) -> None:
    folder = module(tmp_path, {"main.go": MAIN}, go="1.22")
    before = go(folder, toolchain, "run", ".")
    report = rewrite(folder, "cpu-profile-rate", unsafe=True, verify=Verify.VET)
    assert [finding.outcome for finding in report.findings] == [Outcome.PROPOSED]
    after = go(folder, toolchain, "run", ".")
    assert before.stdout == after.stdout == "<nil>\n499500 true\n"
    assert (COMPLAINT in before.stderr, COMPLAINT in after.stderr) == (True, False)
