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
    """Split an archive. A file that does not end in a newline gets one, as in golang.org/x/tools/txtar."""
    comment: list[str] = []
    files: dict[str, list[str]] = {}
    current = comment
    for line in text.split("\n"):
        if found := _MARKER.match(line):
            current = files.setdefault(found[1], [])
        else:
            current.append(line)
    return Archive("\n".join(comment), {name: _ended(lines) for name, lines in files.items()})


def _ended(lines: list[str]) -> str:
    text = "\n".join(lines)
    return text if not text or text.endswith("\n") else text + "\n"


def render(archive: Archive) -> str:
    """The text of an archive."""
    return archive.comment + "".join(f"-- {name} --\n{content}" for name, content in archive.files.items())
