"""File names in patches: git's quoting, and names that fit the folder in which a patch will be applied."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_PLAIN = re.compile(r"[\x20\x21\x23-\x5b\x5d-\x7e]+")
_ESCAPE = re.compile(rb'\\([0-3][0-7]{2}|[abtnvfr"\\])')
_LETTERS = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}
_BYTES = {letter.encode(): bytes([byte]) for byte, letter in _LETTERS.items()}


def quoted(name: str) -> bytes:
    """A file name as git writes it in a patch: C-quoted where it holds anything but plain ASCII.

    A blank before ``b/`` is escaped too: in a ``diff --git`` line it would look like the start of the second name.
    """
    ambiguous = " b/" in name
    if _PLAIN.fullmatch(name) and not ambiguous:
        return name.encode()
    text = b"".join(_escaped(byte) for byte in os.fsencode(name))
    return b'"%s"' % (text.replace(b" ", b"\\040") if ambiguous else text)


def _escaped(byte: int) -> bytes:
    if byte in _LETTERS:
        return f"\\{_LETTERS[byte]}".encode()
    return bytes([byte]) if 0x20 <= byte < 0x7F else f"\\{byte:03o}".encode()


def unquoted(name: bytes) -> str:
    """The file name that `quoted` or git wrote; bytes that are not UTF-8 as surrogate escapes."""
    if len(name) > 1 and name.startswith(b'"') and name.endswith(b'"'):
        name = _ESCAPE.sub(_unescaped, name[1:-1])
    return os.fsdecode(name)


def _unescaped(match: re.Match[bytes]) -> bytes:
    found = match[1]
    return _BYTES[found] if found in _BYTES else bytes([int(found, 8)])


@dataclass(frozen=True, slots=True)
class Naming:
    """How a patch names its files: relative to ``base``; ``git`` says whether git's header lines go with that."""

    base: Path
    git: bool

    def name(self, path: Path) -> str:
        """A file's name, with ``/``; links to folders are followed, as git applies nothing beyond a link."""
        return os.path.relpath(_place(path), self.base).replace(os.sep, "/")


def _place(path: Path) -> Path:
    return Path(os.path.realpath(path.parent)) / path.name


def naming(paths: Sequence[Path], folder: Path) -> Naming:
    """Names under which `git apply`, run in ``folder``, finds the files.

    With its own header lines git takes names as relative to the top of the working tree and silently skips what is
    not below the folder it runs in; without them, as relative to that folder. So below the top those lines are left
    out, and the names stay relative to the folder, as everywhere else in a report. In two cases they are relative to
    the top all the same: without the lines git guesses how many leading folders to strip when a name begins with the
    folder's own path, and it takes no name that leads out of the folder (that patch has to be applied at the top).
    For files outside of the working tree the top is the folder that holds them all.
    """
    folder = Path(os.path.realpath(folder))
    top = next((p for p in (folder, *folder.parents) if (p / ".git").exists()), folder)
    common = Path(os.path.commonpath([top, *map(_place, paths)]))
    if common != top:
        return Naming(common, git=True)
    here = Naming(folder, git=top == folder)
    if top == folder:
        return here
    prefix = folder.relative_to(top).as_posix() + "/"
    if any(here.name(path).startswith((prefix, "../")) for path in paths):
        return Naming(top, git=True)
    return here
