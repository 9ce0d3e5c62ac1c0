"""In order, a program finds the same errors and results; which of several errors is first is settled now."""

from __future__ import annotations

from pathlib import Path

from applying import module, rewrite, run

from gofixer.engine.model import Outcome, Verify
from gofixer.facts.toolchain import Toolchain

MAIN = """package main

import (
	"errors"
	"fmt"
	"slices"
	"sync"
)

func low(n int) error {
	if n < 0 {
		return errors.New("low")
	}
	return nil
}

func high(n int) error {
	if n > 10 {
		return fmt.Errorf("high: %d", n)
	}
	return nil
}

func split(n int) (int, bool) { return n / 2, n%2 == 0 }

func divide(a, b int) int { return a / b }

func first(a, b int) error {
	errs := make(chan error, 2)
	var wg sync.WaitGroup
	wg.Add(2)
	go func() {
		defer wg.Done()
		errs <- low(a)
	}()
	go func() {
		defer wg.Done()
		errs <- high(b)
	}()
	wg.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			return fmt.Errorf("wrong: %w", err)
		}
	}
	return nil
}

func every(a, b int) (all []string) {
	errs := make(chan error)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		errs <- low(a)
	}()
	wg.Add(1)
	go func() {
		defer wg.Done()
		errs <- high(b)
	}()
	go func() {
		wg.Wait()
		close(errs)
	}()
	for err := range errs {
		if err != nil {
			all = append(all, err.Error())
		}
	}
	slices.Sort(all)
	return all
}

func numbers(a, b int) (x, y int, even bool) {
	var wg sync.WaitGroup
	wg.Add(2)
	go func() {
		defer wg.Done()
		x, even = split(a)
	}()
	go func() {
		defer wg.Done()
		y = divide(a, b)
	}()
	wg.Wait()
	return x, y, even
}

func main() {
	for _, a := range []int{-1, 0, 7, 12} {
		for _, b := range []int{-2, 1, 11} {
			if a >= 0 || b <= 10 {
				fmt.Println(a, b, first(a, b))
			}
			all := every(a, b)
			fmt.Println(all, all == nil)
			fmt.Println(numbers(a, b))
		}
	}
	fmt.Println("both", first(-1, 11) != nil)
}
"""


def test_only_the_order_is_settled(tmp_path: Path, toolchain: Toolchain) -> None:
    folder = module(tmp_path, {"main.go": MAIN}, go="1.22")
    before = run(folder, toolchain)
    report = rewrite(folder, "goroutine-for-trivial-work", unsafe=True, verify=Verify.VET)
    assert [(f.outcome, f.function) for f in report.findings] == [
        (Outcome.PROPOSED, name) for name in ("first", "every", "numbers")
    ]
    text = (folder / "main.go").read_text()
    assert "go func" not in text
    assert run(folder, toolchain) == before
    (folder / "main.go").write_text(text.replace("first(-1, 11) != nil", "first(-1, 11)"))
    assert run(folder, toolchain).endswith("both wrong: low\n")
