"""The compiler's words about escapes, read, mapped and compared, and the gate that rests on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from trees import write

from gofixer.errors import UserError
from gofixer.evidence import EscapeLine, Escapes, Finding, Kind, Site, compare, escape_lines, heap_line_disappears
from gofixer.facts.modules import Module
from gofixer.facts.toolchain import Toolchain


@dataclass
class Project:
    """A module with one function per situation; fixes exchange a text that occurs once."""

    toolchain: Toolchain
    root: Path

    def write(self, name: str, text: str) -> Path:
        return write(self.root, {name: text}) / name

    def lines(self, file: Path, contents: Mapping[Path, bytes] | None = None) -> Escapes:
        return escape_lines(
            self.toolchain,
            Module(self.root, "example.com/m"),
            [file.parent],
            cache_dir=self.root.parent / "cache",
            contents=contents,
        )

    def gate(self, file: Path, fixes: Mapping[str, str], base: Mapping[Path, bytes] | None = None) -> list[Finding]:
        source = file.read_bytes()
        pairs = [(old.encode(), new.encode()) for old, new in fixes.items()]
        sites = []
        for number, (old, _) in enumerate(pairs):
            assert source.count(old) == 1
            at = source.index(old)
            function = source.rindex(b"\nfunc ", 0, at) + 1, source.index(b"\n}\n", at) + 2
            sites.append(Site(number, file, ((at, at + len(old)),), function))

        def render(path: Path, ids: frozenset[int]) -> bytes:
            text = path.read_bytes()
            for number in ids:
                text = text.replace(*pairs[number])
            return text

        module = Module(self.root, "example.com/m")
        found = heap_line_disappears(
            self.toolchain, module, sites, render, cache_dir=self.root.parent / "cache", base=base
        )
        return [found[number] for number in range(len(pairs))]


@pytest.fixture
def project(tmp_path: Path, toolchain: Toolchain) -> Project:
    made = Project(toolchain, tmp_path / "m")
    made.write("go.mod", "module example.com/m\n\ngo 1.21\n")
    return made


SOURCE = """package a

var sink func()

func Counted() {
	x := 1
	sink = func() { x++ }
}

func Waits(n int) {
	defer func() { println(n) }()
}

func Loops(names []string) {
	for i := 0; i < 2; i++ {
		defer func() { println(names) }()
	}
}

func Makes() []int {
	return make([]int, 10)
}
"""


def test_each_kind_of_line_is_read(project: Project) -> None:
    file = project.write("a/a.go", SOURCE)
    lines = set(project.lines(file).lines[file])
    assert {
        EscapeLine(6, 6, 2, Kind.MOVED, "x"),
        EscapeLine(6, 6, 2, Kind.BY_REFERENCE, "x"),
        EscapeLine(7, 7, 9, Kind.ESCAPES, "func literal"),
        EscapeLine(10, 10, 12, Kind.BY_VALUE, "n"),
        EscapeLine(11, 11, 8, Kind.STAYS, "func literal"),
        EscapeLine(11, 11, 2, Kind.DEFER_OPEN, ""),
        EscapeLine(16, 16, 3, Kind.DEFER_HEAP, ""),
        EscapeLine(21, 21, 13, Kind.ESCAPES, "make([]int, 10)"),
    } <= lines
    assert not [line for line in lines if line.variable.startswith(".")]


def test_the_compiler_is_quoted_in_its_own_words() -> None:
    assert EscapeLine(1, 1, 1, Kind.MOVED, "x").text == "moved to heap: x"
    assert EscapeLine(1, 1, 1, Kind.ESCAPES, "make([]int, 10)").text == "make([]int, 10) escapes to heap"
    assert EscapeLine(1, 1, 1, Kind.BY_VALUE, "x").text == "capturing by value: x"
    assert EscapeLine(1, 1, 1, Kind.DEFER_HEAP, "").text == "heap-allocated defer"


def test_words_are_replayed_from_the_build_cache(project: Project) -> None:
    file = project.write("a/a.go", SOURCE)
    assert project.lines(file) == project.lines(file)


def test_positions_in_changed_files_are_those_of_the_unfixed_one(project: Project) -> None:
    file = project.write("a/a.go", SOURCE)
    changed = SOURCE.replace("package a\n", "package a\n\n// One.\n// Two.\n").encode()
    assert project.lines(file, {file: changed}) == project.lines(file)


def test_test_files_and_external_tests_are_compiled(project: Project) -> None:
    project.write("a/a.go", "package a\n")
    inner = project.write("a/a_test.go", SOURCE)
    outer = project.write("a/x_test.go", SOURCE.replace("package a", "package a_test"))
    lines = project.lines(inner).lines
    assert EscapeLine(6, 6, 2, Kind.MOVED, "x") in lines[inner]
    assert lines[inner] == lines[outer]


def test_a_package_that_does_not_compile_is_named(project: Project) -> None:
    file = project.write("a/a.go", SOURCE + '\nvar s int = ""\n')
    assert project.lines(file).failed[file.parent].startswith("a/a.go:24:13: cannot use")


def test_a_folder_reached_through_a_link_keeps_its_given_name(project: Project) -> None:
    file = project.write("a/a.go", SOURCE)
    link = project.root.parent / "link"
    link.symlink_to(project.root, target_is_directory=True)
    direct = project.lines(file).lines[file]
    project.root = link
    named = link / "a/a.go"
    assert project.lines(named).lines[named] == direct


def test_compare_counts_each_line_once_and_only_inside_the_ranges() -> None:
    moved = EscapeLine(3, 3, 2, Kind.MOVED, "x")
    before = [moved, EscapeLine(9, 9, 2, Kind.MOVED, "y")]
    replaced = replace(moved, line=2, end_line=4, column=0)
    assert compare(before, [replaced], [(1, 5)]).disappeared == ()
    assert compare(before, [], [(1, 5)]).disappeared == (moved,)
    assert compare([moved], [moved, replaced], [(1, 5)]).appeared == (replaced,)


LOOP = """package a

