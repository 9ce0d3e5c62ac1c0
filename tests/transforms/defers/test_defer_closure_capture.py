"""Programs print the same before and after the engine passed captured variables as arguments."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import applying
import pytest
from applying import go, rewritten_functions
from deferring import generate
from gofixer.transforms.defers import defer_closure_capture

from gofixer.engine.model import Outcome, Report, Verify
from gofixer.facts.toolchain import Toolchain

NAME = "defer-closure-capture"
OLDEST_GO = (1, 23)  # the programs range over functions

# Ten deferred calls each; `shared` lives outside the loop, `own` in it.
LOOPS = """package main

import "sync/atomic"

func shared(names []int, start int, use func(int)) {
	if start == 0 {
		start = 1
	}
	for range names {
		defer func() { use(start) }()
	}
}

func own(names []int, use func(int64)) {
	for i := range names {
		var total int64
		atomic.AddInt64(&total, int64(i))
		defer func() { use(total) }()
	}
}

func large(names []int, use func(byte)) {
	for i := range names {
		var key [200]byte
		key[0] = byte(i)
		defer func() { use(key[0]) }()
	}
}

func once(start int, use func(int)) {
	if start == 0 {
		start = 1
	}
	defer func() { use(start) }()
}
"""
COUNTS = """package main

import (
	"fmt"
	"testing"
)

func main() {
	names := make([]int, 10)
	sum := 0
	fmt.Println("shared", testing.AllocsPerRun(100, func() { shared(names, 0, func(n int) { sum += n }) }))
	fmt.Println("own", testing.AllocsPerRun(100, func() { own(names, func(n int64) { sum += int(n) }) }))
	fmt.Println("large", testing.AllocsPerRun(100, func() { large(names, func(n byte) { sum += int(n) }) }))
	fmt.Println("once", testing.AllocsPerRun(100, func() { once(0, func(n int) { sum += n }) }))
}
"""
# Shapes that the generator does not make, each with the line that it prints.
HANDMADE = """package main

import (
	"fmt"
	"runtime"
	"sync/atomic"
)

type state struct {
	name string
	size int
}

func (s *state) grow() { s.size++ }

func start(f func()) string {
	f()
	return "started"
}

func assignedByTheCall() {
	text := "new"
	text = start(func() {
		defer func() { defer func() { fmt.Println("assignedByTheCall", text) }() }()
	})
	fmt.Println(text)
}

func runLater() (later []func()) {
	text := "new"
	text = start(func() {
		later = append(later, func() { defer func() { fmt.Println("runLater", text) }() })
	})
	return later
}

func deferredWriter() {
	n := 1
	defer func() { fmt.Println("deferredWriter", n) }()
	defer func() { n = 2 }()
}

func typeSwitch(values ...any) {
	for _, value := range values {
		switch v := value.(type) {
		case int:
			defer func() { fmt.Println("typeSwitch", v+1) }()
		case string, error:
			defer func() { fmt.Println("typeSwitch", v) }()
		}
	}
}

func embedded() {
	type outer struct {
		state
		more int
	}
	o := outer{more: 1}
	defer func() { fmt.Println("embedded", o.size) }()
	o.grow()
}

func closed(values <-chan int) {
	value, ok := <-values
	defer func() { fmt.Println("closed", value, ok) }()
	value, ok = <-values
}

func ranged() {
	var i, v int
	defer func() { fmt.Println("ranged", i, v) }()
	for i, v = range []int{3, 4} {
	}
}

func labelled(n int) {
outer:
	for i := 0; i < n; i++ {
		var last int
		for j := range 3 {
			if j == 2 {
				continue outer
			}
			last = j
			defer func() { fmt.Println("labelled", i, j, last) }()
		}
	}
}

func shadowed(n int, text string) {
	for i := range n {
		text := text + fmt.Sprint(i)
		defer func() { fmt.Println("shadowed", text) }()
	}
	defer func() { fmt.Println("shadowed", text) }()
}

func generic[T any](values ...T) {
	for _, value := range values {
		defer func() { fmt.Println("generic", value) }()
	}
}

func iterated(yield func(func(int) bool)) {
	sum := 0
	for n := range yield {
		sum += n
		defer func() { fmt.Println("iterated", n, sum) }()
	}
}

type counter struct{ n int }

func (c *counter) add() { c.n++ }

func methodValue() {
	var c counter
	add := c.add
	for range 2 {
		defer func() { fmt.Println("methodValue", c.n) }()
	}
	add()
}

func lentToAGoroutine() {
	var n int64
	go atomic.AddInt64(&n, 5)
	for range 2 {
		defer func() { fmt.Println("lentToAGoroutine", n) }()
	}
	for atomic.LoadInt64(&n) == 0 {
		runtime.Gosched()
	}
}

func lentToADefer() {
	var n int64
	for range 2 {
		defer func() { fmt.Println("lentToADefer", n) }()
		defer atomic.AddInt64(&n, 5)
	}
}

func arrayThroughASlice() {
	var values [3]int
	view := values[:]
	for range 2 {
		defer func() { fmt.Println("arrayThroughASlice", values) }()
	}
	copy(view, []int{4, 5})
}

