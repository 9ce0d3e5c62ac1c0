"""Profiles that the real toolchain makes: what this package believes of names, files and lines is so."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from gofixer import pipeline
from gofixer.engine.config import Config
from gofixer.engine.model import Finding, Request, Verify
from gofixer.engine.registry import shipped
from gofixer.facts.toolchain import Toolchain
from gofixer.profiles.heat import Heat
from gofixer.profiles.index import Declaration, Source
from gofixer.profiles.kinds import Kind
from gofixer.profiles.read import read_profile

GO_MOD = "module example.com/m\n\ngo 1.24\n"
CODE = """package p

import (
	"fmt"
	"runtime"
	"sync"
)

type Pool[T any] struct{ v T }

func Direct(n int) string {
	return fmt.Sprintf("%d", n)
}

func (p *Pool[T]) Closure(n int) string {
	f := func() string {
		return fmt.Sprintf("%d", n)
	}
	return f()
}

func Cold(n int) string {
	return fmt.Sprintf("%d", n)
}

var mu sync.Mutex

func contend(n int) int {
	mu.Lock()
	runtime.Gosched() // the others run into the lock
	mu.Unlock()
	return n
}

func Contended() {
	var group sync.WaitGroup
	for range 4 {
		group.Add(1)
		go func() {
			defer group.Done()
			for i := range 5 {
				contend(i)
			}
		}()
	}
	group.Wait()
}
"""
BENCHMARK = """package p

import "testing"

var sink string

func BenchmarkAll(b *testing.B) {
	pool := &Pool[string]{}
	for i := 0; i < b.N; i++ {
		for range 1000 {
			sink = Direct(i + 1000)
			sink = pool.Closure(i + 1000)
		}
		Contended()
	}
	sink = Cold(b.N + 1000)
}
"""
DIRECT, CLOSURE, COLD = 12, 17, 23


@pytest.fixture(scope="module", params=["here", "trimpath"])
def profiled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, toolchain: Toolchain) -> Path:
    """A module with its profiles; the trimmed one was built in another folder."""
    if toolchain.version < (1, 24):
        pytest.skip("the module needs Go 1.24")
    root = tmp_path_factory.mktemp("module")
    build = root if request.param == "here" else tmp_path_factory.mktemp("container")
    for folder in {root, build}:
        (folder / "p").mkdir()
        (folder / "go.mod").write_text(GO_MOD)
        (folder / "p/p.go").write_text(CODE)
        (folder / "p/p_test.go").write_text(BENCHMARK)
    flags = ["-trimpath"] if request.param == "trimpath" else []
    kinds = [f"-{kind}profile={root / kind}" for kind in ("cpu", "mem", "mutex", "block")]
    rates = ["-memprofilerate=1", "-mutexprofilefraction=1", "-blockprofilerate=1"]
    done = subprocess.run(
        [str(toolchain.go), "test", *flags, "-run=^$", "-bench=.", "-benchtime=300x", "-cpu=4", *rates, *kinds, "./p"],
        cwd=build,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return root


def findings(root: Path, *profiles: str) -> dict[int, Finding]:
    request = Request(
        cwd=root,
        paths=(),
        config=Config(),
        transforms=tuple(t for t in shipped() if t.name == "sprintf-to-strconv"),
        selected=frozenset(),
        verify=Verify.NONE,
        cache=False,
        profiles=tuple(Path(name) for name in profiles),
    )
    report = pipeline.analyse(request)
    assert report.notes == []
    return {finding.line: finding for finding in report.findings}


def shares(finding: Finding, kind: str) -> dict[str, dict[str, float]]:
    profile = finding.evidence["profile"]
    assert isinstance(profile, dict)
    found = profile["kinds"][kind]
    assert isinstance(found, dict)
    return found


def test_allocations_by_line(profiled: Path) -> None:
    found = findings(profiled, "mem")
    assert set(found) == {DIRECT, CLOSURE, COLD}
    for line in (DIRECT, CLOSURE):
        by_kind = shares(found[line], "objects")
        assert by_kind["lines"]["cum"] > 20
        assert by_kind["lines"] == by_kind["function"]
    assert found[COLD].share < 1
    assert found[DIRECT].share > found[COLD].share


def test_time_by_line(profiled: Path) -> None:
    found = findings(profiled, "cpu", "cpu")
    for line in (DIRECT, CLOSURE):
        cost = shares(found[line], "cpu")
        assert cost["function"]["cum"] >= cost["lines"]["cum"] > 0
    assert found[COLD].share < found[DIRECT].share


def test_waiting(profiled: Path) -> None:
    """A mutex profile blames the one who unlocks, a block profile those who wait."""
    names = [line for line in CODE.splitlines() if line.startswith("func ")]
    assert "func contend(n int) int {" in names
    lines = CODE.splitlines()
    first = lines.index("func contend(n int) int {") + 1
    unlock, lock = lines.index("\tmu.Unlock()") + 1, lines.index("\tmu.Lock()") + 1
    path = profiled / "p/p.go"
    source = Source(
        path, "example.com/m", profiled, "example.com/m/p", False, (Declaration("contend", first, first + 7),)
    )
    for name, kind, line in (("mutex", Kind.MUTEX, unlock), ("block", Kind.BLOCK, lock)):
        profile = read_profile(profiled / name)
        assert set(profile.values) == {kind}
        (cost,) = Heat([profile], [("example.com/m/p", path)], lambda _, known=source: known).of_lines(path, line, line)
        assert cost.lines is not None
        assert cost.lines.cum > 0
        assert cost.lines.cum == pytest.approx(cost.share)


def test_start_lines_are_those_of_the_word_func(profiled: Path) -> None:
    profile = read_profile(profiled / "mem")
    starts = {f.name: f.start_line for f in profile.functions.values() if f.name.startswith("example.com/m/p.")}
    lines = CODE.splitlines()
    assert lines[starts["example.com/m/p.Direct"] - 1].startswith("func Direct")
    (closure,) = [name for name in starts if "Closure.func1" in name or ("BenchmarkAll" in name and "func1" in name)]
    assert lines[starts[closure] - 1] == "\tf := func() string {"
