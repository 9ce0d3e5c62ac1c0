"""The pages: what they show can be used as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gofixer.engine.config import load
from gofixer.rules import read_rules
from gofixer.settings import available, check_config
from gofixer.testing.inline import cases
from gofixer.testing.runner import run_cases

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCKS = [
    pytest.param(block, id=f"{page.stem}-{number}")
    for page in PAGES
    for number, block in enumerate(re.findall(r"^```toml\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL), 1)
]


def test_there_are_examples() -> None:
    assert len(BLOCKS) >= 2


@pytest.mark.parametrize("block", BLOCKS)
def test_configuration_examples_are_taken(tmp_path: Path, block: str) -> None:
    path = tmp_path / "gofixer.toml"
    path.write_text(block)
    config = load(path)
    transforms = available(config, None)
    check_config(config, transforms)
    results = run_cases(list(cases(read_rules(config), path)), transforms)
    assert {r.case.name: r.problems for r in results if r.problems} == {}


def test_the_readme_names_every_option_that_it_says_is_missing() -> None:
    text = (ROOT / "README.md").read_text()
    for word in ("--verify test", "sarif", "github", "markdown"):
        assert word in text
