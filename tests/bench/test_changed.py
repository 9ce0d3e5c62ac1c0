"""Which declarations changed, and whether a profile says that the changed code ran."""

from __future__ import annotations

from pathlib import Path

import pytest

from gofixer.bench.changed import changed_functions, replaced
from gofixer.bench.coverage import Block, executed, read_profile
from gofixer.bench.model import ChangedFunction
from gofixer.edits.algebra import apply as apply_edits
from gofixer.edits.algebra import keep, untouched
from gofixer.edits.model import Edit
from gofixer.engine.model import FileChange

SOURCE = b"""package a

import "fmt"

type T[K any] struct{}

func (t *T[K]) Key(n int) string { return fmt.Sprint(n) }

func (T[K]) Other() {}

func Loop(n int) {
\tif n < 0 {
\t\tpanic(n)
\t}
\tfor range n {
\t\tprint(n)
\t}
}

var table = []func(){func() { print(1) }}
"""


def change(*pairs: tuple[bytes, bytes]) -> FileChange:
    edits = [Edit(SOURCE.index(old), SOURCE.index(old) + len(old), new) for old, new in pairs]
    return FileChange(Path("/m/a.go"), SOURCE, apply_edits(SOURCE, edits), keep(untouched(len(SOURCE)), edits))


def test_changed_declarations_are_named_as_go_names_them() -> None:
    found = changed_functions(
        [
            change(
                (b'"fmt"', b'"strconv"'),
                (b"fmt.Sprint(n)", b"strconv.Itoa(n)"),
                (b"panic(n)", b"n = 0"),
                (b"(1)", b"(2)"),
            )
        ]
    )
    assert [(f.name, f.line) for f in found] == [("(*T).Key", 7), ("Loop", 11), ("", 20)]
    assert SOURCE[slice(*found[0].changes[0])] == b"fmt.Sprint(n)"


def test_what_is_put_between_declarations_changes_none_of_them() -> None:
    at = SOURCE.index(b"func Loop")
    edits = [Edit(at, at, b"func fresh() {}\n\n")]
    new = FileChange(Path("/m/a.go"), SOURCE, apply_edits(SOURCE, edits), keep(untouched(len(SOURCE)), edits))
    assert changed_functions([new]) == []


def test_replaced_ranges() -> None:
    assert replaced(((0, 0, 3), (5, 3, 2)), 7, 9) == [(3, 5), (7, 7)]
    assert replaced((), 4, 0) == [(0, 4)]
    assert replaced(((0, 0, 4),), 4, 4) == []


def loop(*pairs: tuple[bytes, bytes]) -> ChangedFunction:
    (found,) = changed_functions([change(*pairs)])
    return found


BLOCKS = [Block((11, 18), (12, 11), True), Block((12, 11), (14, 3), False), Block((14, 3), (17, 3), True)]


@pytest.mark.parametrize(("old", "ran"), [(b"panic(n)", False), (b"for range n", True), (b"n < 0", True)])
def test_the_block_around_a_change_decides(old: bytes, ran: bool) -> None:
    assert executed(loop((old, b"x")), SOURCE, BLOCKS) is ran


def test_text_outside_of_blocks_counts_with_its_function() -> None:
    function = loop((b"\t\tprint(n)", b"x"))
    assert executed(function, SOURCE, BLOCKS[:2])
    assert not executed(function, SOURCE, BLOCKS[1:2])
    assert not executed(function, SOURCE, [Block((7, 35), (7, 57), True)])
    assert not executed(function, SOURCE, [])


def test_one_executed_change_is_enough() -> None:
    assert executed(loop((b"panic(n)", b"x"), (b"\t\tprint(n)", b"y")), SOURCE, BLOCKS)


def test_profiles_are_read() -> None:
    text = "mode: set\nexample.com/m/a.go:7.35,9.2 1 1\nexample.com/m/a.go:9.2,9.5 2 0\nbroken line\n"
    assert read_profile(text) == {
        "example.com/m/a.go": [Block((7, 35), (9, 2), True), Block((9, 2), (9, 5), False)],
    }
