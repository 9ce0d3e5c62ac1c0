"""Spans of a tree under the labels that tests/syntax/goparser prints, and how the two differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import tree_sitter as ts

from gofixer.syntax import Tree
from gofixer.syntax.tree import walk

LABELS = {
    "call_expression": "call",
    "type_conversion_expression": "conversion",
    "short_var_declaration": "define",
    "assignment_statement": "assign",
    "for_statement": "for",
    "composite_literal": "composite",
    "index_expression": "index",
    "generic_type": "index",
    "type_instantiation_expression": "index",
    "func_literal": "funclit",
    "function_declaration": "funcdecl",
    "method_declaration": "funcdecl",
    "select_statement": "select",
    "if_statement": "if",
    "defer_statement": "defer",
    "go_statement": "go",
    "return_statement": "return",
    "expression_switch_statement": "switch",
    "type_switch_statement": "typeswitch",
    "inc_statement": "incdec",
    "dec_statement": "incdec",
    "send_statement": "send",
    "labeled_statement": "labeled",
    "break_statement": "branch",
    "continue_statement": "branch",
    "goto_statement": "branch",
    "fallthrough_statement": "branch",
    "expression_statement": "exprstmt",
    "block": "block",
    "import_declaration": "gendecl",
    "const_declaration": "gendecl",
    "var_declaration": "gendecl",
    "type_declaration": "gendecl",
    "import_spec": "importspec",
    "const_spec": "valuespec",
    "var_spec": "valuespec",
    "type_spec": "typespec",
    "type_alias": "typespec",
    "binary_expression": "binary",
    "negated_type": "unary",
    "pointer_type": "star",
    "parenthesized_expression": "paren",
    "parenthesized_type": "paren",
    "selector_expression": "selector",
    "qualified_type": "selector",
    "slice_expression": "slice",
    "type_assertion_expression": "typeassert",
    "keyed_element": "keyvalue",
    **dict.fromkeys(("int_literal", "float_literal", "imaginary_literal", "rune_literal"), "basic"),
    **dict.fromkeys(("interpreted_string_literal", "raw_string_literal"), "basic"),
    **dict.fromkeys(("identifier", "type_identifier", "field_identifier", "package_identifier"), "ident"),
    **dict.fromkeys(("label_name", "blank_identifier", "dot", "nil", "true", "false", "iota"), "ident"),
    "array_type": "array",
    "slice_type": "array",
    "implicit_length_array_type": "array",
    "map_type": "map",
    "channel_type": "chan",
    "struct_type": "struct",
    "interface_type": "interface",
    "function_type": "functype",
}


class Labelled(NamedTuple):
    """A label and the bytes that it stands for."""

    label: str
    start: int
    end: int


def our_spans(tree: Tree) -> Iterator[Labelled]:
    """What the tree has, in go/ast's terms."""
    for raw in walk(tree.root.raw):
        if not raw.is_named:
            continue
        label = LABELS.get(raw.type)
        if label:
            yield Labelled(label, raw.start_byte, raw.end_byte)
        if raw.type in ("call_expression", "unary_expression", "literal_value", "receive_statement"):
            yield from _special(raw)


def _special(raw: ts.Node) -> Iterator[Labelled]:
    match raw.type:
        case "call_expression":
            arguments = raw.child_by_field_name("type_arguments")
            if arguments:
                yield Labelled("index", raw.start_byte, arguments.end_byte)
        case "unary_expression":
            operator = raw.child_by_field_name("operator")
            star = operator is not None and operator.type == "*"
            yield Labelled("star" if star else "unary", raw.start_byte, raw.end_byte)
        case "literal_value" if raw.parent and raw.parent.type == "literal_element":
            yield Labelled("elided", raw.start_byte, raw.end_byte)
        case "receive_statement" if raw.child_by_field_name("left"):
            yield Labelled("receive", raw.start_byte, raw.end_byte)


def read_spans(lines: Iterator[str]) -> Iterator[tuple[str, set[Labelled] | None]]:
    """File names and their spans from the output of goparser; None for a file with a syntax error."""
    for line in lines:
        name = line.removeprefix("file ").rstrip("\n")
        spans: set[Labelled] | None = set()
        for row in lines:
            label, *offsets = row.split() or [""]
            if not label:
                break
            if label == "error":
                spans = None
            elif spans is not None:
                numbers = list(map(int, offsets))
                spans.update(Labelled(label, *pair) for pair in zip(numbers[::2], numbers[1::2], strict=True))
        yield name, spans
