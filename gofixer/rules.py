"""Declarative transforms: the ``[[transform]]`` tables of gofixer.toml, turned into `Transform` values.

They are data: nothing of a checked repository is executed. A rewrite is a template in the language of patterns; what
it would evaluate twice, not at all or in another order is refused where that could be noticed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from gofixer.engine.config import Config
from gofixer.errors import UserError
from gofixer.facts.words import check as check_words
from gofixer.match.pattern import Pattern, PatternError, PNode, compile_pattern
from gofixer.transform import Applicability, Context, Edit, Match, Result, Skip, Transform, nodes

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_KEYS = frozenset(
    {"name", "message", "pattern", "where", "rewrite", "applicability", "imports", "tests", "family", "summary"}
)
# A string, a metavariable, or a qualifier with its dot: what a template is cut into.
_PIECES = re.compile(
    r'(?P<text>"(?:\\.|[^"\\])*"|`[^`]*`)|\$(?P<many>\*)?(?P<variable>\w+)|(?<![\w.$])(?P<qualifier>[A-Za-z_]\w*)(?=\.)'
)
_LOOSE = (nodes.Binary, nodes.Unary)
_TIGHT_PLACES = (nodes.Binary, nodes.Unary, nodes.Selector, nodes.Index, nodes.Slice, nodes.TypeAssertion)


@dataclass(frozen=True, slots=True)
class _Rule:
    """A compiled table: what its check needs."""

    message: str
    applicability: Applicability
    rewrite: str
    template: Pattern
    drops: tuple[str, ...]


def from_config(config: Config) -> tuple[Transform, ...]:
    """The transforms of a configuration. Raises `UserError` with the rule and the key that is wrong."""
    return tuple(_transform(table, number, config) for number, table in enumerate(config.rules, 1))


def _transform(table: Mapping[str, object], number: int, config: Config) -> Transform:
    name = table.get("name")
    where = f"{config.path}: [[transform]] {name or f'number {number}'}"
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise UserError(f"{where}: `name` must be lower-case words joined by hyphens")
    if unknown := sorted(set(table) - _KEYS):
        raise UserError(f"{where}: unknown key `{unknown[0]}`")
    message = _string(table, "message", where)
    words = _table(table, "where", where)
    imports = _strings(table, "imports", where)
    for variable, text in words.items():
        if problem := check_words(text):
            raise UserError(f"{where}: where.{variable}: {problem}")
    try:
        pattern = compile_pattern(_string(table, "pattern", where), where=words, imports=imports)
    except PatternError as error:
        raise UserError(f"{where}: pattern: {error}") from error
    try:
        applicability = Applicability(str(table.get("applicability", "unsafe")))
    except ValueError:
        raise UserError(f"{where}: `applicability` must be safe, unsafe or display") from None
    rewrite = _string(table, "rewrite", where)
    rule = _Rule(
        message, applicability, rewrite, _template(rewrite, pattern, imports, where), tuple(sorted(_packages(pattern)))
    )
    return Transform(
        name=name,
        family=str(table.get("family", "own")),
        summary=str(table.get("summary", message)),
        patterns=(pattern,),
        check=lambda match, cx: _check(rule, match, cx),
        applicability=applicability,
        documentation=f"{message}\n\nA rule of {config.path}: `{pattern.source}` becomes `{rewrite}`.",
        declarative=True,
    )


def _template(rewrite: str, pattern: Pattern, imports: tuple[str, ...], where: str) -> Pattern:
    try:
        template = compile_pattern(f"({rewrite})" if rewrite.startswith("$") else rewrite, imports=imports)
    except PatternError as error:
        raise UserError(f"{where}: rewrite: {error}") from error
    if unbound := sorted(template.variables - pattern.variables):
        raise UserError(f"{where}: rewrite: ${unbound[0]} is not in the pattern")
    if pattern.form == "expression" and template.form != "expression":
        raise UserError(f"{where}: rewrite: an expression can only become an expression")
    if any(node.variable == "_" for root in pattern.roots for node in _walk(root)):
        raise UserError(f"{where}: pattern: $_ would be thrown away by the rewrite: give it a name")
    return template


def _walk(node: PNode) -> Iterator[PNode]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _packages(pattern: Pattern) -> dict[str, str]:
    """Import path to the qualifier that the pattern writes."""
    return {node.package: (node.text or b"").decode() for root in pattern.roots for node in _walk(root) if node.package}


def _check(rule: _Rule, match: Match, cx: Context) -> Result:
    captured = [node for name in match.bindings for node in match.many(name)]
    for comment in cx.comments(match.span):
        if not any(node.start <= comment.start and comment.end <= node.end for node in captured):
            return Skip("there is a comment in the code that would be replaced")
    if reason := _evaluation(rule, match, cx):
        return Skip(reason)
    qualifiers: dict[str, str] = {}
    for path, word in _packages(rule.template).items():
        local = cx.qualifier(path, match.node)
        if local is None:
            return Skip(f"`{word}` means something else here")
        qualifiers[word] = local
    text = _fill(rule, match, qualifiers)
    if len(match.nodes) == 1 and _is_loose(rule.template) and isinstance(match.node.parent, _TIGHT_PLACES):
        text = f"({text})"
    edit = Edit(*match.span, text.encode("utf-8", "surrogateescape"))
    return cx.fix(rule.message, edit, applicability=rule.applicability, drops=rule.drops)


def _evaluation(rule: _Rule, match: Match, cx: Context) -> str:
    """Why evaluating the rewrite could be told from evaluating the match, empty where it could not."""
    used = [m["variable"] for m in _PIECES.finditer(rule.rewrite) if m["variable"]]
    active: list[str] = []
    for name in match.bindings:
        effect = next(
            (e for node in match.many(name) if isinstance(node, nodes.Expression) and (e := cx.effect(node))), ""
        )
        if not effect:
            continue
        active.append(name)
        if used.count(name) != 1:
            return f"{effect}, and the rewrite evaluates it {'twice' if name in used else 'no more'}"
    order = sorted(active, key=lambda name: match.many(name)[0].start)
    if len(active) > 1 and [name for name in used if name in active] != order:
        return "the rewrite changes the order of evaluation"
    return ""


def _fill(rule: _Rule, match: Match, qualifiers: Mapping[str, str]) -> str:
    def replace(found: re.Match[str]) -> str:
        if found["variable"]:
            parts = [node.str for node in match.many(found["variable"])]
            only = match.many(found["variable"])[0] if len(parts) == 1 else None
            closed = _closed(rule.rewrite, found.start(), found.end())
            return f"({parts[0]})" if isinstance(only, _LOOSE) and not closed else ", ".join(parts)
        if found["qualifier"]:
            return qualifiers.get(found["qualifier"], found["qualifier"])
        return found[0]

    return _PIECES.sub(replace, rule.rewrite)


def _closed(template: str, start: int, end: int) -> bool:
    """Whether a place in a template needs no parentheses: an argument, an element, an index, all there is."""
    before, after = template[:start].rstrip()[-1:], template[end:].lstrip()[:1]
    return before in ("", "(", ",", "[", "{") and after in ("", ")", ",", "]", "}")


def _is_loose(template: Pattern) -> bool:
    return template.roots[0].kind in ("binary_expression", "unary_expression")


def _string(table: Mapping[str, object], key: str, where: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise UserError(f"{where}: `{key}` must be a text")
    return value


def _strings(table: Mapping[str, object], key: str, where: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise UserError(f"{where}: `{key}` must be a list of texts")
    return tuple(value)


def _table(table: Mapping[str, object], key: str, where: str) -> dict[str, str]:
    value = table.get(key, {})
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise UserError(f"{where}: `{key}` must be a table of texts")
    return cast(dict[str, str], dict(value))
