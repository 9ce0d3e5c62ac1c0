"""The oracle on packages of all sorts: tests, cgo, vendored, workspaces, configurations, broken ones."""

from __future__ import annotations

import dataclasses
import os
import shutil
from pathlib import Path

import pytest

from gofixer.facts.constraints import Variant
from gofixer.facts.modules import find_module
from gofixer.facts.oracle import Oracle
from gofixer.facts.toolchain import Toolchain
from gofixer.facts.types import FileTypes, Unknown

from .bench import Answered, Workbench

MOD = "module example.com/m\n\ngo 1.21\n"


def types_of(answer: FileTypes | Unknown) -> FileTypes:
    assert isinstance(answer, FileTypes), answer
    return answer


def reason_of(answer: FileTypes | Unknown) -> str:
    assert isinstance(answer, Unknown)
    return answer.reason


def test_tests_in_and_beside_the_package(bench: Workbench) -> None:
    bench.write(
        {
            "go.mod": MOD,
            "a.go": "package m\n\nvar Shared = 1\n",
            "a_test.go": "package m\n\nfunc change() { Shared++ }\n\nvar Exported = Shared\n",
            "b_test.go": 'package m_test\n\nimport "example.com/m"\n\nvar _ = m.Exported + m.Shared\n',
        }
    )
    answers = bench.ask("a.go", "a_test.go", "b_test.go")
    plain, inside, beside = (types_of(answers[name]) for name in ("a.go", "a_test.go", "b_test.go"))
    assert (plain.package, inside.package, beside.package) == ("example.com/m", "example.com/m", "example.com/m_test")
    assert beside.package_name == "m_test"
    shared = Answered((bench.root / "a.go").read_bytes(), plain).object("Shared")
    assert [use.role for use in shared.uses if use.file.name == "a_test.go"] == ["readwrite", "read"]
    total = Answered((bench.root / "b_test.go").read_bytes(), beside).type("m.Exported + m.Shared")
    assert total.string == "int"


def test_broken_tests_leave_the_package_known(bench: Workbench) -> None:
    bench.write(
        {"go.mod": MOD, "a.go": "package m\n\nvar A = 1\n", "a_test.go": "package m\n\nvar b int = A + missing\n"}
    )
    answers = bench.ask("a.go", "a_test.go")
    types_of(answers["a.go"])
    assert reason_of(answers["a_test.go"]) == "package does not compile: a_test.go:3:17: undefined: missing"


def test_a_test_package_may_import_a_package_that_imports_the_tested_one(bench: Workbench) -> None:
    bench.write(
        {
            "go.mod": MOD,
            "p/p.go": "package p\n\ntype T int\n",
            "p/export_test.go": "package p\n\nfunc Make() T { return 1 }\n",
            "q/q.go": 'package q\n\nimport "example.com/m/p"\n\nfunc Take(t p.T) p.T { return t }\n',
            "p/p_test.go": (
                'package p_test\n\nimport (\n\t"example.com/m/p"\n\t"example.com/m/q"\n)\n\nvar _ = q.Take(p.Make())\n'
            ),
        }
    )
    assert bench.known("p/p_test.go").type("q.Take(p.Make())").string == "example.com/m/p.T"


def test_type_errors_name_the_first_one(bench: Workbench) -> None:
    bench.write(
        {
            "go.mod": MOD,
            "a.go": 'package m\n\nvar a int = "x"\n',
            "b.go": "package m\n\nvar b = 1\n",
            "fine/c.go": "package fine\n\nvar c = 1\n",
        }
    )
    answers = bench.ask("a.go", "b.go", "fine/c.go")
    assert reason_of(answers["b.go"]).startswith("package does not compile: a.go:3:13: cannot use")
    types_of(answers["fine/c.go"])


def test_syntax_errors_are_those_of_the_package(bench: Workbench) -> None:
    bench.write({"go.mod": MOD, "a.go": "package m\n\nfunc f( {\n", "b.go": "package m\n\nvar b = 1\n"})
    answers = bench.ask("a.go", "b.go")
    for name in ("a.go", "b.go"):
        assert reason_of(answers[name]).startswith("package does not compile: a.go:3:")


