"""Patches read back, strictly: what they would do to exactly the bytes they were made for."""

from __future__ import annotations

from dataclasses import dataclass

from unidiff.constants import DEV_NULL
from unidiff.errors import UnidiffParseError
from unidiff.patch import Hunk, PatchedFile, PatchSet

from gofixer.patch.diff import signed, split_lines
from gofixer.patch.names import unquoted


class PatchError(ValueError):
    """A text that is no patch, or a patch that does not fit a file exactly."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Size of a patch: files, lines added, lines removed."""

    files: int
    added: int
    removed: int


def parse(patch: bytes) -> PatchSet:
    """Read a patch. Bytes are taken as Latin-1, so that nothing is lost and nothing but LF ends a line.

    Raises `PatchError` for what is no patch.
    """
    try:
        return PatchSet([line.decode("latin-1") for line in split_lines(patch)])
    except (UnidiffParseError, ValueError) as error:
        raise PatchError(f"not a patch: {error}") from error


def count(patch: bytes) -> Counts:
    """How much a patch changes."""
    files = parse(patch)
    return Counts(len(files), files.added, files.removed)


def name_of(file: PatchedFile) -> str:
    """The file that is patched, without git's quoting and its ``b/``."""
    name = unquoted(file.target_file.encode("latin-1"))
    return name.removeprefix("b/")


def reverse(patch: bytes) -> bytes:
    """The patch that takes another one back. Raises `PatchError` for what is no patch of existing text files."""
    out: list[bytes] = []
    for file in parse(patch):
        if file.is_binary_file or file.is_rename or DEV_NULL in (file.source_file, file.target_file):
            raise PatchError(f"not a patch of an existing text file: {name_of(file)}")
        out.append(str(file.patch_info or "").encode("latin-1"))
        for sign, name in ((b"---", file.source_file), (b"+++", file.target_file)):
            tab = b"\t" if " " in name and not name.startswith('"') else b""
            out.append(b"%s %s%s\n" % (sign, name.encode("latin-1"), tab))
        out += [_reversed(hunk) for hunk in file]
    return b"".join(out)


def _reversed(hunk: Hunk) -> bytes:
    old, new = (hunk.source_start, hunk.source_length), (hunk.target_start, hunk.target_length)
    out = [b"@@ -%d,%d +%d,%d @@\n" % (*new, *old)]
    added: list[bytes] = []
    for kind, text in _texts(hunk):
        if kind == "-":
            added.append(signed(b"+", text))
            continue
        if kind == " ":
            out += added
            added = []
        out.append(signed(b"-" if kind == "+" else b" ", text))
    return b"".join([*out, *added])


def apply_hunks(content: bytes, file: PatchedFile) -> bytes:
    """What the hunks of one file make of its content. Raises `PatchError` unless every line fits exactly."""
    lines = split_lines(content)
    out: list[bytes] = []
    at = 0
    for hunk in file:
        start = hunk.source_start - 1 if hunk.source_length else hunk.source_start
        body = _texts(hunk)
        source = [text for kind, text in body if kind in " -"]
        if start < at or lines[start : start + len(source)] != source:
            raise PatchError(f"the hunk at line {hunk.source_start} does not fit")
        out += lines[at:start]
        out += [text for kind, text in body if kind in " +"]
        at = start + len(source)
    return b"".join([*out, *lines[at:]])


def _texts(hunk: Hunk) -> list[tuple[str, bytes]]:
    """Kind and text of each line; a line before the "no newline" mark loses its LF."""
    found: list[tuple[str, bytes]] = []
    for line in hunk:
        if line.line_type == "\\":
            kind, text = found[-1]
            found[-1] = kind, text.removesuffix(b"\n")
        else:
            found.append((line.line_type or " ", line.value.encode("latin-1")))
    return found
