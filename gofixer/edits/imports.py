"""Import edits: computed once per file, after the fixes are merged."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache

import tree_sitter as ts

from gofixer.edits.algebra import apply
from gofixer.edits.import_block import is_standard
from gofixer.edits.import_layout import Layout
from gofixer.edits.model import Edit
from gofixer.match.pieces import parse_pieces, pieces_of
from gofixer.match.shadowing import is_shadowed
from gofixer.syntax import Node, Tree, nodes, parse

__all__ = ["import_edits", "is_standard"]


def import_edits(source: bytes, edits: Sequence[Edit], add: Iterable[str], drop: Iterable[str]) -> list[Edit]:
    """Edits of the import declarations that other edits of the file call for.

    ``add`` are import paths that the new text needs, ``drop`` paths whose last use may have gone: an import is
    dropped only where nothing in the edited file uses its name. None of the edits touches one of ``edits``.
    """
    layout = _read(source)
    named = [spec for d in layout.declarations for spec in d.specs if spec.name not in ("_", ".")]
    present = {spec.path for spec in named}
    wanted = sorted(path for path in dict.fromkeys(add) if path not in present)
    paths = set(drop)
    candidates = [spec for spec in named if spec.path in paths and spec.path != "C"]
    if candidates:
        candidates = [spec for spec in candidates if not _remains(spec.local.encode(), source, edits)]
    changes = layout.change(wanted, candidates) if wanted or candidates else []
    return [_in_front(change, source, edits) for change in changes]


def _in_front(change: Edit, source: bytes, edits: Sequence[Edit]) -> Edit:
    """A change of the imports without the blank lines at its end that another edit takes away."""
    starts = [edit.start for edit in edits if change.start < edit.start < change.end <= edit.end]
    blank = [start for start in starts if not source[start : change.end].strip()]
    return Edit(change.start, min(blank), change.new) if blank else change


@lru_cache(maxsize=8)
def _read(source: bytes) -> Layout:
    """The import declarations of a file; each fix of a file asks for them anew, one after the other."""
    return Layout.of(parse_pieces(source, pieces_of(source, ())))


@lru_cache(maxsize=8)
def _around(source: bytes, start: int) -> Tree:
    """The tree of a file, as far as the declaration around an offset goes."""
    return parse_pieces(source, pieces_of(source, [(start, start)]))


def _remains(name: bytes, source: bytes, edits: Sequence[Edit]) -> bool:
    """Whether a package's name qualifies something in a file after some edits."""
    word = re.compile(rb"(?<!\w)" + re.escape(name) + rb"(?!\w)")
    if any(word.search(edit.new) for edit in edits):  # may be anything, a string too: read the edited file
        return bool(_used(parse(apply(source, edits)), {name}))
    gone = sorted((edit.start, edit.end) for edit in edits)
    for place in word.finditer(source):
        index = bisect_right(gone, (place.start(), len(source))) - 1
        if index >= 0 and place.start() < gone[index][1]:
            continue
        tree = _around(source, place.start())
        if any(start <= place.start() < end for start, end in tree.errors):
            return True
        node = tree.raw.root_node.named_descendant_for_byte_range(place.start(), place.end())
        if node is not None and _qualifies(node) and not is_shadowed(node):
            return True
    return False


def _qualifies(node: ts.Node) -> bool:
    parent = node.parent
    if parent is None or node.type not in ("identifier", "package_identifier"):
        return False
    return parent.type in ("selector_expression", "qualified_type") and parent.child(0) == node


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
