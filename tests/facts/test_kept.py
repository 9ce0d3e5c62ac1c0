"""An oracle that stays with a few files: what it remembers of the others has to be what it would find again."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from gofixer.facts import wire

from .remembering import Pair

MOD = "module example.com/m\n\ngo 1.21\n"
FILES = {
    "go.mod": MOD,
    "a.go": """package m

import (
	"fmt"
	"strings"

	"example.com/m/dep"
)

var Count int

var table = map[string]func() string{"name": name}

var titles = []func() string{title}

var first = begin()

func begin() int { return 1 }

func Made() int { return helper(2) }

func helper(n int) int { return n }

type Box[T any] struct{ value, spare T }

func (b *Box[T]) Set(value T) { b.value = value }

func name() string { return strings.ToUpper(title()) }

func Print() {
	dep.Say("")
	fmt.Println(Count, table)
}
""",
    "b.go": """package m

import "os"

var start = func() int { Count = 3; return Count }()

func init() { Count++ }

func pair[T any](value T) (box Box[T]) {
	type local struct{ inner T }
	box.Set(local{value}.inner)
	return box
}

func title() string {
	box := pair("title")
	box.spare = os.Args[0]
	where := &Count
	*where = len(box.value)
	return box.value + box.spare
}
""",
    "c.go": """package m

import "sort"

type sorted []int

func (s sorted) Len() int           { return len(s) }
func (s sorted) Less(i, j int) bool { return s[i] < s[j] }
func (s sorted) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }

func Sort(numbers []int) {
	Count = start
	_ = first + len(numbers)
	sort.Sort(sorted(numbers))
}
""",
    "dep/dep.go": """package dep

func Say(text string) {}
""",
    "a_test.go": """package m

import "testing"

func TestPrint(t *testing.T) {
	Count = 1
	Print()
}
""",
    "b_test.go": """package m

import "testing"

func use(n int) { Sort([]int{n}) }

