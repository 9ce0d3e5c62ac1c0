"""Goroutines that are no longer wired to a thread compute the same, panics and deferred calls in their order."""

from __future__ import annotations

from pathlib import Path

from applying import module, rewrite, run

from gofixer.engine.model import Outcome
from gofixer.facts.toolchain import Toolchain

_PROGRAM = """package main

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

func channels(in <-chan int, out chan<- string) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(out)
	for n := range in {
		out <- strings.Repeat(strconv.Itoa(n), 2)
	}
}

type table struct {
	mu   sync.Mutex
	rows map[string]int
}

func (t *table) add(words string) (n int) {
	runtime.LockOSThread()
	t.mu.Lock()
	for _, word := range strings.Fields(words) {
		t.rows[word]++
	}
	t.mu.Unlock()
	runtime.UnlockOSThread()
	n = len(t.rows)
	return
}

func divide(a, b int) int {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if b == 7 {
		panic(fmt.Sprintf("seven %d", a))
	}
	return a / b
}

func try(a, b int) {
	defer func() { fmt.Println("recovered", recover()) }()
	fmt.Println(divide(a, b))
}

func main() {
	in, out := make(chan int), make(chan string)
	go channels(in, out)
	for i := 0; i < 3; i++ {
		in <- i
		fmt.Println(<-out)
	}
	close(in)
	_, open := <-out
	fmt.Println(open)
	t := &table{rows: map[string]int{}}
	fmt.Println(t.add("a b a"), t.add(""), t.rows)
	fmt.Println((&table{}).add(""))
	try(6, 3)
	try(6, 7)
	try(6, 0)
}
"""


def test_the_same_is_computed(tmp_path: Path, toolchain: Toolchain) -> None:
    folder = module(tmp_path, {"main.go": _PROGRAM}, go="1.21")
    before = run(folder, toolchain)
    report = rewrite(folder, "lock-os-thread", unsafe=True)
    assert [finding.outcome for finding in report.findings] == [Outcome.PROPOSED] * 3
    assert "OSThread" not in (folder / "main.go").read_text()
    assert run(folder, toolchain) == before
