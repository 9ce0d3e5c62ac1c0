"""Any bytes give a tree that holds them; what the grammar cannot read is told."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gofixer.syntax import Metadata, Node, ParentProvider, ScopeProvider, nodes, parse

SAMPLE = (Path(__file__).parent / "testdata/sample.go").read_bytes()
TOKENS = [
    b"new(",
    b"make(",
    b"func (r R) F[T any](",
    b"{",
    b"}",
    b")",
    b"\r\n",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"`",
    b'"',
    b"/*",
    b"'",
]


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """The sample with pieces cut out, doubled and put in."""
    source = SAMPLE
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(source)))
        end = min(len(source), start + draw(st.integers(0, 60)))
        piece = draw(st.one_of(st.sampled_from(TOKENS), st.binary(max_size=8), st.just(source[start:end] * 2)))
        source = source[:start] + piece + source[end:]
    start = draw(st.integers(0, len(source)))
    return source[start:] if draw(st.booleans()) else source


def check_nesting(node: Node) -> None:
    pending = [node]
    while pending:
        node = pending.pop()
        children = node.all_children
        for child in children:
            assert node.start <= child.start <= child.end <= node.end
        for left, right in pairwise(children):
            assert left.end <= right.start
        pending += children


def check(source: bytes) -> None:
    tree = parse(source)
    assert tree.source == source
    assert tree.root.text == source
    assert bool(tree.errors) == tree.has_errors
    assert all(0 <= start <= end <= len(source) for start, end in tree.errors)
    check_nesting(tree.root)
    parents = Metadata(tree)[ParentProvider]
    scopes = Metadata(tree)[ScopeProvider]
    for node in tree.root.descendants():
        assert parents.of(node) == node.parent
        scopes.lookup("x", node.start)


@given(mutated())
@settings(max_examples=60, deadline=None)
def test_a_mutated_file_is_held_without_loss(source: bytes) -> None:
    check(source)


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_held_without_loss(source: bytes) -> None:
    check(source)


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"\n\n",
        b"\0",
        b"package p\n\0\nvar x = 1\n",
        b"\xef\xbb\xbfpackage p\n",
        b'package p\nvar x = "\xff\xfe"\n',
        b"package p\r\n\r\nvar x = `a\r\nb`\r\n",
        b"package p // no newline",
        b"package p\n" + b"(" * 5000,
    ],
    ids=lambda source: repr(source[:24]),
)
def test_odd_files_are_held_without_loss(source: bytes) -> None:
    check(source)


def test_a_large_file_is_parsed() -> None:
    function = b"func f() { a(b[0], `%s`) }\n" % (b"x\n" * 100)
    tree = parse(b"package p\n" + function * (10_000_000 // len(function)))
    assert not tree.has_errors
    assert len(tree.root.raw.children) > 40_000


def test_errors_are_the_spans_that_could_not_be_read() -> None:
    source = b"package p\nvar x = ]\nvar y = 2\n"
    tree = parse(source)
    assert tree.has_errors
    assert all(source.index(b"var x") <= start and end <= source.index(b"var y") for start, end in tree.errors)
    (last,) = (spec for spec in tree.root.descendants(nodes.VarSpec) if spec.start > source.index(b"var y"))
    assert last.str == "y = 2"


def test_a_missing_token_is_an_empty_span() -> None:
    assert parse(b"package p\nfunc f() { a(1 }\n").errors == ((24, 24),)


@pytest.mark.parametrize(
    ("source", "place"),
    [
        (b"package p\n\nfunc f() {} func g() {}\n", 22),
        (b"package p\n\nvar x int var y int\n", 20),
        (b"package p\n\nvar (\n\tx int y int\n)\n", 23),
        (b"0\0_", 3),
    ],
)
def test_the_missing_end_of_a_declaration_is_an_empty_span_behind_it(source: bytes, place: int) -> None:
    tree = parse(source)
    assert tree.has_errors
    assert tree.errors == ((place, place),)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ('var x = new("a")', 'new("a")'),
        ("var x = new(1 + f(2))", "new(1 + f(2))"),
        ("var x = new( /* ( */ f(')'))", "new( /* ( */ f(')'))"),
        ("var x = new(T{1})", "new(T{1})"),
        ("func f(make func(int)) { make(n - 1) }", "make(n - 1)"),
    ],
)
def test_a_call_of_new_with_an_expression_is_a_call(code: str, text: str) -> None:
    tree = parse(f"package p\n{code}\n".encode())
    assert tree.masked
    assert not tree.errors
    call = next(call for call in tree.root.descendants(nodes.Call) if call.str == text)
    assert call.function.str in ("new", "make")
    assert call.function.start == call.start


def test_only_calls_that_need_it_are_masked() -> None:
    tree = parse(b"package p\nvar x = new(f(new([]int), new(1)))\n")
    assert not tree.errors
    arguments = [call.arguments.items for call in tree.root.descendants(nodes.Call)]
    assert [type(items[0]).__name__ for items in arguments] == ["Call", "Call", "SliceType", "IntLiteral"]


def test_a_word_in_a_string_or_a_comment_is_not_masked() -> None:
    assert not parse(b'package p\nvar x = "new(1)" // new(2)\nvar y = ]\n').masked


@pytest.mark.parametrize(
    "code",
    [
        "func (r R) Map[T any](f func(T) T) []T { return nil }",
        "func (r *R[K]) Map[\n\tT interface{ ~[]int },\n\tU any,\n](x T) {}",
    ],
)
def test_a_method_with_type_parameters_is_a_method(code: str) -> None:
    tree = parse(f"package p\n{code}\n".encode())
    assert tree.masked
    assert not tree.errors
    (method,) = tree.root.descendants(nodes.MethodDeclaration)
    assert method.name == "Map"
    assert method.str == code


def test_a_masked_parse_that_is_no_better_is_dropped() -> None:
    tree = parse(b"package p\nvar x = new(]\n")
    assert not tree.masked
    assert tree.has_errors


def test_ranges_alone_are_parsed_and_keep_their_offsets() -> None:
    source = b"package p\n\nfunc f() { a() }\n\nfunc g() { ] }\n\nfunc h() { new(1) }\n"
    skipped = source.index(b"func g"), source.index(b"func h")
    tree = parse(source, ranges=[(0, skipped[0]), (skipped[1], len(source))])
    assert not tree.has_errors
    assert [function.name.str for function in tree.root.descendants(nodes.FunctionDeclaration)] == ["f", "h"]
    last = list(tree.root.descendants(nodes.Call))[-1]
    assert last.text == b"new(1)"
    assert (last.line, last.column) == (6, 11)
    assert tree.root.text == source


@pytest.mark.parametrize("ranges", [[(5, 3)], [(4, 8), (0, 4)], [(0, 6), (4, 8)], [(0, 100)], [(-1, 3)]])
def test_ranges_that_are_none_are_refused(ranges: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="ranges are sorted"):
        parse(b"package p\n", ranges=ranges)
