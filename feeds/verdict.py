"""What an answer means for its feed: pure, from what came back to what is written down."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from http.client import responses
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING
from typing import Any

from feeds.guard import host_of
from feeds.schedule import Next
from feeds.schedule import after_answer
from feeds.schedule import after_failure
from ledger.clean import clean_line
from ledger.clock import instant_text
from ledger.clock import parse_instant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from feeds.fetch import Response
    from feeds.records import ParsedFeed
    from ledger.newsroom import Feed

# A permanent redirect is believed when it has led to the same place for so long.
SETTLED_MOVE = timedelta(days=7)
# Some servers say "not modified" for ever. After so long, a feed that used to speak far more often
# is asked once without validators.
WORN_VALIDATORS = timedelta(days=8)
_FORGOTTEN = {"etag": "", "last_modified": "", "validators_at": "", "body_sha256": ""}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be written down.

    Attributes:
        outcome: updated, unchanged, failing or gone.
        values: New values of the feed's columns.
        next: When it is asked next, and why.
        error: What was wrong; empty where nothing was.
    """

    outcome: str
    values: dict[str, Any]
    next: Next
    error: str = ""


def on_answer(
    feed: Feed,
    response: Response,
    parsed: ParsedFeed | None,
    *,
    body_sha256: str,
    published: Sequence[datetime],
    now: datetime,
) -> Verdict:
    """After a feed, or after word that it has not changed.

    Args:
        feed: As it was when it was asked.
        response: What came back: status 200 or 304.
        parsed: The feed in it; None where it is as before.
        body_sha256: Of the body; empty with a 304.
        published: When its recent items came out.
        now: The instant of the answer.
    """
    ttl = parsed.ttl if parsed else feed.ttl
    next_time = after_answer(now, feed.id, published=published, ttl=ttl, headers=response.headers)
    values = _schedule(next_time, now) | {"status": "ok", "error": "", "failures": 0}
    values["ok_at"] = instant_text(now)
    if response.status == HTTPStatus.OK:
        values |= _validators(response, now) | {"body_sha256": body_sha256}
    elif _worn(feed, published, now):
        values |= _FORGOTTEN
    if parsed:
        values |= {"home": parsed.home or "", "ttl": ttl}
        values |= {} if feed.title else {"title": parsed.title}
    values |= _move(feed, response, now)
    return Verdict("updated" if parsed else "unchanged", values, next_time)


def on_failure(feed: Feed, error: str, response: Response | None, *, now: datetime) -> Verdict:
    """After no answer, or one that cannot be used.

    Args:
        feed: As it was when it was asked.
        error: What is wrong with the answer; empty where its status says it.
        response: What came back, if anything did.
        now: The instant of the failure.
    """
    status = response.status if response else 0
    headers = response.headers if response else {}
    failures = feed.failures + 1
    next_time = after_failure(now, failures=failures, status=status, headers=headers)
    text = error or (_status_text(feed, response) if response else "")
    outcome = "gone" if next_time.at is None else "failing"
    values = _schedule(next_time, now)
    values |= {"status": outcome, "error": clean_line(text, limit=500), "failures": failures}
    if status == HTTPStatus.OK:
        values |= _FORGOTTEN  # else the server would say that the unusable body is not modified
    return Verdict(outcome, values, next_time, values["error"])


def _schedule(next_time: Next, now: datetime) -> dict[str, Any]:
    return {
        "next_at": instant_text(next_time.at) if next_time.at else "",
        "next_why": json.dumps(next_time.why, ensure_ascii=False),
        "polled_at": instant_text(now),
    }


def _validators(response: Response, now: datetime) -> dict[str, str]:
    return {
        "etag": response.headers.get("etag", ""),
        "last_modified": response.headers.get("last-modified", ""),
        "validators_at": instant_text(now),
    }


def _worn(feed: Feed, published: Sequence[datetime], now: datetime) -> bool:
    if not feed.validators_at or now - parse_instant(feed.validators_at) < WORN_VALIDATORS:
        return False
    dates = sorted(published)
    if len(dates) < 2:
        return False
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(dates)]
    return (now - dates[-1]).total_seconds() > 4 * median(gaps)


def _move(feed: Feed, response: Response, now: datetime) -> dict[str, str]:
    target = response.permanent_url
    if target == feed.url:
        return {"moved_to": "", "moved_at": ""} if feed.moved_to else {}
    if target.startswith("https://") and target == feed.url.replace("http://", "https://", 1):
        return {"url": target, "moved_to": "", "moved_at": ""}
    if target != feed.moved_to:
        return {"moved_to": target, "moved_at": instant_text(now)}
    if now - parse_instant(feed.moved_at) < SETTLED_MOVE:
        return {}
    return {"url": target, "moved_to": "", "moved_at": ""}


def _status_text(feed: Feed, response: Response) -> str:
    status = response.status
    phrase = responses.get(status, "")
    host = host_of(response.final_url) or host_of(feed.url)
    text = f"{host} answers {status} {phrase}".strip()
    if response.headers.get("cf-mitigated", "").lower() == "challenge":
        return f"{text}: a check for human visitors stands before it"
    return text