func headAssigns() {
	var s struct{ at [2]int }
	for range 2 {
		defer func() { fmt.Println("headAssigns", s.at) }()
	}
	for _, s.at[1] = range []int{7} {
	}
}

func selectAssigns() {
	var s struct{ value, more int }
	values := make(chan int, 1)
	values <- 9
	for range 2 {
		defer func() { fmt.Println("selectAssigns", s.value) }()
	}
	select {
	case s.value = <-values:
	}
}

func innerDefers(n int) {
	n++
	for i := range 2 {
		defer func() {
			for j := range 2 {
				both := n + i
				both += j
				defer func() { fmt.Println("innerDefers", n, both) }()
			}
		}()
	}
}

func panics() {
	defer func() { fmt.Println("panics", recover()) }()
	n := 1
	n++
	for range 2 {
		defer func() { fmt.Println("panics", 4/(n-2)) }()
	}
	panic("first")
}

func main() {
	methodValue()
	lentToAGoroutine()
	lentToADefer()
	arrayThroughASlice()
	headAssigns()
	selectAssigns()
	innerDefers(1)
	panics()
	assignedByTheCall()
	for _, f := range runLater() {
		f()
	}
	deferredWriter()
	typeSwitch(1, "a", fmt.Errorf("b"), 2.5)
	embedded()
	values := make(chan int, 1)
	values <- 5
	close(values)
	closed(values)
	ranged()
	labelled(2)
	shadowed(2, "t")
	generic(1, 2)
	iterated(func(body func(int) bool) { _ = body(1) && body(2) })
}
"""


GENERATED = generate(250, seed=1)


def module(folder: Path, files: dict[str, str]) -> Path:
    return applying.module(folder, files, go="1.23")


def rewrite(folder: Path, *, selected: bool = True) -> Report:
    """Run the transform over a module; without the gate that `selected` lifts, verified."""
    verify = Verify.NONE if selected else Verify.VET
    return applying.rewrite(folder, NAME, selected=selected, paths=("./...",), verify=verify, cache=True)


def run(folder: Path, toolchain: Toolchain, *arguments: str) -> str:
    done = go(folder, toolchain, *(arguments or ("run", ".")))
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain) -> str:
    return run(module(tmp_path_factory.mktemp("generated"), {"main.go": GENERATED}), toolchain)


def test_generated_programs_print_the_same(tmp_path: Path, toolchain: Toolchain, printed: str) -> None:
    folder = module(tmp_path, {"main.go": GENERATED})
    report = rewrite(folder)
    assert run(folder, toolchain) == printed
    seen = Counter(finding.outcome for finding in report.findings)
    assert seen[Outcome.PROPOSED] > 80
    assert seen[Outcome.SKIPPED] > 80


def test_generated_programs_tell_a_wrong_rewrite(
    tmp_path: Path, toolchain: Toolchain, printed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the guard the same programs print something else: they do test it."""
    folder = module(tmp_path, {"main.go": GENERATED})
    monkeypatch.setattr(defer_closure_capture, "not_final", lambda *_: None)
    rewrite(folder)
    assert run(folder, toolchain) != printed


def test_other_shapes_print_the_same(tmp_path: Path, toolchain: Toolchain) -> None:
    folder = module(tmp_path, {"main.go": HANDMADE})
    before = run(folder, toolchain)
    report = rewrite(folder)
    assert run(folder, toolchain) == before
    assert rewritten_functions(report) == {"typeSwitch", "shadowed", "innerDefers", "panics"}


def test_a_second_run_changes_nothing(tmp_path: Path, toolchain: Toolchain) -> None:
    folder = module(tmp_path, {"main.go": generate(100, seed=3)})
    assert rewrite(folder).changes
    assert not rewrite(folder).changes


def test_the_heap_line_disappears_and_allocations_with_it(tmp_path: Path, toolchain: Toolchain) -> None:
    folder = module(tmp_path, {"loops.go": LOOPS, "main.go": COUNTS})
    before = counts(run(folder, toolchain))
    assert {"start", "total", "key"} <= on_heap(folder, toolchain)
    report = rewrite(folder, selected=False)
    assert rewritten_functions(report) == {"shared", "own"}
    assert not {"start", "total"} & on_heap(folder, toolchain)
    after = counts(run(folder, toolchain))
    assert before["own"] - after["own"] == 10
    assert after["shared"] == before["shared"] - 1
    assert after["once"] == before["once"] == 0
    # Passed as an argument, a large value is copied to the heap all the same: nothing is gained, as the gate says.
    rewrite(folder)
    assert counts(run(folder, toolchain))["large"] == before["large"]


def counts(output: str) -> dict[str, int]:
    return {name: int(number) for name, number in (line.split() for line in output.splitlines())}


def on_heap(folder: Path, toolchain: Toolchain) -> set[str]:
    """Variables that the compiler says it moves to the heap."""
    said = run(folder, toolchain, "build", "-o", "program", "-gcflags=-m", ".")
    return {line.rpartition(" ")[2] for line in said.splitlines() if ": moved to heap: " in line}
