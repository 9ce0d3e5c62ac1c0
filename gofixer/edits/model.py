"""Edits and fixes: the values that every rewrite is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gofixer.syntax.edit import Edit, Span

__all__ = ["Applicability", "Edit", "Fix", "Span"]


class Applicability(StrEnum):
    """How far a fix may go by itself."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


@dataclass(frozen=True, slots=True)
class Fix:
    """All edits of one file that make one rewrite; applied whole or not at all.

    ``imports`` are import paths that the new text needs, ``drops`` import paths whose last use may have gone.
    ``declaration`` says that a package-level declaration changes, so that importers have to be verified too.
    """

    title: str
    edits: tuple[Edit, ...]
    applicability: Applicability = Applicability.SAFE
    imports: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    declaration: bool = False
