"""Which benchmarks may reach a function: more than do, and never fewer."""

from __future__ import annotations

from pathlib import Path

import pytest

from gofixer.bench.callgraph import read_file
from gofixer.bench.candidates import candidates
from gofixer.bench.model import ChangedFunction
from gofixer.bench.packages import Package


class Tree:
    """Packages below a folder, as `go list` would tell them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.packages: dict[str, Package] = {}

    def add(self, name: str, imports: str = "", test_imports: str = "", **files: str) -> None:
        directory = self.root / name
        directory.mkdir()
        paths = {}
        for key, text in files.items():
            paths[key] = directory / f"{key}.go"
            paths[key].write_text(text)
        self.packages[f"m/{name}"] = Package(
            path=f"m/{name}",
            directory=directory,
            name=name,
            files=tuple(p for k, p in paths.items() if not k.endswith("_test")),
            tests=tuple(p for k, p in paths.items() if k.endswith("in_test")),
            outer_tests=tuple(p for k, p in paths.items() if k.endswith("x_test")),
            imports=frozenset(imports.split()),
            test_imports=frozenset(test_imports.split()),
        )

    def reached(self, package: str, name: str, file: str = "a") -> set[str]:
        path = self.root / package / f"{file}.go"
        (found,) = [d for d in read_file(path).declarations if name in d.names]
        function = ChangedFunction(path, name, 1, found.span, ())
        return {benchmark.name for benchmark in candidates(self.packages, [function])}


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_calls_are_followed_through_functions_variables_and_types(tree: Tree) -> None:
    tree.add(
        "a",
        a="package a\n\nfunc F() { g() }\nfunc g() { table[0]() }\nvar table = []func(){h}\nfunc h() {}\n"
        "func alone() {}\n",
        in_test="package a\n\nfunc BenchmarkF(b *testing.B) { F() }\nfunc BenchmarkNot(b *testing.B) { other() }\n",
    )
    assert tree.reached("a", "h") == {"BenchmarkF"}
    assert tree.reached("a", "alone") == set()


def test_a_helper_in_the_tests_leads_on(tree: Tree) -> None:
    tree.add(
        "a",
        a="package a\n\nfunc F() {}\n",
        in_test="package a\n\nfunc BenchmarkF(b *testing.B) { run(b, 3) }\nfunc run(b *testing.B, n int) { F() }\n",
    )
    assert tree.reached("a", "F") == {"BenchmarkF"}
    assert tree.reached("a", "run", "in_test") == {"BenchmarkF"}


def test_other_packages_reach_it_by_the_name_of_their_import(tree: Tree) -> None:
    tree.add("a", a="package a\n\nfunc F() {}\nfunc G() {}\n")
    tree.add("b", "m/a", b='package b\n\nimport named "m/a"\n\nfunc All() { named.F() }\n')
    tree.add(
        "c",
        test_imports="m/b",
        x_test='package c_test\n\nimport "m/b"\n\nfunc BenchmarkAll(b1 *testing.B) { b.All() }\n',
    )
    tree.add(
        "d", "m/a", test_imports="m/a", x_test='package d\nimport . "m/a"\nfunc BenchmarkDot(b *testing.B) { G() }\n'
    )
    assert tree.reached("a", "F") == {"BenchmarkAll"}
    assert tree.reached("a", "G") == {"BenchmarkDot"}


def test_a_method_is_reached_with_its_type(tree: Tree) -> None:
    """Code outside may call what is exported, as fmt calls String; what is not has to be selected."""
    tree.add(
        "a",
        a='package a\n\ntype T struct{ E }\ntype E int\n\nfunc (E) String() string { return "" }\n'
        "func (t *T) quiet() {}\nfunc (t *T) named() {}\nfunc New() *T { return &T{} }\n",
        in_test="package a\n\nfunc BenchmarkNew(b *testing.B) { x := New(); x.named() }\n",
    )
    assert tree.reached("a", "String") == {"BenchmarkNew"}
    assert tree.reached("a", "named") == {"BenchmarkNew"}
    assert tree.reached("a", "quiet") == set()


def test_what_is_registered_belongs_to_every_benchmark(tree: Tree) -> None:
    tree.add(
        "a",
        a="package a\n\nfunc F() {}\nfunc G() {}\nfunc H() {}\ntype T int\nfunc init() { register(F) }\n"
        "var _ = register(G)\nvar _ I = (*T)(nil)\nfunc (T) Run() {}\n",
        in_test="package a\n\nfunc BenchmarkPlugins(b *testing.B) { for _, p := range all { p() } }\n",
    )
    assert tree.reached("a", "F") == tree.reached("a", "G") == {"BenchmarkPlugins"}
    assert tree.reached("a", "H") == tree.reached("a", "Run") == set()


@pytest.mark.parametrize(
    "function",
    ["Benchmarker(b *testing.B)", "BenchmarkF(b *testing.T)", "BenchmarkF()", "benchmarkF(b *testing.B)"],
)
def test_what_is_no_benchmark(tree: Tree, function: str) -> None:
    tree.add("a", a="package a\n\nfunc F() {}\n", in_test=f"package a\n\nfunc {function} {{ F() }}\n")
    assert tree.reached("a", "F") == set()


@pytest.mark.parametrize(
    "function", ["Benchmark(b *testing.B)", "Benchmark_f(b *testing.B)", "BenchmarkÉ(b *B)", "Benchmark1(b *t.B,)"]
)
def test_what_is_a_benchmark(tree: Tree, function: str) -> None:
    tree.add("a", a="package a\n\nfunc F() {}\n", in_test=f"package a\n\nfunc {function} {{ F() }}\n")
    assert tree.reached("a", "F") == {function.partition("(")[0]}


def test_variadic_types_are_no_selections(tree: Tree) -> None:
    tree.add(
        "a",
        a="package a\n\ntype T int\nfunc (T) Run() {}\n",
        in_test="package a\n\nfunc BenchmarkAll(b *testing.B) { run() }\nfunc run(ts ...T) {}\n",
    )
    assert tree.reached("a", "Run") == {"BenchmarkAll"}
