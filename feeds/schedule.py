"""When to ask a feed next, and why: pure, and every reason is one that a person can read.

After an answer: half the median time between its recent items, between an hour and a day; not
sooner than the feed or its server asks (each heard up to a day); spread by up to a tenth, fixed
for each feed. After a failure: an hour, doubled each time up to a week; a day where the address is
wrong or closed; as long as Retry-After says, up to 31 days. A feed that is gone is left alone.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FIRST_GUESS = timedelta(hours=4)
MAX_BACK_OFF = timedelta(days=7)
MAX_RETRY_AFTER = timedelta(days=31)

_RECENT = 20
_ASKED_TO_WAIT = frozenset({429, 503})
_WRONG_ADDRESS = {
    401: "the server wants a login (401)",
    403: "the server refuses us (403)",
    404: "there is nothing at this address (404)",
    451: "the server may not answer (451)",
}


@dataclass(frozen=True, slots=True)
class Next:
    """When to ask next.

    Attributes:
        at: The instant; None for never again.
        why: The reasons, in the order in which they came in.
    """

    at: datetime | None
    why: tuple[str, ...]


def after_answer(
    now: datetime,
    feed_id: int,
    *,
    published: Sequence[datetime],
    ttl: int = 0,
    headers: Mapping[str, str] | None = None,
) -> Next:
    """When to ask again after a feed, or after word that it has not changed.

    Args:
        now: The instant of the answer.
        feed_id: Spreads feeds over time, always in the same way.
        published: When its recent items came out.
        ttl: Minutes that the feed asks for.
        headers: The answer's, names in lower case.
    """
    wait, reason = _rhythm(now, published)
    why = [reason]
    spread = 0.9 + 0.2 * (zlib.crc32(b"%d" % feed_id) / 2**32)
    wait *= spread
    for asked, who in _wishes(now, ttl, headers or {}):
        if asked > wait:
            wait = asked
            why.append(f"{who} asks for {in_words(asked)}")
    if wait < HOUR:
        wait = HOUR
        why.append("never more often than hourly")
    return Next(now + wait, tuple(why))


def after_failure(
    now: datetime, *, failures: int, status: int = 0, headers: Mapping[str, str] | None = None
) -> Next:
    """When to ask again after a failure.

    Args:
        now: The instant of the failure.
        failures: How many there were in a row, this one included.
        status: The HTTP status; 0 where there was no answer.
        headers: The answer's, names in lower case.
    """
    if status == 410:
        return Next(None, ("the feed is gone for good (410): it is not asked again",))
    wait = min(HOUR * 2 ** min(max(failures, 1) - 1, 10), MAX_BACK_OFF)
    times = "once" if failures <= 1 else f"{failures} times in a row"
    why = [f"it failed {times}: {in_words(wait)}"]
    if status in _WRONG_ADDRESS and wait < DAY:
        wait = DAY
        why.append(f"{_WRONG_ADDRESS[status]}: a day")
    asked = _retry_after(now, headers or {}) if status in _ASKED_TO_WAIT else None
    if asked is not None:
        wait = max(asked, HOUR)
        why = [f"the server asks for {in_words(asked)} (Retry-After, {status})"]
    return Next(now + wait, tuple(why))


def in_words(wait: timedelta) -> str:
    """A span of time as people say it: 90 min, 6 h, 3 days."""
    minutes = max(round(wait.total_seconds() / 60), 0)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes / 60:.3g} h" if minutes < 48 * 60 else f"{minutes / 1440:.3g} days"


def _rhythm(now: datetime, published: Sequence[datetime]) -> tuple[timedelta, str]:
    past = sorted((moment for moment in published if moment <= now), reverse=True)[:_RECENT]
    if len(past) < 2:
        return FIRST_GUESS, f"its rhythm is not known yet: {in_words(FIRST_GUESS)}"
    # The silence since the newest counts: a feed that has fallen asleep is asked less often.
    points = [now, *past]
    gap = timedelta(seconds=median((a - b).total_seconds() for a, b in pairwise(points)))
    wait = min(max(gap / 2, HOUR / 2), DAY)
    return wait, f"a new item every {in_words(gap)} or so: {in_words(wait)}"


def _wishes(now: datetime, ttl: int, headers: Mapping[str, str]) -> list[tuple[timedelta, str]]:
    fresh = _fresh_for(now, headers)
    wishes = [(timedelta(minutes=min(ttl, 1440)), "the feed")] if ttl > 0 else []
    return wishes + ([(min(fresh, DAY), "the server")] if fresh else [])


def _fresh_for(now: datetime, headers: Mapping[str, str]) -> timedelta | None:
    for part in headers.get("cache-control", "").lower().split(","):
        name, _, value = part.strip().partition("=")
        if name == "max-age":
            seconds = _seconds(value.strip('" '))
            return None if seconds is None else timedelta(seconds=seconds)
    moment = _http_date(headers.get("expires", ""))
    return max(moment - now, timedelta()) if moment else None


def _retry_after(now: datetime, headers: Mapping[str, str]) -> timedelta | None:
    text = headers.get("retry-after", "") or headers.get("x-ratelimit-reset", "")
    seconds = _seconds(text.strip())
    if seconds is not None:
        return min(timedelta(seconds=seconds), MAX_RETRY_AFTER)
    moment = _http_date(text)
    return min(max(moment - now, timedelta()), MAX_RETRY_AFTER) if moment else None


def _seconds(text: str) -> int | None:
    whole, _, _ = text.partition(".")
    return int(whole[:9]) if whole.isascii() and whole.isdigit() else None


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text[:60])
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
