"""A Go module in a temporary folder, fixes for it, and the toolchain to check them with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trees import write

from gofixer.facts.constraints import Variant
from gofixer.facts.modules import Module
from gofixer.facts.toolchain import Toolchain
from gofixer.verify import Unit, Verdict, verify


@dataclass
class GoTree:
    """A module below ``root`` and the fixes made for it; each fix replaces one text that occurs once."""

    toolchain: Toolchain
    root: Path
    cache: Path
    units: list[Unit] = field(default_factory=list)
    edits: dict[int, tuple[str, str]] = field(default_factory=dict)
    variant: Variant = field(default_factory=Variant)

    def write(self, files: Mapping[str, str]) -> None:
        write(self.root, files)

    def fix(self, name: str, old: str, new: str, **more: Any) -> int:
        source = (self.root / name).read_bytes()
        assert source.count(old.encode()) == 1, f"{old!r} does not occur once in {name}"
        start = source.index(old.encode())
        number = len(self.units) + 1
        spans = more.pop("spans", ((start, start + len(old.encode())),))
        self.units.append(Unit(number, self.root / name, number, spans, **more))
        self.edits[number] = (old, new)
        return number

    def render(self, file: Path, ids: frozenset[int]) -> bytes:
        text = file.read_text(encoding="utf-8")
        for number in ids:
            text = text.replace(*self.edits[number])
        return text.encode()

    def verify(self, **options: Any) -> Verdict:
        options.setdefault("cache_dir", self.cache)
        options.setdefault("variant", self.variant)
        return verify(self.toolchain, Module(self.root, "example.com/m"), self.units, self.render, **options)