func Close(names []string) {
	for _, name := range names {
		defer func() { println(name) }()
	}
}
"""


def test_a_fix_that_saves_an_allocation_is_kept(project: Project) -> None:
    """Before Go 1.22 the loop variable is shared, so that the closure captures it by reference."""
    file = project.write("a/a.go", LOOP)
    (found,) = project.gate(file, {"func() { println(name) }()": "func(name string) { println(name) }(name)"})
    assert found.kept
    assert found.reason == 'the compiler no longer says "moved to heap: name"'
    assert found.disappeared == ("moved to heap: name",)


def test_a_variable_that_is_captured_by_value_gains_nothing(project: Project) -> None:
    file = project.write("a/a.go", SOURCE)
    (found,) = project.gate(file, {"func() { println(n) }()": "func(n int) { println(n) }(n)"})
    assert not found.kept
    assert found.reason == (
        'no heap allocation disappears: the compiler says "capturing by value: n", '
        '"func literal does not escape", "open-coded defer"'
    )


def test_a_heap_line_that_appears_refuses(project: Project) -> None:
    file = project.write("a/a.go", LOOP)
    fix = "func(name string) { sink = &name }(name)"
    file.write_text(LOOP + "\nvar sink *string\n")
    (found,) = project.gate(file, {"func() { println(name) }()": fix})
    assert not found.kept
    assert found.reason == 'a heap allocation appears: the compiler says "moved to heap: name"'


def test_of_two_fixes_in_a_function_each_is_judged_by_its_own_variables(project: Project) -> None:
    file = project.write(
        "a/a.go",
        LOOP.replace("\t}\n}", "\t}\n\tlast := len(names)\n\tdefer func() { println(last) }()\n}"),
    )
    good, idle = project.gate(
        file,
        {
            "func() { println(name) }()": "func(name string) { println(name) }(name)",
            "func() { println(last) }()": "func(last int) { println(last) }(last)",
        },
    )
    assert good.kept
    assert not idle.kept
    assert '"capturing by value: last"' in idle.reason


def test_a_fix_that_does_not_compile_does_not_hide_the_others(project: Project) -> None:
    file = project.write(
        "a/a.go", LOOP + LOOP.replace("package a\n", "").replace("Close", "Open").replace("name)", "name, 1)")
    )
    good, bad = project.gate(
        file,
        {
            "func() { println(name) }()": "func(name string) { println(name) }(name)",
            "func() { println(name, 1) }()": "func(name string) { println(nosuch) }(name)",
        },
    )
    assert good.kept
    assert bad.reason == "the package does not compile with the fix: a/a.go:11: undefined: nosuch"


def test_a_package_that_is_broken_without_the_fix_is_named(project: Project) -> None:
    file = project.write("a/a.go", LOOP + '\nvar s int = ""\n')
    (found,) = project.gate(file, {"func() { println(name) }()": "func(n string) { println(n) }(name)"})
    assert found.reason.startswith("the package does not compile as it is: a/a.go:9:13: cannot use")


def test_the_outcome_of_an_earlier_pass_is_part_of_the_unfixed_tree(project: Project) -> None:
    file = project.write("a/a.go", LOOP)
    base = {project.root / "a/b.go": b"package a\n\nfunc use(string) {}\n"}
    fix = {"func() { println(name) }()": "func(name string) { use(name) }(name)"}
    assert "undefined: use" in project.gate(file, fix)[0].reason
    assert project.gate(file, fix, base)[0].kept


def test_a_toolchain_that_cannot_run_is_an_error(project: Project) -> None:
    file = project.write("a/a.go", LOOP)
    project.toolchain = replace(project.toolchain, go=project.root / "nowhere")
    with pytest.raises(UserError) as caught:
        project.lines(file)
    assert caught.value.exit_code == 3
