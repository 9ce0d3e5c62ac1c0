"""Evidence that a fix is worth a review: the compiler's own words about what it allocates."""

from gofixer.evidence.escape import Change, EscapeLine, Escapes, Kind, compare, escape_lines
from gofixer.evidence.gate import Finding, Site, heap_line_disappears

__all__ = [
    "Change",
    "EscapeLine",
    "Escapes",
    "Finding",
    "Kind",
    "Site",
    "compare",
    "escape_lines",
    "heap_line_disappears",
]
