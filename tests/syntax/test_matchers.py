"""Matchers describe nodes."""

from __future__ import annotations

import pytest

from gofixer.syntax import Node, nodes, parse
from gofixer.syntax import matchers as m


def expression(code: str) -> Node:
    tree = parse(f"package p\nvar _ = {code}\n".encode())
    assert not tree.errors
    (spec,) = tree.root.descendants(nodes.VarSpec)
    assert spec.value is not None
    return spec.value.items[0]


AFTER = m.Call(function=m.Selector(operand=m.Identifier("time"), field="After"))


@pytest.mark.parametrize(
    ("code", "matcher", "expected"),
    [
        ("time.After(d)", AFTER, True),
        ("time.Tick(d)", AFTER, False),
        ("(time).After(d)", AFTER, False),
        ("f(a)", m.Call(), True),
        ("f(a)", m.Expression(), True),
        ("f(a)", m.Statement(), False),
        ("f(a)", m.Call(type_arguments=None), True),
        ("f(a)", m.Call("f", m.DoNotCare()), True),
        ("a + b", m.Binary("a", "+", "b"), True),
        ("a + b", m.Binary(operator=m.OneOf("-", "+")), True),
        ("a + b", m.Binary(left=~m.Identifier()), False),
        ("a + b", m.Binary(left=m.Identifier() & m.MatchRegex("[a-c]")), True),
        ("a + b", m.Binary(left=m.MatchRegex("")), False),
        ("a + b", m.Call() | m.Binary(), True),
        ("a", m.Identifier(m.MatchIfTrue(str.islower)), True),
        ("f(a, b)", m.Call(arguments=m.ArgumentList(["a", "b"])), True),
        ("f(a, b)", m.Call(arguments=m.ArgumentList(["a"])), False),
        ("f(a, b)", m.Call(arguments=m.ArgumentList([m.ZeroOrMore(), "b"])), True),
        ("f(a, b)", m.Call(arguments=m.ArgumentList(["b", m.ZeroOrMore()])), False),
        ("f()", m.Call(arguments=m.ArgumentList([m.ZeroOrMore()])), True),
        ("f(a)", m.Call(arguments=m.ArgumentList([m.AtLeastN(n=2)])), False),
        ("f(a)", m.Call(arguments=m.ArgumentList(["a", m.ZeroOrOne()])), True),
        ("f(a, b, c)", m.Call(arguments=m.ArgumentList(["a", m.ZeroOrOne()])), False),
        ("f(a, 1, 2)", m.Call(arguments=m.ArgumentList(["a", m.ZeroOrMore(m.IntLiteral())])), True),
        ("f(a, b, 2)", m.Call(arguments=m.ArgumentList(["a", m.ZeroOrMore(m.IntLiteral())])), False),
    ],
)
def test_matches(code: str, matcher: m.Matcher, expected: bool) -> None:
    assert m.matches(expression(code), matcher) is expected


def test_extract_gives_what_was_saved() -> None:
    matcher = m.Call(
        function=m.SaveMatchedNode(m.Selector(), "callee"),
        arguments=m.ArgumentList([m.SaveMatchedNode("a", "first"), m.SaveMatchedNode(m.ZeroOrMore(), "rest")]),
    )
    found = m.extract(expression("x.f(a, b, c)"), matcher)
    assert found is not None
    rest = found["rest"]
    assert isinstance(rest, tuple)
    assert [node.str for node in rest] == ["b", "c"]
    assert found["first"] == "a"
    assert m.extract(expression("x.f(b)"), matcher) is None


def test_a_run_gives_back_what_the_rest_needs() -> None:
    matcher = m.Call(
        arguments=m.ArgumentList([m.SaveMatchedNode(m.ZeroOrMore(), "head"), m.IntLiteral("2"), m.ZeroOrMore()])
    )
    found = m.extract(expression("f(1, 2, 3, 2)"), matcher)
    assert found is not None
    assert found["head"] == ("1",)


def test_what_failed_saves_nothing() -> None:
    matcher = m.OneOf(m.Binary(m.SaveMatchedNode("a", "left"), "-"), m.Binary(right=m.SaveMatchedNode("b", "right")))
    found = m.extract(expression("a + b"), matcher)
    assert found is not None
    assert set(found) == {"right"}


def test_findall_is_in_source_order_and_has_nested_matches() -> None:
    tree = parse(b"package p\nvar _ = f(g(1), h(2))\n")
    assert [node.str for node in m.findall(tree, m.Call())] == ["f(g(1), h(2))", "g(1)", "h(2)"]
    assert [node.str for node in m.findall(expression("f(1)"), m.Call() | m.IntLiteral())] == ["f(1)", "1"]


def test_a_class_or_an_attribute_that_does_not_exist_is_refused() -> None:
    with pytest.raises(AttributeError, match="no node class CallExpr"):
        m.CallExpr()
    with pytest.raises(TypeError, match="no attribute colour"):
        m.Call(colour="red")
    with pytest.raises(TypeError, match="by position"):
        m.Identifier("a", "b")
    with pytest.raises(TypeError, match="neither a matcher"):
        m.Call(1)


def test_a_run_outside_of_a_list_is_refused() -> None:
    with pytest.raises(TypeError, match="only stand in a list"):
        m.matches(expression("f(a)"), m.Call(m.ZeroOrMore()))
