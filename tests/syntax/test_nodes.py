"""What a node tells of itself, and the edits that it makes."""

from __future__ import annotations

import pytest

from gofixer.syntax import Edit, Node, apply_edits, nodes, parse
from gofixer.syntax.nodes import ArgumentList, Binary, Call, Defer, For, Identifier, IntLiteral, RangeClause, Selector

SOURCE = b"""package p

func f() {
\tdefer mu.Unlock()
\tfor i := range time.After(1 + 2) {
\t\tx[1:2:3] = i // keep
\t}
}
"""


def first(cls: type[Node], source: bytes = SOURCE) -> Node:
    return next(parse(source).root.descendants(cls))


def body(code: str) -> bytes:
    return f"package p\n\nfunc f() {{\n{code}\n}}\n".encode()


def statement(code: str, text: str) -> Node:
    tree = parse(body(code))
    assert not tree.errors
    return next(s for s in tree.root.descendants(nodes.Statement) if s.str == text)


def after(node: Node, *edits: Edit) -> str:
    text = apply_edits(node.tree.source, edits).decode()
    return text.removeprefix("package p\n\nfunc f() {\n").removesuffix("\n}\n")


def test_patterns_read_as_the_code() -> None:
    found = []
    for node in parse(SOURCE).root.descendants():
        match node:
            case Call(Selector(Identifier("time"), "After"), ArgumentList([Binary(IntLiteral("1"), "+", right)])):
                found.append(right.str)
            case Defer(Call(Selector(_, "Unlock"))):
                found.append("defer")
            case For(_, RangeClause(left, value)):
                found += [part.str for part in (left, value) if part]
    assert found == ["defer", "i", "time.After(1 + 2)", "2"]


def test_a_node_equals_itself_however_often_it_is_wrapped() -> None:
    tree = parse(SOURCE)
    one, two = (next(tree.root.descendants(Call)) for _ in range(2))
    assert one is not two
    assert one == two
    assert len({one, two}) == 1
    assert one != next(parse(SOURCE).root.descendants(Call))
    assert one != one.parent


def test_only_leaves_equal_their_text() -> None:
    assert first(Identifier) == "f"
    assert first(Identifier) != "g"
    assert first(Selector) != "mu.Unlock"


def test_offsets_are_bytes_and_rows_and_columns_count_from_zero() -> None:
    source = 'package p\nvar ä, b = "ü", 1\n'.encode()
    literal = first(IntLiteral, source)
    assert literal.span == (source.index(b"1"), source.index(b"1") + 1)
    assert (literal.line, literal.column) == (1, len('var ä, b = "ü", '.encode()))


def test_text_that_is_no_utf8_comes_as_surrogates_and_goes_back() -> None:
    literal = first(nodes.InterpretedStringLiteral, b'package p\nvar x = "\xff"\n')
    assert literal.str == '"\udcff"'
    assert literal.replace(literal.str).new == b'"\xff"'


def test_neighbours() -> None:
    call = first(Call)
    assert isinstance(call.parent, Defer)
    assert [a.kind for a in call.ancestors()][-2:] == ["function_declaration", "source_file"]
    assert call.children == (call.field("function"), call.field("arguments"))
    assert [t.str for t in first(Defer).all_children] == ["defer", "mu.Unlock()"]
    assert call.tree.root.parent is None
    loop = first(For)
    assert isinstance(loop.previous_sibling, Defer)
    assert loop.next_sibling is None


def test_an_unknown_field_is_an_error_and_an_empty_one_is_none() -> None:
    call = first(Call)
    assert call.field("type_arguments") is None
    with pytest.raises(KeyError):
        call.field("colour")


def test_a_slice_has_the_field_names_of_go_ast() -> None:
    found = first(nodes.Slice)
    assert isinstance(found, nodes.Slice)
    assert [found.low, found.high, found.capacity] == ["1", "2", "3"]
    assert found.span == (SOURCE.index(b"x[1"), SOURCE.index(b" = i"))


def test_comments_are_children_but_no_items() -> None:
    arguments = first(ArgumentList, b"package p\nvar _ = f(/* a */ 1, // b\n2)\n")
    assert isinstance(arguments, ArgumentList)
    assert [c.kind for c in arguments.children] == ["comment", "int_literal", "comment", "int_literal"]
    assert [item.str for item in arguments.items] == ["1", "2"]


def test_descendants_by_abstract_class_find_string_literals() -> None:
    found = [e.str for e in parse(b'package p\nvar x = "a" + `b`\n').root.descendants(nodes.Expression)]
    assert found == ["x", '"a" + `b`', '"a"', "`b`"]


def test_replace_and_with_changes() -> None:
    call = next(c for c in parse(SOURCE).root.descendants(Call) if c.str == "time.After(1 + 2)")
    assert b"range tick() {" in apply_edits(SOURCE, [call.replace("tick()")])
    edits = call.with_changes(arguments="(d)", function="clock.After")
    assert b"range clock.After(d) {" in apply_edits(SOURCE, edits)


def test_with_changes_of_several_nodes_replaces_from_the_first_to_the_last() -> None:
    spec = first(nodes.VarSpec, b"package p\nvar a, b = 1, 2\n")
    assert apply_edits(spec.tree.source, spec.with_changes(name="c")) == b"package p\nvar c = 1, 2\n"


