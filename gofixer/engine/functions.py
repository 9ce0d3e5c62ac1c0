"""The names of functions in reports, as Go prints them."""

from __future__ import annotations

from gofixer.syntax import Node, nodes


def declared_name(declaration: Node) -> str:
    """Name of a function's or method's declaration: ``f``, ``(*T).m``, ``T.m``; empty for any other node."""
    if isinstance(declaration, nodes.FunctionDeclaration):
        return declaration.name.str
    if isinstance(declaration, nodes.MethodDeclaration):
        parameter = next(iter(declaration.receiver.descendants(nodes.ParameterDeclaration)), None)
        receiver = parameter.type.str.split("[")[0] if parameter else ""
        method = declaration.name.str
        return f"({receiver}).{method}" if receiver.startswith("*") else f"{receiver}.{method}"
    return ""


def function_name(node: Node) -> str:
    """Name of the declared function around a node; empty at package level."""
    return next((name for ancestor in node.ancestors() if (name := declared_name(ancestor))), "")
