"""What the check of a call asks first: is it a call at all, and does it stand in code that is shipped?"""

from __future__ import annotations

from gofixer.transform import Context, Match, Node, Skip, nodes


def as_value(function: Node) -> Skip | None:
    """The result for a function that is named: none where it is called, as the call is a match of its own."""
    called = isinstance(function.parent, nodes.Call) and function.parent.function == function
    return None if called else Skip("is handed on as a function value")


def in_test(cx: Context) -> Skip | None:
    """The refusal for what a test, or a helper for tests in a file of any name, does; None elsewhere."""
    return Skip("stands in test code") if cx.is_test or "testing" in cx.facts.imports else None


def called_outside_tests(match: Match, cx: Context) -> Skip | bool:
    """The screen of transforms whose patterns are a call and the function's name alone: tests are left alone."""
    node = match.node
    if not isinstance(node, nodes.Call) and as_value(node) is None:
        return False
    return in_test(cx) or True


def may_be_function(argument: Node, cx: Context) -> bool:
    """Whether a value may be a function, or hold one, as far as its type tells."""
    found = cx.type(argument)
    return found is None or found.kind in ("func", "interface")
