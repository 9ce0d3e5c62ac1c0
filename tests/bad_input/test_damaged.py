"""Code as it is while somebody types: whatever is wrong with a file, no transform and no part of the engine fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gofixer import pipeline
from gofixer.engine.config import Config
from gofixer.engine.model import Request, Verify
from gofixer.engine.registry import shipped
from gofixer.facts.toolchain import Toolchain
from gofixer.testing.golden import read_case

GOLDENS = sorted((Path(__file__).parents[1] / "golden").rglob("*.txtar"))
TOKEN = re.compile(r'"(?:\\.|[^"\n])*"|`[^`]*`|//[^\n]*|\w+|\s+|.', re.DOTALL)
TYPED = [
    *"{}()[];,.=\"`'\n\u00e4",
    *("...", "<-", ":=", "/*", "//", "_", "0", "nil", "x"),
    *("func", "func() {", "return", "go ", "defer ", "for", "if", "else", "select", "case", "switch", "type", "var"),
    *("goto L", "L:", "break", "continue", "[T any]", "new(1)", "chan", "struct{", "interface{", 'import "os"'),
]
TRANSFORMS = shipped()
NAMES = frozenset(transform.name for transform in TRANSFORMS)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """The input of a golden with pieces taken out, doubled, exchanged and typed in: tokens, or any text."""
    case = read_case(draw(st.sampled_from(GOLDENS)))
    source = next(text for name, text in case.files.items() if name.endswith(".go"))
    pieces = TOKEN.findall(source) if draw(st.booleans()) else list(source)
    header = len(pieces) if draw(st.booleans()) else min(90, len(pieces))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, header))
        end = min(len(pieces), at + draw(st.sampled_from([0, 1, 1, 2, 3, 8, 20, 50])))
        instead = draw(st.sampled_from(["", "twice", "elsewhere", "typed"]))
        if instead == "elsewhere":
            to = draw(st.integers(0, len(pieces)))
            pieces[to:to] = pieces[at:end]
            continue
        put = {"": [], "twice": pieces[at:end] * 2, "typed": [draw(st.sampled_from(TYPED))]}[instead]
        pieces[at:end] = put
    return "".join(pieces)


@pytest.fixture(scope="module")
def tools(toolchain: Toolchain) -> Iterator[pipeline.Tools]:
    kept = pipeline.tools(toolchain.go)
    yield kept
    if kept.oracle:
        kept.oracle.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("damaged")
    (root / "go.mod").write_text("module example.com/m\n\ngo 1.26\n")
    return root


@given(damaged())
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_fails_on_damaged_code(folder: Path, tools: pipeline.Tools, source: str) -> None:
    path = folder / "input.go"
    path.write_text(source)
    config = Config()
    request = Request(folder, (str(path),), config, TRANSFORMS, NAMES, Verify.NONE, unsafe=True, jobs=1, cache=False)
    report = pipeline.analyse(request, tools)
    assert [note for note in report.notes if "bug" in note.message] == []
