"""Import edits over hundreds of layouts made at random: what was formatted stays so, and nothing else is touched.

Go's own formatter is the judge of layout and syntax, in one run over all files.
"""

from __future__ import annotations

import itertools
import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from gofixer.edits.algebra import apply, normalise
from gofixer.edits.imports import import_edits
from gofixer.syntax import nodes, parse

KNOWN = ["bytes", "fmt", "io", "os", "strings", "time", "sort", "math/rand/v2", "net/http"]
KNOWN += ["example.com/a", "github.com/b/c", "gopkg.in/yaml.v3", "corp/inner.x"]
NEW = ["strconv", "errors", "context", "zz/y.w/k", "unsafe"]
FILES = 600


def spec(chance: random.Random, path: str, numbers: Iterator[int]) -> str:
    """One import; every comment of a file has a number of its own."""
    name = chance.choice(["", "", "", "", "", "", "alias{} ", "alias{} ", "_ ", ". "]).format(next(numbers))
    comment = chance.choice(["", "", "", "", " // c{}", " // ü{}", " /* c{} */"]).format(next(numbers))
    return f'{name}"{path}"{comment}'


def block(chance: random.Random, paths: list[str], numbers: Iterator[int]) -> list[str]:
    lines = ["import (" + chance.choice([""] * 9 + [f" // open{next(numbers)}"])]
    for number, path in enumerate(paths):
        if number and chance.random() < 0.25:
            lines.append("")
        if chance.random() < 0.2:
            lines += [f"\t// h{next(numbers)}", *chance.choice([[], [], [""]])]
        lines.append("\t" + spec(chance, path, numbers))
    lines += chance.choice([[]] * 9 + [[f"\t// end{next(numbers)}"]])
    return [*lines, ")" + chance.choice([""] * 9 + [f" // close{next(numbers)}"])]


def cgo(chance: random.Random, paths: list[str], numbers: Iterator[int]) -> list[str]:
    """An ``import "C"`` with its preamble, alone or in a block with other imports."""
    other = ["\t" + spec(chance, paths.pop(), numbers)] if paths else []
    return chance.choice(
        [
            ["", "// #include <x.h>", 'import "C"', *(["import" + line.replace("\t", " ") for line in other])],
            ["", "/*", "#include <x.h>", "*/", 'import "C"', *(["import" + line.replace("\t", " ") for line in other])],
            ["", "// #include <x.h>", "import (", '\t"C"', *other, ")"],
            ["", "import (", *other, "", "\t// #include <x.h>", '\t"C"', ")"],
        ]
    )


def layout(seed: int) -> str:
    chance = random.Random(seed)
    numbers = itertools.count()
    lines = chance.choice([[], [], ["// licence", ""], ["//go:build linux", ""], ["// Package p."]])
    lines = [*lines, "package p" + chance.choice([""] * 6 + [" // clause"])]
    paths = chance.sample(KNOWN, chance.randrange(7))
    if chance.random() < 0.1:
        lines += cgo(chance, paths, numbers)
    while paths:
        lines += chance.choice([[""], [""], []]) + chance.choice([[]] * 6 + [[f"// decl{next(numbers)}"]])
        if chance.random() < 0.5:
            here = [paths.pop() for _ in range(chance.randrange(1, len(paths) + 1))]
            lines += block(chance, here, numbers)
        else:
            lines.append("import " + spec(chance, paths.pop(), numbers))
        if chance.random() < 0.05:
            lines += cgo(chance, paths, numbers)
    return "\n".join([*lines, *chance.choice([[], [""]]), *chance.choice([[], ["// doc of F"]]), "", "func F() {}", ""])


def change(source: bytes, add: list[str], drop: list[str]) -> bytes:
    return apply(source, normalise(import_edits(source, [], add, drop)))


def imports(source: bytes) -> Counter[tuple[str, str]]:
    """Path and name of each import."""
    found = parse(source).root.descendants(nodes.ImportSpec)
    return Counter((s.path.str[1:-1], s.name.str if s.name else "") for s in found)


def wish(seed: int, source: bytes) -> tuple[list[str], list[str]]:
    chance = random.Random(-seed)
    have = sorted({path for path, _ in imports(source)} - {"C"})
    return chance.sample(NEW, chance.choice([0, 1, 1, 2])), chance.sample(have, min(len(have), chance.randrange(4)))


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Formatted files."""
    if shutil.which("gofmt") is None:
        pytest.skip("needs gofmt")
    folder = tmp_path_factory.mktemp("layouts")
    for seed in range(FILES):
        (folder / f"{seed:04}.go").write_text(layout(seed))
    subprocess.run(["gofmt", "-w", str(folder)], check=True)
    return [path.read_bytes() for path in sorted(folder.iterdir())]


def test_what_was_formatted_stays_formatted(sources: list[bytes], tmp_path: Path) -> None:
    for seed, source in enumerate(sources):
        (tmp_path / f"{seed:04}.go").write_bytes(change(source, *wish(seed, source)))
    done = subprocess.run(["gofmt", "-d", str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("", "")


def test_the_imports_are_those_that_were_wanted(sources: list[bytes]) -> None:
    for seed, source in enumerate(sources):
        add, drop = wish(seed, source)
        expected = Counter({s: n for s, n in imports(source).items() if s[0] not in drop or s[1] in ("_", ".")})
        expected.update((path, "") for path in add)
        after = change(source, add, drop)
        assert imports(after) == expected, (source.decode(), after.decode(), add, drop)
        assert change(after, add, drop) == after


def test_comments_of_what_stays_and_code_stay(sources: list[bytes]) -> None:
    headers = (b"licence", b"go:build", b"Package p.", b"// clause", b"// doc of F")
    for seed, source in enumerate(sources):
        add, drop = wish(seed, source)
        after = change(source, add, drop)
        assert after[after.index(b"func F") :] == source[source.index(b"func F") :]
        assert all(source.count(text) == after.count(text) for text in headers), (source, after)
        for line in source.decode().splitlines():
            name, path, comment = (*line.split('"'), "", "")[:3]
            name = name.removeprefix("import").strip()
            if path and comment.strip() and (path not in drop or name in ("_", ".")):
                kept = [one for one in after.decode().splitlines() if f'"{path}"' in one]
                assert comment.strip() in kept[0], (line, after.decode())


def test_nothing_comes_between_cgo_and_its_preamble(sources: list[bytes]) -> None:
    preambles = (
        b'// #include <x.h>\nimport "C"\n',
        b'#include <x.h>\n*/\nimport "C"\n',
        b'// #include <x.h>\nimport (\n\t"C"\n',
        b'\t// #include <x.h>\n\t"C"\n',
    )
    found = 0
    for seed, source in enumerate(sources):
        after = change(source, *wish(seed, source))
        for preamble in preambles:
            found += preamble in source
            assert source.count(preamble) == after.count(preamble), (source.decode(), after.decode())
    assert found > 20


@pytest.mark.parametrize("kind", ["crlf", "byte-order-mark", "no-final-newline"])
def test_line_ends_a_mark_and_a_missing_newline_make_no_difference(sources: list[bytes], kind: str) -> None:
    for seed, source in enumerate(sources[:200]):
        add, drop = wish(seed, source)
        expected = change(source, add, drop)
        match kind:
            case "crlf":
                source, expected = source.replace(b"\n", b"\r\n"), expected.replace(b"\n", b"\r\n")
            case "byte-order-mark":
                source, expected = b"\xef\xbb\xbf" + source, b"\xef\xbb\xbf" + expected
            case _:
                source, expected = source[:-1], expected[:-1]
        assert change(source, add, drop) == expected, source
