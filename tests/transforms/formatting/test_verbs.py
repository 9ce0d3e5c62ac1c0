"""Formats are read as package fmt reads them."""

from __future__ import annotations

import pytest
from gofixer.transforms.formatting._verbs import Literal, Piece, Verb, is_alone, read

from gofixer.transform import Skip


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", ()),
        ("plain", (Literal("plain"),)),
        ("%d", (Verb("d"),)),
        ("a%sb", (Literal("a"), Verb("s"), Literal("b"))),
        ("%d%%", (Verb("d"), Literal("%"))),
        ("100%%: %v%%%q", (Literal("100%: "), Verb("v"), Literal("%"), Verb("q"))),
        ("%.2f%.f", (Verb("f", 2), Verb("f", 0))),
        ("é\udcff%x", (Literal("é\udcff"), Verb("x"))),
        ("%d\n%d", (Verb("d"), Literal("\n"), Verb("d"))),
    ],
)
def test_understood(text: str, pieces: tuple[Piece, ...]) -> None:
    assert read(text) == pieces


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("%5d", "a flag or a width"),
        ("%-s", "a flag or a width"),
        ("%+v", "a flag or a width"),
        ("%#x", "a flag or a width"),
        ("% x", "a flag or a width"),
        ("%6.2f", "a flag or a width"),
        ("%*d", "width from an argument"),
        ("%.*f", "width from an argument"),
        ("%[2]*d", "width from an argument"),
        ("%[1]d", "by number"),
        ("%.[1]f", "by number"),
        ("%.3s", "a precision"),
        ("%.d", "a precision"),
        ("%.1000f", "a precision"),
        ("%", "no valid directive"),
        ("50%", "no valid directive"),
        ("%5%", "no valid directive"),
        ("%!", "no verb that is known"),
        ("%日", "no verb that is known"),
        ("%c", "allocates more"),
        ("%X", "capitals"),
        ("%T", "prints a type"),
        ("%p", "prints an address"),
        ("%w", "wraps an error"),
    ],
)
def test_refused(text: str, reason: str) -> None:
    refusal = read(f"n=%d {text}")
    assert isinstance(refusal, Skip)
    assert reason in refusal.reason


def test_alone() -> None:
    assert all(is_alone(text) for text in ("%d", "%08x", "%[1]s", "%-10s", "%.2f"))
    assert not any(is_alone(text) for text in ("", "d", "a%d", "%d%d", "%d ", "%%d"))
