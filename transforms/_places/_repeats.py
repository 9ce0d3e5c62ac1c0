"""Whether code runs again and again: in a loop, for each request, or in a function that is called from there."""

from __future__ import annotations

import re

from gofixer.transforms._places._syntax import outside_parentheses

from gofixer.transform import Context, Node, nodes

_HANDLER = re.compile(
    r"^(\*net/http\.Request|net/http\.ResponseWriter|\*github\.com/gin-gonic/gin\.Context"
    r"|github\.com/labstack/echo(/v\d+)?\.Context|\*github\.com/gofiber/fiber(/v\d+)?\.Ctx"
    r"|\*github\.com/valyala/fasthttp\.RequestCtx)$"
)
_DEEPEST = 4


def repeated(node: Node, cx: Context, depth: int = 0) -> str | None:
    """Why a node is evaluated again and again, as a clause; None where it may well be once.

    Calls are followed inside the file, up to a depth of four functions.
    """
    function = cx.function(node)
    if loop_around(node, function) is not None:
        return "in a loop"
    match function:
        case nodes.FuncLiteral() if answers_requests(function, cx):
            return "for each request"
        case nodes.FuncLiteral():
            outer = outside_parentheses(function)
            called = isinstance(outer.parent, nodes.Call) and outer.parent.function == outer
            return repeated(outer, cx, depth) if called else None
        case nodes.FunctionDeclaration() | nodes.MethodDeclaration() if answers_requests(function, cx):
            return "for each request"
        case nodes.FunctionDeclaration() | nodes.MethodDeclaration() if depth < _DEEPEST:
            for call in calls_of(function, cx):
                if reason := repeated(call, cx, depth + 1):
                    return reason
    return None


def loop_around(node: Node, function: Node | None) -> nodes.For | None:
    """The innermost ``for`` of a function that evaluates a node once for each round."""
    for around in node.ancestors():
        if around == function:
            return None
        if isinstance(around, nodes.For) and repeats(around, node):
            return around
    return None


def repeats(loop: Node, node: Node) -> bool:
    """Whether a ``for`` statement evaluates a node below it once for each round, and not once at its start."""
    if not isinstance(loop, nodes.For):
        return False
    once: Node | None = None
    match loop.child:
        case nodes.ForClause(initializer=initializer):
            once = initializer
        case nodes.RangeClause(right=operand):
            once = operand
    return once is None or not once.start <= node.start < once.end


def answers_requests(function: Node, cx: Context) -> bool:
    """Whether a function has the parameters of a handler of HTTP requests."""
    assert isinstance(function, nodes.FUNCTIONS)
    paths = {name: path for path, name in cx.facts.imports.items()}
    for parameter in function.parameters.items:
        if isinstance(parameter, nodes.ParameterDeclaration):
            written = parameter.type.str
            package, _, word = written.lstrip("*").partition(".")
            star = "*" if written.startswith("*") else ""
            if _HANDLER.match(f"{star}{paths.get(package, '')}.{word}"):
                return True
    return False


def calls_of(function: Node, cx: Context) -> list[nodes.Call]:
    """The calls of a declared function in its own file, in source order.

    By types where the function is one that types were asked for; else, for functions without a receiver, by name.
    """
    assert isinstance(function, nodes.FunctionDeclaration | nodes.MethodDeclaration)
    found = cx.types.object(function.name.span)
    spans = {(use.start, use.end) for use in found.uses if use.file == cx.facts.path} if found else set()
    called: list[nodes.Call] = []
    for call in cx.facts.tree.root.descendants(nodes.Call):
        name = call.function.field if isinstance(call.function, nodes.Selector) else call.function
        by_name = found is None and isinstance(function, nodes.FunctionDeclaration) and name == call.function
        if name.span in spans or (by_name and name.text == function.name.text):
            called.append(call)
    return called
