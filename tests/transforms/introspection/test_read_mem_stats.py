"""The metrics are the fields, and a program whose values were read another way does the same with them."""

from __future__ import annotations

from pathlib import Path

from applying import module, rewrite, run
from gofixer.transforms.introspection._memstats import FIELDS

from gofixer.engine.model import Outcome
from gofixer.facts.toolchain import Toolchain

_HEADER = "package main\n\nimport (\n{imports})\n\n"
_IMPORTS = ("fmt", "runtime", "runtime/debug", "runtime/metrics")
# What the operating system has given differs from run to run.
_SYSTEM = {"Sys", "HeapIdle", "HeapReleased", "NextGC"}

# Each field is printed with its type, passed on, computed with and compared, in one line each.
_USES = """package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

type page struct{ Heap, Count any }

func show(round int) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
%s
	p := page{Heap: m.HeapAlloc, Count: m.NumGC}
	fmt.Printf("page %%T %%T\\n", p.Heap, p.Count)
	switch {
	case m.Mallocs > m.Frees && m.HeapInuse >= m.HeapAlloc:
		fmt.Println("round", round, "live", m.NumGC)
	default:
		fmt.Println("round", round, "dead")
	}
}

func double[T uint32 | uint64](n T) T { return n * 2 }

var kept [][]byte

func main() {
	debug.SetGCPercent(-1)
	for i := range make([]int, 3) {
		kept = append(kept, make([]byte, 4<<20))
		show(i)
	}
}
"""


def test_each_field_is_the_sum_of_its_metrics(tmp_path: Path, toolchain: Toolchain) -> None:
    names = sorted({name for _, metrics in FIELDS.values() for name in metrics})
    lines = ["\tdebug.SetGCPercent(-1)\n\tsamples := []metrics.Sample{\n"]
    lines += [f'\t\t{{Name: "{name}"}},\n' for name in names]
    # The first readings allocate what they need themselves.
    lines += ["\t}\n\tvar m runtime.MemStats\n\tfor i := 0; i < 3; i++ {\n"]
    lines += ["\t\truntime.ReadMemStats(&m)\n\t\tmetrics.Read(samples)\n\t}\n"]
    for field, (_, metrics) in FIELDS.items():
        total = " + ".join(f"samples[{names.index(name)}].Value.Uint64()" for name in metrics)
        lines.append(f'\tfmt.Println("{field}", uint64(m.{field}) == {total})\n')
    imports = "".join(f'\t"{name}"\n' for name in _IMPORTS)
    text = f"{_HEADER.format(imports=imports)}func main() {{\n{''.join(lines)}}}\n"
    folder = module(tmp_path, {"main.go": text}, go="1.21")
    assert run(folder, toolchain) == "".join(f"{field} true\n" for field in FIELDS)


def test_only_the_moment_changes(tmp_path: Path, toolchain: Toolchain) -> None:
    """Same lines, same types, same branches; amounts of a heap that is not collected differ by less than a quarter."""
    printed = "".join(
        f'\tfmt.Printf("%T{"" if f in _SYSTEM else " %d"}\\n", double(m.{f}){"" if f in _SYSTEM else f", m.{f}"})\n'
        for f in FIELDS
    )
    folder = module(tmp_path, {"main.go": _USES % printed}, go="1.21")
    before = run(folder, toolchain).split()
    report = rewrite(folder, "read-mem-stats", unsafe=True)
    assert [finding.outcome for finding in report.findings] == [Outcome.PROPOSED]
    assert "MemStats" not in (folder / "main.go").read_text()
    after = run(folder, toolchain).split()
    assert len(before) == len(after)
    for old, new in zip(before, after, strict=True):
        if old != new:
            assert old.isdigit()
            assert abs(int(old) - int(new)) <= 1000 + int(old) // 4, (old, new)
