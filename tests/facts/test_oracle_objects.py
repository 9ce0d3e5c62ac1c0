"""What the oracle says of the objects that identifiers stand for."""

from __future__ import annotations

import pytest

from gofixer.facts.toolchain import Toolchain

from .bench import Workbench


def test_kinds_and_scopes(bench: Workbench) -> None:
    file = bench.file("""package m

import "fmt"

const size = 3

type thing struct{ field int }

func (t thing) method() int { return t.field }

var global = thing{field: size}

func f(param int) (result int) {
	local := param
loop:
	for local > 0 {
		break loop
	}
	fmt.Println(len("x"), true, nil)
	return global.method()
}
""")
    described = {
        name: (found.kind, found.scope, found.full_name)
        for name, found in (
            (text or within, file.object(text, within))
            for text, within in [
                ("size", "const size"),
                ("thing", "type thing"),
                ("field", "t.field"),
                ("method", ".method()\n"),
                ("global", "global.method"),
                ("param", "param int"),
                ("result", ""),
                ("local", "local :="),
                ("loop", "break loop"),
                ("fmt", "fmt.Println"),
                ("Println", ""),
                ("len", ""),
                ("true", ""),
                ("nil", ""),
            ]
        )
    }
    assert described == {
        "size": ("const", "package", "example.com/m.size"),
        "thing": ("type", "package", "example.com/m.thing"),
        "field": ("var", "field", "field"),
        "method": ("func", "method", "(example.com/m.thing).method"),
        "global": ("var", "package", "example.com/m.global"),
        "param": ("var", "local", "param"),
        "result": ("var", "local", "result"),
        "local": ("var", "local", "local"),
        "loop": ("label", "local", "loop"),
        "fmt": ("pkg", "file", "fmt"),
        "Println": ("func", "package", "fmt.Println"),
        "len": ("builtin", "universe", "len"),
        "true": ("const", "universe", "true"),
        "nil": ("nil", "universe", "nil"),
    }
    assert file.object("param", "param int").is_param
    assert file.object("result").is_result
    assert file.object("t", "(t thing)").is_param
    assert not file.object("local", "local :=").is_param


def test_declaration_and_uses(bench: Workbench) -> None:
    bench.write(
        {
            "go.mod": "module example.com/m\n\ngo 1.21\n",
            "a.go": "package m\n\nvar shared = 1\n\nfunc get() int { return shared }\n",
            "b.go": "package m\n\nfunc set() { shared = 2 }\n",
        }
    )
    file = bench.known("a.go")
    shared = file.object("shared", "var shared")
    assert shared is file.object("shared", "return shared")
    assert (shared.decl, shared.decl_file) == (file.span("shared", "var shared"), bench.root / "a.go")
    assert [(use.file.name, use.role) for use in shared.uses] == [("a.go", "read"), ("b.go", "write")]
    assert shared.uses[0].func == file.span("func get() int { return shared }")
    assert shared.reassigned


ROLES = [
    ("v = 1", "int", "write"),
    ("v += 1", "int", "readwrite"),
    ("v++", "int", "readwrite"),
    ("_ = &v", "int", "address"),
    ("_ = (v)", "int", "read"),
    ("v, w := 1, 2; _, _ = v, w", "int", "new"),
    ("w, x := v, 2; _, _ = w, x", "int", "read"),
    ("v.n = 1", "s", "readwrite"),
    ("v.in.n++", "s", "readwrite"),
    ("_ = &v.in", "s", "address"),
    ("v.n = 1", "*s", "read"),
    ("v.p.n = 1", "s", "read"),
    ("v[0] = 1", "[2]int", "readwrite"),
    ("v[0] = 1", "[]int", "read"),
    ("v[0] = 1", "*[2]int", "read"),
    ('v["a"] = 1', "map[string]int", "read"),
    ("_ = v[:]", "[2]int", "address"),
    ("_ = v[:]", "[]int", "read"),
    ("*v = 1", "*int", "read"),
    ("v.ptr()", "s", "address"),
    ("v.in.iptr()", "s", "address"),
    ("v.iptr()", "e", "address"),
    ("v.ptr()", "*s", "read"),
    ("v.val()", "s", "read"),
    ("v.p.ptr()", "s", "read"),
    ("_ = v.ptr", "s", "address"),
    ("for v = range []int{1} { }", "int", "write"),
    ("for _, v = range []int{1} { }", "int", "write"),
    ("for range v { }", "[]int", "read"),
    ("v = <-make(chan int)", "int", "write"),
    ("select { case v = <-make(chan int): }", "int", "write"),
    ("_ = s{n: v}", "int", "read"),
    ("v <- 1", "chan int", "read"),
]