def test_errors_inside_functions_of_dependencies_do_not_matter(bench: Workbench) -> None:
    bench.write(
        {
            "go.mod": MOD,
            "dep/d.go": "package dep\n\nfunc F() int { return undefined }\n",
            "a.go": 'package m\n\nimport "example.com/m/dep"\n\nvar a = dep.F()\n',
        }
    )
    assert bench.known("a.go").type("dep.F()").string == "int"


def test_a_missing_dependency_concerns_only_those_who_import_it(bench: Workbench) -> None:
    bench.write(
        {
            "go.mod": MOD,
            "a.go": 'package m\n\nimport "example.org/absent"\n\nvar a = absent.F()\n',
            "b/b.go": "package b\n\nvar b = 1\n",
        }
    )
    answers = bench.ask("a.go", "b/b.go")
    reason = reason_of(answers["a.go"])
    assert reason.startswith(
        "package does not compile: a.go:3:8: could not import example.org/absent: no required module"
    )
    types_of(answers["b/b.go"])


def test_import_cycles_end(bench: Workbench) -> None:
    bench.write(
        {
            "go.mod": MOD,
            "a/a.go": 'package a\n\nimport "example.com/m/b"\n\nvar A = b.B\n',
            "b/b.go": 'package b\n\nimport "example.com/m/a"\n\nvar B = a.A\n',
        }
    )
    assert "import cycle" in bench.unknown("a/a.go")


def test_unused_imports_and_variables_do_not_compile(bench: Workbench) -> None:
    bench.write({"go.mod": MOD, "a.go": 'package m\n\nimport "fmt"\n'})
    assert bench.unknown("a.go") == 'package does not compile: a.go:3:8: "fmt" imported and not used'


def test_vendored_modules(bench: Workbench) -> None:
    bench.write(
        {
            "go.mod": MOD + "\nrequire example.org/v v1.2.3\n",
            "vendor/modules.txt": "# example.org/v v1.2.3\n## explicit; go 1.20\nexample.org/v\n",
            "vendor/example.org/v/v.go": "package v\n\ntype T struct{ N int }\n\nfunc New() *T { return nil }\n",
            "a.go": 'package m\n\nimport "example.org/v"\n\nvar a = v.New()\n',
        }
    )
    module = find_module(bench.root / "a.go")
    assert module is not None
    assert module.vendored
    assert bench.known("a.go").type("v.New()").string == "*example.org/v.T"


def test_workspaces_and_nested_modules(bench: Workbench) -> None:
    bench.write(
        {
            "go.work": "go 1.21\n\nuse (\n\t./one\n\t./two\n)\n",
            "one/go.mod": "module example.com/one\n\ngo 1.21\n",
            "one/a.go": 'package one\n\nfunc F() string { return "" }\n',
            "two/go.mod": "module example.com/two\n\ngo 1.21\n\nrequire example.com/one v0.0.0\n",
            "two/b.go": 'package two\n\nimport "example.com/one"\n\nvar b = one.F()\n',
            "two/nested/go.mod": "module example.com/nested\n\ngo 1.21\n",
            "two/nested/c.go": "package nested\n\nvar c = 1\n",
        }
    )
    assert bench.known("two/b.go").type("one.F()").string == "string"
    assert bench.known("two/nested/c.go").types.package == "example.com/nested"


def test_a_file_that_the_configuration_leaves_out(bench: Workbench, toolchain: Toolchain) -> None:
    other = "windows" if toolchain.host.goos != "windows" else "linux"
    bench.write(
        {
            "go.mod": MOD,
            "a.go": "package m\n\nvar a = 1\n",
            f"b_{other}.go": 'package m\n\nimport "syscall"\n\nvar b = syscall.Handle(1)\n',
            "tagged.go": "//go:build special\n\npackage m\n\nvar tagged = a\n",
            "narrow_386.go": 'package m\n\nimport "unsafe"\n\nvar size = unsafe.Sizeof(a)\n',
        }
    )
    assert bench.unknown(f"b_{other}.go").startswith("excluded by its build constraints under ")
    answer = bench.known(f"b_{other}.go", variant=Variant(goos=other))
    assert answer.type("syscall.Handle(1)").string == "syscall.Handle"
    assert bench.known("tagged.go", variant=Variant(tags=("special",))).type("a", "= a").kind == "int"
    narrow = bench.known("narrow_386.go", variant=Variant(goarch="386", goos="linux"))
    assert narrow.expr("unsafe.Sizeof(a)").const == "4"


