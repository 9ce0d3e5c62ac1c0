"""Without the goroutine a program does the same; only nobody collects by hand any more."""

from __future__ import annotations

from pathlib import Path

from applying import module, rewrite, run

from gofixer.engine.model import Outcome, Verify
from gofixer.facts.toolchain import Toolchain

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


def main(*, collected: bool) -> str:
    """The program; ``collected``: each round of its work lasts until a collection was asked for."""
    return MAIN % str(collected).lower()


def test_only_the_collections_go(tmp_path: Path, toolchain: Toolchain) -> None:
    files = {"main.go": main(collected=True), "worker/worker.go": WORKER}
    folder = module(tmp_path, files, go="1.22", path="example.com/periodic")
    assert run(folder, toolchain) == "3 context canceled\ntrue\n"
    report = rewrite(folder, "periodic-free-os-memory", unsafe=True, verify=Verify.BUILD)
    assert [finding.outcome for finding in report.findings] == [Outcome.PROPOSED]
    (folder / "main.go").write_text(main(collected=False))
    assert run(folder, toolchain) == "3 context canceled\nfalse\n"
