"""Which names a file declares where. In the examples `X` marks where the name `x` is looked up."""

from __future__ import annotations

import pytest

from gofixer.syntax import Metadata, ScopeProvider, parse
from gofixer.syntax.scopes import Declaration, Scopes, import_name


def scopes(source: str) -> Scopes:
    tree = parse(source.encode())
    assert not tree.errors
    return Metadata(tree)[ScopeProvider]


def look_up(code: str, name: str = "x") -> Declaration | None:
    source = f"package p\n{code}\n"
    return scopes(source).lookup(name, source.index("X"))


@pytest.mark.parametrize(
    ("code", "kind", "at"),
    [
        ('import "a/x"\nvar y = X.F()', "import", '"a/x"'),
        ('import x "a/b"\nvar y = X.F()', "import", "x"),
        ('import x "a/b"\nfunc f(x X.T) {}', "import", "x"),
        ('import "a/x"\nfunc f(x x.T) { X() }', "param", "x x.T"),
        ('import "a/x"\nfunc (x x.T) f() { X() }', "receiver", "x x.T"),
        ('import "a/x"\nfunc f() (x x.T) { X() }', "result", "x x.T"),
        ("func f[x any](y X) {}", "type parameter", "x any"),
        ("func (r R[x]) f(y X) {}", "type parameter", "x]"),
        ("type T[x any] struct { f X }", "type parameter", "x any"),
        ("func f() { X() }\nfunc x() {}", "func", "x() {}"),
        ("func f() { X() }\nvar x = 1", "var", "x = 1"),
        ("func f() { X() }\nvar (\n\ty, x int\n)", "var", "x int"),
        ("const (\n\tx = iota\n)\nfunc f() { X() }", "const", "x = iota"),
        ("type x = int\nvar y X", "type", "x = int"),
        ("func f() { x := 1; X() }", "var", "x := 1"),
        ("func f(x int) { x := X }", "param", "x int"),
        ("func f(x int) { x, y := 1, 2; X() }", "param", "x int"),
        ("func f(x int) { { x := 1; X() } }", "var", "x := 1"),
        ("func f(x int) { { x := 1 }; X() }", "param", "x int"),
        ("func f(x int) { { X(); x := 1 } }", "param", "x int"),
        ("func f(x int) { var x1, x = X, 1 }", "param", "x int"),
        ("func f() { type x struct { next *X } }", "type", "x struct"),
        ("func f() { if x := 1; y { } else { X() } }", "var", "x := 1"),
        ("func f() { if y { } else if x := 1; z { X() } }", "var", "x := 1"),
        ("func f() { for x := 0; X < 1; { } }", "var", "x := 0"),
        ("func f(x []int) { for x := range X { } }", "param", "x []int"),
        ("func f() { for _, x := range y { X() } }", "var", "x := range"),
        ("func f() { switch x := y; X { } }", "var", "x := y"),
        ("func f() { switch x := y.(type) { case int: X() } }", "var", "x := y"),
        ("func f() { select { case x := <-c: X() } }", "var", "x := <-c"),
        ("func f() { select { case x, ok := <-c: X(ok) } }", "var", "x, ok"),
        ("func f() { func(x int) { X() }(1) }", "param", "x int"),
        ("func f() { x := 1; go func() { X() }() }", "var", "x := 1"),
        ("func f() { switch { case y: x := 1; X() } }", "var", "x := 1"),
    ],
)
def test_a_name_means_its_declaration(code: str, kind: str, at: str) -> None:
    found = look_up(code)
    assert found is not None
    assert found.kind == kind
    assert found.node.start == f"package p\n{code}".index(at)


@pytest.mark.parametrize(
    "code",
    [
        "func f() { X() }",
        "func f() { X(); x := 1 }",
        "func f() { x := X }",
        "func f() { { x := 1 }; X() }",
        "func f() { if x := 1; y { }; X() }",
        "func f() { for x := range X { } }",
        "func f() { for x = range y { X() } }",
        "func f() { func(x int) { }(X) }",
        "func f(x int, y X) { }",
        "func (r R) x() { X() }",
        "type T struct { x int }\nvar y X",
        "type I interface { x() }\nvar y X",
        "func f(g func(x int)) { X() }",
        "func f() { switch { case y: x := 1; case z: X() } }",
        "func f() { switch x := y.(type) { }; X() }",
        "func f() { x: for { X() } }",
        "func f() { select { case x = <-c: X() } }",
        'import _ "a/x"\nfunc f() { X() }',
        'import . "a/x"\nfunc f() { X() }',
    ],
)
def test_a_name_that_the_file_does_not_declare_there(code: str) -> None:
    assert look_up(code) is None


def test_the_blank_identifier_and_init_declare_nothing() -> None:
    found = scopes("package p\nvar _ = 1\nfunc init() {}\nfunc _() {}\n")
    assert found.file.names() == frozenset()


def test_imports_have_their_path_and_dot_imports_are_told() -> None:
    source = 'package p\nimport (\n\t"math/rand/v2"\n\t. "math"\n\t"C"\n)\n'
    found = scopes(source)
    assert [(d.name, d.path) for d in found.file.declarations] == [("rand", "math/rand/v2")]
    assert found.dot_imports == ("math",)


def test_labels_belong_to_the_innermost_function() -> None:
    source = "package p\nfunc f() {\nx:\n\tfor {\n\t\tgoto x\n\t\tfunc() { A() }()\n\t}\n}\n"
    found = scopes(source)
    label = found.lookup_label("x", source.index("goto"))
    assert label is not None
    assert label.node.start == source.index("x:")
    assert found.lookup_label("x", source.index("A()")) is None


def test_scopes_nest_and_cover_what_they_span() -> None:
    found = scopes("package p\nfunc f() { if a { b() } else { c() }; func() { for { } }() }\n")
    every = list(found.walk())
    assert [s.kind.value for s in every] == ["file", "func", "block", "block", "block", "func", "block", "block"]
    for scope in every[1:]:
        assert scope.parent is not None
        assert scope.parent.span[0] <= scope.span[0] <= scope.span[1] <= scope.parent.span[1]
        assert found.at(scope.span[0]).span[0] == scope.span[0]


@pytest.mark.parametrize(
    ("path", "name"),
    [("fmt", "fmt"), ("net/http", "http"), ("math/rand/v2", "rand"), ("gopkg.in/yaml.v3", "yaml"), ("v2", "v2")],
)
def test_import_names(path: str, name: str) -> None:
    assert import_name(path) == name
