"""Go modules that are run before and after transforms: written, rewritten by the engine, run, and what they print."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trees import module

from gofixer import pipeline
from gofixer.engine.config import Config
from gofixer.engine.model import Outcome, Report, Request, Verify
from gofixer.engine.registry import shipped
from gofixer.facts.process import Output
from gofixer.facts.toolchain import Toolchain


def module_of_packages(folder: Path, packages: Mapping[str, str], *, go: str, path: str = "example.com/m") -> Path:
    """Write packages, by name and text, and a program that calls each ``Run`` after a line with the package's name."""
    runs = [name for name, text in packages.items() if "\nfunc Run() {" in text]
    imports = "".join(f'\t"{path}/{name}"\n' for name in runs)
    calls = "".join(f'\tfmt.Println("-- {name}")\n\t{name}.Run()\n' for name in runs)
    main = f'package main\n\nimport (\n\t"fmt"\n\n{imports})\n\nfunc main() {{\n{calls}}}\n'
    files = {f"{name}/{name}.go": text for name, text in packages.items()}
    return module(folder, {"main.go": main, **files}, go=go, path=path)


def analyse(folder: Path, *names: str, selected: bool = False, **options: Any) -> Report:
    """What the engine makes of a module with some transforms, by their names or those of their families.

    ``selected``: they are asked for by name, which lifts their gates. ``options`` are fields of the `Request`; nothing
    is verified unless they say so, because what does not compile has to show when the module is run.
    """
    transforms = tuple(transform for transform in shipped() if {transform.name, transform.family} & set(names))
    assert transforms, names
    chosen = frozenset(transform.name for transform in transforms if selected)
    fields = {"paths": (), "config": Config(), "verify": Verify.NONE, "cache": False, **options}
    return pipeline.analyse(Request(cwd=folder, transforms=transforms, selected=chosen, **fields))


def rewrite(folder: Path, *names: str, selected: bool = False, **options: Any) -> Report:
    """As `analyse`; what the engine would write is written."""
    report = analyse(folder, *names, selected=selected, **options)
    for change in report.changes:
        change.path.write_bytes(change.after)
    return report


def rewritten_functions(report: Report) -> set[str]:
    """The functions with a fix."""
    return {finding.function for finding in report.findings if finding.outcome is Outcome.PROPOSED}


def rewritten_packages(report: Report) -> set[str]:
    """The folders with a fix."""
    return {finding.file.parent.name for finding in report.findings if finding.outcome is Outcome.PROPOSED}


def go(folder: Path, toolchain: Toolchain, *arguments: str) -> Output:
    """Run a go command in a module; it has to succeed."""
    done = toolchain.run(*arguments, directory=folder)
    assert done.status == 0, done.stdout + done.stderr
    return done


def run(folder: Path, toolchain: Toolchain) -> str:
    """What the module's program prints."""
    return go(folder, toolchain, "run", ".").stdout


def run_packages(folder: Path, toolchain: Toolchain) -> dict[str, str]:
    """What each package of `module_of_packages` prints."""
    pieces = run(folder, toolchain).split("-- ")[1:]
    return {name: text for name, _, text in (piece.partition("\n") for piece in pieces)}


def run_functions(folder: Path, toolchain: Toolchain) -> dict[str, str]:
    """What each function of the program prints: lines start with its name and a colon."""
    lines = [line.partition(": ") for line in run(folder, toolchain).splitlines()]
    return {name: text for name, _, text in lines}


def allocations(folder: Path, toolchain: Toolchain) -> dict[str, int]:
    """Allocations per run, which the tests of the module's package print after a name and a colon."""
    printed = go(folder, toolchain, "test", "-count=1", "-v", ".").stdout
    return {name: int(number) for name, number in re.findall(r"^(\w+): (\d+)$", printed, re.MULTILINE)}
