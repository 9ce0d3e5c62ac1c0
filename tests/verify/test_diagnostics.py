"""Messages of the toolchain, read and compared."""

from __future__ import annotations

from pathlib import Path

from gofixer.verify.diagnostics import line_maps, new_ones, parse
from gofixer.verify.model import Diagnostic
from gofixer.verify.overlay import Overlay

ROOT = Path("/m")
REAL, BLOB = ROOT / "a/a.go", Path("/cache/blobs/1/a/a.go")
OVERLAY = Overlay(Path("/cache/o.json"), {REAL: BLOB}, {BLOB: REAL})
LINES = line_maps({REAL: b"one\ntwo\nthree"}, {REAL: b"one\nnew\ntwo\nthree"})


def read(text: str, tool: str = "vet") -> list[Diagnostic]:
    return parse(text, ROOT, OVERLAY, LINES, tool, ROOT / "a")


def test_both_names_of_a_file_lead_to_the_unfixed_line() -> None:
    for name in ("a/a.go", "./a/a.go", "/m/a/a.go", "/cache/blobs/1/a/a.go", "../cache/blobs/1/a/a.go"):
        assert read(f"{name}:4:2: oops") == [Diagnostic(ROOT / "a", REAL, 3, 3, 2, "oops", "vet")]


def test_files_outside_the_overlay_keep_their_lines() -> None:
    assert read("a/b.go:4:2: oops") == [Diagnostic(ROOT / "a", ROOT / "a/b.go", 4, 4, 2, "oops", "vet")]


def test_headers_and_noise_are_left_out_and_continuations_joined() -> None:
    text = (
        "# example.com/m/a\n# [example.com/m/a]\nvet: a/a.go:1:1: odd\n"
        "a/b.go:1: call has\n\thave (int)\n\twant ()\nexit status 1\ntoo many errors\n"
        "go: downloading x v1.0.0\n/usr/include/x.h:3:4: warning: old\n"
    )
    odd, call = read(text)
    assert (odd.tool, odd.message) == ("vet-stopped", "odd")
    assert (call.line, call.column, call.message) == (1, 0, "call has have (int) want ()")


def test_a_message_without_a_position_counts_against_the_package() -> None:
    assert read("import cycle not allowed") == [
        Diagnostic(ROOT / "a", None, 0, 0, 0, "import cycle not allowed", "vet")
    ]


def test_names_of_overlay_files_inside_messages_are_translated() -> None:
    (found,) = read("a/b.go:1:1: A redeclared\n\t../cache/blobs/1/a/a.go:4:6: other declaration of A")
    assert found.message == "A redeclared a.go:3: other declaration of A"


def test_sentences_name_files_from_the_module_folder() -> None:
    (found,) = read("a/a.go:4:2: oops")
    assert found.sentence(ROOT) == "a/a.go:3:2: oops"
    assert found.sentence(Path("/other")) == "/m/a/a.go:3:2: oops"


def diagnostic(line: int, message: str = "oops", end: int = 0) -> Diagnostic:
    return Diagnostic(ROOT / "a", REAL, line, end or line, 1, message, "vet")


def test_only_what_has_no_counterpart_is_new() -> None:
    before = [diagnostic(3), diagnostic(7, "see b.go:9:1")]
    assert new_ones([diagnostic(3), diagnostic(7, "see x/b.go:12:3")], before) == []
    assert new_ones([diagnostic(4)], before) == [diagnostic(4)]
    assert new_ones([diagnostic(3, "other")], before) == [diagnostic(3, "other")]
    assert new_ones([diagnostic(3), diagnostic(3)], before) == [diagnostic(3)]


def test_replaced_text_does_not_take_the_counterpart_of_another_line() -> None:
    before = [diagnostic(3)]
    replaced = diagnostic(2, end=5)
    assert new_ones([replaced], before) == []
    assert new_ones([replaced, diagnostic(3)], before) == [replaced]
