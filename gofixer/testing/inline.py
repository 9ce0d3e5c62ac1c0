"""The ``tests`` of a declarative rule: snippets with what they become, run as golden cases.

``given`` are declarations at package level. A snippet is statements of a function, or declarations where it is not
to be read as statements (``func f() string { return ... }``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from gofixer.match.imports import default_name
from gofixer.match.stdlib import BY_NAME
from gofixer.rules import Rule, RuleTest
from gofixer.syntax import Node, Tree, nodes, parse
from gofixer.testing.golden import Case

_FIRST, _LAST = "func _() {\n", "}\n"


def cases(rules: tuple[Rule, ...], path: Path | None) -> Iterator[Case]:
    """The inline tests of some rules, in order, as golden cases."""
    for rule in rules:
        packages = {**BY_NAME, **{default_name(given): given for given in rule.imports}}
        for number, test in enumerate(rule.tests, 1):
            yield _case(rule.transform.name, number, test, packages, path)


def _case(name: str, number: int, test: RuleTest, packages: Mapping[str, str], path: Path | None) -> Case:
    source = _file(test.given, test.before, test.before, packages)
    wanted = source if test.after is None else _file(test.given, test.after, test.before, packages)
    return Case(
        name=f"{path}: {name}, test {number}" if path else f"{name}, test {number}",
        transform=name,
        files={"input.go": source},
        want={} if test.after is None else {"input.go": wanted},
        select=True,
        unsafe=True,
        outcome="unchanged" if test.after is None else "proposed",
    )


def _file(given: str, snippet: str, before: str, packages: Mapping[str, str]) -> str:
    """A file that holds a snippet; imports are there, and every variable that ``before`` defines is used."""
    code = f"{given.strip()}\n\n" if given.strip() else ""
    body, function = _body(snippet), parse(f"package p\n\n{_FIRST}{_body(before)}{_LAST}".encode())
    if function.has_errors:
        code += f"{snippet.strip()}\n"
    else:
        uses = "".join(f"\t_ = {name}\n" for name in dict.fromkeys(_defined(function)))
        code += f"{_FIRST}{body}{uses}{_LAST}"
    tree = parse(f"package p\n\n{code}".encode())
    return f"package p\n\n{_imports(tree, packages)}{code}"


def _body(snippet: str) -> str:
    return "".join(f"\t{line}\n" if line.strip() else "\n" for line in snippet.strip().splitlines())


def _defined(tree: Tree) -> Iterator[str]:
    """Variables that the statements of the only function define at its top level."""
    for short in tree.root.descendants(nodes.ShortVarDeclaration):
        if isinstance(short.parent, nodes.StatementList) and _depth(short) == 1:
            yield from _variables(short.left.children)
    for spec in tree.root.descendants(nodes.VarSpec):
        if _depth(spec) == 1:
            yield from _variables([tree.wrap(raw) for raw in spec.raw.children_by_field_name("name")])


def _depth(node: Node) -> int:
    return sum(isinstance(ancestor, nodes.Block) for ancestor in node.ancestors())


def _variables(names: Iterable[Node]) -> Iterator[str]:
    return (name.str for name in names if isinstance(name, nodes.Identifier) and name.str != "_")


def _imports(tree: Tree, packages: Mapping[str, str]) -> str:
    operands: list[Node] = [s.operand for s in tree.root.descendants(nodes.Selector)]
    operands += [q.package for q in tree.root.descendants(nodes.QualifiedType)]
    declared = {n.str for s in tree.root.descendants(nodes.VarSpec, nodes.ParameterDeclaration) for n in s.children}
    used = {o.str for o in operands if isinstance(o, nodes.Identifier | nodes.PackageIdentifier)} - declared
    paths = sorted(packages[name] for name in used if name in packages)
    if len(paths) == 1:
        return f'import "{paths[0]}"\n\n'
    return "".join(["import (\n", *(f'\t"{path}"\n' for path in paths), ")\n\n"]) if paths else ""
