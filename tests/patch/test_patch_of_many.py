"""One patch over many files with odd contents, odd names and several passes of edits; and what a diff costs."""

from __future__ import annotations

import difflib
import random
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from gofixer.edits.algebra import Kept, apply, keep, refine, untouched
from gofixer.edits.model import Edit
from gofixer.patch.diff import file_diff, hunks
from gofixer.patch.names import naming
from gofixer.patch.parse import apply_hunks, name_of, parse, reverse

PIECES = [
    *(
        b"\n",
        b"\n",
        b"\n",
        b"\n",
        b"\r\n",
        b"\r\n",
        b"\r",
        b"\f",
        b"\v",
        b"\x1c",
        b"\x85",
        b"\xe2\x80\xa8",
        b"\xe2\x80\xa9",
    ),
    *(
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xc3\x28",
        b"}",
        b"\t",
        b" ",
        b"x := 1",
        b"--- a/x.go",
        b"+++ b/x.go",
        b"-",
        b"+",
    ),
    *(
        b"@@ -1,2 +1,2 @@",
        b"diff --git a/x.go b/x.go",
        b"\\ No newline at end of file",
        b"index 0..1",
        b"GIT binary patch",
    ),
]
NAMES = [
    *("sp ace.go", 'quo"te.go', "tab\t.go", "gr\u00fc\u00dfe.go", "new\nline.go", "-dash.go", "\\.go", "a b/c.go"),
    *("\udcff.go", "b/a/b.go", "\u65e5\u672c.go", "'.go", "$HOME.go", "x.go b/x.go", "%41.go", "\u202e.go"),
]


def content(chance: random.Random) -> bytes:
    """Some bytes that are a text to git: no NUL."""
    return b"".join(chance.choices(PIECES, k=chance.randrange(1, 60)))


def rewritten(chance: random.Random, before: bytes) -> tuple[bytes, Kept]:
    """A content after up to three passes of edits, and what it shares with the one before."""
    after, kept = before, untouched(len(before))
    for _ in range(chance.randrange(1, 4)):
        cuts = sorted(chance.choices(range(len(after) + 1), k=2 * chance.randrange(1, 4)))
        pairs = zip(cuts[::2], cuts[1::2], strict=True)
        edits = refine(after, [Edit(a, b, b"".join(chance.choices(PIECES, k=chance.randrange(4)))) for a, b in pairs])
        after, kept = apply(after, edits), keep(kept, edits)
    return after, kept


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> None:
    done = subprocess.run(["git", *arguments], cwd=folder, input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")


@pytest.mark.parametrize("seed", range(12))
def test_fifty_files_there_and_back(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    git(tmp_path, "init", "-q")
    names = [*NAMES, *(f"sub/{number}.go" for number in range(50 - len(NAMES)))]
    old: dict[str, bytes] = {}
    new: dict[str, bytes] = {}
    parts: list[bytes] = []
    for name in names:
        before = content(chance)
        after, kept = rewritten(chance, before)
        # A patch that empties a file removes it for git; Go files are never empty.
        old[name], new[name] = before, after or b"package p\n"
        parts.append(file_diff(name, before, new[name], kept if after else ()))
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(before)
    patch = b"".join(parts)
    files = parse(patch)
    assert [name_of(file) for file in files] == [name for name, part in zip(names, parts, strict=True) if part]
    assert len(files) > 40
    for file, back in zip(files, parse(reverse(patch)), strict=True):
        name = name_of(file)
        assert apply_hunks(old[name], file) == new[name]
        assert apply_hunks(new[name], back) == old[name]
    git(tmp_path, "apply", "--check", "-", stdin=patch)
    git(tmp_path, "apply", "-", stdin=patch)
    assert {name: (tmp_path / name).read_bytes() for name in names} == new
    git(tmp_path, "apply", "-R", "-", stdin=patch)
    assert {name: (tmp_path / name).read_bytes() for name in names} == old
    git(tmp_path, "apply", "-", stdin=patch)
    git(tmp_path, "apply", "-", stdin=reverse(patch))
    assert {name: (tmp_path / name).read_bytes() for name in names} == old


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of lines of each text that difflib is given from here on."""
    seen: list[int] = []
    matcher = difflib.SequenceMatcher

    def counting(junk: None, old: Sequence[bytes], new: Sequence[bytes], *, autojunk: bool) -> object:
        seen.extend((len(old), len(new)))
        return matcher(junk, old, new, autojunk=autojunk)

    monkeypatch.setattr(difflib, "SequenceMatcher", counting)
    return seen


@pytest.mark.parametrize("line", [b"}\n", b"}\r\n", b"\n"])
@pytest.mark.parametrize("change", [Edit(9000, 9000, b"x()\n"), Edit(9001, 9002, b"y"), Edit(9000, 9003, b"")])
def test_one_change_in_a_repetitive_file_is_one_hunk_of_a_few_lines(
    compared: list[int], line: bytes, change: Edit
) -> None:
    before = line * 10_000
    after = apply(before, [change])
    patch = hunks(before, after, keep(untouched(len(before)), [change]))
    assert patch.count(b"@@ -") == 1
    assert patch.count(b"\n") <= 16
    assert apply_hunks(before, parse(b"--- a/x\n+++ b/x\n" + patch)[0]) == after
    assert sum(compared) <= 16


def test_what_difflib_sees_grows_with_the_edits_and_not_with_the_file(compared: list[int]) -> None:
    before = b"x := 1\n" * 10_000
    for number in (10, 100):
        compared.clear()
        edits = [Edit(at, at + 1, b"y") for at in range(0, 7 * 50 * number, 7 * 50)]
        hunks(before, apply(before, edits), keep(untouched(len(before)), edits))
        assert 0 < sum(compared) <= 4 * number


def test_a_window_that_nothing_is_known_of_is_compared_without_heuristics() -> None:
    """From 200 lines on difflib takes a line that is repeated often for noise, unless it is told not to."""
    before = b"}\n" * 300
    after = apply(before, [Edit(300, 300, b"x()\n")])
    patch = hunks(before, after, ())
    assert [line for line in patch.splitlines() if line[:1] in (b"+", b"-")] == [b"+x()"]


@pytest.mark.parametrize("in_git", [False, True])
def test_files_outside_of_the_working_tree_are_named_from_the_folder_that_holds_all(
    tmp_path: Path, in_git: bool
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        folder.mkdir()
        (folder / "x.go").write_bytes(b"old\n")
    if in_git:
        git(here, "init", "-q")
    paths = [here / "x.go", there / "x.go"]
    style = naming(paths, here)
    git(tmp_path, "apply", "-", stdin=b"".join(file_diff(style.name(p), b"old\n", b"new\n", ()) for p in paths))
    assert [path.read_bytes() for path in paths] == [b"new\n"] * 2


@pytest.mark.parametrize("way", ["link", "real/link-inside"])
def test_names_lead_to_where_a_file_is_whatever_way_it_was_found(tmp_path: Path, way: str) -> None:
    real = tmp_path / "real"
    (real / "p").mkdir(parents=True)
    (real / "p" / "x.go").write_bytes(b"old\n")
    (tmp_path / "link").symlink_to(real)
    (real / "link-inside").symlink_to(".")
    path = tmp_path / way / "p" / "x.go"
    style = naming([path], tmp_path / "link")
    assert style.name(path) == "p/x.go"
    git(real, "apply", "-", stdin=file_diff(style.name(path), b"old\n", b"new\n", (), git=style.git))
    assert path.read_bytes() == b"new\n"
