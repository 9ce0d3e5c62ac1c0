"""Benchmarks that gofixer writes, and functions that it writes none for."""

from __future__ import annotations

from pathlib import Path

import pytest
from inline_snapshot import snapshot

from gofixer.bench.changed import declared_name
from gofixer.bench.generate import Unsuitable, Written, file_text, write_benchmark
from gofixer.bench.model import ChangedFunction
from gofixer.syntax import nodes, parse

HEADER = 'package a\n\nimport (\n\t"time"\n\tother "example.com/x/v2"\n)\n\n'


def write(source: str, go: tuple[int, int] = (1, 24), taken: set[str] | None = None, file: str = "a.go") -> Written:
    """A benchmark for the last function of a source."""
    content = (HEADER + source).encode()
    node = [
        n for n in parse(content).root.children if isinstance(n, nodes.FunctionDeclaration | nodes.MethodDeclaration)
    ][-1]
    path = Path("/m") / file
    function = ChangedFunction(path, declared_name(node), node.line + 1, node.span, ())
    return write_benchmark(function, content, [(path, content)], go, taken if taken is not None else set())


def test_a_function_of_basic_types() -> None:
    assert file_text(
        "a", [write("func key(s string, n, m int) (string, error) { return s, nil }")]
    ).decode() == snapshot("""\
package a

import "testing"

// Written by gofixer: check that the inputs are those that matter to you, then keep or delete it.

var (
	gofixerOutKey0 string
	gofixerOutKey1 error

	gofixerInKey0 string = "gofixer benchmark input"
	gofixerInKey1 int    = 12345
	gofixerInKey2 int    = 12345
)

func BenchmarkKey(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		gofixerOutKey0, gofixerOutKey1 = key(gofixerInKey0, gofixerInKey1, gofixerInKey2)
	}
}
""")


def test_before_go_1_24_there_is_no_loop_method() -> None:
    assert "for i := 0; i < b.N; i++ {" in write("func F(n int) int { return n }", (1, 23)).text
    assert "for b.Loop() {" in write("func F(n int) int { return n }", (1, 24)).text


def test_a_method_of_a_type_whose_zero_value_has_nothing_to_be_nil() -> None:
    written = write("type T struct{ a, b int; s string }\n\nfunc (t *T) Text() string { return t.s }")
    assert written.text == snapshot("""\
var (
	gofixerOutT_Text0 string
)

func BenchmarkT_Text(b *testing.B) {
	var receiver T
	b.ReportAllocs()
	for b.Loop() {
		gofixerOutT_Text0 = receiver.Text()
	}
}
""")
    assert "var receiver ID" in write("type ID uint8\n\nfunc (i ID) Text(r rune) string { return string(r) }").text


def test_types_of_results_bring_their_imports() -> None:
    written = write("func F(n int) (time.Duration, []*other.Thing, map[string]time.Time) { return 0, nil, nil }")
    assert written.imports == ('"time"', 'other "example.com/x/v2"')
    assert (
        file_text("a", [written])
        .decode()
        .startswith('package a\n\nimport (\n\tother "example.com/x/v2"\n\t"testing"\n\t"time"\n)\n')
    )


def test_names_that_are_taken_are_left_to_their_owners() -> None:
    taken = {"BenchmarkF", "gofixerInF0"}
    text = write("func F(n int) int { return n }", taken=taken).text
    assert "func BenchmarkF2(" in text
    assert "gofixerInF02" in text
    assert {"BenchmarkF2", "gofixerInF02", "gofixerOutF0"} <= taken


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("func F(xs []string) int { return 0 }", "its parameter `xs []string` is not of a basic type"),
        ("func F(xs ...string) int { return 0 }", "its parameter `xs ...string` is not of a basic type"),
        ("func F(e error) int { return 0 }", "its parameter `e error` is not of a basic type"),
        ("func F(d time.Duration) int { return 0 }", "its parameter `d time.Duration` is not of a basic type"),
        ("func F[T any](n int) int { return 0 }", "it is generic"),
        ("func F(n int) {}", "it gives no result, so that calling it over and over may do harm"),
        ("func main() {}", "nobody can call it"),
        ("type T struct{ m map[string]int }\nfunc (t *T) F(n int) int { return n }", "whether the zero value of T"),
        ("type T struct{ U }\ntype U int\nfunc (t *T) F(n int) int { return n }", "whether the zero value of T"),
        ("type T []int\nfunc (t T) F(n int) int { return t[0] }", "whether the zero value of T"),
        ("type T[K any] struct{}\nfunc (t *T[K]) F(n int) int { return n }", "its receiver's type T is generic"),
        ("func (t *Elsewhere) F(n int) int { return n }", "its receiver's type Elsewhere was not found"),
        ("func F(n int) yaml.Node { return 0 }", "its result `yaml.Node` is of a package whose name is not"),
    ],
)
def test_what_gets_none(source: str, reason: str) -> None:
    with pytest.raises(Unsuitable) as caught:
        write(source)
    assert str(caught.value).startswith(reason)


def test_a_basic_type_that_the_package_means_otherwise() -> None:
    with pytest.raises(Unsuitable, match="not of a basic type"):
        write("type string []byte\nfunc F(s string) int { return len(s) }", taken={"string"})


def test_functions_of_tests_get_none() -> None:
    with pytest.raises(Unsuitable, match="belongs to the tests"):
        write("func F(n int) int { return n }", file="a_test.go")
