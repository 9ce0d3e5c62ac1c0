"""Patterns: what they match, what they do not, and what a bad one says."""

from __future__ import annotations

import pytest

from gofixer.match.matcher import Matcher
from gofixer.match.pattern import PatternError, compile_pattern
from gofixer.syntax import parse

HEADER = 'package p\n\nimport (\n\t"fmt"\n\t"runtime"\n\tclock "time"\n)\n\n'


def found(pattern: str, code: str, *, header: str = HEADER, **where: str) -> list[str]:
    """Texts of what a pattern matches in a file."""
    source = (header + code).encode()
    matches = Matcher([compile_pattern(pattern, where=where)]).find(parse(source))
    return [source[m.span[0] : m.span[1]].decode() for m in matches]


def in_function(body: str) -> str:
    return f"func f() {{\n{body}\n}}\n"


@pytest.mark.parametrize(
    ("pattern", "body", "expected"),
    [
        ("fmt.Sprintf($f, $*args)", 'x := fmt.Sprintf("%d", 1, 2)', ['fmt.Sprintf("%d", 1, 2)']),
        ("fmt.Sprintf($f, $*args)", 'x := fmt.Sprintf("a")', ['fmt.Sprintf("a")']),
        ('fmt.Sprintf("%d", $n)', 'x := fmt.Sprintf("%d", 1)', ['fmt.Sprintf("%d", 1)']),
        ('fmt.Sprintf("%d", $n)', 'x := fmt.Sprintf("%s", 1)', []),
        ('fmt.Sprintf("%d", $n)', 'x := fmt.Sprintf("%d", 1, 2)', []),
        ("time.After($d)", "<-clock.After(clock.Second)", ["clock.After(clock.Second)"]),
        ("time.After($d)", "<-time.After(1)", []),
        ("runtime.GC()", "runtime.GC()\n\truntime.GC()", ["runtime.GC()", "runtime.GC()"]),
        ("make([]byte, 0, 8)", "x := make([]byte, 0, 8)", ["make([]byte, 0, 8)"]),
        ("append([]byte{}, $s...)", "return append([]byte{}, s...)", ["append([]byte{}, s...)"]),
        ("append([]byte{}, $s...)", "x = append([]byte /* none */ {}, s...)", ["append([]byte /* none */ {}, s...)"]),
        ("map[string]chan int{}", "f(map[string]chan int{})", ["map[string]chan int{}"]),
        ("$x = len($y)", "x = // length\n\tlen(y)", ["x = // length\n\tlen(y)"]),
        ("$x == $x", "_ = a[i] == a[ i ]", ["a[i] == a[ i ]"]),
        ("$x == $x", "_ = a == b", []),
        ("$x + $y", "_ = a - b", []),
        ("defer func() { $*body }()", "defer func() { a(); b() }()", ["defer func() { a(); b() }()"]),
        ("defer func() { $*body }()", "defer func() {}()", ["defer func() {}()"]),
        ("defer func() { $*body }()", "defer func(x int) {}(1)", []),
        ("for { $*body }", "for { a() }", ["for { a() }"]),
        ("for { $*body }", "for x { a() }", []),
        ("if $c { $*_ }", "if a := b(); a { c() }", []),
        ("if $c { $*_ }", "if a { c() }", ["if a { c() }"]),
        ("select { $*cases }", "select { case <-a: b()\ndefault: }", ["select { case <-a: b()\ndefault: }"]),
        ("$x := $y\n$x.Lock()", "a()\nm := n\nm.Lock()\nb()", ["m := n\nm.Lock()"]),
        ("$x := $y\n$x.Lock()", "m := n\nk.Lock()", []),
        ("append($x, $y...)", "_ = append(a, b...)", ["append(a, b...)"]),
        ("append($x, $y...)", "_ = append(a, b)", []),
        ("[]int{$*_, 7}", "_ = []int{1, 2, 7}", ["[]int{1, 2, 7}"]),
        ("make([]$t, $n)", "_ = make([]string, 3)", ["make([]string, 3)"]),
        ("for range clock { $*_ }", "for range clock { a() }", ["for range clock { a() }"]),
        ("for _, $x := range $y { $*_ }", "for _, v := range w { a(v) }", ["for _, v := range w { a(v) }"]),
    ],
)
def test_matches(pattern: str, body: str, expected: list[str]) -> None:
    assert found(pattern, in_function(body)) == expected


