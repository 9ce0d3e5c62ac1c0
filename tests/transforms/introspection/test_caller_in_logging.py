"""Programs print the same files, lines and functions wherever the caller is looked up."""

from __future__ import annotations

from pathlib import Path

from applying import module, rewrite, run

from gofixer.engine.model import Outcome
from gofixer.facts.toolchain import Toolchain

_PROGRAM = """package main

import (
	"fmt"
	"log"
	"path/filepath"
	"runtime"
)

type logger struct {
	level int
	lines int
}

func (l *logger) returns(level int, text string) (out string) {
	defer func() { out += fmt.Sprint(" ", l.lines, recover()) }()
	_, file, line, ok := runtime.Caller(1)
	l.lines++
	if level > l.level {
		return "dropped"
	}
	if line%2 == 0 {
		file = "even " + file
	}
	return fmt.Sprint(filepath.Base(file), line, ok, text)
}

func logIf(level int, text string) {
	pc, file, line, _ := runtime.Caller(1)
	text += "."
	if text != "." {
		if level < 3 {
			fmt.Println(filepath.Base(file), line, runtime.FuncForPC(pc).Name(), text)
		}
	}
}

func logTwice(level int, text string) {
	_, file, line, _ := runtime.Caller(2)
	if level > 2 {
		return
	}
	fmt.Println(filepath.Base(file), line, text)
}

func wrapped(level int) { logTwice(level, "wrapped") }

func logGeneric[T any](level int, value T) {
	_, _, line, _ := runtime.Caller(1)
	if enabled(level) {
		func() {
			defer func() { fmt.Println("deferred", line) }()
			fmt.Println(value, line)
		}()
	}
}

func enabled(level int) bool {
	if level == 9 {
		panic("level")
	}
	return level < 3
}

func files(n int) {
	for i := 0; i < n; i++ {
		_, file, _, _ := runtime.Caller(0)
		file = filepath.Base(file)
		fmt.Println(file, i)
	}
}

// logTooDeep asks for frames that do not exist.
func logTooDeep(level int) {
	_, file, line, ok := runtime.Caller(100)
	if level > 2 {
		return
	}
	fmt.Println(file == "", line, ok)
}

func main() {
	log.SetFlags(0)
	l := &logger{level: 2}
	for level := 0; level < 5; level++ {
		fmt.Println(l.returns(level, "one"))
		fmt.Println(l.returns(level,
			"two"))
		logIf(level, "direct")
		wrapped(level)
		func() { wrapped(level) }()
		logGeneric(level, "text")
		logGeneric(level, 5)
		defer logGeneric(level, level)
		logTooDeep(level)
	}
	files(2)
	func() {
		defer func() { fmt.Println(recover()) }()
		logGeneric(9, 1)
	}()
}
"""


def test_the_same_lines_are_printed(tmp_path: Path, toolchain: Toolchain) -> None:
    folder = module(tmp_path, {"main.go": _PROGRAM}, go="1.21")
    before = run(folder, toolchain)
    report = rewrite(folder, "caller-in-logging")
    assert [finding.outcome for finding in report.findings] == [Outcome.PROPOSED] * 6, report.findings
    shifted = len((folder / "main.go").read_text().splitlines()) - len(_PROGRAM.splitlines())
    assert shifted == 6
    # The package-level value is above main: the lines of main have moved.
    text = (folder / "main.go").read_text()
    start = text.index("// thisFile")
    end = text.index("}()\n\n", start) + 5
    moved = text[:start] + text[end:] + "\n" + text[start:end].rstrip() + "\n"
    (folder / "main.go").write_text(moved)
    assert run(folder, toolchain) == before