def test_only_files_of_packages(bench: Workbench) -> None:
    bench.write({"go.mod": MOD, "_a.go": "package m\n", "b.go": "package m\n", "c/d.txt": "", "c/_d.go": "package c\n"})
    assert "does not take it" in bench.unknown("_a.go")
    assert bench.unknown("c/_d.go")


def test_the_newest_language_of_the_module_counts(bench: Workbench) -> None:
    bench.write({"go.mod": "module example.com/m\n\ngo 1.17\n", "a.go": "package m\n\nfunc f[T any](t T) {}\n"})
    assert "requires go1.18 or later" in bench.unknown("a.go")
    bench.write({"go.mod": "module example.com/m\n", "a.go": "package m\n\nvar a = 1_000\n"})
    bench.known("a.go")


def test_a_module_that_needs_a_later_go(bench: Workbench) -> None:
    bench.write({"go.mod": "module example.com/m\n\ngo 1.999\n", "a.go": "package m\n\nvar a = 1\n"})
    assert "go.mod requires go >= 1.999" in bench.unknown("a.go")


def test_a_broken_go_mod(bench: Workbench) -> None:
    bench.write({"go.mod": MOD, "a.go": "package m\n"})
    module = find_module(bench.root / "a.go")
    assert module is not None
    bench.write({"go.mod": "module example.com/m\n\nnonsense here\n"})
    path = bench.root / "a.go"
    assert "unknown directive: nonsense" in reason_of(bench.oracle.query(module, {path: [(0, 10)]})[path])


def test_cgo(bench: Workbench) -> None:
    if shutil.which("gcc") is None and shutil.which("cc") is None and shutil.which("clang") is None:
        pytest.skip("no C compiler")
    bench.write(
        {
            "go.mod": MOD,
            "plain.go": "package m\n\nvar base = 1\n",
            "c.go": """package m

// typedef struct { int x; } pair;
// static int add(int a, int b) { return a + b; }
import "C"

func f(q C.pair) (int, error) {
	n, err := C.add(q.x, C.int(base))
	return int(n) + base, err
}
""",
        }
    )
    file = bench.known("c.go", variant=Variant(cgo=True))
    assert file.types.errors == ()
    assert file.type("int(n) + base").string == "int"
    assert file.type("C.int(base)").kind == "int32"
    assert file.type("q.x").kind == "int32"
    assert file.object("base", "C.int(base)").decl_file == bench.root / "plain.go"
    file = bench.known("plain.go", variant=Variant(cgo=False))
    assert file.object("base").uses == ()


