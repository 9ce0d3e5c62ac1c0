"""A program prints the same; what changes is that its profile is written."""

from __future__ import annotations

from pathlib import Path

from applying import go, module, rewrite

from gofixer.engine.config import Config
from gofixer.engine.model import Outcome, Verify
from gofixer.facts.toolchain import Toolchain

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


def test_only_the_profile_is_written(tmp_path: Path, toolchain: Toolchain) -> None:
    folder = module(tmp_path, {"main.go": MAIN}, go="1.22")
    before = go(folder, toolchain, "run", ".")
    assert before.stderr.endswith("false\n")
    (folder / "cpu.prof").unlink()
    config = Config(options={"unbounded-profile": {"window": 1, "period": 1}})
    report = rewrite(folder, "unbounded-profile", config=config, unsafe=True, verify=Verify.VET)
    assert [finding.outcome for finding in report.findings] == [Outcome.PROPOSED]
    after = go(folder, toolchain, "run", ".", "wait")
    assert after.stdout == before.stdout == "499500\n"
    assert after.stderr.endswith("true\n")
    assert (folder / "cpu.prof").read_bytes()[:2] == b"\x1f\x8b", "a whole profile, which is gzipped"
