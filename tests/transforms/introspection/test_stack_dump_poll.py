"""A program whose dumps became profiles does the same with another text, as often as before."""

from __future__ import annotations

import re
from pathlib import Path

from applying import module, rewrite, run

from gofixer.engine.model import Outcome
from gofixer.facts.toolchain import Toolchain

_PROGRAM = """package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"runtime"
	"time"
)

// sink counts its writes and fails on the second.
type sink struct{ writes int }

func (s *sink) Write(p []byte) (int, error) {
	s.writes++
	fmt.Println("write", s.writes, len(p) > 100)
	if s.writes == 2 {
		return 0, errors.New("full")
	}
	return len(p), nil
}

func wrapped(w io.Writer) error {
	buf := make([]byte, 1<<16)
	for i := 0; ; i++ {
		fmt.Println("round", i)
		time.Sleep(time.Microsecond)
		if _, err := w.Write(buf[:runtime.Stack(buf, true)]); err != nil {
			return err
		}
	}
}

func logged(l *log.Logger, w io.Writer) {
	buf := make([]byte, 1<<16)
	for i := 0; i < 2; i++ {
		time.Sleep(time.Microsecond)
		n := runtime.Stack(buf, true)
		l.Printf("dump %d %s", i, buf[:n])
		io.WriteString(w, string(buf[:n]))
	}
}

func filed(f *os.File) {
	for i := 0; i < 2; i++ {
		buf := make([]byte, 1<<16)
		n := runtime.Stack(buf, true)
		f.Write(buf[:n])
		fmt.Fprintln(f, "after", i)
		time.Sleep(time.Microsecond)
	}
}

func main() {
	fmt.Println(wrapped(&sink{}))
	logged(log.New(os.Stdout, "> ", 0), &sink{writes: 5})
	filed(os.Stdout)
}
"""


def own_lines(output: str) -> list[str]:
    """What the program itself prints, without the lines of a dump or a profile."""
    text = re.sub(r"(?m)^(> dump \d) .*$", r"\1", output)
    return re.findall(r"(?m)^(?:> dump|write|round|after|full).*$", text)


def test_only_the_text_changes(tmp_path: Path, toolchain: Toolchain) -> None:
    folder = module(tmp_path, {"main.go": _PROGRAM}, go="1.21")
    before = run(folder, toolchain)
    assert "goroutine profile:" not in before
    report = rewrite(folder, "stack-dump-poll", unsafe=True)
    assert [finding.outcome for finding in report.findings] == [Outcome.PROPOSED] * 3
    after = run(folder, toolchain)
    assert own_lines(before) == own_lines(after)
    assert len(own_lines(after)) == 11
    # One text for each dump that is shown.
    assert before.count("goroutine 1 [running]") == after.count("goroutine profile: total") == 4
