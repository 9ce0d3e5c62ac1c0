"""In order, a program finds the same errors and results; which of several errors is first is settled now."""

from __future__ import annotations

from pathlib import Path

import pytest

from gofixer import pipeline
from gofixer.engine.config import Config
from gofixer.engine.model import Outcome, Request, Verify
from gofixer.engine.registry import shipped
from gofixer.errors import UserError
from gofixer.facts.toolchain import Toolchain, find_toolchain

TRANSFORMS = tuple(transform for transform in shipped() if transform.name == "goroutine-for-trivial-work")

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


@pytest.fixture(scope="module")
def toolchain() -> Toolchain:
    try:
        return find_toolchain(None)
    except UserError as error:
        pytest.skip(f"no Go toolchain: {error}")


def test_only_the_order_is_settled(tmp_path: Path, toolchain: Toolchain) -> None:
    (tmp_path / "go.mod").write_text("module example.com/fan\n\ngo 1.22\n")
    (tmp_path / "main.go").write_text(MAIN)
    before = toolchain.run("run", ".", directory=tmp_path)
    request = Request(tmp_path, (), Config(), TRANSFORMS, frozenset(), unsafe=True, verify=Verify.VET, cache=False)
    report = pipeline.analyse(request)
    assert [(f.outcome, f.function) for f in report.findings] == [
        (Outcome.PROPOSED, name) for name in ("first", "every", "numbers")
    ]
    for change in report.changes:
        change.path.write_bytes(change.after)
    assert "go func" not in (tmp_path / "main.go").read_text()
    text = (tmp_path / "main.go").read_text().replace("first(-1, 11) != nil", "first(-1, 11)")
    after = toolchain.run("run", ".", directory=tmp_path)
    assert before.status == after.status == 0, before.stderr + after.stderr
    assert after.stdout == before.stdout
    (tmp_path / "main.go").write_text(text)
    assert toolchain.run("run", ".", directory=tmp_path).stdout.endswith("both wrong: low\n")