@pytest.mark.parametrize(
    "code",
    [
        "func f(clock C) { clock.After(1) }",
        "func f() { clock := g(); clock.After(1) }",
        "func f() { var clock C; clock.After(1) }",
        "func f() { for _, clock := range cs { clock.After(1) } }",
        "func f() { if clock := g(); true { clock.After(1) } }",
        "func (clock C) f() { clock.After(1) }",
        "func f() (clock C) { clock.After(1); return }",
        "func f() { switch clock := x.(type) { case C: clock.After(1) } }",
        "func f() { func(clock C) { clock.After(1) }(nil) }",
        "func f() { select { case clock := <-c: clock.After(1) } }",
        "var clock C\n\nfunc f() { clock.After(1) }",
    ],
)
def test_a_shadowing_name_is_no_package(code: str) -> None:
    assert found("time.After($d)", code) == []


def test_a_name_declared_later_or_elsewhere_does_not_shadow() -> None:
    code = "func f() { clock.After(1); clock := 2; _ = clock }\n\nfunc g(clock int) {}\n"
    assert found("time.After($d)", code) == ["clock.After(1)"]


def test_comments_and_trailing_commas_do_not_count() -> None:
    code = in_function('x := fmt.Sprintf( // why\n"%d", /* n */ n,\n)')
    assert len(found('fmt.Sprintf("%d", $n)', code)) == 1


def test_matches_come_in_source_order_and_once() -> None:
    code = in_function('a(fmt.Sprintf("%s", fmt.Sprintf("%d", 1)))')
    outer, inner = found("fmt.Sprintf($f, $*a)", code)
    assert inner in outer


def test_several_patterns_share_one_query() -> None:
    source = (HEADER + in_function("runtime.GC()\n<-clock.After(1)")).encode()
    matcher = Matcher([compile_pattern("time.After($d)"), compile_pattern("runtime.GC()")])
    assert [m.pattern for m in matcher.find(parse(source))] == [1, 0]
    assert matcher.find(parse(source), active=[1])[0].pattern == 1


def test_prefilter_wants_every_literal() -> None:
    matcher = Matcher([compile_pattern("time.After($d)"), compile_pattern("fmt.Sprintf($f)")])
    assert matcher.prefilter(b'import "time"\nx.After(1)') == (0,)
    assert matcher.prefilter(b"x.After(1)") == ()


def test_inline_type_words() -> None:
    pattern = compile_pattern("fmt.Sprint($(n: integer))")
    assert pattern.where == {"n": "integer"}


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("fmt.Sprintf(", "is not Go code"),
        ("", "empty"),
        ("$x", "matches everything"),
        ("$*x", "matches everything"),
        ("nosuchpackage.F($x)", "no package of the standard library"),
        ("rand.Int()", "add `imports`"),
        ("f($)", "starts no metavariable"),
    ],
)
def test_bad_patterns_say_why(pattern: str, message: str) -> None:
    with pytest.raises(PatternError, match=message):
        compile_pattern(pattern)


def test_where_must_name_a_metavariable() -> None:
    with pytest.raises(PatternError, match=r"\$m"):
        compile_pattern("fmt.Sprint($n)", where={"m": "integer"})


def test_imports_settle_a_qualifier() -> None:
    pattern = compile_pattern("rand.Int()", imports=["math/rand/v2"])
    assert pattern.anchor is not None
    assert pattern.anchor.path == "math/rand/v2"
