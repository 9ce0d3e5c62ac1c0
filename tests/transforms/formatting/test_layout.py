"""New text has the blanks that gofmt would give it, at its place."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from gofixer.transforms.formatting._layout import Apply, Join, byte_or_string, depth_of, quote, show, show_at

from gofixer.facts.toolchain import Toolchain
from gofixer.syntax import nodes, parse

EXPRESSIONS = (
    "a + b", "a*b + c", "a<<1 | b", "a + b*c - d", "-a + b", "a / *p", "a&b + c&^d", "a - -b", "f(a + b)", "f(a*b + c)",
    "f(a, b+c)", "f(a, g(b+c), d*e+f)", "f(g(a + b))", "s[a+b]", "s[a+b : c]", "s[a : b+c]", "s[a+1:]", "s[:b-1]",
    "s[a+1:][0]", "(a + b) * c", "f((a+b)*c, d)", "x.y(a + b).z", "m[a*b+c]", "a == b+c", "a && b == c",
    "!(a + b == c)",
    "T(a + b)", "[]byte(a + b)", "f(x, T(a+b))", "f(func() int { return a + b }())", "a + b + c*d", "f(a+b...)",
    "f(x, a+b...)", "a >> b / c", "s[f(a+b)]", "p.x + q.y*r.z", "<-c + a", "a % b", "f(a, b == c)",
)  # fmt: skip
PLACES = ("x := {}", "x = {}", "x, y := {}, 1", "f({})", "f(1, {})", "return {}", "return {}, nil", "m[{}] = 1",
          "if {} {{\n\t}}")  # fmt: skip


def expression(source: str) -> nodes.Expression:
    """The parsed expression, out of a place where gofmt would print it at depth one."""
    tree = parse(f"package p\n\nfunc _() {{\n\treturn {source}\n}}\n".encode())
    found = next(tree.root.descendants(nodes.Return)).children[0].children[0]
    assert isinstance(found, nodes.Expression)
    return found


@pytest.fixture(scope="module")
def gofmt(toolchain: Toolchain) -> Path:
    beside = [toolchain.go.parent / "gofmt", toolchain.goroot / "bin" / "gofmt"]
    found = next((path for path in beside if path.is_file()), None)
    if found is None:
        pytest.skip("the toolchain has no gofmt")
    return found


def formatted(gofmt: Path, statements: list[str]) -> list[str]:
    """What gofmt makes of statements, one function each."""
    source = "package p\n" + "".join(f"\nfunc _() {{\n\t{statement}\n}}\n" for statement in statements)
    done = subprocess.run([gofmt], input=source, capture_output=True, text=True, check=True)
    return done.stdout.removeprefix("package p\n\nfunc _() {\n\t").removesuffix("\n}\n").split("\n}\n\nfunc _() {\n\t")


def test_source_at_another_place(gofmt: Path) -> None:
    shown, wanted = [], []
    for place in PLACES:
        for source in EXPRESSIONS:
            statement = place.format("HERE")
            tree = parse(f"package p\n\nfunc _() {{\n\t{statement}\n}}\n".encode())
            here = next(n for n in tree.root.descendants(nodes.Identifier) if n == "HERE")
            shown.append(place.format(show(expression(source), depth_of(here))))
            wanted.append(place.format(source))
    assert shown == formatted(gofmt, wanted)


def test_new_expressions(gofmt: Path) -> None:
    made = [
        Join(('"a"', expression("b + c"), Apply("f", (expression("d + e"),)), '"g"')),
        Apply("f", (Apply("g", ("x", expression("a*b + c")), spread=True),)),
        Apply("f", (Join(("x", expression("y"))),)),
        Join(("x", Apply("f", ("y", Join(("z", "w")))))),
    ]
    shown = [f"x := {show(expr)}" for expr in made] + [f"f(x, {show(expr, 2)})" for expr in made]
    assert shown == formatted(gofmt, shown)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("return HERE", 'a + "/" + b'),
        ("f(x, HERE)", 'a+"/"+b'),
        ('x = "<" + HERE + ">"', 'a + "/" + b'),
        ('f(x, "<"+HERE)', 'a+"/"+b'),
        ("return HERE[1:]", '(a + "/" + b)'),
        ("return HERE[0]", '(a + "/" + b)'),
        ("if HERE == x {\n\t}", 'a+"/"+b'),
        ("m[HERE]++", 'a+"/"+b'),
        ("return (HERE)", 'a + "/" + b'),
    ],
)
def test_a_concatenation_in_its_place(source: str, shown: str, gofmt: Path) -> None:
    tree = parse(f"package p\n\nfunc _() {{\n\t{source}\n}}\n".encode())
    here = next(n for n in tree.root.descendants(nodes.Identifier) if n == "HERE")
    assert show_at(here, Join(("a", '"/"', "b"))) == shown
    whole = source.replace("HERE", shown)
    assert formatted(gofmt, [whole]) == [whole]


def test_literals() -> None:
    raw = expression("`%s`")
    assert quote('say "x"\n\x00é\udcff\u200b') == r'"say \"x\"\n\x00é\xff\u200b"'
    assert quote("C:\\", raw) == "`C:\\`"
    assert quote("plain", raw) == '"plain"'
    assert quote("a\\`", raw) == '"a\\\\`"'
    assert byte_or_string("/") == ("'/'", False)
    assert byte_or_string("'") == (r"'\''", False)
    assert byte_or_string("\\") == (r"'\\'", False)
    assert byte_or_string('"') == ("'\"'", False)
    assert byte_or_string("é") == ('"é"', True)
    assert byte_or_string("ab") == ('"ab"', True)
