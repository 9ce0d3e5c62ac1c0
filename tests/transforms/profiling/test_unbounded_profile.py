"""A program prints the same; what changes is that its profile is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from gofixer import pipeline
from gofixer.engine.config import Config
from gofixer.engine.model import Outcome, Request, Verify
from gofixer.engine.registry import shipped
from gofixer.errors import UserError
from gofixer.facts.toolchain import Toolchain, find_toolchain

TRANSFORMS = tuple(transform for transform in shipped() if transform.name == "unbounded-profile")

MAIN = """package main

import (
	"fmt"
	"log"
	"os"
	"runtime/pprof"
	"time"
)

func main() {
	f, err := os.Create("cpu.prof")
	if err != nil {
		log.Fatal(err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		log.Fatal(err)
	}
	sum := 0
	for n := range 1000 {
		sum += n
	}
	fmt.Println(sum)
	if len(os.Args) > 1 {
		for written() == 0 {
			time.Sleep(10 * time.Millisecond)
		}
	}
	log.Print(written() > 0)
}

func written() int64 {
	info, err := os.Stat("cpu.prof")
	if err != nil {
		return 0
	}
	return info.Size()
}
"""


@pytest.fixture(scope="module")
def toolchain() -> Toolchain:
    try:
        return find_toolchain(None)
    except UserError as error:
        pytest.skip(f"no Go toolchain: {error}")


def test_only_the_profile_is_written(tmp_path: Path, toolchain: Toolchain) -> None:
    (tmp_path / "go.mod").write_text("module example.com/server\n\ngo 1.22\n")
    (tmp_path / "main.go").write_text(MAIN)
    before = toolchain.run("run", ".", directory=tmp_path)
    assert before.stderr.endswith("false\n")
    (tmp_path / "cpu.prof").unlink()
    config = Config(options={"unbounded-profile": {"window": 1, "period": 1}})
    request = Request(tmp_path, (), config, TRANSFORMS, frozenset(), unsafe=True, verify=Verify.VET, cache=False)
    report = pipeline.analyse(request)
    assert [finding.outcome for finding in report.findings] == [Outcome.PROPOSED]
    for change in report.changes:
        change.path.write_bytes(change.after)
    after = toolchain.run("run", ".", "wait", directory=tmp_path)
    assert after.stdout == before.stdout == "499500\n"
    assert after.stderr.endswith("true\n")
    assert (tmp_path / "cpu.prof").read_bytes()[:2] == b"\x1f\x8b", "a whole profile, which is gzipped"
