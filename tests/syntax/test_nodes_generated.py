"""The node classes are those of the grammar that is installed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gofixer.syntax import _generate, nodes, parse
from gofixer.syntax.grammar import LANGUAGE
from gofixer.syntax.node import Error, Leaf, Node, Token

TYPES = json.loads(_generate.NODE_TYPES.read_text())
SAMPLE = (Path(__file__).parent / "testdata/sample.go").read_bytes()
CLASSES = sorted((c for c in Node.all_classes() if c.KIND and c is not Error), key=lambda cls: cls.__name__)


def test_the_classes_are_not_stale() -> None:
    assert _generate.NODES.read_text() == _generate.generate(TYPES)


def test_kinds_and_fields_are_those_of_the_installed_grammar() -> None:
    visible = [i for i in range(LANGUAGE.node_kind_count) if LANGUAGE.node_kind_is_visible(i)]
    installed = {(LANGUAGE.node_kind_for_id(i), LANGUAGE.node_kind_is_named(i)) for i in visible}
    listed = {(t["type"], t["named"]) for t in TYPES if "subtypes" not in t}
    assert installed == {(kind.strip("\0"), named) for kind, named in listed}
    fields = {LANGUAGE.field_name_for_id(i) for i in range(1, LANGUAGE.field_count + 1)}
    assert fields == {name for t in TYPES for name in t.get("fields", {})}


def test_supertypes_are_those_of_the_installed_grammar() -> None:
    listed = {t["type"]: {s["type"] for s in t["subtypes"]} for t in TYPES if "subtypes" in t}
    listed.pop("_type")  # inlined: the installed grammar does not know it any more
    assert listed == {
        LANGUAGE.node_kind_for_id(supertype): {LANGUAGE.node_kind_for_id(i) for i in LANGUAGE.subtypes(supertype)}
        for supertype in LANGUAGE.supertypes
    }


def test_the_sample_parses_and_has_every_kind() -> None:
    tree = parse(SAMPLE)
    assert not tree.has_errors
    assert {node.kind for node in (tree.root, *tree.root.descendants())} == {cls.KIND for cls in CLASSES}


def test_every_node_has_the_class_of_its_kind() -> None:
    assert all(node.kind == type(node).KIND for node in parse(SAMPLE).root.descendants())


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_fields_come_in_the_order_of_the_grammar(cls: type[Node]) -> None:
    if issubclass(cls, Leaf):
        assert cls.__match_args__ == ("str",)
        return
    for node in parse(SAMPLE).root.descendants(cls):
        starts = []
        for name in cls.__match_args__:
            if name in ("child", "items"):
                continue
            value = getattr(node, name)
            first = value[0] if isinstance(value, tuple) and value else value
            if isinstance(first, Node):
                starts.append((first.start, name))
        if cls is nodes.Call:  # the rare type arguments come last, so that a pattern need not name them
            starts = [(start, name) for start, name in starts if name != "type_arguments"]
        assert starts == sorted(starts)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("call_expression", "Call"),
        ("expression_statement", "ExpressionStatement"),
        ("expression_switch_statement", "ExpressionSwitch"),
        ("_simple_statement", "SimpleStatement"),
        ("parenthesized_expression", "Parenthesized"),
        ("parenthesized_type", "ParenthesizedType"),
        ("true", "True_"),
        ("nil", "Nil"),
    ],
)
def test_names_are_the_kinds_without_what_goes_without_saying(kind: str, name: str) -> None:
    assert _generate.class_names(TYPES)[kind] == name
    assert hasattr(nodes, name)


def test_supertypes_are_abstract_classes() -> None:
    assert issubclass(nodes.Call, nodes.Expression)
    assert issubclass(nodes.Inc, nodes.SimpleStatement)
    assert issubclass(nodes.SimpleStatement, nodes.Statement)
    assert issubclass(nodes.PointerType, nodes.SimpleType)
    assert not nodes.Expression.KIND


def test_groups_are_what_has_a_body_of_its_own() -> None:
    """FUNCTIONS are what has parameters and a body, CASES what the cases of switches and selects are."""
    with_body = {cls for cls in CLASSES if {"parameters", "body"} <= set(cls.__match_args__)}
    assert with_body == set(nodes.FUNCTIONS)
    assert {cls for cls in CLASSES if cls.__name__.endswith("Case")} == set(nodes.CASES)


def test_nodes_have_no_dictionary_and_cannot_be_given_attributes() -> None:
    node = parse(SAMPLE).root.children[0]
    with pytest.raises(AttributeError):
        node.color = "red"  # type: ignore[attr-defined]


def test_operators_are_tokens() -> None:
    operators = [binary.operator for binary in parse(SAMPLE).root.descendants(nodes.Binary)]
    assert all(isinstance(operator, Token) for operator in operators)
    assert operators[0] == "+"
