"""The same questions for an oracle that remembers what it has found and for one that does not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gofixer.facts import oracle as oracle_module
from gofixer.facts import wire
from gofixer.facts.modules import find_module
from gofixer.facts.oracle import Oracle

_NUMBERED = re.compile("·\\d+".encode())  # a local type is told from others of its name by where it stands


class Pair:
    """The same questions for an oracle that remembers and for one that does not."""

    def __init__(self, root: Path, remembering: Oracle, other: Oracle, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.oracles = root, (remembering, other)
        self.buffers: dict[Path, bytes] = {}
        self.heard: list[wire.Message] = []
        decode = wire.decode

        def heard(line: bytes) -> wire.Message:
            self.heard.append(decode(_NUMBERED.sub(b"", line)))
            return decode(line)

        monkeypatch.setattr(oracle_module.wire, "decode", heard)

    def write(self, files: Mapping[str, str]) -> None:
        for file, text in files.items():
            (self.root / file).parent.mkdir(exist_ok=True)
            (self.root / file).write_bytes(text.encode())

    def text(self, file: str) -> str:
        return self.buffers.get(self.root / file, (self.root / file).read_bytes()).decode()

    def edit(self, file: str, change: Callable[[str], str]) -> None:
        self.buffers[self.root / file] = change(self.text(file)).encode()

    def ask(self, *files: str) -> list[wire.Message]:
        """What both oracles say of files, which has to be the same."""
        module = find_module(self.root / "go.mod")
        assert module is not None
        spans = {self.root / file: [(0, len(self.text(file).encode()))] for file in files}
        said = []
        for oracle in self.oracles:
            self.heard.clear()
            oracle.query(module, spans, self.buffers)
            said.append(sorted((m for m in self.heard if not m.done), key=lambda m: (m.path, m.package)))
        assert said[0] == said[1]
        return said[0]


class Remembering(Oracle):
    resident = True
