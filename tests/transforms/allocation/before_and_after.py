"""A module of small programs, run before and after the transforms of the family."""

from __future__ import annotations

from pathlib import Path

import pytest

from gofixer import pipeline
from gofixer.engine.config import Config
from gofixer.engine.model import Outcome, Report, Request, Verify
from gofixer.engine.registry import shipped
from gofixer.errors import UserError
from gofixer.facts.toolchain import Toolchain, find_toolchain

MODULE = "example.com/programs"


def toolchain_or_skip(oldest: tuple[int, int, int]) -> Toolchain:
    """The Go toolchain at hand; the test is skipped where there is none, or only an older one."""
    try:
        found = find_toolchain(None)
    except UserError as error:
        pytest.skip(f"no Go toolchain: {error}")
    if found.version < oldest:
        pytest.skip(f"the programs need Go {oldest[0]}.{oldest[1]}; this is Go {found.text}")
    return found


def module(folder: Path, packages: dict[str, str], go: str = "1.24") -> Path:
    """Write packages, each with a ``Run``, and a program that runs one after the other."""
    imports = "".join(f'\t"{MODULE}/{name}"\n' for name in packages)
    calls = "".join(f'\tfmt.Println("-- {name}")\n\t{name}.Run()\n' for name in packages)
    folder.mkdir(exist_ok=True)
    (folder / "go.mod").write_text(f"module {MODULE}\n\ngo {go}\n")
    (folder / "main.go").write_text(f'package main\n\nimport (\n\t"fmt"\n\n{imports})\n\nfunc main() {{\n{calls}}}\n')
    for name, text in packages.items():
        (folder / name).mkdir(exist_ok=True)
        (folder / name / f"{name}.go").write_text(text)
    return folder


def rewrite(folder: Path, name: str) -> Report:
    """Apply one transform, unverified: what does not compile has to show."""
    transforms = tuple(transform for transform in shipped() if transform.name == name)
    chosen = frozenset({name})
    request = Request(folder, (), Config(), transforms, chosen, unsafe=True, verify=Verify.NONE, cache=False)
    report = pipeline.analyse(request)
    for change in report.changes:
        change.path.write_bytes(change.after)
    return report


def changed(report: Report) -> set[str]:
    """The packages in which something is rewritten."""
    return {finding.file.parent.name for finding in report.findings if finding.outcome is Outcome.PROPOSED}


def printed(folder: Path, toolchain: Toolchain) -> dict[str, str]:
    """What each package of a module prints."""
    done = toolchain.run("run", ".", directory=folder)
    assert done.status == 0, done.stdout + done.stderr
    pieces = done.stdout.split("-- ")[1:]
    return {name: text for name, _, text in (piece.partition("\n") for piece in pieces)}


def allocations(folder: Path, toolchain: Toolchain) -> dict[str, float]:
    """Allocations per run that the module's TestAllocations prints, by name."""
    done = toolchain.run("test", "-count=1", "-run=TestAllocations", "-v", ".", directory=folder)
    assert done.status == 0, done.stdout + done.stderr
    rows = [line.split() for line in done.stdout.splitlines()]
    return {row[0]: float(row[1]) for row in rows if len(row) == 2 and row[0].isalpha() and row[0] != "PASS"}
