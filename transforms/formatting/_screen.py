"""What the three Sprintf transforms decide by the syntax alone, before types are asked for."""

from __future__ import annotations

from gofixer.transforms.formatting._site import APPEND, CONCAT, STRCONV
from gofixer.transforms.formatting._taste import by_place
from gofixer.transforms.formatting._verbs import Verb, is_alone, read

from gofixer.transform import Context, Match, Screen, Skip, nodes


def screen_for(name: str) -> Screen:
    """The screen of one of the transforms: a site that is cold by its place is reported by one of them."""

    def screen(match: Match, cx: Context) -> Skip | bool:
        reason = None if cx.selected or cx.hot else by_place(match.node, cx)
        if reason is None:
            return True
        return Skip(reason) if _likely_owner(match) == name else False

    return screen


def _likely_owner(match: Match) -> str:
    """The transform that a site belongs to, as far as the format says it."""
    if "writer" in match.bindings:
        return APPEND
    if "value" in match.bindings:
        return STRCONV
    format_ = match["format"]
    if not isinstance(format_, nodes.InterpretedStringLiteral | nodes.RawStringLiteral):
        return CONCAT
    text = format_.str[1:-1]
    if is_alone(text) or "%" not in text:
        return STRCONV
    pieces = read(text)
    if not isinstance(pieces, Skip) and any(isinstance(p, Verb) and p.char in "dobeEfFgG" for p in pieces):
        return APPEND
    return CONCAT
