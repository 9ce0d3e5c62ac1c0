"""Terminal colours."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    """Terminal colours, or none."""

    colour: bool

    def bold(self, text: str) -> str:
        """Text that stands out."""
        return f"\x1b[1m{text}\x1b[0m" if self.colour else text

    def dim(self, text: str) -> str:
        """Text that steps back."""
        return f"\x1b[2m{text}\x1b[0m" if self.colour else text

    def name(self, text: str) -> str:
        """The name of a transform."""
        return f"\x1b[36m{text}\x1b[0m" if self.colour else text

    def outcome(self, word: str) -> str:
        """The word of an outcome in its colour."""
        code = _OUTCOME_COLOURS.get(word)
        return f"\x1b[{code}m{word}\x1b[0m" if self.colour and code else word


_OUTCOME_COLOURS = {
    "applied": "32",
    "proposed": "32",
    "ok": "32",
    "rejected": "31",
    "FAIL": "31",
    "error": "31",
    "conflicted": "33",
    "skipped": "33",
    "skip": "33",
    "warning": "33",
    "suppressed": "2",
}
PLAIN, COLOURED = Palette(False), Palette(True)


def palette_of(colour: bool) -> Palette:
    """The palette with or without colours."""
    return COLOURED if colour else PLAIN
