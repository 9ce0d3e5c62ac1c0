"""Small modules with benchmarks, and changes to measure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from trees import module

from gofixer.edits.algebra import apply, keep, untouched
from gofixer.edits.model import Edit
from gofixer.engine.model import FileChange

KEY = """package a

import (
	"fmt"
)

func Key(n int) string {
	if n < 0 {
		return fmt.Sprintf("%d", -n)
	}
	return fmt.Sprintf("%d", n)
}
"""
# What both sides allocate is known: the string of a large number, and before also the number as an interface value.
TEST = """package a

import "testing"

var sink string

func BenchmarkKey(b *testing.B) {
	for i := 0; i < b.N; i++ {
		sink = Key(1_000_000 + i)
	}
}
"""


def write(root: Path, files: Mapping[str, str], go: str = "1.21") -> None:
    """A module example.com/m of these files."""
    module(root, files, go=go)


def change(path: Path, *pairs: tuple[str, str]) -> FileChange:
    """A change of a file in which each text that occurs once is replaced."""
    before = path.read_bytes()
    edits = []
    for old, new in pairs:
        assert before.count(old.encode()) == 1, old
        start = before.index(old.encode())
        edits.append(Edit(start, start + len(old.encode()), new.encode()))
    return FileChange(path, before, apply(before, edits), keep(untouched(len(before)), edits))


def snapshot_of(root: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}
