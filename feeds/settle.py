"""From answers to what is stored: parse them outside, write them inside one transaction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from feeds.guard import host_of
from feeds.identity import candidates
from feeds.identity import identify
from feeds.parse import parse
from feeds.verdict import Verdict
from feeds.verdict import on_answer
from feeds.verdict import on_failure
from ledger.clock import instant_text
from ledger.clock import parse_instant
from ledger.errors import FeedError
from ledger.newsroom import NewItem
from ledger.newsroom import Stored
from ledger.newsroom import known_items
from ledger.newsroom import list_feeds
from ledger.newsroom import store_items
from ledger.newsroom.feeds import end_lease
from ledger.newsroom.feeds import postpone
from ledger.newsroom.feeds import recent_dates
from ledger.newsroom.feeds import update_feed
from ledger.newsroom.feeds import url_taken

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from feeds.fetch import Response
    from feeds.records import Entry
    from feeds.records import ParsedFeed
    from ledger.newsroom import Feed
    from ledger.store import Ledger

# A date further ahead than time zones and wrong clocks explain is not believed.
_AHEAD = timedelta(days=1)
TOO_MANY = 429
_DROPPED = "it was edited or removed, or asked by another poller, before its answer was here"


@dataclass(frozen=True, slots=True)
class Answer:
    """What asking a feed came to.

    Attributes:
        feed: As it was when it was asked, under the lease that it was asked under.
        response: What came back, if anything did.
        error: Why nothing did.
    """

    feed: Feed
    response: Response | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Polled:
    """What became of one feed in a poll.

    Attributes:
        feed: As it was when it was asked.
        outcome: updated, unchanged, failing, gone, held (its host asked us to wait), or dropped
            (nothing was written: it was edited, removed or asked by another poller meanwhile).
        new: New items.
        changed: Changed items.
        item_ids: Of both.
        error: What was wrong; empty where nothing was.
        warnings: What was wrong but could be read all the same.
        next_at: When it is asked next; empty for never.
        why: And the reasons.
    """

    feed: Feed
    outcome: str
    new: int = 0
    changed: int = 0
    item_ids: tuple[int, ...] = ()
    error: str = ""
    warnings: tuple[str, ...] = ()
    next_at: str = ""
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Read:
    """An answer, read."""

    answer: Answer
    parsed: ParsedFeed | None = None
    body_sha256: str = ""
    error: str = ""

    @property
    def usable(self) -> Response | None:
        """The response, if it is a feed or word that nothing has changed."""
        response = self.answer.response
        good = response is not None and response.status in {200, 304} and not self.error
        return response if good else None


def settle(ledger: Ledger, answers: Sequence[Answer]) -> list[Polled]:
    """Read answers, and write down what they bring, in one transaction."""
    read = [_read(answer) for answer in answers]
    with ledger.write() as conn:
        now = ledger.clock.now()
        return [_store(conn, one, now) for one in read]


def _read(answer: Answer) -> _Read:
    response = answer.response
    if response is None or response.status != 200:
        return _Read(answer, error=answer.error)
    body_sha256 = hashlib.sha256(response.body).hexdigest()
    if body_sha256 == answer.feed.body_sha256:
        return _Read(answer, body_sha256=body_sha256)
    try:
        content_type = response.headers.get("content-type", "")
        parsed = parse(response.body, url=response.final_url, content_type=content_type)
    except FeedError as error:
        return _Read(answer, error=str(error))
    return _Read(answer, parsed, body_sha256)


def _store(conn: Connection, read: _Read, now: datetime) -> Polled:
    feed, response = read.answer.feed, read.usable
    if not end_lease(conn, feed):
        return Polled(feed, "dropped", error=_DROPPED)
    stored = Stored()
    if response is None:
        verdict = on_failure(feed, read.error, read.answer.response, now=now)
    else:
        if read.parsed:
            stored = store_entries(conn, feed, read.parsed, now)
        verdict = on_answer(
            feed,
            response,
            read.parsed,
            body_sha256=read.body_sha256,
            published=[parse_instant(date) for date in recent_dates(conn, feed.id)],
            now=now,
        )
    _write_down(conn, feed, verdict)
    if read.answer.response and read.answer.response.status == TOO_MANY:
        _hold_host(conn, feed, verdict)
    return Polled(
        feed,
        verdict.outcome,
        new=stored.new,
        changed=stored.changed,
        item_ids=stored.item_ids,
        error=verdict.error,
        warnings=read.parsed.warnings if read.parsed else (),
        next_at=verdict.values["next_at"],
        why=verdict.next.why,
    )


def _write_down(conn: Connection, feed: Feed, verdict: Verdict) -> None:
    values = verdict.values
    if "url" in values and url_taken(conn, values["url"]):
        # Another feed is followed at the new address: this one keeps its old one.
        values = {name: value for name, value in values.items() if name != "url"}
    update_feed(conn, feed.id, values)


def _hold_host(conn: Connection, feed: Feed, verdict: Verdict) -> None:
    """Too many requests means the host, so that its other feeds wait as well."""
    host = host_of(feed.url)
    others = [f.id for f in list_feeds(conn) if f.id != feed.id and host_of(f.url) == host]
    why = [f"{host} had too many requests (429)", *verdict.next.why]
    postpone(conn, others, until=verdict.values["next_at"], why=why)


def store_entries(conn: Connection, feed: Feed, parsed: ParsedFeed, now: datetime) -> Stored:
    """Store a feed's entries under names that stay the same from fetch to fetch.

    Oldest first, because feeds list their newest first and ids are in order of arrival.
    """
    scope = f"feed:{feed.id}"
    # A cut-off feed ends in an entry that says nothing: it is no news, and would stay for ever.
    entries = [one for one in parsed.items if one.title or one.url or one.summary or one.text]
    asked = [name for entry in entries for name in candidates(entry)]
    known = known_items(conn, scope, list(dict.fromkeys(asked)))
    named = identify(entries, {name: row["url"] for name, row in known.items()})
    publisher = feed.title or parsed.title or host_of(feed.url)
    items = [_item(name, entry, parsed, publisher, now) for name, entry in reversed(named)]
    return store_items(conn, scope, feed.id, items, instant_text(now))


def _item(name: str, entry: Entry, parsed: ParsedFeed, publisher: str, now: datetime) -> NewItem:
    believed = entry.published is not None and entry.published <= now + _AHEAD
    return NewItem(
        identity=name,
        title=entry.title,
        url=entry.url,
        publisher=entry.publisher or publisher,
        authors=entry.authors,
        language=entry.language or parsed.language,
        published=instant_text(entry.published) if entry.published and believed else "",
        published_raw=entry.published_raw,
        updated=instant_text(entry.updated) if entry.updated else None,
        summary=entry.summary,
        text=entry.text,
    )