def test_with_changes_refuses_what_is_not_there() -> None:
    with pytest.raises(TypeError, match="no field colour"):
        first(Call).with_changes(colour="red")
    with pytest.raises(ValueError, match="empty"):
        first(Call).with_changes(type_arguments="[int]")


@pytest.mark.parametrize(
    ("code", "text", "left"),
    [
        ("\ta()\n\tb()\n\tc()", "b()", "\ta()\n\tc()"),
        ("\ta()\n\tif x {\n\t\tb()\n\t}\n\tc()", "if x {\n\t\tb()\n\t}", "\ta()\n\tc()"),
        ("\ta()\n\tb();\n\tc()", "b()", "\ta()\n\tc()"),
        ("\ta()\r\n\tb()\r\n\tc()", "b()", "\ta()\r\n\tc()"),
        ("\ta(); b(); c()", "a()", "\tb(); c()"),
        ("\ta(); b(); c()", "b()", "\ta(); c()"),
        ("\ta(); b(); c()", "c()", "\ta(); b()"),
        ("\tif x { a() }", "a()", "\tif x { }"),
        ("\ta()\n\tb() // why\n\tc()", "b()", "\ta()\n\t// why\n\tc()"),
        ("\tif a := 1; x {\n\t}", "a := 1", "\tif x {\n\t}"),
        ("\tfor a := 1; x; {\n\t}", "a := 1", "\tfor ; x; {\n\t}"),
        ("\tswitch x {\n\tcase 1:\n\t\ta()\n\t\tb()\n\t}", "b()", "\tswitch x {\n\tcase 1:\n\t\ta()\n\t}"),
    ],
)
def test_removing_a_statement_takes_what_only_it_needs(code: str, text: str, left: str) -> None:
    node = statement(code, text)
    assert after(node, node.remove()) == left


@pytest.mark.parametrize(
    ("code", "text", "left"),
    [
        ("f(1, 2, 3)", "1", "f(2, 3)"),
        ("f(1, 2, 3)", "2", "f(1, 3)"),
        ("f(1, 2, 3)", "3", "f(1, 2)"),
        ("f(1)", "1", "f()"),
        ("f(\n\t1,\n\t2,\n)", "2", "f(\n\t1,\n)"),
    ],
)
def test_removing_a_list_element_takes_a_comma(code: str, text: str, left: str) -> None:
    tree = parse(f"package p\nvar _ = {code}\n".encode())
    node = next(n for n in tree.root.descendants(IntLiteral) if n.str == text)
    assert apply_edits(tree.source, [node.remove()]).decode() == f"package p\nvar _ = {left}\n"


def test_removing_a_declaration_takes_its_lines() -> None:
    declaration = first(nodes.VarDeclaration, b"package p\nvar a = 1\nvar b = 2\n")
    assert apply_edits(declaration.tree.source, [declaration.remove()]) == b"package p\nvar b = 2\n"


@pytest.mark.parametrize(
    ("code", "text", "new", "result"),
    [
        ("\ta()\n\tb()", "b()", "x()", "\ta()\n\tx()\n\tb()"),
        ("\tif y {\n\t\tb()\n\t}", "b()", "if x {\n\tz()\n}", "\tif y {\n\t\tif x {\n\t\t\tz()\n\t\t}\n\t\tb()\n\t}"),
        ("\tb()", "b()", "s := `1\n2`\nx()", "\ts := `1\n2`\n\tx()\n\tb()"),
        ("\ta(); b()", "b()", "x()", "\ta(); x(); b()"),
    ],
)
def test_inserting_before_a_statement(code: str, text: str, new: str, result: str) -> None:
    node = statement(code, text)
    assert after(node, node.insert_before(new)) == result


@pytest.mark.parametrize(
    ("code", "text", "new", "result"),
    [
        ("\ta()\n\tb()", "a()", "x()", "\ta()\n\tx()\n\tb()"),
        ("\ta() // why\n\tb()", "a()", "x()", "\ta() // why\n\tx()\n\tb()"),
        ("\ta(); b()", "a()", "x()", "\ta(); x(); b()"),
        ("\tif y { a() }", "a()", "x()", "\tif y { a(); x() }"),
        ("\ta()\r\n\tb()", "a()", "x {\n}", "\ta()\n\tx {\n\t}\r\n\tb()"),
    ],
)
def test_inserting_after_a_statement(code: str, text: str, new: str, result: str) -> None:
    node = statement(code, text)
    assert after(node, node.insert_after(new)) == result


def test_insertions_have_the_line_end_of_the_file() -> None:
    tree = parse(b"package p\r\n\r\nfunc f() {\r\n\ta()\r\n}\r\n")
    call = next(tree.root.descendants(nodes.ExpressionStatement))
    assert call.insert_before("if x {\n}").new == b"if x {\r\n\t}\r\n\t"


def test_nothing_is_put_beside_what_is_no_statement() -> None:
    with pytest.raises(ValueError, match="no statement of a list"):
        first(Call).insert_before("x()")


@pytest.mark.parametrize("edits", [[Edit(0, 4, b""), Edit(2, 5, b"")], [Edit(0, 100, b"")], [Edit(3, 2, b"")]])
def test_edits_that_cannot_be_made_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="overlaps"):
        apply_edits(b"package p\n", edits)
