"""What the three Sprintf transforms share: the decision by the syntax alone, and which of them a site belongs to."""

from __future__ import annotations

from gofixer.transforms.formatting._site import APPEND, CONCAT, STRCONV, Site, choose
from gofixer.transforms.formatting._taste import by_place, cold, unreadable
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


def site_for(name: str, match: Match, cx: Context) -> Site | Skip | None:
    """The site of a call, where it is one of the transform of that name and worth a rewrite."""
    choice = choose(match.node, cx)
    if choice.owner != name:
        return None
    site = choice.found
    if isinstance(site, Skip):
        return site
    reason = cold(site.call, cx) or unreadable(site.format, len(site.arguments), site.literals, cx)
    return Skip(reason) if reason else site


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
