"""What the oracle says of expressions, nodes and types."""

from __future__ import annotations

import pytest

from gofixer.facts.modules import find_module
from gofixer.facts.types import FileTypes

from .bench import Workbench


def test_types_of_expressions(bench: Workbench) -> None:
    file = bench.file("""package m

import (
	"fmt"
	"net/http"
	"time"
)

type celsius float64

func (c *celsius) String() string { return "" }

type fail struct{}

func (fail) Error() string { return "" }

func f(r *http.Request, b []byte, m map[string]rune, ch <-chan int, a [3]uint16, d time.Duration, t celsius, e fail) {
	fmt.Println(r, b, m, ch, a, d, t, e, nil, any(1), error(e), 'x')
}
""")
    line = "fmt.Println(r, b, m, ch, a, d, t, e, nil, any(1), error(e), 'x')"
    assert file.type("r", "Println(r,").string == "*net/http.Request"
    request = file.type("r", "Println(r,").elem
    assert request is not None
    assert (request.pkg, request.name, request.kind, request.is_named) == ("net/http", "Request", "struct", True)
    assert file.type("b", " b, m,").string == "[]uint8"
    mapping = file.type("m", " m, ch,")
    assert (mapping.string, mapping.kind) == ("map[string]int32", "map")
    assert mapping.key is not None
    assert mapping.elem is not None
    assert (mapping.key.kind, mapping.elem.kind) == ("string", "int32")
    assert file.type("ch", " ch, a,").string == "<-chan int"
    array = file.type("a", " a, d,")
    assert (array.string, array.length, array.size, array.align) == ("[3]uint16", 3, 6, 2)
    duration = file.type("d", " d, t,")
    assert (duration.string, duration.kind, duration.size) == ("time.Duration", "int64", 8)
    assert "String" in duration.methods
    value = file.type("t", " t, e,")
    assert (value.string, value.methods, value.ptr_methods) == ("example.com/m.celsius", frozenset(), {"String"})
    error = file.type("e", " e, nil")
    assert error.is_error
    assert not value.is_error
    assert file.type("nil").string == "untyped nil"
    assert file.type("any(1)").string == "any"
    predeclared = file.type("error(e)")
    assert (predeclared.string, predeclared.is_named, predeclared.is_error) == ("error", False, True)
    assert file.expr("fmt.Println", line).mode == "value"
    assert file.expr("fmt", "fmt.Println").mode == "package"
    assert file.expr("time.Duration").mode == "type"
    call = file.expr(line)
    assert call.kind == "CallExpr"
    assert call.type is not None
    assert (call.type.kind, [m.string for m in call.type.members]) == ("tuple", ["int", "error"])


def test_constants(bench: Workbench) -> None:
    file = bench.file(r"""package m

const big = 1 << 100
const name = "a\tb" + "\xff"
const half = 1 / 2.0

var yes = 1 < 2
var _ = []any{name, half, "日本"}
""")
    assert (file.expr("1 << 100").const, file.expr("1 << 100").const_kind) == (str(1 << 100), "int")
    text = file.expr(r'"a\tb" + "\xff"')
    assert (text.const, text.const_kind) == ("a\tb\udcff", "string")
    assert file.expr("1 / 2.0").const == "1/2"
    assert (file.expr("1 < 2").const, file.expr("1 < 2").const_kind) == ("true", "bool")
    assert file.expr('"日本"').const == "日本"
    assert file.expr("yes").const is None
    assert file.expr("big").const == str(1 << 100)


def test_addressable_comma_ok_and_implicit_dereference(bench: Workbench) -> None:
    file = bench.file("""package m

type inner struct{ n int }

func (inner) value()    {}
func (*inner) pointer() {}

type outer struct {
	*inner
	own int
}

func f(p *outer, v outer, m map[string]int, q *[4]int, i interface{ M() }) {
	_ = v.own
	_ = p.own + 1
	_ = v.n - 1
	x, ok := m["two"]
	y := m["one"]
	_, _, _ = x, ok, y
	_ = q[1]
	_ = q[2:]
	i.M()
	p.value()
	p.pointer()
	k := inner{}
	k.pointer()
}
""")
    assert file.expr("v.own").addressable
    assert not file.expr("v.own").implicit_deref
    assert file.expr("p.own").implicit_deref
    assert file.expr("v.n").implicit_deref
    assert not file.expr('m["one"]').comma_ok
    two = file.expr('m["two"]')
    assert two.comma_ok
    assert two.type is not None
    assert two.type.string == "int"
    assert not two.addressable
    assert file.expr("q[1]").implicit_deref
    assert file.expr("q[2:]").implicit_deref
    assert file.expr("i.M").implicit_deref
    assert file.expr("p.value").implicit_deref
    assert file.expr("p.pointer").implicit_deref, "the embedded pointer is reached through p"
    assert not file.expr("k.pointer").implicit_deref


