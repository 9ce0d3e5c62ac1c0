"""Without the goroutine a program does the same; only nobody collects by hand any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from gofixer import pipeline
from gofixer.engine.config import Config
from gofixer.engine.model import Outcome, Request, Verify
from gofixer.engine.registry import shipped
from gofixer.errors import UserError
from gofixer.facts.toolchain import Toolchain, find_toolchain

TRANSFORMS = tuple(transform for transform in shipped() if transform.name == "periodic-free-os-memory")

WORKER = """package worker

import (
	"context"
	"runtime/debug"
	"time"
)

var ended = make(chan string, 1)

// Run works until it has seen enough ticks, and says how often a goroutine of it ended with the context.
func Run(ctx context.Context, work func(int), rounds int) (sum int) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(time.Millisecond):
				debug.FreeOSMemory()
			}
		}
	}()
	for n := range rounds {
		work(n)
		sum += n
	}
	go func() {
		<-ctx.Done()
		ended <- ctx.Err().Error()
	}()
	return sum
}

func Ended() string { return <-ended }
"""

MAIN = """package main

import (
	"context"
	"fmt"
	"runtime"

	"example.com/periodic/worker"
)

func main() {
	var stats runtime.MemStats
	forced := func() uint32 {
		runtime.ReadMemStats(&stats)
		return stats.NumForcedGC
	}
	again := %s
	sum := worker.Run(context.Background(), func(n int) {
		for again && forced() <= uint32(n) {
			runtime.Gosched()
		}
	}, 3)
	fmt.Println(sum, worker.Ended())
	fmt.Println(forced() > 0)
}
"""


@pytest.fixture(scope="module")
def toolchain() -> Toolchain:
    try:
        return find_toolchain(None)
    except UserError as error:
        pytest.skip(f"no Go toolchain: {error}")


def run(folder: Path, toolchain: Toolchain, *, collected: bool) -> list[str]:
    """Run the program; ``collected``: each round of its work lasts until a collection was asked for."""
    (folder / "main.go").write_text(MAIN % str(collected).lower())
    done = toolchain.run("run", ".", directory=folder)
    assert done.status == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


def test_only_the_collections_go(tmp_path: Path, toolchain: Toolchain) -> None:
    (tmp_path / "go.mod").write_text("module example.com/periodic\n\ngo 1.22\n")
    (tmp_path / "worker").mkdir()
    (tmp_path / "worker" / "worker.go").write_text(WORKER)
    assert run(tmp_path, toolchain, collected=True) == ["3 context canceled", "true"]
    request = Request(tmp_path, (), Config(), TRANSFORMS, frozenset(), unsafe=True, verify=Verify.BUILD, cache=False)
    report = pipeline.analyse(request)
    assert [finding.outcome for finding in report.findings] == [Outcome.PROPOSED]
    for change in report.changes:
        change.path.write_bytes(change.after)
    assert run(tmp_path, toolchain, collected=False) == ["3 context canceled", "false"]
