"""The part of a request's body that is gofixer's, and what it remembers there, out of sight.

Text that a person writes above or below it stays.
"""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import dataclass

import msgspec

_BEGIN = re.compile(r"<!-- gofixer:begin (\{[^\n]*\}) -->")
_END = "<!-- gofixer:end -->"


@dataclass(frozen=True, slots=True)
class Marker:
    """What a request was made from (see `gofixer.vcs.units.Unit`).

    ``pending`` holds while labels and people are still to be added.
    """

    unit: str
    digest: str
    inputs: str
    base: str
    pending: bool = False


def read_marker(body: str) -> Marker | None:
    """The marker of a body, None where there is none or somebody has changed it beyond recognition."""
    found = _BEGIN.search(body)
    if found is None:
        return None
    try:
        return msgspec.json.decode(found[1].encode(), type=Marker)
    except msgspec.DecodeError:
        return None


def enclosed(marker: Marker, text: str) -> str:
    """A text as gofixer's part of a body."""
    # A comment in Markdown ends at its first "--" and ">": nothing of the marker may hold one.
    data = json.dumps(dataclasses.asdict(marker), separators=(",", ":")).replace("-", "\\u002d").replace(">", "\\u003e")
    return f"<!-- gofixer:begin {data} -->\n{text.strip()}\n\n{_END}"


def replaced(body: str, part: str) -> str:
    """A body with a new part of gofixer's; what people wrote around the old one stays."""
    begin = _BEGIN.search(body)
    end = body.find(_END, begin.end()) if begin else -1
    if begin is None or end < 0:
        return part
    return body[: begin.start()] + part + body[end + len(_END) :]
