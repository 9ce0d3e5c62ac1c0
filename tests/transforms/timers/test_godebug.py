"""Which timers a program runs with, as its GODEBUG settings say: old ones are drained before a Reset."""

from __future__ import annotations

from pathlib import Path

import pytest
from applying import analyse
from trees import write

from gofixer.facts.toolchain import Toolchain

LOOP = """package {package}

import "time"

func {function}(in <-chan int, use func(int)) {{
	for {{
		select {{
		case v := <-in:
			use(v)
		case <-time.After(time.Second):
			use(0)
		}}
	}}
}}
"""
MAIN = "package main\n\nfunc main() { poll(nil, nil) }\n"


def drains(folder: Path, *, settings: str = "", directive: str = "", package: str = "main") -> bool:
    """Whether the rewritten loop of a module with go 1.24 drains its timer."""
    files = {"go.mod": f"module example.com/m\n\ngo 1.24\n{settings}"}
    if package == "main":
        files["main.go"] = directive + MAIN
    write(folder, {**files, "poll.go": LOOP.format(package=package, function="poll")})
    report = analyse(folder, "time-after-in-loop")
    after = {change.path.name: change.after for change in report.changes}["poll.go"]
    assert b"timer.Reset(time.Second)" in after
    return b"if !timer.Stop() {" in after


@pytest.fixture(autouse=True)
def _two_kinds_of_timers(toolchain: Toolchain) -> None:
    if not (1, 24) <= toolchain.version[:2] < (1, 27):
        pytest.skip(f"Go {toolchain.text} knows one kind of timers only")


@pytest.mark.parametrize("package", ["main", "p"])
@pytest.mark.parametrize(
    ("settings", "old"),
    [
        ("", False),
        ("\ngodebug default=go1.22\n", True),
        ("\ngodebug default=go1.23\n", False),
        ("\ngodebug asynctimerchan=1\n", True),
        ("\ngodebug (\n\tdefault=go1.21\n\tasynctimerchan=0\n)\n", False),
        ("\ngodebug panicnil=1\n", False),
    ],
)
def test_settings_of_the_module(tmp_path: Path, settings: str, old: bool, package: str) -> None:
    assert drains(tmp_path, settings=settings, package=package) is old


@pytest.mark.parametrize(
    ("directive", "old"),
    [
        ("//go:debug asynctimerchan=1\n", True),
        ("//go:debug default=go1.22\n", True),
        ("//go:debug panicnil=1\n", False),
        ("// //go:debug asynctimerchan=1\n\n", False),
    ],
)
def test_lines_of_the_program(tmp_path: Path, directive: str, old: bool) -> None:
    assert drains(tmp_path, directive=directive) is old


def test_lines_of_the_program_win(tmp_path: Path) -> None:
    assert drains(
        tmp_path, settings="\ngodebug asynctimerchan=1\n", directive="//go:debug asynctimerchan=0\n"
    ) is False  # fmt: skip
