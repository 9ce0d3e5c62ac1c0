"""Functions that are proved to do next to nothing: no call that is not known, no loop, nothing that waits."""

from __future__ import annotations

from collections.abc import Iterator

from gofixer.transform import Context, Node, nodes

_MOST_NODES = 150
_HEAVY = (
    *(nodes.For, nodes.Go, nodes.Defer, nodes.Select, nodes.Send, nodes.Goto, nodes.FuncLiteral, nodes.Labeled),
    *(nodes.TypeSwitch, nodes.TypeAssertion, nodes.TypeConversion, nodes.CompositeLiteral),
)
_BUILTINS = frozenset({"len", "cap", "min", "max"})
_BASIC = frozenset(
    {"bool", "byte", "rune", "string", "int", "int8", "int16", "int32", "int64", "float32", "float64"}
    | {"uint", "uint8", "uint16", "uint32", "uint64", "uintptr"}
)


def not_cheap(call: nodes.Call, cx: Context) -> str | None:
    """Why the function that a call calls is not proved cheap; None for a small leaf function of the same file."""
    found = cx.types.callee(call.span)
    name = call.function.str
    if found is None or found.kind != "func" or not isinstance(call.function, nodes.Identifier):
        return f"`{name}` is not known to be cheap"
    declared = next(
        (d for d in cx.facts.tree.root.descendants(nodes.FunctionDeclaration) if d.name.span == found.decl), None
    )
    if declared is None or found.decl_file != cx.facts.path or declared.body is None or declared.type_parameters:
        return f"`{name}` is not known to be cheap: it is no plain function of this file"
    if sum(1 for _ in declared.body.descendants(nodes.Node)) > _MOST_NODES:
        return f"`{name}` is not small"
    if any(True for _ in declared.body.descendants(*_HEAVY)):
        return f"`{name}` does more than to look at its arguments"
    if any(unary.operator == "<-" for unary in declared.body.descendants(nodes.Unary)):
        return f"`{name}` waits for a channel"
    for inner in declared.body.descendants(nodes.Call):
        if not _known(inner, declared, cx):
            return f"`{name}` calls `{inner.function.str}`"
    return None


def _known(call: nodes.Call, function: nodes.FunctionDeclaration, cx: Context) -> bool:
    name = call.function.str
    words = {node.str for node in _declared(function)}
    if name.partition(".")[0] in words:
        return False
    if name in _BUILTINS:
        return name not in cx.types.package_names and name not in cx.facts.imports.values()
    if name == f"{cx.facts.imports.get('errors')}.New":
        return True
    if name == f"{cx.facts.imports.get('fmt')}.Errorf":
        basic = _basic(function)
        return all(_plain(argument, basic) for argument in call.arguments.items)
    return False


def _declared(function: nodes.FunctionDeclaration) -> Iterator[Node]:
    """The names that a function declares, parameters and results too."""
    for holder in function.descendants(nodes.ParameterDeclaration, nodes.VarSpec, nodes.ConstSpec):
        yield from holder.name
    for short in function.descendants(nodes.ShortVarDeclaration):
        yield from short.left.items


def _basic(function: nodes.FunctionDeclaration) -> set[str]:
    """The parameters of predeclared types: no methods that fmt could call."""
    return {
        name.str
        for parameter in function.parameters.descendants(nodes.ParameterDeclaration)
        if parameter.type.str in _BASIC
        for name in parameter.name
    }


def _plain(argument: Node, basic: set[str]) -> bool:
    literal = (nodes.InterpretedStringLiteral, nodes.RawStringLiteral, nodes.IntLiteral)
    if isinstance(argument, literal) or argument.str in basic:
        return True
    return isinstance(argument, nodes.Call) and argument.function == "len"