var all = []func(t *testing.T){TestPrint}
""",
}


@pytest.fixture(autouse=True)
def _files(pair: Pair) -> None:
    pair.write(FILES)


def uses(messages: list[wire.Message], name: str) -> Mapping[str, list[int]]:
    """Roles of the uses of a package variable, by file."""
    (message,) = messages
    found: dict[str, list[int]] = {}
    for use in next(o for o in message.objects or [] if o.name == name and o.scope == "package").uses:
        found.setdefault(Path(message.paths[use[0]]).name, []).append(use[2])
    return found


def test_uses_in_other_files(pair: Pair) -> None:
    read, write, both, address = range(4)
    everywhere = {"a.go": [read], "b.go": [write, read, both, address], "c.go": [write], "a_test.go": [write]}
    assert uses(pair.ask("a.go"), "Count") == everywhere
    pair.edit("a.go", lambda text: text.replace("\tfmt.Println(", "\tCount += 2\n\tfmt.Println("))
    assert uses(pair.ask("a.go"), "Count") == {**everywhere, "a.go": [both, read]}
    pair.edit("c.go", lambda text: text.replace("Count = start", "_ = start"))
    without = {file: roles for file, roles in everywhere.items() if file != "c.go"}
    assert uses(pair.ask("a.go"), "Count") == {**without, "a.go": [both, read]}
    pair.edit("a.go", lambda text: text.replace("\tCount += 2\n", ""))
    assert uses(pair.ask("a.go"), "Count") == without
    pair.buffers.clear()
    assert uses(pair.ask("a.go"), "Count") == everywhere


def test_files_on_disk_change(pair: Pair) -> None:
    assert "c.go" in uses(pair.ask("a.go"), "Count")
    path = pair.root / "c.go"
    path.write_text(FILES["c.go"].replace("Count = start", "_ = start"))
    assert "c.go" not in uses(pair.ask("a.go"), "Count")
    path.write_text(FILES["c.go"].replace("\tCount = start\n", "\tCount = start\n\tCount = start\n"))
    assert len(uses(pair.ask("a.go"), "Count")["c.go"]) == 2


def test_what_is_wrong_is_still_wrong(pair: Pair) -> None:
    pair.ask("a.go")
    for wrong in ("Count = missing", "var unused int", "return 1", "Count = Count Count", 'Count = "text"'):
        pair.edit("a.go", lambda text, wrong=wrong: text.replace("\tfmt.", f"\t{wrong}\n\tfmt."))
        (message, *_) = pair.ask("a.go")
        assert "does not compile" in message.unknown
        pair.buffers.clear()
    pair.ask("a.go")
    pair.edit("a.go", lambda text: text.replace("\tfmt.Println(Count, table)\n", ""))
    assert '"fmt" imported and not used' in pair.ask("a.go")[0].unknown


def test_declarations_change(pair: Pair) -> None:
    pair.ask("a.go")
    pair.edit("a.go", lambda text: text.replace("var Count int", "var Count string"))
    assert "b.go" in pair.ask("a.go")[0].unknown
    pair.edit("a.go", lambda text: text.replace("var Count string", "var Count int\n\nvar More = Count"))
    assert uses(pair.ask("a.go"), "More") == {}
    pair.edit("c.go", lambda text: text.replace("Count = start", "Count = start + More"))
    assert uses(pair.ask("a.go"), "More") == {"c.go": [0]}


def test_functions_come_and_go(pair: Pair) -> None:
    everywhere = uses(pair.ask("a.go"), "Count")
    pair.edit("a.go", lambda text: text.replace("func Print", "func fresh() int { return Count }\n\nfunc Print"))
    assert uses(pair.ask("a.go"), "Count") == {**everywhere, "a.go": [0, 0]}
    pair.edit("a.go", lambda text: text.replace("func fresh()", "func fresh(n int)"))
    assert uses(pair.ask("a.go", "b.go"), "Count") == {**everywhere, "a.go": [0, 0]}
    pair.edit("b.go", lambda text: text.replace('pair("title")', 'pair(fresh("1"))'))
    assert "b.go" in pair.ask("b.go")[0].unknown
    pair.edit("a.go", lambda text: text.replace("(n int) int { return Count }", "(s string) string { return s }"))
    assert uses(pair.ask("b.go"), "Count") == everywhere
    pair.edit("a.go", lambda text: text.replace("func fresh(s string) string { return s }\n", ""))
    assert "undefined: fresh" in pair.ask("a.go")[0].unknown


@pytest.mark.parametrize(
    ("file", "old", "new", "wrong"),
    [
        ("b.go", "func title() string {", "func title(n int) string {", "a.go"),  # another file calls it
        ("a.go", "func begin() int { return 1 }", 'func begin() string { return "" }', "c.go"),  # through a variable
        ("a.go", "func begin", "func len(n int) int { return n }\n\nfunc begin", "b.go"),  # is another one there
        ("a.go", "func (b *Box[T]) Set(value T) {", "func (b *Box[T]) Set(value *T) {", "a.go"),
        ("a.go", "value, spare T", "value, other T", "b.go"),
        ("a_test.go", "func TestPrint", "func use() {}\n\nfunc TestPrint", "redeclared"),
    ],
)
def test_what_a_declaration_breaks_elsewhere(pair: Pair, file: str, old: str, new: str, wrong: str) -> None:
    pair.ask(file)
    pair.edit(file, lambda text: text.replace(old, new))
    assert wrong in pair.ask(file)[0].unknown


def test_declarations_of_other_packages_change(pair: Pair) -> None:
    assert pair.ask("b.go")[0].unknown == ""
    pair.edit("dep/dep.go", lambda text: text.replace("text string", "text []byte"))
    assert "a.go" in pair.ask("b.go")[0].unknown
    pair.edit("dep/dep.go", lambda text: text.replace("text []byte", "text any"))
    assert pair.ask("b.go")[0].unknown == ""
    pair.edit("dep/dep.go", lambda text: text.replace("text any", "text int"))
    assert "a.go" in pair.ask("b.go")[0].unknown


def test_variables_that_depend_on_each_other(pair: Pair) -> None:
    pair.ask("b.go")
    # table names name, which calls title: its body, in another file than the table's, closes the ring.
    pair.edit("b.go", lambda text: text.replace('pair("title")', 'pair(table["name"]())'))
    assert "initialization cycle" in pair.ask("b.go")[0].unknown
    assert "initialization cycle" in pair.ask("c.go")[0].unknown
    pair.buffers.clear()
    pair.ask("b.go")
    pair.edit("b.go", lambda text: text.replace('pair("title")', "pair(titles[0]())"))
    assert "initialization cycle" in pair.ask("b.go")[0].unknown
    pair.buffers.clear()
    pair.ask("a_test.go")
    pair.edit("a_test.go", lambda text: text.replace("Print()\n", "_ = all\n"))
    assert pair.ask("a_test.go")[0].unknown == "package does not compile: b_test.go:7:5: initialization cycle for all"
    pair.buffers.clear()
    pair.ask("c.go")
    pair.edit("c.go", lambda text: text.replace("Count = start", "Count = start + len(table)"))
    assert pair.ask("c.go")[0].unknown == ""


@pytest.mark.parametrize("seed", range(4))
def test_editing_for_a_while(pair: Pair, seed: int) -> None:
    choose = random.Random(seed)
    names = [name for name in FILES if name.endswith(".go") and "/" not in name]
    added = ["_ = 1", "_ = &Count", "Count++", "_ = table", "_ = pair(2).spare", "Print()", "func() { x := 1; x++ }()"]

    def insert(text: str) -> str:
        places = [m.end() for m in re.finditer(r"\{\n(?=\t[^\"])", text)]
        at = choose.choice(places or [len(text)])
        return f"{text[:at]}\t{choose.choice(added)}\n{text[at:]}"

    def remove(text: str) -> str:
        lines = text.splitlines(keepends=True)
        del lines[choose.randrange(2, len(lines))]
        return "".join(lines)

    answered = 0
    for step in range(25):
        file = choose.choice(names)
        match choose.randrange(10):
            case 0:
                pair.buffers.clear()
            case 1:
                pair.edit(file, remove)
            case 2:
                pair.edit(file, lambda text, step=step: f"{text}\nfunc more{step % 3}() int {{ return Count }}\n")
            case 3:
                pair.edit(file, lambda text: re.sub(r"(?<=\nfunc )(\w+)\(", r"\1(more int, ", text, count=1))
            case 4:
                pair.edit(file, lambda text: re.sub(r"\nfunc \w+\([^\n]*\{.*?\n\}\n", "\n", text, count=1, flags=re.S))
            case _:
                pair.edit(file, insert)
        said = pair.ask(file, *choose.sample(names, choose.choice([0, 0, 0, 2])))
        answered += any(not message.unknown for message in said)
        if all(message.unknown for message in said):
            pair.buffers.clear()
    assert answered > 8
