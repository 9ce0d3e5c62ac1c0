"""Handlers see the same records with attributes in place of pairs, and other ones without the guards."""

from __future__ import annotations

from pathlib import Path

import pytest
from applying import allocations, module, module_of_packages, rewrite, rewritten_packages, run_packages
from boxing_programs import GUARDED, SAME
from gofixer.transforms.allocation import _writers, interface_boxing

from gofixer.facts.toolchain import Toolchain

OLDEST_GO = (1, 24)
NAME = "interface-boxing"

ALLOCATIONS = r"""package p

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
)

var (
	off    = slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelError}))
	on     = slog.New(slog.NewTextHandler(io.Discard, nil))
	number = 1000
	text   = strings.Repeat("x", 100)
	buf    bytes.Buffer
)

func switchedOff() { off.Info("text", "number", number, "text", text) }
func logged()      { on.Info("text", "number", number, "text", text) }
func six()         { on.Info("text", "a", number, "b", number, "c", number, "d", number, "e", number, "f", number) }

func printed() {
	buf.Reset()
	fmt.Fprint(&buf, text)
}

func TestAllocations(t *testing.T) {
	cases := []struct {
		name string
		run  func()
	}{{"switchedOff", switchedOff}, {"logged", logged}, {"six", six}, {"printed", printed}}
	for _, c := range cases {
		fmt.Printf("%s: %v\n", c.name, testing.AllocsPerRun(100, c.run))
	}
}
"""


def test_handlers_see_the_same(tmp_path: Path, toolchain: Toolchain) -> None:
    folder = module_of_packages(tmp_path, SAME | GUARDED, go="1.24")
    before = run_packages(folder, toolchain)
    report = rewrite(folder, NAME, selected=True, unsafe=True)
    assert rewritten_packages(report) == set(SAME)
    assert run_packages(folder, toolchain) == before
    text = (folder / "kinds" / "kinds.go").read_text()
    assert text.count("LogAttrs(") == 14


def test_programs_tell_a_wrong_rewrite(tmp_path: Path, toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the guards that a program can get round, each of `GUARDED` prints something else, or is no Go."""
    names = ("changing", "embedding", "layers")
    folder = module_of_packages(tmp_path, {name: GUARDED[name] for name in names}, go="1.24")
    before = run_packages(folder, toolchain)
    monkeypatch.setattr(interface_boxing, "_order", lambda *_: None)
    monkeypatch.setattr(_writers, "unsettled", lambda *_: None)
    monkeypatch.setattr(interface_boxing, "_embeds", lambda *_: False)
    rewrite(folder, NAME, selected=True, unsafe=True)
    after = run_packages(folder, toolchain)
    assert {name for name, text in before.items() if after[name] != text} == set(names)


def test_each_rewrite_saves_an_allocation(tmp_path: Path, toolchain: Toolchain) -> None:
    folder = module(tmp_path, {"p_test.go": ALLOCATIONS}, go="1.24")
    before = allocations(folder, toolchain)
    rewrite(folder, NAME, selected=True, unsafe=True)
    after = allocations(folder, toolchain)
    assert len(before) == 4
    assert all(after[name] < before[name] for name in before), (before, after)
