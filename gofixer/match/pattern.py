"""Patterns: Go code with metavariables, compiled to a tree that is compared with source trees.

``$x`` stands for one expression, type, statement or identifier, by its context; ``$*xs`` for any number of
arguments, statements, cases, parameters or elements; ``$_`` and ``$*_`` for anything, without a name. A name
that occurs twice must match the same tokens twice. An identifier before a dot that is no metavariable is a
package: ``time.After($d)`` means the function of import path ``time``, whatever the file calls it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import tree_sitter as ts

from gofixer.match.imports import default_name
from gofixer.match.stdlib import AMBIGUOUS, BY_NAME
from gofixer.syntax.grammar import LANGUAGE

_ONE = "gofixer1"
_MANY = "gofixerN"
_ANONYMOUS = "_"

_METAVARIABLE = re.compile(
    r"\$(?P<many>\*)?(?:(?P<name>[A-Za-z_]\w*)|\((?P<typed>[A-Za-z_]\w*)\s*:\s*(?P<words>[^()]*(?:\([^()]*\))?[^()]*)\))"
)
_STATEMENT_POSITION = re.compile(rf"(?<=[{{;\n])([ \t]*)({_MANY}\w+)(?=[ \t]*[}};\n])")

# Words that stand in nearly every file: a place of them says little.
_COMMON = frozenset({b"var", b"func", b"for", b"if", b"type", b"const", b"return", b"string", b"int", b"byte", b"nil"})
_CALLS = frozenset({"call_expression", "type_conversion_expression"})
_LEAVES = frozenset({"interpreted_string_literal", "raw_string_literal", "rune_literal"})
_NAMES = frozenset({"identifier", "type_identifier", "field_identifier", "package_identifier", "label_name"})
_FLATTENED = frozenset({"statement_list"})
# What may stand between two tokens of a pattern: white space, `_PUNCTUATION` and comments.
_BETWEEN = rb"(?:[\s,;:(){}\[\]]|/\*(?s:.*?)\*/|//[^\n]*)*"
_ASSIGNING = frozenset({b"=", b":="})
_PUNCTUATION = frozenset({",", ";", "\n", "\0", "(", ")", "{", "}", "[", "]", ":"})
# Wrappers with nothing but a metavariable in them: the metavariable stands for the whole wrapper.
_LIFTED = frozenset(
    {"expression_statement", "parameter_declaration", "literal_element", "receive_statement"}
    | {"communication_case", "expression_case", "type_case"}
)

_WRAPPERS = (
    ("expression", "package p\nvar _ = (\n{}\n)\n", ("parenthesized_expression",)),
    ("statements", "package p\nfunc _() {{\n{}\n}}\n", ("block",)),
    ("type", "package p\nvar _ []{}\n", ("slice_type",)),
    ("declaration", "package p\n{}\n", ("source_file",)),
)


class PatternError(ValueError):
    """A pattern that is no Go code; the message is one sentence for the pattern's author."""


@dataclass(frozen=True, slots=True)
class PNode:
    """One node of a compiled pattern.

    ``text`` is set on leaves, ``variable`` on metavariables (``many`` tells ``$*xs``), ``package`` on
    identifiers that name an import path. ``field`` is the grammar's field name in the parent.
    """

    kind: str
    field: str | None = None
    text: bytes | None = None
    variable: str | None = None
    many: bool = False
    package: str | None = None
    children: tuple[PNode, ...] = ()


