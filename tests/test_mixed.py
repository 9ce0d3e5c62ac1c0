"""Fixes of many transforms in one file: goldens put together, declarations shuffled, imports written in four ways."""

from __future__ import annotations

import os
import random
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
from trees import module

from gofixer import pipeline
from gofixer.engine.config import Config
from gofixer.engine.model import Outcome, Request, Verify
from gofixer.engine.registry import shipped
from gofixer.facts.toolchain import Toolchain
from gofixer.syntax import Node, nodes, parse
from gofixer.testing.golden import Case, read_case

GOLDENS = sorted((Path(__file__).parent / "golden").rglob("*.txtar"))
NOT_MIXED = re.compile(r'import "C"|//go:|\r|import [._]|^\t[._] "', re.MULTILINE)
PACKAGES = 40


@dataclass(frozen=True)
class Piece:
    """The imports and declarations of a golden, and the names that it declares for its package."""

    imports: tuple[str, ...]
    declarations: tuple[str, ...]
    names: frozenset[str]


@cache
def pieces() -> list[Piece]:
    cases = [case for case in map(read_case, GOLDENS) if list(case.files) == ["input.go"]]
    return [
        piece_of(case) for case in cases if case.outcome == "proposed" and not NOT_MIXED.search(case.files["input.go"])
    ]


def piece_of(case: Case) -> Piece:
    source = case.files["input.go"]
    imports, declarations, names = [], [], set()
    last = 0
    for node in parse(source.encode()).root.children:
        if isinstance(node, nodes.Comment):
            continue
        if isinstance(node, nodes.ImportDeclaration):
            imports += [spec.str for spec in node.descendants(nodes.ImportSpec)]
        elif not isinstance(node, nodes.PackageClause):
            declarations.append(source.encode()[last : node.end].decode().strip("\n"))
            names |= declared(node)
        last = node.end
    return Piece(tuple(imports), tuple(declarations), frozenset(names))


def declared(node: Node) -> set[str]:
    if isinstance(node, nodes.FunctionDeclaration):
        return {node.name.str}
    return set(re.findall(r"^\s*(?:(?:type|var|const)\s+)?(\w+)", node.str, re.MULTILINE))


def mixed(draw: random.Random) -> str:
    chosen: list[Piece] = []
    for piece in draw.sample(pieces(), draw.choice([2, 3, 4, 6])):
        if not any(piece.names & other.names for other in chosen):
            chosen.append(piece)
    imports = sorted({one for piece in chosen for one in piece.imports})
    declarations = [one for piece in chosen for one in piece.declarations]
    draw.shuffle(declarations)
    header = draw.choice(
        [
            "import (\n" + "".join(f"\t{one}\n" for one in imports) + ")",
            "\n".join(f"import {one}" for one in imports),
            f"import ({'; '.join(imports)})",
            "; ".join(f"import {one}" for one in imports),
        ]
    )
    body = "".join(one + draw.choice(["\n\n", "\n\n", "\n", "\n\n\n"]) for one in declarations)
    text = "package p\n\n" + (header if imports else "") + draw.choice(["\n", "\n\n"]) + body
    return draw.choice([text, text.rstrip() + "\n", text.rstrip(), text.replace("\n", "\r\n")])


@pytest.mark.fuzz
@pytest.mark.parametrize("seed", [1, 94288])
def test_fixes_of_many_transforms_go_together(tmp_path: Path, toolchain: Toolchain, seed: int) -> None:
    """All that is proposed builds and vets beside the rest, and there is nothing more to do in a second run."""
    if "GOFIXER_FUZZ" in os.environ:
        seed = random.randrange(10**6)
    draw = random.Random(seed)
    root = module(tmp_path, {f"p{i}/input.go": mixed(draw) for i in range(PACKAGES)}, go="1.24")
    transforms = shipped()
    names = frozenset(transform.name for transform in transforms)
    request = Request(root, (), Config(), transforms, names, Verify.VET, unsafe=True, go=toolchain.go, cache=False)
    report = pipeline.analyse(request)
    outcomes = [finding.outcome for finding in report.findings]
    assert outcomes.count(Outcome.PROPOSED) > PACKAGES, f"seed {seed}"
    assert [f for f in report.findings if f.outcome is Outcome.REJECTED] == [], f"seed {seed}"
    for change in report.changes:
        change.path.write_bytes(change.after)
    again = pipeline.analyse(replace(request, verify=Verify.NONE))
    assert again.changes == [], f"seed {seed}"