def test_cgo_without_a_c_compiler(bench: Workbench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bench.write(
        {
            "go.mod": MOD,
            "c.go": 'package m\n\n// int other(int);\nimport "C"\n\nfunc f(n int) int { C.other(3); return n + 1 }\n',
        }
    )
    monkeypatch.setenv("CC", str(tmp_path / "absent"))
    file = bench.known("c.go", variant=Variant(cgo=True))
    assert file.type("n + 1").string == "int"
    assert file.types.expr(file.span("C.other")) is None
    assert file.types.errors[0].startswith("the types of C names are unknown: ")


def test_overlays(bench: Workbench) -> None:
    bench.write(
        {
            "go.mod": MOD,
            "p/a.go": "package p\n\nfunc F() int {\n\treturn 1\n}\n",
            "b.go": 'package m\n\nimport "example.com/m/p"\n\nvar b = p.F()\n',
        }
    )

    def ask(overlay: dict[str, str]) -> str:
        answers = bench.ask("b.go", "p/a.go", overlay=overlay)
        types_of(answers["p/a.go"])
        source = (overlay.get("b.go") or (bench.root / "b.go").read_text()).encode()
        return Answered(source, types_of(answers["b.go"])).type("p.F()").string

    assert ask({}) == "int"
    inside = {"p/a.go": 'package p\n\nimport "strconv"\n\nfunc F() int {\n\treturn len(strconv.Itoa(2))\n}\n'}
    assert ask(inside) == "int"
    assert ask({"p/a.go": 'package p\n\nfunc F() string {\n\treturn ""\n}\n'}) == "string"
    assert ask({}) == "int"
    assert ask({"b.go": 'package m\n\nimport "example.com/m/p"\n\n// more\nvar b = p.F()\n'}) == "int"
    with_new_file = {
        "p/new.go": "package p\n\nvar New = 1\n",
        "b.go": 'package m\n\nimport "example.com/m/p"\n\nvar b = p.F() + p.New\n',
    }
    assert ask(with_new_file) == "int"
    bench.write({"p/a.go": "package p\n\nfunc F() bool {\n\treturn true\n}\n"})
    assert ask({}) == "bool", "what changed on disk counts"


def test_what_changes_only_in_bodies_needs_no_new_listing(
    bench: Workbench, toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("bin")
    log = folder / "log"
    go = folder / "go"
    go.write_text(f'#!/bin/sh\necho "$1" >> {log}\nexec {toolchain.go} "$@"\n')
    go.chmod(0o755)
    first = "package m\n\nfunc f() int {\n\treturn 1\n}\n\n"
    last = "\nvar v = []func() int{func() int { return 3 }}\n"
    bench.write({"go.mod": MOD, "a.go": first + "func g() int {\n\treturn 2\n}\n" + last})
    path = bench.root / "a.go"
    module = find_module(path)
    assert module is not None

    def listings(content: str) -> int:
        log.write_text("")
        types_of(oracle.query(module, {path: [(0, len(content))]}, {path: content.encode()})[path])
        return log.read_text().split().count("list")

    with Oracle(dataclasses.replace(toolchain, go=go), tmp_path_factory.mktemp("cache")) as oracle:
        assert listings(path.read_text()) == 1
        assert listings(first + 'func g() int {\n\ts := "}"\n\treturn len(s)\n}\n' + last) == 0
        assert listings(path.read_text().replace("return 3", "x := 4\n\treturn x")) == 0
        assert listings(path.read_text() + "\nvar w = 4.5\n") == 0, "declarations are no news to the go command"
        assert listings("//go:build go1.1\n\n" + path.read_text()) == 1
        assert (
            listings(path.read_text().replace("package m", 'package m\n\nimport "container/ring"\n\nvar _ ring.Ring'))
            == 1
        )


def test_overlay_through_a_symbolic_link(bench: Workbench) -> None:
    bench.write({"real/go.mod": MOD, "real/a.go": "package m\n\nvar a = 1\n"})
    (bench.root / "link").symlink_to(bench.root / "real")
    path = bench.root / "link" / "a.go"
    module = find_module(path)
    assert module is not None
    content = b"package m\n\nvar a = 1.5\n"
    answer = types_of(bench.oracle.query(module, {path: [(0, len(content))]}, {path: content})[path])
    assert answer.path == path
    assert Answered(content, answer).type("1.5").kind == "float64"


def test_settings_of_the_user(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.write({"go.mod": MOD + "\nrequire example.org/absent v1.0.0\n", "a.go": "package m\n\nvar a = 1\n"})
    before = (bench.root / "go.mod").read_bytes()
    monkeypatch.setenv("GOFLAGS", "-v")
    monkeypatch.setenv("GOWORK", "off")
    bench.known("a.go")
    assert (bench.root / "go.mod").read_bytes() == before
    assert not (bench.root / "go.sum").exists()


def test_no_question_no_process(toolchain: Toolchain, tmp_path: Path) -> None:
    bench = Workbench(tmp_path, Oracle(toolchain, tmp_path / "cache"))
    bench.write({"go.mod": MOD})
    module = find_module(tmp_path)
    assert module is not None
    assert bench.oracle.query(module, {}) == {}
    assert not (tmp_path / "cache").exists()
    bench.oracle.close()


def test_the_standard_library_is_wholly_typed(toolchain: Toolchain, oracle: Oracle) -> None:
    """Every expression of some packages has a type, and every identifier an object or a reason to have none."""
    root = toolchain.goroot / "src"
    module = find_module(root / "strconv" / "atoi.go")
    assert module is not None
    files = [
        path
        for name in ("strconv", "sort", "bufio", "sync")
        for path in sorted((root / name).glob("*.go"))
        if not path.name.endswith("_test.go")
    ]
    wanted = {path: [(0, len(path.read_bytes()))] for path in files}
    answers = oracle.query(module, wanted)
    known = [answer for answer in answers.values() if isinstance(answer, FileTypes)]
    assert len(known) > 20
    for path, answer in answers.items():
        if isinstance(answer, Unknown):
            assert answer.reason.startswith("excluded by its build constraints"), (path, answer.reason)
    # What has no type by its nature: import paths and struct tags, labels and blanks, pairs of key and value.
    untyped = {
        kind
        for answer in known
        for span, kinds in answer._nodes.items()
        for kind in kinds
        if kind.endswith("Expr") or kind in ("Ident", "BasicLit", "FuncLit", "CompositeLit")
    }
    assert untyped <= {"BasicLit", "Ident", "KeyValueExpr"}, untyped
    assert all(info.type for answer in known for info in answer._exprs.values() if info.mode in ("value", "type"))


class Counting:
    """A go command that counts how often packages are listed."""

    def __init__(self, toolchain: Toolchain, folder: Path) -> None:
        self.log = folder / "listed"
        script = folder / "go"
        script.write_text(f'#!/bin/sh\ncase "$1" in list) echo >> "{self.log}" ;; esac\nexec "{toolchain.go}" "$@"\n')
        script.chmod(0o755)
        self.toolchain = dataclasses.replace(toolchain, go=script)

    def __call__(self) -> int:
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
def test_what_editors_do_needs_few_listings(toolchain: Toolchain, cache: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    listings = Counting(toolchain, tools)
    files = {
        "go.mod": MOD,
        "p/p.go": "package p\n\nfunc F() int { return 1 }\n",
        "p/x_test.go": 'package p_test\n\nimport "example.com/m/p"\n\nvar X = p.F()\n',
        "q/q.go": 'package q\n\nimport "example.com/m/p"\n\nvar Y = p.F()\n',
    }
    with Oracle(listings.toolchain, cache) as oracle:
        bench = Workbench(tmp_path / "m", oracle)
        bench.write(files)
        module = find_module(bench.root / "go.mod")
        assert module is not None
        p, x, q = (bench.root / name for name in ("p/p.go", "p/x_test.go", "q/q.go"))

        def ask(path: Path, expression: str, overlay: dict[Path, bytes]) -> str:
            content = overlay.get(path, path.read_bytes())
            answer = oracle.query(module, {path: [(0, len(content))]}, overlay)[path]
            return Answered(content, types_of(answer)).type(expression).string

        assert ask(p, "1", {}) == "int"
        assert ask(q, "p.F()", {}) == "int"
        before = listings()
        assert ask(p, "1", {}) == "int", "a package that was asked about before"
        inside = {p: b'package p\n\nimport "unsafe"\n\nfunc F() int { return int(unsafe.Sizeof(1)) }\n'}
        assert ask(p, "1", inside) == "int"
        for result in ("string", "bool"):
            declared = {p: f"package p\n\nfunc F() (r {result}) {{ return }}\n".encode()}
            assert ask(x, "p.F()", declared) == result, "a test package sees the declaration"
            assert ask(q, "p.F()", declared) == result, "and so does whoever imports it"
        assert ask(q, "p.F()", {}) == "int", "and later it is what it was"
        replaced = p.with_suffix(".tmp")
        replaced.write_text("package p\n\n// More.\nfunc F() int { return 1 + 2 }\n")
        replaced.replace(p)
        assert ask(p, "1 + 2", {}) == "int", "a body that was saved, as editors do it"
        assert listings() == before
        p.write_text("package p\n\nfunc F() (r []int) { return }\n")
        assert ask(q, "p.F()", {}) == "[]int"
        assert listings() > before
