"""The txtar format of the Go project: a comment, then files under ``-- name --`` lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MARKER = re.compile(r"^-- (.+) --[ \t]*\r?$")


@dataclass(frozen=True, slots=True)
class Archive:
    """A parsed archive: the text before the first file, and the files in order."""

    comment: str
    files: dict[str, str]


def parse(text: str) -> Archive:
    """Split an archive. Text that does not end in a newline gets one, as in golang.org/x/tools/txtar."""
    comment: list[str] = []
    files: dict[str, list[str]] = {}
    current = comment
    for line in text.removesuffix("\n").split("\n") if text else ():
        if found := _MARKER.match(line):
            current = files.setdefault(found[1], [])
        else:
            current.append(f"{line}\n")
    return Archive("".join(comment), {name: "".join(lines) for name, lines in files.items()})


def render(archive: Archive) -> str:
    """The text of an archive."""
    return archive.comment + "".join(f"-- {name} --\n{content}" for name, content in archive.files.items())
