"""The feeds that are followed: add, edit, remove, list, and their schedule."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update

from ledger.clean import clean_line
from ledger.clock import instant_text
from ledger.errors import ConflictError
from ledger.errors import NotFoundError
from ledger.newsroom.records import Feed
from ledger.schema import feed as feed_table
from ledger.schema import item as item_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.store import Ledger

_TITLE_LIMIT = 300
_MAX_TAGS = 50
NO_LEASE = {"leased_by": "", "leased_until": ""}
# A new address may be asked at once, knows no validators, and has never failed; whoever is asking
# the old one learns from the lost lease that nobody wants the answer.
_FRESH = {
    **NO_LEASE,
    "etag": "",
    "last_modified": "",
    "validators_at": "",
    "body_sha256": "",
    "error": "",
    "failures": 0,
    "status": "new",
    "moved_to": "",
    "moved_at": "",
}


def add_feed(
    ledger: Ledger,
    url: str,
    *,
    title: str = "",
    tags: Iterable[str] = (),
    allow_private: bool = False,
) -> Feed:
    """Follow a feed; it is due at once. The address is the caller's to judge.

    Raises:
        ConflictError: It is followed already.
    """
    with ledger.write() as conn:
        _refuse_taken(conn, url)
        now = instant_text(ledger.clock.now())
        insert_feed(conn, url, now=now, title=title, tags=tags, allow_private=allow_private)
        return find_feed(conn, url)


def insert_feed(
    conn: Connection,
    url: str,
    *,
    now: str,
    title: str = "",
    tags: Iterable[str] = (),
    allow_private: bool = False,
) -> None:
    """As `add_feed`, within the caller's transaction; the address must be free."""
    conn.execute(
        insert(feed_table).values(
            url=url,
            title=clean_line(title, limit=_TITLE_LIMIT),
            tags=tags_text(tags),
            added_at=now,
            allow_private=int(allow_private),
            next_at=now,
            next_why=json.dumps(["it has never been asked"]),
        )
    )


def edit_feed(
    ledger: Ledger,
    feed: int | str,
    *,
    url: str | None = None,
    title: str | None = None,
    tags: Iterable[str] | None = None,
    allow_private: bool | None = None,
) -> Feed:
    """Change what is given; a new address makes the feed due at once.

    Raises:
        NotFoundError: It is not followed.
        ConflictError: Another feed has this address.
    """
    with ledger.write() as conn:
        held = find_feed(conn, feed)
        values: dict[str, Any] = {}
        if url is not None and url != held.url:
            _refuse_taken(conn, url)
            why = json.dumps(["its address is new"])
            values |= _FRESH | {"url": url, "next_why": why}
            values["next_at"] = instant_text(ledger.clock.now())
        if title is not None:
            values["title"] = clean_line(title, limit=_TITLE_LIMIT)
        if tags is not None:
            values["tags"] = tags_text(tags)
        if allow_private is not None:
            values["allow_private"] = int(allow_private)
        update_feed(conn, held.id, values)
        return find_feed(conn, held.id)


def remove_feed(ledger: Ledger, feed: int | str) -> Feed:
    """Follow a feed no more. Its items stay.

    Raises:
        NotFoundError: It is not followed.
    """
    with ledger.write() as conn:
        held = find_feed(conn, feed)
        conn.execute(update(item_table).where(item_table.c.feed_id == held.id).values(feed_id=None))
        conn.execute(delete(feed_table).where(feed_table.c.id == held.id))
        return held


def find_feed(conn: Connection, feed: int | str) -> Feed:
    """A feed by its id (a number, or a text of digits) or its address.

    Raises:
        NotFoundError: It is not followed.
    """
    query = _with_health()
    if isinstance(feed, int) or (feed.isascii() and feed.isdigit() and len(feed) < 10):
        query = query.where(feed_table.c.id == int(feed))
    else:
        query = query.where(feed_table.c.url == feed)
    row = conn.execute(query).mappings().first()
    if row is None:
        shown = clean_line(str(feed), limit=300)
        raise NotFoundError(f"no feed {shown} is followed", mend="`calledit feeds list`")
    return Feed.from_row(dict(row))


