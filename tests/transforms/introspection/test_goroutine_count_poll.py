"""Programs whose goroutines are bounded by a channel do the same work, and never more of it at once."""

from __future__ import annotations

from pathlib import Path

from applying import module, rewrite, run

from gofixer.engine.model import Outcome
from gofixer.facts.toolchain import Toolchain

_PROGRAM = """package main

import (
	"fmt"
	"runtime"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const most = 5

var running, peak, done atomic.Int64

// work tells how many of its kind there are.
func work(n int) {
	now := running.Add(1)
	for old := peak.Load(); now > old && !peak.CompareAndSwap(old, now); old = peak.Load() {
	}
	time.Sleep(time.Duration(n%3) * 100 * time.Microsecond)
	done.Add(int64(n))
	running.Add(-1)
}

func reset(name string) {
	fmt.Println(name, peak.Load() <= most, done.Load())
	peak.Store(0)
	done.Store(0)
}

func literals() []string {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var out []string
	for i := 0; i < 50; i++ {
		for runtime.NumGoroutine() > most {
			runtime.Gosched()
		}
		wg.Add(1)
		go func(n int) {
			defer wg.Done()
			defer func() {
				r := recover()
				mu.Lock()
				defer mu.Unlock()
				out = append(out, fmt.Sprint(n, r))
			}()
			work(n)
			if n%7 == 0 {
				panic(n)
			}
			if n%5 == 0 {
				runtime.Goexit()
			}
		}(i)
	}
	wg.Wait()
	sort.Strings(out)
	return out
}

func declared(numbers []int, workers int) {
	for _, row := range [][]int{numbers, numbers} {
		for _, number := range row {
			n := number
			for runtime.NumGoroutine() >= workers {
				time.Sleep(time.Microsecond)
			}
			go work(n)
		}
	}
	for runtime.NumGoroutine() > 1 {
		time.Sleep(time.Millisecond)
	}
}

func main() {
	fmt.Println(strings.Join(literals(), ","))
	reset("literals")
	declared([]int{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5}, most)
	reset("declared")
	declared(nil, -1)
	reset("nothing")
}
"""


def test_the_work_and_its_bound_stay(tmp_path: Path, toolchain: Toolchain) -> None:

    folder = module(tmp_path, {"main.go": _PROGRAM}, go="1.21")
    before = run(folder, toolchain)
    assert before.count("true") == 3
    report = rewrite(folder, "goroutine-count-poll", unsafe=True)
    assert [finding.outcome for finding in report.findings] == [Outcome.PROPOSED, Outcome.PROPOSED, Outcome.SKIPPED]
    assert (folder / "main.go").read_text().count("make(chan struct{}") == 2
    assert run(folder, toolchain) == before
