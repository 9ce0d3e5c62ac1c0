"""Patches are what `git apply` takes, byte for byte, and what unidiff reads back."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gofixer.edits.algebra import apply, keep, refine, untouched
from gofixer.edits.model import Edit
from gofixer.patch.diff import file_diff
from gofixer.patch.names import naming, quoted, unquoted
from gofixer.patch.parse import PatchError, apply_hunks, count, name_of, parse, reverse

ODD = [
    *(b"\n", b"\n", b"\n", b"a", b"b", b"}", b"\r\n", b"\r", b"\f", b"\v", b"\xe2\x80\xa8", b"\xc2\x85", b"\x1c"),
    *(b"\xff", b"\xef\xbb\xbf", b"-- x", b"++ y", b"\\ No newline at end of file", b"@@ -1 +1 @@", b" ", b"\t"),
]
texts = st.lists(st.sampled_from(ODD), max_size=30).map(b"".join)


@st.composite
def sources_and_edits(draw: st.DrawFn) -> tuple[bytes, list[Edit]]:
    source = draw(texts)
    cuts = sorted(draw(st.lists(st.integers(0, len(source)), max_size=8)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    return source, [Edit(start, end, draw(texts)) for start, end in pairs]


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", *arguments], cwd=folder, input=stdin, capture_output=True, check=False)


def diff(name: str, source: bytes, edits: list[Edit]) -> tuple[bytes, bytes]:
    """The new content and the patch that leads there."""
    edits = refine(source, edits)
    after = apply(source, edits)
    return after, file_diff(name, source, after, keep(untouched(len(source)), edits))


@given(sources_and_edits())
def test_a_patch_read_back_gives_exactly_the_new_bytes(case: tuple[bytes, list[Edit]]) -> None:
    source, edits = case
    after, patch = diff("x.go", source, edits)
    if after == source:
        assert patch == b""
        return
    [file] = parse(patch)
    assert name_of(file) == "x.go"
    assert apply_hunks(source, file) == after
    [back] = parse(reverse(patch))
    assert apply_hunks(after, back) == source


@given(sources_and_edits())
def test_context_is_three_lines_and_hunks_never_meet(case: tuple[bytes, list[Edit]]) -> None:
    source, edits = case
    _, patch = diff("x.go", source, edits)
    for file in parse(patch) if patch else ():
        ends = 0
        for hunk in file:
            kinds = "".join(line.line_type for line in hunk if line.line_type != "\\")
            assert len(kinds) - len(kinds.lstrip(" ")) <= 3
            assert len(kinds) - len(kinds.rstrip(" ")) <= 3
            assert "       " not in kinds
            assert hunk.source_start >= ends
            ends = hunk.source_start + hunk.source_length


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plain")


@settings(max_examples=60)
@given(case=sources_and_edits())
def test_git_applies_it_to_exactly_the_new_bytes(folder: Path, case: tuple[bytes, list[Edit]]) -> None:
    source, edits = case
    after, patch = diff("x.go", source, edits)
    if not patch:
        return
    file = folder / "x.go"
    file.write_bytes(source)
    # An emptied file is not removed, and an empty one is no new one: the headers name it on both sides.
    done = git(folder, "apply", "--whitespace=nowarn", "-", stdin=patch)
    assert done.returncode == 0, done.stderr
    assert (file.read_bytes() if file.exists() else b"") == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(b"\xef\xbb\xbfpackage p\n", b"\xef\xbb\xbfpackage q\n", id="byte-order-mark"),
        pytest.param(b"a\r\nb\r\nc\r\n", b"a\r\nB\r\nc\r\n", id="crlf"),
        pytest.param(b"a\r\nb\nc", b"a\r\nb\nd", id="mixed-without-last-newline"),
        pytest.param(b"a\nb", b"a\nb\n", id="newline-added"),
        pytest.param(b"a\nb\n", b"a\nb", id="newline-removed"),
        pytest.param(
            b"a\fb\n\x0b\n\xe2\x80\xa8x\n\xc2\x85\n", b"a\fb\n\x0b\n\xe2\x80\xa8y\n\xc2\x85\n", id="no-line-ends"
        ),
        pytest.param(b"p\xf6rt\nx\n", b"p\xf6rt\ny\n", id="latin-1"),
        pytest.param(b"-- a\n++ b\n", b"-- a\n++ c\n", id="looks-like-headers"),
    ],
)
def test_bytes_stay_as_they_are(tmp_path: Path, before: bytes, after: bytes) -> None:
    (tmp_path / "x.go").write_bytes(before)
    edits = refine(before, [Edit(0, len(before), after)])
    patch = file_diff("x.go", before, after, keep(untouched(len(before)), edits))
    assert git(tmp_path, "apply", "--check", "-", stdin=patch).returncode == 0
    assert git(tmp_path, "apply", "-", stdin=patch).returncode == 0
    assert (tmp_path / "x.go").read_bytes() == after
    assert git(tmp_path, "apply", "-", stdin=reverse(patch)).returncode == 0
    assert (tmp_path / "x.go").read_bytes() == before


NAMES = [
    *(
        "with space.go",
        'quo"te.go',
        "tab\there.go",
        "new\nline.go",
        "back\\slash.go",
        "grüße.go",
        "日本.go",
        "a b/c d.go",
    ),
    *(" lead.go", "-dash.go", "\x01.go", "b/b.go", "a/a.go", "\udcff.go", "trail .go"),
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("in_git", [False, True])
def test_odd_file_names(tmp_path: Path, name: str, in_git: bool) -> None:
    if in_git:
        git(tmp_path, "init", "-q")
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"old\n")
    patch = file_diff(name, b"old\n", b"new\n", (), git=True)
    assert name_of(parse(patch)[0]) == name
    assert unquoted(quoted(name)) == name
    for text, expected in (
        (patch, b"new\n"),
        (reverse(patch), b"old\n"),
        (file_diff(name, b"old\n", b"", (), git=False), b""),
    ):
        done = git(tmp_path, "apply", "-", stdin=text)
        assert done.returncode == 0, done.stderr
        assert (path.read_bytes() if path.exists() else b"") == expected


@pytest.mark.parametrize(
    ("below", "names"),
    [
        (".", ["x.go", "sub/x.go"]),
        ("sub", ["x.go", "deep/x.go"]),
        ("sub", ["x.go", "sub/x.go"]),
        ("sub/sub", ["x.go", "with space/x.go"]),
        ("with space/grün", ["x.go", "y z.go"]),
    ],
)
@pytest.mark.parametrize("in_git", [False, True])
def test_a_patch_fits_the_folder_in_which_the_run_stands(
    tmp_path: Path, below: str, names: list[str], in_git: bool
) -> None:
    if in_git:
        git(tmp_path, "init", "-q")
    folder = tmp_path / below
    paths = [folder / name for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"old\n")
    style = naming(paths, folder)
    patch = b"".join(file_diff(style.name(p), b"old\n", b"new\n", (), git=style.git) for p in paths)
    assert git(folder, "apply", "--check", "-", stdin=patch).returncode == 0
    assert git(folder, "apply", "-", stdin=patch).returncode == 0
    assert [path.read_bytes() for path in paths] == [b"new\n"] * len(paths)


def test_files_beside_the_folder_are_named_from_the_top(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    for name in ("here/x.go", "there/x.go"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_bytes(b"old\n")
    paths = [tmp_path / "here/x.go", tmp_path / "there/x.go"]
    style = naming(paths, tmp_path / "here")
    patch = b"".join(file_diff(style.name(p), b"old\n", b"new\n", (), git=style.git) for p in paths)
    assert git(tmp_path, "apply", "-", stdin=patch).returncode == 0
    assert [path.read_bytes() for path in paths] == [b"new\n"] * 2


def test_one_line_in_a_repetitive_file_is_one_line_in_the_patch() -> None:
    source = b"}\n" * 20_000
    after, patch = diff("x.go", source, [Edit(10_000, 10_000, b"x()\n")])
    assert (count(patch).added, count(patch).removed) == (1, 0)
    assert apply_hunks(source, parse(patch)[0]) == after


def test_a_large_window_of_different_lines_is_replaced_whole() -> None:
    before = b"".join(b"a%d\n}\n" % n for n in range(5000))
    after = b"".join(b"b%d\n}\n" % n for n in range(5000))
    patch = file_diff("x.go", before, after, ())
    assert apply_hunks(before, parse(patch)[0]) == after


@pytest.mark.parametrize("seed", range(20))
def test_many_files_in_one_patch(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    patch, expected = b"", {}
    for number in range(5):
        source = b"".join(b"line %d\n" % n for n in range(chance.randrange(1, 40)))
        at = chance.randrange(len(source))
        expected[f"f{number}.go"], one = diff(f"f{number}.go", source, [Edit(at, at, b"new\n")])
        (tmp_path / f"f{number}.go").write_bytes(source)
        patch += one
    assert count(patch).files == 5
    assert git(tmp_path, "apply", "-", stdin=patch).returncode == 0
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == expected


@pytest.mark.parametrize("changed", [b"x\nb\nc\n", b"a\nb\n", b"a\nb\nc", b""])
def test_hunks_fit_exactly_or_not_at_all(changed: bytes) -> None:
    _, patch = diff("x.go", b"a\nb\nc\n", [Edit(2, 3, b"B")])
    with pytest.raises(PatchError, match="does not fit"):
        apply_hunks(changed, parse(patch)[0])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"@@ -1 +1 @@\n", id="no-file"),
        pytest.param(b"--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n", id="cut-off"),
        pytest.param(b"+++ b/x\n@@ -1 +1 @@\n", id="no-source"),
    ],
)
def test_what_is_no_patch_is_refused(text: bytes) -> None:
    with pytest.raises(PatchError, match="not a patch"):
        parse(text)


def test_only_patches_of_existing_files_are_reversed() -> None:
    with pytest.raises(PatchError, match="existing"):
        reverse(b"--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n")
