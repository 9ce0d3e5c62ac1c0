"""The pages of the transforms under docs/, and what they hold."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest
import scripts

from gofixer.engine.registry import shipped
from gofixer.report.pages import index, page
from gofixer.transform import Option, Transform, pattern

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    return scripts.load("docs/generate.py")


def test_the_pages_are_those_of_the_transforms(generate: ModuleType) -> None:
    found = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "transforms").glob("*.md")}
    assert found == generate.contents(), "stale: run `make docs`"
    assert len(found) == len(shipped()) + 1


def test_a_page_has_facts_options_and_documentation() -> None:
    option = Option("short", "how it reads", choices=("short", "long"))
    one = Transform("t-one", "t", "Finds | one.", (pattern("f($x)"),), lambda match, cx: None, seeds=("A1",),
                    options={"style": option}, documentation="## What it does\nOne thing.")  # fmt: skip
    text = page(one)
    assert text.startswith("# t-one\n\nfamily t, exercise A1; safe, gate always, Go versions: any.\n")
    assert "- option `style`: how it reads (default `short`; one of short, long)" in text
    assert text.endswith("## What it does\nOne thing.\n")
    assert "| [t-one](t-one.md) | t | A1 | safe | always | any | Finds \\| one. |" in index([one])
