"""Programs print the same without their conversions, and something else without the guards."""

from __future__ import annotations

from pathlib import Path

import pytest
from applying import allocations, module, module_of_packages, rewrite, rewritten_packages, run_packages
from conversion_programs import GUARDED, SAME
from gofixer.transforms.allocation import _writers, bytes_string_conversion

from gofixer.facts.toolchain import Toolchain

OLDEST_GO = (1, 24)
NAME = "bytes-string-conversion"

ALLOCATIONS = r"""package p

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
)

var (
	text  = strings.Repeat("x", 100)
	data  = []byte(text)
	found bool
	where int
	word  = regexp.MustCompile("x$")
)

func search()      { found = strings.Contains(string(data), "y") }
func count()       { where = strings.Count(string(data), "\n") }
func match()       { found = word.MatchString(string(data)) }
func matchString() { found = word.Match([]byte(text)) }

func build() {
	var buf bytes.Buffer
	buf.Grow(200)
	buf.WriteString(string(data))
	sum := sha256.Sum256([]byte(buf.String()))
	found = sum[0] == 1
}

func file(f *os.File) { f.Write([]byte(text)) }

func buffered(f *os.File) {
	w := bufio.NewWriter(f)
	w.Write([]byte(text))
	w.Flush()
}

func TestAllocations(t *testing.T) {
	f, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	word.Match(data)
	cases := []struct {
		name string
		run  func()
	}{
		{"search", search}, {"count", count}, {"match", match}, {"matchString", matchString}, {"build", build},
		{"file", func() { file(f) }}, {"buffered", func() { buffered(f) }},
	}
	for _, c := range cases {
		fmt.Printf("%s: %v\n", c.name, testing.AllocsPerRun(100, c.run))
	}
	io.Discard.Write(nil)
}
"""


def test_programs_print_the_same(tmp_path: Path, toolchain: Toolchain) -> None:
    folder = module_of_packages(tmp_path, SAME | GUARDED, go="1.24")
    before = run_packages(folder, toolchain)
    report = rewrite(folder, NAME, selected=True, unsafe=True)
    assert rewritten_packages(report) == set(SAME)
    assert run_packages(folder, toolchain) == before
    left = "".join((folder / name / f"{name}.go").read_text() for name in ("pairs", "letters", "expressions"))
    assert "string(a)" not in left
    assert "string(b)" not in left


def test_programs_tell_a_wrong_rewrite(tmp_path: Path, toolchain: Toolchain, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the guards every program of `GUARDED` prints something else."""
    folder = module_of_packages(tmp_path, GUARDED, go="1.24")
    before = run_packages(folder, toolchain)
    monkeypatch.setattr(_writers, "own_memory", lambda *_: True)
    monkeypatch.setattr(_writers, "unsettled", lambda *_: None)
    for name in ("is_own", "copies", "_never_nil"):
        monkeypatch.setattr(bytes_string_conversion, name, lambda *_: True)
    monkeypatch.setattr(bytes_string_conversion, "LATER", ())
    rewrite(folder, NAME, selected=True, unsafe=True)
    after = run_packages(folder, toolchain)
    assert {name for name, text in before.items() if after[name] != text} == set(GUARDED)


def test_each_rewrite_saves_an_allocation(tmp_path: Path, toolchain: Toolchain) -> None:
    folder = module(tmp_path, {"p_test.go": ALLOCATIONS}, go="1.24")
    before = allocations(folder, toolchain)
    rewrite(folder, NAME, selected=True, unsafe=True)
    after = allocations(folder, toolchain)
    assert len(before) == 7
    assert all(after[name] < before[name] for name in before), (before, after)