def list_feeds(conn: Connection) -> list[Feed]:
    """Every feed with its health, in order of arrival."""
    rows = conn.execute(_with_health().order_by(feed_table.c.id)).mappings()
    return [Feed.from_row(dict(row)) for row in rows]


def due_feeds(conn: Connection, now: str) -> list[Feed]:
    """The feeds whose time has come, longest overdue first; none that is gone."""
    due = (feed_table.c.next_at != "") & (feed_table.c.next_at <= now)
    query = select(feed_table).where(due, feed_table.c.status != "gone")
    rows = conn.execute(query.order_by(feed_table.c.next_at, feed_table.c.id)).mappings()
    return [Feed.from_row(dict(row)) for row in rows]


def update_feed(conn: Connection, feed_id: int, values: Mapping[str, Any]) -> None:
    """Set columns of a feed; lists are given as JSON text."""
    if values:
        conn.execute(update(feed_table).where(feed_table.c.id == feed_id).values(**values))


def end_lease(conn: Connection, feed: Feed) -> bool:
    """Take back the lease that a feed was asked under; whether it was still that one.

    It is not if the feed was removed, if its address was edited, or if the lease ran out and
    another poller has its own: then what the feed answered is no longer to be written down.
    """
    same = (feed_table.c.id == feed.id) & (feed_table.c.url == feed.url)
    same &= feed_table.c.leased_by == feed.leased_by
    return conn.execute(update(feed_table).where(same).values(**NO_LEASE)).rowcount == 1


def postpone(conn: Connection, feed_ids: Sequence[int], *, until: str, why: Sequence[str]) -> None:
    """Let feeds wait until then, unless they wait longer anyway."""
    values = {"next_at": until, "next_why": json.dumps(list(why), ensure_ascii=False)}
    for feed_id in feed_ids:
        sooner = (feed_table.c.id == feed_id) & (feed_table.c.next_at < until)
        conn.execute(update(feed_table).where(sooner).values(**values))


def recent_dates(conn: Connection, feed_id: int, *, limit: int = 20) -> list[str]:
    """When the feed's newest items were published, newest first, as they stated it."""
    query = select(item_table.c.published).where(
        item_table.c.feed_id == feed_id, item_table.c.published_basis == "stated"
    )
    query = query.order_by(item_table.c.published.desc()).limit(limit)
    return list(conn.execute(query).scalars())


def url_taken(conn: Connection, url: str) -> bool:
    """Whether a feed of this address is followed."""
    return conn.execute(select(feed_table.c.id).where(feed_table.c.url == url)).first() is not None


def tags_text(tags: Iterable[str]) -> str:
    """Tags as they are stored: clean, each once, in order, as JSON."""
    cleaned = (clean_line(tag, limit=60) for tag in tags)
    return json.dumps(list(dict.fromkeys(filter(None, cleaned)))[:_MAX_TAGS], ensure_ascii=False)


def _refuse_taken(conn: Connection, url: str) -> None:
    if url_taken(conn, url):
        raise ConflictError(
            f"{clean_line(url, limit=300)} is followed already",
            mend="`calledit feeds edit` changes its settings",
        )


def _with_health() -> Any:
    counts = (
        select(
            item_table.c.feed_id,
            func.count().label("items"),
            func.max(item_table.c.published).label("newest"),
        )
        .where(item_table.c.feed_id.is_not(None))
        .group_by(item_table.c.feed_id)
        .subquery()
    )
    return select(
        feed_table,
        func.coalesce(counts.c["items"], 0).label("items"),
        func.coalesce(counts.c["newest"], "").label("newest"),
    ).outerjoin(counts, counts.c["feed_id"] == feed_table.c.id)
