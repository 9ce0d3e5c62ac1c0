"""What can go wrong at a forge, in the kinds that make a difference to the caller."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


class ForgeError(Exception):
    """The forge said no; ``str`` is one sentence that says what to do, without a full stop."""


class Unavailable(ForgeError):
    """Nobody answered, or the forge is broken: the same call may work in a moment."""


class RateLimited(ForgeError):
    """Too many calls: the same call may work after ``seconds``."""

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(message)
        self.seconds = seconds


class Exists(ForgeError):
    """A request for the branch is open already."""


class Invalid(ForgeError):
    """The forge does not take the values."""


def failure(forge: str, host: str, status: int, message: str, headers: Mapping[str, str], now: float) -> ForgeError:
    """The error for an HTTP answer; ``message`` in the forge's own words, ``now`` in seconds of the epoch."""
    headers = {key.lower(): value for key, value in headers.items()}
    wait = _wait(status, message, headers, now)
    said = f": {' '.join(message.split())[:300]}" if message else ""
    if wait is not None:
        until = datetime.fromtimestamp(now + wait, UTC).strftime("%H:%M:%S UTC")
        return RateLimited(f"{forge} limits the rate of calls until {until}: run the same command again then", wait)
    if status == 401:
        return ForgeError(f"{forge} at {host} does not accept the token{said}; make a new one")
    if status == 403:
        return ForgeError(f"the token has no right to do this at {host}{said}")
    if status == 404:
        return ForgeError(f"{host} knows no such repository, or not for this token{said}")
    if status >= 500:
        return Unavailable(f"{host} is out of order (status {status}){said}; run the same command again later")
    return Invalid(f"{forge} refused the request (status {status}){said}")


def unreachable(host: str, reason: object) -> Unavailable:
    """The error where no answer came."""
    text = " ".join(str(reason).split())
    return Unavailable(f"{host} cannot be reached ({text[-160:]}); run the same command again later")


def _wait(status: int, message: str, headers: Mapping[str, str], now: float) -> float | None:
    """Seconds to wait where an answer is about rates; None where it is not.

    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit:
    Retry-After first, then the reset of an exhausted quota, else a minute.
    """
    about_rates = status == 429 or (status == 403 and "rate limit" in message.lower())
    exhausted = headers.get("x-ratelimit-remaining", headers.get("ratelimit-remaining")) == "0"
    if status not in (403, 429, 503) or not (about_rates or exhausted or "retry-after" in headers):
        return None
    if after := headers.get("retry-after"):
        if after.strip().isdigit():
            return float(after)
        try:
            return max(0.0, parsedate_to_datetime(after).timestamp() - now)
        except ValueError:
            return 60.0
    reset = headers.get("x-ratelimit-reset", headers.get("ratelimit-reset", ""))
    return max(0.0, float(reset) - now) if exhausted and reset.isdigit() else 60.0
