"""The grammar: the only module that knows which tree-sitter grammar stands behind the tree."""

from __future__ import annotations

import tree_sitter as ts
import tree_sitter_go

LANGUAGE = ts.Language(tree_sitter_go.language())
"""tree-sitter-go, pinned in pyproject.toml: node names, spans and known gaps are tested against that version."""

FIELDS = tuple(LANGUAGE.field_name_for_id(number) or "" for number in range(1, LANGUAGE.field_count + 1))
"""Names of all fields of the grammar."""


def field_id(name: str) -> int:
    """Number of a field. Raises `KeyError` for a name that the grammar does not have."""
    found = LANGUAGE.field_id_for_name(name)
    if found is None:
        raise KeyError(name)
    return found