def test_generic_code(bench: Workbench) -> None:
    file = bench.file("""package m

type list[T any] struct{ items []T }

func (l *list[T]) push(item T) { l.items = append(l.items, item) }

func sum[N int | float64](values ...N) (total N) {
	for _, each := range values {
		total += each
	}
	return total
}

var whole = sum(1, 2)
var made = list[string]{}
""")
    each = file.type("each", "total += each")
    assert (each.kind, each.contains_typeparam, each.size) == ("typeparam", True, -1)
    values = file.type("values", "range values")
    assert (values.kind, values.contains_typeparam) == ("slice", True)
    assert not file.type("sum(1, 2)").contains_typeparam
    made = file.type("list[string]{}")
    assert (made.string, made.contains_typeparam) == ("example.com/m.list[string]", False)
    assert file.object("items", "append(l.items, item)").scope == "field"


def test_equal_text_means_identical_type(bench: Workbench) -> None:
    file = bench.file("""package m

import "time"

type alias = time.Duration

func f() {
	type local int
	var a local
	{
		type local int
		var b local
		_ = b
	}
	var c []alias
	var d []time.Duration
	var e struct {
		X int `json:"x"`
	}
	var g struct{ X int }
	_, _, _, _, _ = a, c, d, e, g
}
""")
    assert file.type("a", "var a local").string != file.type("b", "var b local").string
    assert file.type("c", "var c").string == file.type("d", "var d").string == "[]time.Duration"
    assert file.type("e", "var e").string != file.type("g", "var g").string


def test_callees(bench: Workbench) -> None:
    file = bench.file("""package m

import (
	"bufio"
	. "fmt"
	str "strings"
)

func f(w *bufio.Writer, err error, fn func()) {
	_, _ = w.WriteString("x")
	_ = err.Error()
	_ = Sprintf("%d", 1)
	_ = str.ToUpper("a")
	_ = len("b")
	fn()
	_ = (generic[int])(3)
	_ = string("c")
}

func generic[T any](v T) T { return v }
""")

    def callee(text: str) -> str | None:
        found = file.types.callee(file.span(text))
        return found.full_name if found else None

    assert callee('w.WriteString("x")') == "(*bufio.Writer).WriteString"
    assert callee("err.Error()") == "(error).Error"
    assert callee('Sprintf("%d", 1)') == "fmt.Sprintf"
    assert callee('str.ToUpper("a")') == "strings.ToUpper"
    assert callee('len("b")') == "len"
    assert callee("fn()") is None
    assert callee("(generic[int])(3)") == "example.com/m.generic"
    assert callee('string("c")') is None
    assert file.types.package_of(file.span("str", "str.ToUpper")) == "strings"
    assert file.types.package_of(file.span("w", "w.WriteString")) == ""


def test_nodes(bench: Workbench) -> None:
    file = bench.file("""package m

func f(n int) {
	for n > 0 {
		n--
	}
}
""")
    loop = file.span("for n > 0 {\n\t\tn--\n\t}")
    assert file.types.has_node(loop, "ForStmt")
    assert file.types.has_node(loop)
    assert not file.types.has_node(loop, "IfStmt")
    assert not file.types.has_node((loop[0], loop[1] - 1))
    assert file.types.kinds(file.span("n--")) == ("IncDecStmt",)
    assert file.types.has_node(file.span("n > 0"), "BinaryExpr")


def test_only_spans_asked_for_are_reported(bench: Workbench) -> None:
    source = "package m\n\nvar a = 1 + 2\n\nvar b = 3 + 4\n"
    bench.write({"go.mod": "module example.com/m\n\ngo 1.21\n", "a.go": source})
    file = bench.known("a.go")
    assert file.expr("1 + 2").const == "3"
    module = find_module(bench.root / "a.go")
    assert module is not None
    path = bench.root / "a.go"
    answer = bench.oracle.query(module, {path: [file.span("var b = 3 + 4")]})[path]
    assert isinstance(answer, FileTypes)
    assert answer.expr(file.span("3 + 4")) is not None
    assert answer.expr(file.span("1 + 2")) is None
    assert answer.package_names == {"a", "b"}


@pytest.mark.parametrize("prefix", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte-order-mark"])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"], ids=["lf", "crlf"])
def test_offsets_are_those_of_the_raw_bytes(bench: Workbench, prefix: bytes, newline: bytes) -> None:
    source = b"""package m

// \xe6\x97\xa5
//line other.go:7
var raw = `one
two` + "x"

var long = `a
b
c`
"""
    file = bench.file(prefix + source.replace(b"\n", newline))
    lines = newline.decode()
    assert file.expr(f'`one{lines}two` + "x"').const == "one\ntwox"
    assert file.types.has_node(file.span(f"var long = `a{lines}b{lines}c`"), "GenDecl")
    assert file.expr(f"`a{lines}b{lines}c`").const == "a\nb\nc"
