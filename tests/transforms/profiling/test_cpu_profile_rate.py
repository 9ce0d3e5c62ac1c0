"""A program prints the same; only the runtime no longer complains of the rate."""

from __future__ import annotations

from pathlib import Path

import pytest

from gofixer import pipeline
from gofixer.engine.config import Config
from gofixer.engine.model import Outcome, Request, Verify
from gofixer.engine.registry import shipped
from gofixer.errors import UserError
from gofixer.facts.toolchain import Toolchain, find_toolchain

TRANSFORMS = tuple(transform for transform in shipped() if transform.name == "cpu-profile-rate")
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


@pytest.fixture(scope="module")
def toolchain() -> Toolchain:
    try:
        return find_toolchain(None)
    except UserError as error:
        pytest.skip(f"no Go toolchain: {error}")


def test_only_the_complaint_goes(tmp_path: Path, toolchain: Toolchain) -> None:
    (tmp_path / "go.mod").write_text("module example.com/rates\n\ngo 1.22\n")
    (tmp_path / "main.go").write_text(MAIN)
    before = toolchain.run("run", ".", directory=tmp_path)
    request = Request(tmp_path, (), Config(), TRANSFORMS, frozenset(), unsafe=True, verify=Verify.VET, cache=False)
    report = pipeline.analyse(request)
    assert [finding.outcome for finding in report.findings] == [Outcome.PROPOSED]
    for change in report.changes:
        change.path.write_bytes(change.after)
    after = toolchain.run("run", ".", directory=tmp_path)
    assert before.stdout == after.stdout == "<nil>\n499500 true\n"
    assert (COMPLAINT in before.stderr, COMPLAINT in after.stderr) == (True, False)
