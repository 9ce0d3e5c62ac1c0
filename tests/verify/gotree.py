"""A Go module in a temporary folder, fixes for it, and the toolchain to check them with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gofixer.facts.constraints import Variant
from gofixer.facts.modules import Module
from gofixer.facts.toolchain import Toolchain, describe
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
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

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


def toolchain_at(go: Path) -> Toolchain:
    """A toolchain that neither the network nor the settings of the person who runs the tests can reach."""
    env = {"GOTOOLCHAIN": "local", "GOFLAGS": "", "GOPROXY": "off"}
    return replace(describe(go), env=env, goflags=())
