"""Programs before and after the engine's rewrites print the same, byte for byte.

``GOFIXER_DIFFERENTIAL`` is the number of mixed texts (default 150; from 1000 on, everything else is tried in full,
too), ``GOFIXER_DIFFERENTIAL_SEED`` the seed.
"""

from __future__ import annotations

import os
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import applying
import pytest
from applying import go
from formatting_programs import POSITIONS, Case, make_cases, program
from trees import write

from gofixer.engine.model import Outcome
from gofixer.engine.registry import shipped
from gofixer.facts.toolchain import Toolchain

MIXED = int(os.environ.get("GOFIXER_DIFFERENTIAL", "150"))
SEED = int(os.environ.get("GOFIXER_DIFFERENTIAL_SEED", "1"))
# Positions where every text has to stay: nothing of the family may touch them.
NEVER = frozenset({"bufio deferred Fprintf", "interface Fprintf", "generic function"})
SELDOM = frozenset({"error"})  # only where the text happens to have no verb
FAMILY = tuple(transform for transform in shipped() if transform.family == "formatting")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a program printed before and after, by case, and which transforms rewrote a case."""

    before: Mapping[int, list[str]]
    after: Mapping[int, list[str]]
    rewritten: Mapping[int, set[str]]
    folder: Path

    @property
    def different(self) -> list[int]:
        """The cases that print something else."""
        return sorted(id_ for id_ in self.before.keys() | self.after.keys() if self.before[id_] != self.after[id_])


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return make_cases(SEED, MIXED, full=MIXED >= 1000)


@pytest.fixture(scope="module")
def comparison(cases: list[Case], toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    folder = tmp_path_factory.mktemp("differential")
    write(folder, program(cases))
    before = run(folder, toolchain)
    rewritten = rewrite(folder)
    return Comparison(before, run(folder, toolchain), rewritten, folder)


def rewrite(folder: Path) -> dict[int, set[str]]:
    """Apply the family to a program. Gives the transforms by case."""
    before = {path.resolve(): path.read_text() for path in folder.glob("*.go")}
    report = applying.rewrite(folder, "formatting", selected=True)
    rewritten: dict[int, set[str]] = defaultdict(set)
    for finding in report.findings:
        if finding.outcome is Outcome.PROPOSED and finding.file.name.startswith("cases"):
            rewritten[case_of(before[finding.file.resolve()], finding.line)].add(finding.transform)
    return rewritten


def case_of(text: str, line: int) -> int:
    """The case around a line (1-based) of a file, or behind it for what stands in front of its function."""
    lines = text.split("\n")
    inside = next((row for row in range(line - 1, -1, -1) if lines[row].startswith(("func case", "}"))), -1)
    if inside < 0 or lines[inside] == "}":
        inside = next(row for row in range(line - 1, len(lines)) if lines[row].startswith("func case"))
    return int(lines[inside].removeprefix("func case").split("(")[0])


def run(folder: Path, toolchain: Toolchain) -> dict[int, list[str]]:
    """Compile and run a program; its lines by case."""
    binary = folder / "program"
    go(folder, toolchain, "build", "-o", str(binary), ".")
    printed = subprocess.run([binary], cwd=folder, capture_output=True, check=True).stdout.decode()
    lines: dict[int, list[str]] = defaultdict(list)
    for line in printed.splitlines():
        lines[int(line.split(" ", 1)[0])].append(line)
    return lines


def source(cases: Iterable[Case], wanted: int) -> str:
    return next(case.source for case in cases if case.id == wanted)


def test_same_output(cases: list[Case], comparison: Comparison) -> None:
    assert len(comparison.before) > 500
    shown = [
        f"{source(cases, id_)}before: {comparison.before[id_]}\nafter:  {comparison.after[id_]}"
        for id_ in comparison.different[:5]
    ]
    assert not shown, f"{len(comparison.different)} cases differ:\n\n" + "\n\n".join(shown)


def test_every_position_is_rewritten(cases: list[Case], comparison: Comparison) -> None:
    positions = {case.position for case in cases if case.id in comparison.rewritten}
    assert not positions & NEVER
    assert positions >= set(POSITIONS) - NEVER - SELDOM


def test_every_transform_rewrites(comparison: Comparison) -> None:
    counts = {t.name: sum(t.name in names for names in comparison.rewritten.values()) for t in FAMILY}
    assert min(counts.values()) >= 10, counts
    assert counts["sprintf-to-append"] >= 100, counts
    assert counts["sprintf-to-concat"] >= 50, counts
    assert counts["sprintf-to-strconv"] >= 80, counts


def test_every_understood_verb_is_rewritten(cases: list[Case], comparison: Comparison) -> None:
    alone = {case.format for case in cases if case.position == "assignment" and case.id in comparison.rewritten}
    assert alone >= {f"%{verb}" for verb in "dvsqxtobfgeEGF"} | {"%.2f"}
    assert not alone & {"%5d", "%08x", "%-5s", "%.3s", "%+d", "%#x", "%X", "%c", "%U", "%T", "%+v", "% d"}


def test_a_wrong_rewrite_would_show(comparison: Comparison, toolchain: Toolchain) -> None:
    """The comparison sees a rewrite that prints another base."""
    files = sorted(comparison.folder.glob("cases*.go"))
    right = {path: path.read_text() for path in files}
    try:
        for path, text in right.items():
            path.write_text(text.replace("strconv.Itoa(v0)", "strconv.FormatInt(int64(v0), 8)"))
        wrong = Comparison(comparison.before, run(comparison.folder, toolchain), {}, comparison.folder)
    finally:
        for path, text in right.items():
            path.write_text(text)
    assert wrong.different
