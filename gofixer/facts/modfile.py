"""Reads go.mod and go.work files: just the directives that gofixer needs, with the go command's own syntax."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`|//.*|=>|[(),]|[^\s(),"`]+')
_GO = re.compile(r"\d+\.\d+(\.\d+)?([a-z]+\d*)?")


class ModFileError(Exception):
    """What is wrong with a go.mod or go.work, and the 1-based line."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(slots=True)
class ModFile:
    """The directives of a go.mod or go.work; ``go`` and ``toolchain`` as written, empty where absent."""

    module: str = ""
    go: str = ""
    toolchain: str = ""
    godebug: dict[str, str] = field(default_factory=dict)
    require: dict[str, str] = field(default_factory=dict)
    use: list[str] = field(default_factory=list)


def parse_mod(text: str) -> ModFile:
    """Read a go.mod. Raises `ModFileError`, also where the module directive is missing."""
    found = _parse(text)
    if not found.module:
        raise ModFileError("there is no module directive", 1)
    return found


def parse_work(text: str) -> ModFile:
    """Read a go.work. Raises `ModFileError`."""
    return _parse(text)


def _parse(text: str) -> ModFile:
    found = ModFile()
    for line, words in _directives(text):
        verb, *rest = words
        match verb, rest:
            case "module", [path]:
                found.module = path
            case "go", [version]:
                if not _GO.fullmatch(version):
                    raise ModFileError(f"invalid go version {version!r}", line)
                found.go = version
            case "toolchain", [name]:
                found.toolchain = name
            case "godebug", [setting]:
                name, equals, value = setting.partition("=")
                if not equals:
                    raise ModFileError(f"{setting!r} is no godebug setting: key=value is needed", line)
                found.godebug[name] = value
            case "require", [path, version]:
                found.require[path] = version
            case "use", [path]:
                found.use.append(path)
            case (("module" | "go" | "toolchain" | "godebug" | "require" | "use"), _):
                raise ModFileError(f"usage of {verb} is wrong", line)
            case _:
                pass  # exclude, replace, retract, tool, ignore and whatever later versions add
    return found


def _directives(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line number and words of each directive; the lines of a block each with the block's verb in front."""
    verb = ""
    opened = 0
    for number, line in enumerate(text.split("\n"), 1):
        words = _words(line, number)
        if not words:
            continue
        if verb:
            if words == [")"]:
                verb = ""
            else:
                yield number, [verb, *words]
        elif len(words) == 2 and words[1] == "(":
            verb, opened = words[0], number
        elif words[0] in ("(", ")"):
            raise ModFileError(f"unexpected {words[0]}", number)
        else:
            yield number, words
    if verb:
        raise ModFileError(f"the {verb} block is not closed", opened)


def _words(line: str, number: int) -> list[str]:
    words = []
    position = 0
    line = line.rstrip("\r")
    while position < len(line):
        if line[position].isspace():
            position += 1
            continue
        match = _TOKEN.match(line, position)
        if match is None:
            raise ModFileError("a quoted string is not closed", number)
        position = match.end()
        word = match[0]
        if word.startswith("//"):
            break
        if word.startswith("`"):
            word = word[1:-1]
        elif word.startswith('"'):
            try:
                word = str(json.loads(word))
            except ValueError as error:
                raise ModFileError(f"{word} is no string", number) from error
        words.append(word)
    return words