@dataclass(frozen=True, slots=True)
class Anchor:
    """What a file must hold for the pattern to match at all: ``pkg.name`` with ``pkg`` imported from ``path``."""

    path: str
    name: bytes


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern.

    ``roots`` has one node for an expression, a type, a statement or a declaration and several for a run of
    statements. ``where`` maps metavariables to type words, answered by the type oracle after the match.
    ``literals`` are byte strings that every file with a match contains, all of them; the last one occurs in every
    match, and ``opening`` is a regular expression for the text from there on. ``single`` tells that the call at the
    anchor has exactly one argument. Text alone decides the rest, before anything is parsed: ``closing`` is a regular
    expression for what stands right before the last literal (empty where that may be anything); of the words in
    ``near`` one has to stand in the same top-level declaration as a match, and one of those in ``inside`` has to start
    a statement around it that has a block (none given: it may stand anywhere).
    """

    source: str
    form: str
    roots: tuple[PNode, ...]
    variables: frozenset[str]
    where: Mapping[str, str] = field(default_factory=dict)
    anchor: Anchor | None = None
    literals: tuple[bytes, ...] = ()
    opening: bytes = b""
    closing: bytes = b""
    single: bool = False
    near: frozenset[str] = frozenset()
    inside: frozenset[str] = frozenset()


def compile_pattern(
    source: str,
    *,
    where: Mapping[str, str] | None = None,
    imports: Iterable[str] = (),
    near: Iterable[str] = (),
    inside: Iterable[str] = (),
    shape: bytes = b"",
    word: str = "",
    before: bytes = b"",
) -> Pattern:
    """Compile Go code with metavariables.

    ``imports`` are import paths for qualifiers that the standard library does not settle (``rand``, or a module
    of your own). ``near``, ``inside`` and ``shape`` keep patterns of common code cheap: words that stand in the same
    top-level declaration, words that start a statement around the match, and a regular expression that the text behind
    the pattern's last literal matches. ``word`` is that literal where the pattern has no word of its own, ``before`` a
    regular expression for the text in front of it. Raises `PatternError` for text that is no Go, an unknown qualifier
    or a ``where`` that names no metavariable.
    """
    words = dict(where or {})
    text = source.strip()
    if not text:
        raise PatternError("the pattern is empty")
    substituted = _METAVARIABLE.sub(lambda m: _substitute(m, words), text)
    if "$" in re.sub(r'"(?:\\.|[^"\\])*"|`[^`]*`', "", substituted):
        raise PatternError(f"the pattern {source!r} has a $ that starts no metavariable")
    form, nodes = _parse(source, substituted)
    qualifiers = _qualifiers(imports)
    roots = tuple(_build(node, qualifiers, source) for node in nodes)
    variables = frozenset(n.variable for n in _walk(roots) if n.variable and n.variable != _ANONYMOUS)
    unknown = sorted(set(words) - variables)
    if unknown:
        raise PatternError(f"`where` names ${unknown[0]}, which the pattern {source!r} does not have")
    if all(root.many for root in roots) or (len(roots) == 1 and roots[0].variable):
        raise PatternError(f"the pattern {source!r} matches everything")
    anchor = next(_anchors(roots), None)
    return Pattern(
        source=source,
        form=form,
        roots=roots,
        variables=variables,
        where=words,
        anchor=anchor,
        literals=(word.encode(),) if word else _literals(roots, anchor),
        opening=(re.escape(word.encode()) if word else _opening(roots, anchor)) + shape,
        closing=before or _closing(roots, anchor),
        single=_single(roots, anchor),
        near=frozenset(near),
        inside=frozenset(inside),
    )


def _substitute(match: re.Match[str], words: dict[str, str]) -> str:
    name = match["name"] or match["typed"]
    if match["words"]:
        words[name] = match["words"].strip()
    return f"{_MANY if match['many'] else _ONE}{name}"


def _parse(source: str, text: str) -> tuple[str, Sequence[ts.Node]]:
    """Parse the snippet in the first context that takes it; gives its form and its root nodes."""
    parser = ts.Parser(LANGUAGE)
    spots = list(_STATEMENT_POSITION.finditer(f"\n{text}\n"))
    for as_cases in itertools.product((False, True), repeat=min(len(spots), 4)):
        variant = _with_cases(text, as_cases)
        for form, wrapper, kinds in _WRAPPERS:
            tree = parser.parse(wrapper.format(variant).encode())
            if tree.root_node.has_error:
                continue
            nodes = _inside(tree.root_node, kinds[0], form)
            if nodes:
                return form, nodes
    raise PatternError(f"the pattern {source!r} is not Go code")


def _with_cases(text: str, as_cases: Sequence[bool]) -> str:
    choices = iter(as_cases)

    def replace(match: re.Match[str]) -> str:
        return f"{match[1]}case {match[2]}:" if next(choices, False) else match[0]

    return _STATEMENT_POSITION.sub(replace, f"\n{text}\n").strip()


def _inside(root: ts.Node, kind: str, form: str) -> Sequence[ts.Node]:
    if form == "declaration":
        return [n for n in root.named_children if n.type not in ("package_clause", "comment")]
    found = _first(root, kind)
    if found is None:
        return []
    nodes = [n for n in _flat_children(found) if n.is_named]
    return nodes[-1:] if form in ("expression", "type") else nodes


def _first(node: ts.Node, kind: str) -> ts.Node | None:
    if node.type == kind:
        return node
    return next(filter(None, (_first(c, kind) for c in node.named_children)), None)


def _qualifiers(imports: Iterable[str]) -> dict[str, str]:
    return {default_name(path): path for path in imports}


def _build(node: ts.Node, qualifiers: Mapping[str, str], source: str, name: str | None = None) -> PNode:
    text = node.text or b""
    if node.type in _NAMES:
        variable = text.decode()
        for prefix, many in ((_ONE, False), (_MANY, True)):
            if variable.startswith(prefix):
                return PNode(node.type, name, variable=variable.removeprefix(prefix), many=many)
    if node.child_count == 0 or node.type in _LEAVES:
        return PNode(node.type, name, text=text, package=_package(node, qualifiers, source))
    children = tuple(
        _build(child, qualifiers, source, child_field) for child, child_field in significant_children(node)
    )
    named = [child for child in children if child.text != child.kind.encode()]
    if node.type in _LIFTED and len(named) == 1 and named[0].variable:
        lifted = named[0]
        return PNode(node.type, name, variable=lifted.variable, many=lifted.many)
    return PNode(node.type, name, children=children)


def _package(node: ts.Node, qualifiers: Mapping[str, str], source: str) -> str | None:
    parent = node.parent
    if parent is None or node.type not in ("identifier", "package_identifier"):
        return None
    operand = parent.child_by_field_name("operand" if parent.type == "selector_expression" else "package")
    if parent.type not in ("selector_expression", "qualified_type") or operand != node:
        return None
    name = (node.text or b"").decode()
    if name in qualifiers:
        return qualifiers[name]
    if name in AMBIGUOUS:
        raise PatternError(f"{name!r} in {source!r} could be {' or '.join(AMBIGUOUS[name])}: add `imports`")
    if name not in BY_NAME:
        raise PatternError(f"{name!r} in {source!r} is no package of the standard library: add `imports`")
    return BY_NAME[name]


def significant_children(node: ts.Node) -> Iterator[tuple[ts.Node, str | None]]:
    """Children that count in a comparison, with their field names: no comments, no punctuation, no lists."""
    for index, child in enumerate(node.children):
        if child.type in _PUNCTUATION or child.type == "comment":
            continue
        if child.type in _FLATTENED:
            yield from significant_children(child)
        else:
            yield child, node.field_name_for_child(index)


def _flat_children(node: ts.Node) -> list[ts.Node]:
    return [child for child, _ in significant_children(node)]


def _walk(nodes: Iterable[PNode]) -> Iterator[PNode]:
    for node in nodes:
        yield node
        yield from _walk(node.children)


def _anchors(roots: Sequence[PNode]) -> Iterator[Anchor]:
    for node in _walk(roots):
        if node.kind in ("selector_expression", "qualified_type") and len(node.children) >= 2:
            first, last = node.children[0], node.children[-1]
            if first.package and last.text is not None:
                yield Anchor(first.package, last.text)


def _literals(roots: Sequence[PNode], anchor: Anchor | None) -> tuple[bytes, ...]:
    if anchor:
        return (b'"' + anchor.path.encode() + b'"', anchor.name)
    lead = next(i for i, root in enumerate(roots) if not root.variable)
    key = max(_tokens(roots[lead : lead + 1]), key=_rarity, default=b"")
    other = max(_tokens(roots), key=_rarity, default=b"")
    return tuple(dict.fromkeys(token for token in (other, key) if token))


def _rarity(token: bytes) -> tuple[bool, int]:
    return token not in _COMMON, len(token)


def _tokens(roots: Sequence[PNode]) -> Iterator[bytes]:
    return (n.text for n in _walk(roots) if n.text and not n.package and len(n.text) > 1)


def _opening(roots: Sequence[PNode], anchor: Anchor | None) -> bytes:
    """Expression for the tokens from the last literal on, as far as they are fixed."""
    if anchor:
        return re.escape(anchor.name) + (b"(?=[\\s(\\[/])" if any(True for _ in _calls(roots, anchor)) else b"")
    literal = _literals(roots, anchor)[-1:]
    if not literal:
        return b""
    leaves = [n for n in _walk(roots) if n.text is not None or n.variable]
    start = next(i for i, n in enumerate(leaves) if n.text == literal[0])
    fixed = list(itertools.takewhile(lambda n: n.text is not None and not n.package, leaves[start:]))
    texts = [n.text or b"" for n in fixed]
    before = b"(?<!\\w)" if re.match(rb"\w", texts[0]) else b""
    after = b"(?!\\w)" if re.search(rb"\w$", texts[-1]) else b""
    if len(fixed) == 1 and any(_calls_word(node, texts[0]) for node in _walk(roots)):
        after = b"(?=\\s*[(/])"
    return before + _BETWEEN.join(map(re.escape, texts)) + after


def _closing(roots: Sequence[PNode], anchor: Anchor | None) -> bytes:
    """Expression for the token before the last literal, where that is one that assigns."""
    literal = b"" if anchor else next(iter(_literals(roots, anchor)[-1:]), b"")
    leaves = [n for n in _walk(roots) if n.text is not None or n.variable]
    start = next((i for i, n in enumerate(leaves) if literal and n.text == literal), 0)
    before = leaves[start - 1].text if start else None
    return before + _BETWEEN if before in _ASSIGNING else b""


def _calls_word(node: PNode, word: bytes) -> bool:
    """Whether a node is a call of something with that name, or a conversion to a type that ends in it."""
    if node.kind not in _CALLS or not node.children:
        return False
    called = node.children[0]
    return word in (called.text, called.children[-1].text if called.children else None)


def _calls(roots: Sequence[PNode], anchor: Anchor) -> Iterator[PNode]:
    for node in _walk(roots):
        if node.kind == "call_expression" and node.children:
            function = node.children[0]
            if function.children and function.children[-1].text == anchor.name:
                yield node


def _single(roots: Sequence[PNode], anchor: Anchor | None) -> bool:
    if anchor is None:
        return False
    lists = [node.children[-1].children for node in _calls(roots, anchor)]
    return bool(lists) and all(len(arguments) == 1 and not arguments[0].many for arguments in lists)
