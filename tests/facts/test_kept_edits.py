"""Edits after which what the type oracle remembers of other files does not hold, or holds by a hair."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from .remembering import Pair

MOD = "module example.com/m\n\ngo 1.21\n"
ONE_AND_TWO = {
    "one/one.go": "package one\n\ntype T struct{}\n\nfunc (T) One() {}\n",
    "two/two.go": "package two\n\ntype T struct{}\n\nfunc (T) Two() {}\n",
    "both.go": 'package m\n\nimport (\n\t_ "example.com/m/one"\n\t_ "example.com/m/two"\n)\n',
}


class Edit(NamedTuple):
    """``files`` without the package clause of those in the root; an edit of one; what is wrong then, in b.go or not."""

    files: dict[str, str]
    file: str
    old: str
    new: str
    wrong: str = ""
    ask: str = ""


EDITS = {
    "an import means another package": Edit(
        {"a.go": 'import x "example.com/m/one"\n\nvar V x.T', "b.go": "func g() { V.One() }", **ONE_AND_TWO},
        "a.go", "m/one", "m/two", "V.One undefined",
    ),
    "a package of the same name": Edit(
        {
            "a.go": 'import "text/template"\n\nvar V = template.New("")',
            "b.go": 'import "text/template"\n\nfunc g() *template.Template { return V }',
            "c.go": 'import _ "html/template"',
        },
        "a.go", "text/", "html/", "cannot use V",
    ),
    "names without their package": Edit(
        {"a.go": 'import . "example.com/m/one"\n\nvar V T', "b.go": "func g() { V.One() }", **ONE_AND_TWO},
        "a.go", "m/one", "m/two", "V.One undefined",
    ),
    "a type argument no longer fits": Edit(
        {
            "a.go": "type C[T interface{ One() }] struct{}\n\nvar V C[D]",
            "b.go": 'import x "example.com/m/one"\n\ntype D struct{ x.T }',
            **ONE_AND_TWO,
        },
        "b.go", "m/one", "m/two", "D does not satisfy", ask="b.go",
    ),
    "an import of a dependency": Edit(
        {
            "dep/dep.go": 'package dep\n\nimport x "example.com/m/one"\n\nvar V x.T\n',
            "a.go": 'import "example.com/m/dep"\n\nfunc f() { _ = dep.V }',
            "b.go": 'import "example.com/m/dep"\n\nfunc g() { dep.V.One() }',
            **ONE_AND_TWO,
        },
        "dep/dep.go", "m/one", "m/two", "dep.V.One undefined", ask="a.go",
    ),
    "fewer functions in an array": Edit(
        {"a.go": "var table = [...]func(){f, f}\n\nfunc f() {}", "b.go": "func g() { table[1]() }"},
        "a.go", "{f, f}", "{f}", "out of bounds",
    ),
    "an array behind a function's type": Edit(
        {"a.go": "var (\n\tf func()\n\tn = [...]int{1, 2}\n)", "b.go": "func g() { n[1] = 2 }"},
        "a.go", "{1, 2}", "{1}", "out of bounds",
    ),
    "a constant counts functions": Edit(
        {"a.go": "const N = len([...]func(){nil, nil})", "b.go": "func g() { var a [2]int = [N]int{}; _ = a }"},
        "a.go", "nil, nil", "nil", "cannot use",
    ),
    "identifiers are others by number": Edit(
        {
            "a.go": 'var table = map[string]func(){"a": f, "b": f}\n\nvar Count, Other int\n\nfunc f() {}',
            "b.go": "func g() { Other = Count }",
        },
        "a.go", ', "b": f', "",
    ),
    "there are fewer identifiers": Edit(
        {
            "a.go": 'var table = map[string]func(){"a": f}\n\nvar Last, Count int\n\nfunc f() {}',
            "b.go": "func g() { Last = Count }",
        },
        "a.go", '"a": f', "",
    ),
    "a field of a result": Edit(
        {"a.go": "func Pos() (r struct{ X, Y int }) { return }", "b.go": "func g() int { return Pos().X }"},
        "a.go", "return }", "return r }",
    ),
    "a method of a result": Edit(
        {"a.go": "func It() (r interface{ M() int }) { return }", "b.go": "func g() int { return It().M() }"},
        "a.go", "return }", "return r }",
    ),
    "the error has a word in it that others are known by": Edit(
        {"a.go": "func init() {}\n\nfunc P[T any]() {}", "b.go": "var n int\n\nfunc g() { n = 1 }"},
        "b.go", "n = 1", 'n = "an invalid type"', "cannot use", ask="b.go",
    ),
    "instances without end, in one file": Edit(
        {"a.go": 'import "fmt"\n\nfunc P() { fmt.Println() }', "b.go": "func G[T any](n int) {}"},
        "b.go", "{}", "{ G[*T](n) }", "instantiation cycle", ask="b.go",
    ),
    "instances without end, in two files": Edit(
        {"a.go": "func F[T any](n int) { G[T](n - 1) }", "b.go": "func G[T any](n int) {}"},
        "b.go", "{}", "{ F[*T](n) }", "instantiation cycle", ask="b.go",
    ),
    "instances without end, through a method": Edit(
        {
            "a.go": "func F[T any](n int) { B[T]{}.G(n - 1) }",
            "b.go": "type B[T any] struct{}\n\nfunc (B[T]) G(n int) {}",
        },
        "b.go", "(n int) {}", "(n int) { F[*T](n) }", "instantiation cycle", ask="b.go",
    ),
    "a ring, and an import in vain": Edit(
        {
            "a.go": "var table = one()\n\nfunc one() int { return two() }",
            "b.go": 'import "os"\n\nfunc two() int { return len(os.Args) }',
        },
        "b.go", "len(os.Args)", "table", "initialization cycle", ask="b.go",
    ),
    "two rings": Edit(
        {
            "a.go": "var va = ga()\n\nfunc ga() int { return fb() }",
            "b.go": "var vb = fb()\n\nfunc fb() int { return 0 }",
        },
        "b.go", "return 0", "return vb + va", "initialization cycle for va", ask="b.go",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITS)
def test_the_answer_is_that_of_an_oracle_that_remembers_nothing(pair: Pair, name: str) -> None:
    files, file, old, new, wrong, ask = EDITS[name]
    pair.write({"go.mod": MOD})
    pair.write({path: text if "/" in path else _in_package(text) for path, text in files.items()})
    ask = ask or file
    assert pair.ask(ask)[0].unknown == ""
    assert pair.ask(ask)[0].unknown == ""
    pair.edit(file, lambda text: text.replace(old, new))
    said = pair.ask(ask)[0].unknown
    assert wrong in said
    assert bool(wrong) == bool(said)
    pair.buffers.clear()
    assert pair.ask(ask)[0].unknown == ""


def _in_package(text: str) -> str:
    return text if text.startswith("package") else f"package m\n\n{text}\n"


def test_what_importers_see(pair: Pair) -> None:
    """Composite literals of functions are no bodies; imports decide types."""
    dep = 'package dep\n\nimport x "example.com/m/one"\n\nfunc f() {}\n\nvar Table = [...]func(){f, f}\n\nvar V x.T\n'
    text = 'import "example.com/m/dep"\n\nfunc g() {\n\tdep.Table[1]()\n\tdep.V.One()\n}'
    pair.write({"go.mod": MOD, "a.go": _in_package(text), "dep/dep.go": dep, **ONE_AND_TWO})
    pair.edit("dep/dep.go", lambda text: text + "\nfunc G() {}\n")
    assert pair.ask("a.go")[0].unknown == ""
    pair.edit("dep/dep.go", lambda text: text.replace("m/one", "m/two"))
    assert "dep.V.One undefined" in pair.ask("a.go")[0].unknown


def test_names_of_imports_are_swapped_on_disk(pair: Pair) -> None:
    dep = 'package dep\n\nimport (\n\tx "example.com/m/one"\n\ty "example.com/m/two"\n)\n\nvar V x.T\nvar W y.T\n'
    text = 'import "example.com/m/dep"\n\nfunc g() { dep.V.One() }'
    pair.write({"go.mod": MOD, "a.go": _in_package(text), "dep/dep.go": dep, **ONE_AND_TWO})
    assert pair.ask("a.go", "dep/dep.go")[0].unknown == ""
    pair.write({"dep/dep.go": dep.replace('x "', 'z "').replace('y "', 'x "').replace('z "', 'y "')})
    assert "dep.V.One undefined" in pair.ask("a.go")[0].unknown
