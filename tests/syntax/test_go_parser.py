"""Our tree has the nodes that go/parser has, at the same bytes, but for the gaps in gaps.toml."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from spans import Labelled, our_spans, read_spans

from gofixer.facts.toolchain import Toolchain
from gofixer.syntax import parse

HERE = Path(__file__).parent
GAPS = tomllib.loads((HERE / "gaps.toml").read_text())["gap"]
SAMPLE = 16  # every how many files of the standard library the ordinary test reads

GoSpans = Callable[[Iterable[Path]], Iterator[tuple[Path, set[Labelled] | None]]]


@pytest.fixture(scope="session")
def go_spans(toolchain: Toolchain, tmp_path_factory: pytest.TempPathFactory) -> GoSpans:
    """Asks go/parser for the spans of files."""
    program = tmp_path_factory.mktemp("goparser") / "goparser"
    built = toolchain.run("build", "-o", str(program), "main.go", directory=HERE / "goparser")
    assert built.status == 0, built.stderr

    def ask(files: Iterable[Path]) -> Iterator[tuple[Path, set[Labelled] | None]]:
        names = "".join(f"{file}\n" for file in files)
        done = subprocess.run([program], input=names, capture_output=True, text=True, check=True)
        return ((Path(name), spans) for name, spans in read_spans(iter(done.stdout.splitlines(keepends=True))))

    return ask


def differences(source: bytes, theirs: set[Labelled]) -> Iterator[tuple[str, str]]:
    """``("call -> conversion", text)`` for all bytes that are different nodes on both sides."""
    ours = set(our_spans(parse(source)))
    sides: dict[tuple[int, int], tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for side, only in enumerate((theirs - ours, ours - theirs)):
        for label, start, end in only:
            sides[start, end][side].append(label)
    for (start, end), (left, right) in sorted(sides.items()):
        change = f"{'+'.join(sorted(left)) or '-'} -> {'+'.join(sorted(right)) or '-'}"
        yield change, source[start:end].decode()


def gap_of(change: str, text: str) -> str | None:
    """Name of the gap that explains a difference."""
    for gap in GAPS:
        pattern = gap["differences"].get(change)
        if pattern is not None and re.fullmatch(pattern, text, re.DOTALL):
            return str(gap["name"])
    return None


def standard_library(toolchain: Toolchain) -> list[Path]:
    source = toolchain.goroot / "src"
    return [p for p in sorted(source.rglob("*.go")) if "testdata" not in p.relative_to(source).parts]


def compare(files: list[Path], go_spans: GoSpans) -> set[str]:
    """Names of the gaps met; fails on a difference that no gap explains."""
    met: set[str] = set()
    unexplained: list[str] = []
    compared = 0
    for file, theirs in go_spans(files):
        if theirs is None:
            continue  # not Go for this toolchain either
        compared += 1
        for change, text in differences(file.read_bytes(), theirs):
            gap = gap_of(change, text)
            if gap:
                met.add(gap)
            else:
                unexplained.append(f"{file}: {change}: {text[:100]!r}")
    assert not unexplained, "\n".join(unexplained[:20])
    assert compared > 0.95 * len(files)
    return met


@pytest.mark.parametrize("gap", GAPS, ids=lambda gap: gap["name"])
def test_a_known_gap_is_still_there_and_no_wider(
    gap: dict[str, str], toolchain: Toolchain, go_spans: GoSpans, tmp_path: Path
) -> None:
    oldest = tuple(map(int, gap.get("go", "1.18").split(".")))
    if toolchain.version[:2] < oldest:
        pytest.skip(f"the parser of Go {toolchain.text} does not take the example")
    file = tmp_path / "p.go"
    file.write_text(f"package p\n{gap['example']}\n")
    (_, theirs) = next(go_spans([file]))
    assert theirs is not None
    found = list(differences(file.read_bytes(), theirs))
    assert {change for change, _ in found} == set(gap["differences"])
    assert {gap_of(*difference) for difference in found} == {gap["name"]}


def test_an_unknown_difference_has_no_gap() -> None:
    assert gap_of("call -> conversion", "string(x)") is None
    assert gap_of("if -> -", "if x {}") is None


def test_a_sample_of_the_standard_library_has_only_known_gaps(toolchain: Toolchain, go_spans: GoSpans) -> None:
    assert compare(standard_library(toolchain)[::SAMPLE], go_spans)


@pytest.mark.slow
@pytest.mark.skipif("GOFIXER_SLOW" not in os.environ, reason="takes minutes: set GOFIXER_SLOW=1")
def test_the_standard_library_has_all_known_gaps_and_no_other(toolchain: Toolchain, go_spans: GoSpans) -> None:
    assert compare(standard_library(toolchain), go_spans) == {gap["name"] for gap in GAPS if gap["std"]}
