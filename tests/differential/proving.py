"""A module in a temporary folder, rules to run on it, and what the proof says of each function."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from trees import module

from gofixer import pipeline
from gofixer.engine.config import Config
from gofixer.engine.model import Finding, Report, Request, Verify
from gofixer.rules import from_config
from gofixer.transform import Transform


def rule(name: str, pattern: str, rewrite: str, **where: str) -> dict[str, object]:
    """A declarative rule that claims to be safe."""
    return {
        "name": name,
        "message": name,
        "pattern": pattern,
        "rewrite": rewrite,
        "where": where,
        "applicability": "safe",
    }


def prove(
    root: Path,
    files: Mapping[str, str],
    rules: Iterable[Mapping[str, object]],
    transforms: Iterable[Transform] = (),
    verify: Verify = Verify.TEST,
) -> Report:
    """Writes the files of a module and analyses it with the rules; nothing else is written below ``root``."""
    module(root, files, go="1.21")
    config = Config(path=root / "gofixer.toml", rules=tuple(rules))
    own = (*from_config(config), *transforms)
    request = Request(cwd=root, paths=(), config=Config(), transforms=own, selected=frozenset(), verify=verify, jobs=1)
    return pipeline.analyse(request)


def by_function(report: Report) -> dict[str, Finding]:
    """The findings by the function that they stand in; there is one in each."""
    found = {finding.function: finding for finding in report.findings}
    assert len(found) == len(report.findings), [(f.function, f.transform, f.reason) for f in report.findings]
    return found


def differential(finding: Finding) -> Mapping[str, object]:
    """What the comparison by inputs recorded."""
    proof = finding.evidence["proof"]
    assert isinstance(proof, Mapping)
    said = proof["differential"]
    assert isinstance(said, Mapping)
    return said