@pytest.mark.parametrize(("statement", "kind", "role"), ROLES)
def test_roles(bench: Workbench, statement: str, kind: str, role: str) -> None:
    file = bench.file(
        f"""package m

type in struct{{ n int }}

func (*in) iptr() {{}}

type s struct {{
	n  int
	in in
	p  *s
}}

func (*s) ptr() {{}}
func (s) val()  {{}}

type e struct{{ in }}

func f(v {kind}) {{
	if true {{
		{statement}
	}}
}}
""",
    )
    found = file.object("v", f"v {kind}) {{")
    if role == "new":
        assert found.uses == ()
        return
    assert [use.role for use in found.uses] == [role]
    assert found.reassigned == (role in ("write", "readwrite"))
    assert found.address_taken == (role == "address")


def test_captured_and_named_results(bench: Workbench) -> None:
    file = bench.file("""package m

func f(inner, outer int) (n int, err error) {
	defer func() {
		own := outer
		_ = own
		func() { _ = own }()
	}()
	_ = inner
	return 1, nil
}

func g() (bare int) {
	return
}
""")
    assert file.object("outer", "outer int").captured
    assert not file.object("inner", "f(inner").captured
    assert file.object("own", "own :=").captured
    use = file.object("outer", "outer int").uses[0]
    assert use.func == file.span("func() {\n\t\town := outer\n\t\t_ = own\n\t\tfunc() { _ = own }()\n\t}")
    assert file.object("n", "(n int").reassigned
    assert file.object("err", "err error").reassigned
    assert not file.object("bare").reassigned


def test_uses_in_type_switches(bench: Workbench) -> None:
    file = bench.file("""package m

func f(v any) int {
	switch x := v.(type) {
	case int:
		return x
	case string:
		return len(x)
	}
	return 0
}
""")
    number, text = file.object("x", "return x"), file.object("x", "len(x)")
    assert number is not text
    assert (number.type and number.type.string, text.type and text.type.string) == ("int", "string")
    assert number.decl == file.span("x", "switch x")


@pytest.mark.parametrize(
    ("go", "line", "reassigned"),
    [
        ("1.21", "", True),
        ("1.22", "", False),
        ("1.22", "//go:build go1.21\n\n", True),
        ("1.20", "//go:build go1.22\n\n", False),
    ],
)
def test_loop_variables_follow_the_version_of_the_file(
    bench: Workbench, toolchain: Toolchain, go: str, line: str, reassigned: bool
) -> None:
    if toolchain.version < (1, 22):
        pytest.skip("the toolchain is older than the loop variables of Go 1.22")
    file = bench.file(f"{line}package m\n\nfunc f(s []int) {{\n\tfor i := range s {{\n\t\t_ = i\n\t}}\n}}\n", go)
    assert file.object("i", "for i").reassigned == reassigned


def test_redeclaration_assigns(bench: Workbench) -> None:
    file = bench.file("package m\n\nfunc f(v int) int {\n\tv, w := 1, 2\n\treturn v + w\n}\n")
    assert [use.role for use in file.object("v", "f(v").uses] == ["write", "read"]
