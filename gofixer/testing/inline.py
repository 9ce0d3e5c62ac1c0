"""The ``tests`` of a declarative rule: snippets with what they become, run as golden cases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from gofixer.engine.config import Config
from gofixer.errors import UserError
from gofixer.match.imports import default_name
from gofixer.match.stdlib import BY_NAME
from gofixer.testing.golden import Case

_KEYS = frozenset({"before", "after", "unchanged", "given"})
_STRING = re.compile(r'"(?:\\.|[^"\\])*"|`[^`]*`')
_QUALIFIER = re.compile(r"(?<![\w.])([a-z]\w*)\.[A-Z]")
_DEFINED = re.compile(r"^[ \t]*([\w, ]+?)[ \t]*:=", re.MULTILINE)


def cases(config: Config) -> Iterator[Case]:
    """The inline tests of all rules of a configuration, in order, as golden cases."""
    for rule in config.rules:
        name = str(rule.get("name"))
        tests = rule.get("tests", [])
        if not isinstance(tests, list):
            raise UserError(f"{config.path}: [[transform]] {name}: `tests` must be a list of tables")
        imports = rule.get("imports", [])
        paths = {default_name(str(path)): str(path) for path in imports} if isinstance(imports, list) else {}
        for number, test in enumerate(tests, 1):
            yield _case(config.path, name, number, test, {**BY_NAME, **paths})


def _case(path: Path | None, name: str, number: int, test: object, packages: Mapping[str, str]) -> Case:
    where = f"{path}: [[transform]] {name}: test {number}"
    if not isinstance(test, dict) or set(test) - _KEYS or not isinstance(test.get("before"), str):
        raise UserError(f"{where}: a test has `before` with `after` or `unchanged = true`, and maybe `given`")
    if ("after" in test) == bool(test.get("unchanged")):
        raise UserError(f"{where}: say either `after` or `unchanged = true`")
    given = str(test.get("given", ""))
    before = str(test["before"])
    after = str(test.get("after", before))
    source = _file(given, before, packages)
    wanted = _file(given, after, packages)
    changed = source != wanted
    return Case(
        name=f"{name}, test {number}",
        transform=name,
        files={"input.go": source},
        want={"input.go": wanted} if changed else {},
        select=True,
        unsafe=True,
        outcome="proposed" if changed else "none",
    )


def _file(given: str, body: str, packages: Mapping[str, str]) -> str:
    """A file that holds a snippet in a function; every name that the snippet defines is used."""
    code = _STRING.sub('""', f"{given}\n{body}")
    used = sorted({packages[word] for word in _QUALIFIER.findall(code) if word in packages})
    lines = ["package p", ""]
    if len(used) == 1:
        lines += [f'import "{used[0]}"', ""]
    elif used:
        lines += ["import (", *(f'\t"{path}"' for path in used), ")", ""]
    if given:
        lines += [given, ""]
    names = [n.strip() for found in _DEFINED.findall(_STRING.sub('""', body)) for n in found.split(",")]
    uses = [f"\t_ = {name}" for name in names if name != "_"]
    return "\n".join([*lines, "func _() {", *(f"\t{line}" for line in body.splitlines()), *uses, "}", ""])
