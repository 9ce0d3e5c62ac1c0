"""Secrets do not leave the process in text: messages, logs and bodies pass through here."""

from __future__ import annotations

import base64
import re
from urllib.parse import quote

HIDDEN = "***"
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s'\"]+@")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Redactor:
    """Knows the secrets of a run and takes them out of text, in every form in which they are sent."""

    __slots__ = ("_forms",)

    def __init__(self) -> None:
        self._forms: list[str] = []

    def add(self, secret: str, user: str = "") -> None:
        """Remember a secret, and the forms it takes in URLs and in basic authentication."""
        if not secret:
            return
        pairs = {f"{name}:{secret}" for name in (user, "x-access-token", "oauth2", "")}
        encoded = {base64.b64encode(pair.encode()).decode() for pair in pairs}
        # Longer forms first: one may be part of another.
        self._forms = sorted({*self._forms, secret, quote(secret, safe=""), *encoded}, key=len, reverse=True)

    def clean(self, text: str) -> str:
        """The text without secrets, without credentials in URLs, and without control characters but tab and newline."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return _CONTROL.sub("?", _CREDENTIALS.sub("", text))

    def line(self, text: str) -> str:
        """As `clean`, on one line."""
        return " ".join(self.clean(text).split())
