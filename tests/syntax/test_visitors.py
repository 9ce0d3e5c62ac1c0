"""Visitors walk, transformers return edits, queries find."""

from __future__ import annotations

import pytest

from gofixer.syntax import Edit, Metadata, ParentProvider, PositionProvider, Transformer, Visitor, nodes, parse, query

SOURCE = b"package p\n\nfunc f() {\n\ta(b(1))\n\tfunc() { c() }()\n}\n"


class Calls(Visitor):
    def __init__(self) -> None:
        self.seen: list[str] = []

    def visit_Call(self, node: nodes.Call) -> None:
        self.seen.append(f"+{node.function.str[:4]}")

    def leave_Call(self, node: nodes.Call) -> None:
        self.seen.append(f"-{node.function.str[:4]}")


def test_nodes_are_visited_before_and_left_after_their_children() -> None:
    calls = Calls()
    calls.walk(parse(SOURCE))
    assert calls.seen == ["+a", "+b", "-b", "-a", "+func", "+c", "-c", "-func"]


def test_false_keeps_the_walk_out_and_leaves_all_the_same() -> None:
    class Outer(Calls):
        def visit_ArgumentList(self, node: nodes.ArgumentList) -> bool:
            return False

        def visit_FuncLiteral(self, node: nodes.FuncLiteral) -> bool:
            return False

    outer = Outer()
    outer.walk(parse(SOURCE))
    assert outer.seen == ["+a", "-a", "+func", "-func"]


def test_a_walk_stays_inside_of_its_node() -> None:
    calls = Calls()
    calls.walk(next(parse(SOURCE).root.descendants(nodes.Call)))
    assert calls.seen == ["+a", "+b", "-b", "-a"]


def test_the_method_of_the_most_specific_class_is_called() -> None:
    class Classes(Visitor):
        def __init__(self) -> None:
            self.seen: list[str] = []

        def visit_Expression(self, node: nodes.Expression) -> None:
            self.seen.append("any")

        def visit_IntLiteral(self, node: nodes.IntLiteral) -> None:
            self.seen.append("int")

    classes = Classes()
    classes.walk(parse(b"package p\nvar _ = f(1)\n"))
    assert classes.seen == ["any", "any", "any", "int"]


def test_a_method_for_no_class_is_refused_where_it_is_written() -> None:
    with pytest.raises(TypeError, match="no node class CallExpr"):

        class Wrong(Visitor):
            def visit_CallExpr(self, node: nodes.Call) -> None: ...


def test_metadata_has_to_be_declared() -> None:
    class Greedy(Visitor):
        requires = (ParentProvider,)

        def visit_Call(self, node: nodes.Call) -> None:
            assert self.metadata[ParentProvider].of(node) == node.parent
            with pytest.raises(KeyError, match="not declared"):
                self.metadata[PositionProvider]

    Greedy().walk(parse(SOURCE))


def test_a_transformer_returns_edits_and_the_tree_stays() -> None:
    class Rename(Transformer):
        def leave_Identifier(self, node: nodes.Identifier) -> Edit | None:
            return node.replace("z") if node == "b" else None

    tree = parse(SOURCE)
    assert Rename().apply(tree) == SOURCE.replace(b"b(1)", b"z(1)")
    assert tree.source == SOURCE


def test_an_outer_edit_takes_the_place_of_inner_ones_and_can_take_them_along() -> None:
    class Swap(Transformer):
        def leave_Identifier(self, node: nodes.Identifier) -> Edit:
            return node.replace(node.str * 2)

        def leave_Binary(self, node: nodes.Binary) -> Edit:
            return node.replace(f"{self.text(node.right)} {node.operator.str} {node.left.str}")

    assert Swap().apply(parse(b"package p\nvar _ = x + y\n")) == b"package p\nvar __ = yy + x\n"


def test_insertions_around_a_node_survive_an_edit_of_it() -> None:
    class Around(Transformer):
        def leave_ExpressionStatement(self, node: nodes.ExpressionStatement) -> list[Edit]:
            return [node.insert_before("x()"), node.replace("y()"), node.insert_after("z()")]

    result = Around().apply(parse(b"package p\n\nfunc f() {\n\ta()\n}\n"))
    assert result == b"package p\n\nfunc f() {\n\tx()\n\ty()\n\tz()\n}\n"


def test_neighbours_that_are_removed_share_their_separator() -> None:
    class Remove(Transformer):
        def leave_IntLiteral(self, node: nodes.IntLiteral) -> Edit | None:
            return node.remove() if node in ("3", "4") else None

    assert Remove().apply(parse(b"package p\nvar _ = f(1, 2, 3, 4)\n")) == b"package p\nvar _ = f(1, 2, )\n"


def test_edits_that_cross_are_refused() -> None:
    class Cross(Transformer):
        def leave_Binary(self, node: nodes.Binary) -> list[Edit]:
            return [Edit(node.start, node.end - 1, b"a"), Edit(node.start + 1, node.end, b"b")]

    with pytest.raises(ValueError, match="overlap"):
        Cross().transform(parse(b"package p\nvar _ = x + y\n"))


def test_a_query_gives_its_matches_in_source_order() -> None:
    found = query("(call_expression function: (identifier) @name) @call (func_literal) @func").matches(parse(SOURCE))
    assert [next(iter(m.captures.values()))[0].start for m in found] == sorted(
        m[next(iter(m.captures))].start for m in found
    )
    assert [m["name"].str for m in found if "name" in m.captures] == ["a", "b", "c"]
    assert [m.pattern for m in found] == [0, 0, 1, 0]
    assert isinstance(found[0]["call"], nodes.Call)


def test_a_query_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not a query"):
        query("(no_such_kind) @x")


def test_positions_count_from_one() -> None:
    tree = parse(SOURCE)
    call = next(tree.root.descendants(nodes.Call))
    position = Metadata(tree)[PositionProvider].of(call)
    assert (position.line, position.column, position.end_line, position.end_column) == (4, 2, 4, 9)


def test_metadata_is_computed_once_per_tree() -> None:
    tree = parse(SOURCE)
    assert Metadata(tree)[ParentProvider] is Metadata(tree)[ParentProvider]
    assert Metadata(tree)[ParentProvider] is not Metadata(parse(SOURCE))[ParentProvider]


def test_parents_of_another_tree_are_not_answered() -> None:
    with pytest.raises(ValueError, match="another tree"):
        Metadata(parse(SOURCE))[ParentProvider].of(parse(SOURCE).root)
