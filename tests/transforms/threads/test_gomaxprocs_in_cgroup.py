"""Programs that leave the number of processors to the runtime do the same with whatever number that is."""

from __future__ import annotations

from pathlib import Path

import pytest
from applying import module, rewrite, run

from gofixer.engine.model import Outcome
from gofixer.facts.toolchain import Toolchain

_PROGRAM = """package main

import (
	"fmt"
	"os"
	"os/signal"
	"runtime"

	_ "go.uber.org/automaxprocs"
)

func init() {
	fmt.Println("init")
}

func main() {
	fmt.Println("main", runtime.GOOS != "")
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	fmt.Println("end")
}
"""
_LIBRARY = {
    "automaxprocs/go.mod": "module go.uber.org/automaxprocs\n\ngo 1.20\n",
    "automaxprocs/set.go": 'package automaxprocs\n\nimport "fmt"\n\nfunc init() { fmt.Println("automaxprocs") }\n',
}
_REQUIRES = "\nrequire go.uber.org/automaxprocs v1.6.0\n\nreplace go.uber.org/automaxprocs => ./automaxprocs\n"


def program(folder: Path, text: str, go: str) -> Path:
    """A module whose automaxprocs says when it is there."""
    module(folder, {"main.go": text, **_LIBRARY}, go=go)
    with (folder / "go.mod").open("a") as file:
        file.write(_REQUIRES)
    return folder


def test_only_the_import_goes(tmp_path: Path, toolchain: Toolchain) -> None:
    if toolchain.version < (1, 25, 0):
        pytest.skip("needs Go 1.25")
    folder = program(tmp_path, _PROGRAM, "1.25")
    before = run(folder, toolchain)
    report = rewrite(folder, "gomaxprocs-in-cgroup", unsafe=True)
    assert [finding.outcome for finding in report.findings] == [Outcome.PROPOSED]
    assert before == "automaxprocs\n" + run(folder, toolchain)


def test_only_the_import_comes(tmp_path: Path, toolchain: Toolchain) -> None:
    text = _PROGRAM.replace('\n\t_ "go.uber.org/automaxprocs"\n', "")
    folder = program(tmp_path, text, "1.21")
    before = run(folder, toolchain)
    report = rewrite(folder, "gomaxprocs-in-cgroup", unsafe=True)
    assert [finding.outcome for finding in report.findings] == [Outcome.PROPOSED]
    assert run(folder, toolchain) == "automaxprocs\n" + before
    assert (folder / "main.go").read_text() == _PROGRAM
