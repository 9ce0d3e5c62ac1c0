"""Builds the scopes of a tree in one walk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gofixer.syntax import nodes as n
from gofixer.syntax.metadata import Metadata, Provider
from gofixer.syntax.node import Node
from gofixer.syntax.scopes import Declaration, Scope, ScopeKind, Scopes, import_name
from gofixer.syntax.scopes import DeclarationKind as Kind
from gofixer.syntax.tree import Tree

_BLOCKS = (n.Block, n.If, n.For, n.ExpressionSwitch, n.TypeSwitch)
_SPECS = (n.VarSpec, n.ConstSpec, n.TypeSpec, n.TypeAlias)
_OTHERS = (n.ShortVarDeclaration, n.RangeClause, n.Receive, n.Labeled, n.ImportSpec)


class ScopeProvider(Provider[Scopes]):
    """`Scopes` of a tree."""

    @classmethod
    def compute(cls, tree: Tree, metadata: Metadata) -> Scopes:
        """Walk the tree once."""
        file = Scope(ScopeKind.FILE, tree.root, tree.root.span)
        dots: list[str] = []
        scope = file
        for node in tree.root.descendants(*n.FUNCTIONS, *_BLOCKS, *n.CASES, *_SPECS, *_OTHERS):
            while scope.parent and node.start >= scope.span[1]:
                scope = scope.parent
            match node:
                case n.FunctionDeclaration() | n.MethodDeclaration() | n.FuncLiteral():
                    scope = _function(node, scope)
                case n.Block() if scope.kind is ScopeKind.FUNC and _is_body(node, scope):
                    pass
                case n.Block() | n.If() | n.For() | n.ExpressionSwitch() | n.TypeSwitch():
                    scope = _open(ScopeKind.BLOCK, node, scope)
                case n.ExpressionCase() | n.TypeCase() | n.DefaultCase() | n.CommunicationCase():
                    scope = _open(ScopeKind.BLOCK, node, scope)
                    _type_switch_name(node, scope)
                case n.ImportSpec():
                    _import(node, file, dots)
                case _:
                    _declare(node, scope)
        return Scopes(file, tuple(dots))


def _open(kind: ScopeKind, node: Node, parent: Scope) -> Scope:
    scope = Scope(kind, node, node.span, parent)
    parent.children.append(scope)
    return scope


def _is_body(block: n.Block, scope: Scope) -> bool:
    body = scope.node.field("body")
    return body is not None and body == block


def _function(node: n.FunctionDeclaration | n.MethodDeclaration | n.FuncLiteral, parent: Scope) -> Scope:
    if isinstance(node, n.FunctionDeclaration) and node.name.str != "init":
        parent.declare(node.name.str, Kind.FUNC, node.name, 0)
    scope = _open(ScopeKind.FUNC, node, parent)
    body = node.body.start if node.body else node.end
    if isinstance(node, n.FunctionDeclaration) and node.type_parameters:
        _type_parameters(node.type_parameters, scope)
    if isinstance(node, n.MethodDeclaration):
        _parameters(node.receiver, Kind.RECEIVER, scope, body)
        for arguments in node.receiver.descendants(n.TypeArguments):
            for name in arguments.descendants(n.TypeIdentifier):
                scope.declare(name.str, Kind.TYPE_PARAM, name, node.receiver.start)
    _parameters(node.parameters, Kind.PARAM, scope, body)
    if isinstance(node.result, n.ParameterList):
        _parameters(node.result, Kind.RESULT, scope, body)
    return scope


def _parameters(parameters: n.ParameterList, kind: Kind, scope: Scope, visible: int) -> None:
    for parameter in parameters.items:
        names = parameter.name if isinstance(parameter, n.ParameterDeclaration) else (parameter.name,)
        for name in filter(None, names):
            scope.declare(name.str, kind, name, visible)


def _type_parameters(parameters: n.TypeParameterList, scope: Scope) -> None:
    for parameter in parameters.items:
        for name in parameter.name:
            scope.declare(name.str, Kind.TYPE_PARAM, name, parameters.start)


def _type_switch_name(case: Node, scope: Scope) -> None:
    """``switch x := v.(type)`` declares ``x`` in every clause."""
    switch = scope.parent.node if scope.parent else None
    if isinstance(switch, n.TypeSwitch) and switch.alias:
        colon = next((t.end for t in case.all_children if t.kind == ":"), case.start)
        for name in _identifiers(switch.alias.items):
            scope.declare(name.str, Kind.VAR, name, colon)


def _import(spec: n.ImportSpec, file: Scope, dots: list[str]) -> None:
    path = spec.path.str[1:-1]
    if spec.name is None:
        if path != "C":
            file.declare(import_name(path), Kind.IMPORT, spec, 0, path)
    elif isinstance(spec.name, n.Dot):
        dots.append(path)
    else:
        file.declare(spec.name.str, Kind.IMPORT, spec.name, 0, path)


def _declare(node: Node, scope: Scope) -> None:
    at_top = scope.kind is ScopeKind.FILE
    match node:
        case n.VarSpec() | n.ConstSpec():
            kind = Kind.VAR if isinstance(node, n.VarSpec) else Kind.CONST
            for name in node.name:
                scope.declare(name.str, kind, name, 0 if at_top else node.end)
        case n.TypeSpec() | n.TypeAlias():
            scope.declare(node.name.str, Kind.TYPE, node.name, 0 if at_top else node.name.start)
            if node.type_parameters:
                _type_parameters(node.type_parameters, _open(ScopeKind.BLOCK, node, scope))
        case n.ShortVarDeclaration():
            for name in _identifiers(node.left.items):
                if scope.declared(name.str, node.start) is None:
                    scope.declare(name.str, Kind.VAR, name, node.end)
        case n.RangeClause() | n.Receive():
            if node.left and any(child.type == ":=" for child in node.raw.children):
                for name in _identifiers(node.left.items):
                    scope.declare(name.str, Kind.VAR, name, node.end)
        case n.Labeled():
            if scope.function:
                _label(node.label, scope.function)


def _label(label: Node, function: Scope) -> None:
    function.labels.append(Declaration(label.str, Kind.LABEL, label, function, function.span[0]))


def _identifiers(items: Iterable[Node]) -> Iterator[n.Identifier]:
    return (item for item in items if isinstance(item, n.Identifier))
