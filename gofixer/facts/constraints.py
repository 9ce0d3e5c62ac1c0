"""Build constraints: which configurations select a file."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Variant:
    """A build configuration, as far as it differs from the host's: an empty member means "as on this machine".

    ``tags`` are tags to add to those that the user sets.
    """

    goos: str = ""
    goarch: str = ""
    tags: tuple[str, ...] = ()
    cgo: bool | None = None


def go_line_version(text: str) -> tuple[int, int] | None:
    """Major and minor of a Go version as go.mod writes it ("1.23.4", "1.24rc1"), None for anything else."""
    match = re.match(r"(\d+)\.(\d+)", text)
    return (int(match[1]), int(match[2])) if match else None


def build_line_version(source: bytes) -> tuple[int, int] | None:
    """The lowest Go version that a file's ``//go:build`` line implies, None where it implies none.

    As `go/build/constraint.GoVersion`: an "and" implies the higher of both, an "or" the lower, a "not" nothing.
    """
    return None
