"""What a file's qualifiers stand for, by its import declarations alone."""

from __future__ import annotations

import re

import tree_sitter as ts

_VERSION = re.compile(r"v\d+")


def imported_names(root: ts.Node) -> dict[bytes, str]:
    """Local name to import path. Dot and blank imports have no name; ``import "C"`` is not a package.

    Where the import gives no name, the last path element does, without a major-version suffix: exact for the
    standard library, a convention elsewhere.
    """
    names: dict[bytes, str] = {}
    for declaration in root.named_children:
        if declaration.type != "import_declaration":
            continue
        for spec in _specs(declaration):
            path_node = spec.child_by_field_name("path")
            if path_node is None or not path_node.text:
                continue
            path = path_node.text[1:-1].decode(errors="replace")
            name_node = spec.child_by_field_name("name")
            if name_node is None:
                if path != "C":
                    names[default_name(path).encode()] = path
            elif name_node.type == "package_identifier" and name_node.text:
                names[name_node.text] = path
    return names


def default_name(path: str) -> str:
    """The package name that a path suggests: ``math/rand/v2`` gives ``rand``, ``gopkg.in/yaml.v3`` ``yaml``."""
    parts = path.split("/")
    if len(parts) > 1 and _VERSION.fullmatch(parts[-1]):
        parts.pop()
    return re.sub(r"\.v\d+$", "", parts[-1])


def _specs(declaration: ts.Node) -> list[ts.Node]:
    found = []
    for child in declaration.named_children:
        if child.type == "import_spec":
            found.append(child)
        elif child.type == "import_spec_list":
            found += [spec for spec in child.named_children if spec.type == "import_spec"]
    return found
