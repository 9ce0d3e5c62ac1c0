"""What a name means where it stands, as far as one file's syntax tells."""

from __future__ import annotations

from collections.abc import Iterator

import tree_sitter as ts


def top_level_names(root: ts.Node) -> frozenset[bytes]:
    """Names that a file declares at package level, other than by imports."""
    siblings = (s for s in root.named_children if s.type != "import_declaration")
    return frozenset(name for sibling in siblings for name in _declared(sibling) if name)


def is_shadowed(node: ts.Node, top: frozenset[bytes] | None = None) -> bool:
    """Whether an enclosing function declares the identifier's name before it: then it is no package.

    Purely syntactic and on the safe side for the name's own scope rules; the type oracle confirms every match
    that leads to a fix.
    """
    return is_declared(node.text or b"", node, top)


def is_declared(name: bytes, node: ts.Node, top: frozenset[bytes] | None = None) -> bool:
    """Whether ``name`` means something that the file declares, other than by an import, where ``node`` stands.

    ``top`` are the file's `top_level_names`, for callers that ask often.
    """
    child: ts.Node = node
    parent = node.parent
    while parent is not None:
        if parent.type == "source_file":
            return name in (top_level_names(parent) if top is None else top)
        for sibling in parent.named_children:
            if sibling.start_byte >= child.start_byte:
                break
            if sibling.type in _SCOPED and name in _declared(sibling):
                return True
        if parent.type == "type_switch_statement":
            alias = parent.child_by_field_name("alias")
            if alias is not None and any(n.text == name for n in alias.named_children):
                return True
        child, parent = parent, parent.parent
    return False


_SCOPED = frozenset(
    {
        "parameter_list", "short_var_declaration", "var_declaration", "const_declaration", "type_declaration",
        "range_clause", "for_clause", "type_parameter_list", "receive_statement",
    }
)  # fmt: skip


def _declared(node: ts.Node) -> set[bytes | None]:
    """Names that a declaring node brings into the scope it stands in."""
    kind = node.type
    match kind:
        case "parameter_list" | "type_parameter_list" | "var_declaration" | "const_declaration":
            return {
                name.text for spec in _flat(node, {"var_spec_list"}) for name in spec.children_by_field_name("name")
            }
        case "short_var_declaration" | "range_clause" | "receive_statement":
            left = node.child_by_field_name("left")
            if left is None or (kind != "short_var_declaration" and not _has_token(node, b":=")):
                return set()
            return {n.text for n in left.named_children}
        case "for_clause":
            init = node.child_by_field_name("initializer")
            return _declared(init) if init else set()
        case "type_declaration":
            return {n.text for spec in node.named_children for n in spec.children_by_field_name("name")}
        case "function_declaration":
            return {n.text for n in node.children_by_field_name("name")}
        case _:
            return set()


def _flat(node: ts.Node, lists: set[str]) -> Iterator[ts.Node]:
    for child in node.named_children:
        if child.type in lists:
            yield from child.named_children
        else:
            yield child


def _has_token(node: ts.Node, token: bytes) -> bool:
    return any(not child.is_named and child.text == token for child in node.children)
