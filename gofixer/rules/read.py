"""From the tables of gofixer.toml to `Transform` values; every mistake is named with file, rule and key."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from gofixer.engine.config import Config
from gofixer.errors import UserError
from gofixer.facts.words import check as check_words
from gofixer.match.matcher import Matcher
from gofixer.match.pattern import Pattern, PatternError, PNode, compile_pattern
from gofixer.rules.check import RuleCheck
from gofixer.rules.template import Template, compile_template
from gofixer.transform import Applicability, Transform

FAMILY = "own"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_KEYS = frozenset({"name", "message", "pattern", "where", "rewrite", "imports", "applicability", "tests"})
_TEST_KEYS = frozenset({"before", "after", "unchanged", "given"})


@dataclass(frozen=True, slots=True)
class RuleTest:
    """An inline test: ``given`` are declarations, ``after`` is None where the snippet must stay as it is."""

    before: str
    after: str | None
    given: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that was read: its transform, the import paths that its text needs help with, its tests."""

    transform: Transform
    imports: tuple[str, ...]
    tests: tuple[RuleTest, ...]


def from_config(config: Config, taken: Iterable[str] = ()) -> tuple[Transform, ...]:
    """The transforms of a configuration; see `read_rules`."""
    return tuple(rule.transform for rule in read_rules(config, taken))


def read_rules(config: Config, taken: Iterable[str] = ()) -> tuple[Rule, ...]:
    """The rules of a configuration, in order.

    ``taken`` are names that a rule must not have: those of the transforms and families that exist. Raises
    `UserError` with the file, the rule and the key that is wrong.
    """
    names = {"all", FAMILY, *taken}
    rules = []
    for number, table in enumerate(config.rules, 1):
        reader = _Table(config.path, table, number)
        if reader.name in names:
            raise reader.error("name", "exists already: choose another one")
        names.add(reader.name)
        rules.append(_rule(reader))
    return tuple(rules)


def _rule(table: _Table) -> Rule:
    table.known(_KEYS)
    message, source, rewrite = (table.text(key) for key in ("message", "pattern", "rewrite"))
    imports = table.texts("imports")
    applicability = table.applicability()
    pattern = _pattern(table, source, imports)
    template = _template(table, rewrite, pattern, imports)
    drops = tuple(sorted({n.package for n in _walk(pattern.roots) if n.package}))
    check = RuleCheck(message, applicability, pattern, template, drops)
    transform = Transform(
        name=table.name,
        family=FAMILY,
        summary=message,
        patterns=(pattern,),
        check=check,
        applicability=applicability,
        documentation=_page(table.path, message, source, rewrite),
        declarative=True,
    )
    return Rule(transform, imports, tuple(table.tests()))


def _page(path: Path | None, message: str, source: str, rewrite: str) -> str:
    place = path.name if path else "the configuration"
    return f"{message}. A rule of {place}.\n\n```go\n{source.strip()}\n```\nbecomes\n```go\n{rewrite.strip()}\n```"


def _pattern(table: _Table, source: str, imports: tuple[str, ...]) -> Pattern:
    words = table.words()
    try:
        pattern = compile_pattern(source, where=words, imports=imports)
    except PatternError as error:
        key = "where" if "`where`" in str(error) else "pattern"
        raise table.error(key, str(error)) from error
    for name, text in pattern.where.items():
        if problem := check_words(text):
            raise table.error(f"where.{name}", problem)
        if other := next((o for o in re.findall(r"identical\(\s*\$?(\w+)", text) if o not in pattern.variables), ""):
            raise table.error(f"where.{name}", f"names ${other}, which the pattern does not bind")
    if any(node.variable == "_" for node in _walk(pattern.roots)):
        raise table.error("pattern", "has $_, which the rewrite would throw away unseen: give it a name")
    return pattern


def _template(table: _Table, rewrite: str, pattern: Pattern, imports: tuple[str, ...]) -> Template:
    runs = {node.variable for node in _walk(pattern.roots) if node.many}
    try:
        template = compile_template(rewrite, pattern.form, pattern.variables, imports)
    except PatternError as error:
        raise table.error("rewrite", str(error)) from error
    for name, hole in template.holes:
        if template.is_run(hole) != (name in runs):
            raise table.error("rewrite", f"writes ${name} and the pattern ${'*' if name in runs else ''}{name}")
    if _endless(pattern, template):
        raise table.error("rewrite", "matches the pattern again: it would never come to an end")
    return template


def _endless(pattern: Pattern, template: Template) -> bool:
    """Whether the rewrite holds the pattern, and no type word could tell the two apart."""
    matcher = Matcher([pattern])
    holes = {hole.span for _, hole in template.holes}
    tree, behind = template.as_file()
    for match in matcher.find(tree):
        judged = [match.bindings[name] for name in pattern.where if name in match.bindings]
        if all(not isinstance(n, tuple) and (n.start_byte - behind, n.end_byte - behind) in holes for n in judged):
            return True
    return False


def _walk(roots: Iterable[PNode]) -> Iterator[PNode]:
    for node in roots:
        yield node
        yield from _walk(node.children)


class _Table:
    """One ``[[transform]]`` table: takes keys out of it and says what is wrong with them."""

    def __init__(self, path: Path | None, data: Mapping[str, object], number: int) -> None:
        self.path = path
        self._data = data
        name = data.get("name")
        self._title = repr(name) if isinstance(name, str) else f"number {number}"
        if not isinstance(name, str):
            raise self.error("name", "is missing" if name is None else "must be a text")
        if not _NAME.fullmatch(name):
            raise self.error("name", "must be kebab-case: lower-case words joined by hyphens")
        self.name = name

    def error(self, key: str, problem: str) -> UserError:
        return UserError(f"{self.path}: [[transform]] {self._title}: `{key}` {problem}")

    def known(self, keys: frozenset[str]) -> None:
        if unknown := sorted(set(self._data) - keys):
            raise self.error(unknown[0], f"is no key of a rule; there are {', '.join(sorted(keys))}")

    def text(self, key: str) -> str:
        value = self._data.get(key)
        if value is None:
            raise self.error(key, "is missing")
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, "must be a text")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(key, "must be a list of texts")
        return tuple(value)

    def words(self) -> dict[str, str]:
        value = self._data.get("where", {})
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            raise self.error("where", "must be a table from metavariables to type words")
        return {name.removeprefix("$"): words for name, words in cast(dict[str, str], value).items()}

    def applicability(self) -> Applicability:
        value = self._data.get("applicability", Applicability.UNSAFE.value)
        try:
            return Applicability(cast(str, value))
        except ValueError:
            raise self.error("applicability", "must be safe, unsafe or display") from None

    def tests(self) -> Iterator[RuleTest]:
        value = self._data.get("tests", [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.error("tests", "must be a list of tables")
        for number, test in enumerate(value, 1):
            key = f"tests[{number}]"
            if unknown := sorted(set(test) - _TEST_KEYS):
                raise self.error(f"{key}.{unknown[0]}", f"is no key of a test; there are {', '.join(_TEST_KEYS)}")
            texts = [test.get(name, "") for name in ("before", "after", "given")]
            if not all(isinstance(text, str) for text in texts) or not texts[0]:
                raise self.error(key, "has `before`, and `after` or `unchanged = true`, and maybe `given`, all texts")
            if ("after" in test) == (test.get("unchanged") is True):
                raise self.error(key, "must say either `after` or `unchanged = true`")
            yield RuleTest(texts[0], texts[1] if "after" in test else None, texts[2])


__all__ = ["FAMILY", "Rule", "RuleTest", "from_config", "read_rules"]
