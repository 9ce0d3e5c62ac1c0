"""Evidence per function: the compiler's words and inlining, over shifted lines, tests and other systems."""

from __future__ import annotations

from pathlib import Path

import pytest

from gofixer.edits.algebra import apply, keep, untouched
from gofixer.edits.model import Edit
from gofixer.engine.model import FileChange
from gofixer.evidence.functions import Evidence, function_evidence
from gofixer.facts.modules import Module
from gofixer.facts.toolchain import Toolchain

SOURCE = """package a

import (
	"fmt"
)

type T struct{ n int }

func (t *T) Text(n int) string {
	return fmt.Sprintf("%d", n)
}

func Grow(n int) int { return n + 1 }

func Generic[K any](k K, n int) string { return fmt.Sprintf("%d", n) }

func Untouched(n int) any { return n }
"""


class Project:
    """A module, and changes in which a text that occurs once is replaced."""

    def __init__(self, root: Path, toolchain: Toolchain) -> None:
        self.root, self.toolchain = root, toolchain
        self.changes: list[FileChange] = []
        (root / "a").mkdir(parents=True)
        (root / "go.mod").write_text("module example.com/m\n\ngo 1.21\n")

    def change(self, name: str, text: str, *pairs: tuple[str, str]) -> Path:
        path = self.root / name
        path.write_text(text)
        source = text.encode()
        edits = []
        for old, new in pairs:
            assert text.count(old) == 1
            at = source.index(old.encode())
            edits.append(Edit(at, at + len(old.encode()), new.encode()))
        self.changes.append(FileChange(path, source, apply(source, edits), keep(untouched(len(source)), edits)))
        return path

    def ask(self) -> dict[str, Evidence]:
        module = Module(self.root, "example.com/m", (1, 21))
        found = function_evidence(
            self.toolchain, module, self.changes, cache_dir=self.root.parent / "cache", cwd=self.root
        )
        return {evidence.function.name: evidence for evidence in found}


@pytest.fixture
def project(tmp_path: Path, toolchain: Toolchain) -> Project:
    return Project(tmp_path / "m", toolchain)


def test_each_changed_function_has_its_own_words(project: Project) -> None:
    """The new import moves all lines by one; the words are those of the functions all the same."""
    project.change(
        "a/a.go",
        SOURCE,
        ('\t"fmt"\n', '\t"fmt"\n\t"strconv"\n'),
        ('{\n\treturn fmt.Sprintf("%d", n)', "{\n\treturn strconv.Itoa(n)"),
        ("return n + 1", "return n + 2"),
    )
    found = project.ask()
    assert set(found) == {"(*T).Text", "Grow"}
    text = found["(*T).Text"]
    assert text.disappeared == ("n escapes to heap", "... argument does not escape")
    assert text.appeared == ()
    assert text.lines == (9, 11)
    assert text.values()["inline"] == {
        "before": "can inline",
        "after": "can inline",
        "verdict": "kept",
        "calls": {"disappeared": [], "appeared": ["strconv.Itoa"]},
    }
    assert (found["Grow"].disappeared, found["Grow"].appeared) == ((), ())
    assert text.command == "go build -o /dev/null '-gcflags=-m=2 -d=defer=1' ./a"


def test_inlining_that_is_lost_is_told_with_the_reason(project: Project) -> None:
    project.change("a/a.go", SOURCE, ("{ return n + 1 }", "{ defer print(n); return n + 1 }"))
    inline = project.ask()["Grow"].values()["inline"]
    assert isinstance(inline, dict)
    assert inline["verdict"] == "lost"
    assert inline["after"] == "cannot inline: unhandled op DEFER"


def test_inlining_that_is_gained(project: Project) -> None:
    project.change(
        "a/a.go", SOURCE.replace("{ return n + 1 }", "{ defer print(n); return n }"), ("defer print(n); ", "")
    )
    inline = project.ask()["Grow"].values()["inline"]
    assert isinstance(inline, dict)
    assert inline["verdict"] == "gained"


def test_a_generic_function_is_known_by_its_name(project: Project) -> None:
    used = SOURCE + '\nvar _ = Generic("", 1) + Generic(1, 2)\n'
    project.change("a/a.go", used, ('{ return fmt.Sprintf("%d", n) }', '{ return fmt.Sprint("x") }'))
    values = project.ask()["Generic"].values()
    inline = values["inline"]
    assert isinstance(inline, dict)
    assert inline["before"] in ("can inline", inline["after"])
    assert values["escape"] != {"disappeared": [], "appeared": []}


def test_functions_of_test_files_are_compiled_as_tests(project: Project) -> None:
    (project.root / "a/a.go").write_text("package a\n")
    project.change("a/a_test.go", SOURCE, ('{\n\treturn fmt.Sprintf("%d", n)', '{\n\treturn fmt.Sprint("x")'))
    text = project.ask()["(*T).Text"]
    assert "n escapes to heap" in text.disappeared
    assert text.command == "go test -c -o /dev/null '-gcflags=-m=2 -d=defer=1' ./a"


def test_a_file_behind_a_constraint_is_compiled_under_one_that_selects_it(project: Project) -> None:
    (project.root / "a/a.go").write_text("package a\n")
    change = ('{\n\treturn fmt.Sprintf("%d", n)', '{\n\treturn fmt.Sprint("x")')
    project.change("a/b.go", "//go:build special\n\n" + SOURCE, change)
    text = project.ask()["(*T).Text"]
    assert "n escapes to heap" in text.disappeared
    assert text.command == "go build -tags=special -o /dev/null '-gcflags=-m=2 -d=defer=1' ./a"


def test_a_package_that_does_not_compile_gives_no_evidence(project: Project) -> None:
    project.change("a/a.go", SOURCE + '\nvar s int = ""\n', ("return n + 1", "return n + 2"))
    values = project.ask()["Grow"].values()
    assert str(values["problem"]).startswith("the package does not compile as it is: a/a.go:19:13: cannot use")
    assert "escape" not in values


def test_a_fix_that_does_not_compile_says_so(project: Project) -> None:
    project.change("a/a.go", SOURCE, ("return n + 1", "return nothing"))
    problem = str(project.ask()["Grow"].values()["problem"])
    assert problem.startswith("the package does not compile with the fixes: a/a.go:13")
