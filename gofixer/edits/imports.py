"""Import edits: computed once per file, after the fixes are merged."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gofixer.edits.algebra import apply
from gofixer.edits.import_block import is_standard
from gofixer.edits.import_layout import Layout
from gofixer.edits.model import Edit
from gofixer.match.matcher import is_shadowed
from gofixer.syntax import Node, Tree, nodes, parse

__all__ = ["import_edits", "is_standard"]


def import_edits(source: bytes, edits: Sequence[Edit], add: Iterable[str], drop: Iterable[str]) -> list[Edit]:
    """Edits of the import declarations that other edits of the file call for.

    ``add`` are import paths that the new text needs, ``drop`` paths whose last use may have gone: an import is
    dropped only where nothing in the edited file uses its name. None of the edits touches one of ``edits``.
    """
    tree = parse(source)
    layout = Layout.of(tree)
    named = [spec for d in layout.declarations for spec in d.specs if spec.name not in ("_", ".")]
    present = {spec.path for spec in named}
    wanted = sorted(path for path in dict.fromkeys(add) if path not in present)
    paths = set(drop)
    candidates = [spec for spec in named if spec.path in paths and spec.path != "C"]
    if candidates:
        used = _used(parse(apply(source, edits)), {spec.local.encode() for spec in candidates})
        candidates = [spec for spec in candidates if spec.local.encode() not in used]
    return layout.change(wanted, candidates) if wanted or candidates else []


def _used(tree: Tree, names: set[bytes]) -> set[bytes]:
    """The names among ``names`` that qualify something in a file, comments and shadowed names apart."""
    qualifiers: list[Node] = [node.operand for node in tree.root.descendants(nodes.Selector)]
    qualifiers += [node.package for node in tree.root.descendants(nodes.QualifiedType)]
    used: set[bytes] = set()
    for qualifier in qualifiers:
        name = qualifier.text
        if name in names and name not in used and not is_shadowed(qualifier.raw):
            used.add(name)
    # What the grammar does not know has no selectors in it.
    for start, end in tree.errors:
        text = tree.source[start:end]
        used |= {name for name in names if re.search(rb"\b" + re.escape(name) + rb"\b", text)}
    return used
