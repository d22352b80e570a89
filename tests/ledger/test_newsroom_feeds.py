"""The feeds that are followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from ledger.clock import instant_text
from ledger.errors import ConflictError
from ledger.errors import NotFoundError
from ledger.newsroom import NewItem
from ledger.newsroom import add_feed
from ledger.newsroom import edit_feed
from ledger.newsroom import find_feed
from ledger.newsroom import list_feeds
from ledger.newsroom import list_items
from ledger.newsroom import remove_feed
from ledger.newsroom import store_items
from ledger.newsroom.feeds import due_feeds
from ledger.newsroom.feeds import postpone
from ledger.newsroom.feeds import recent_dates
from ledger.newsroom.feeds import update_feed
from ledger.schema import item as item_table
from tests.conftest import NOON

if TYPE_CHECKING:
    from ledger.store import Ledger

URL = "https://x.example/feed"
NOW = instant_text(NOON)


def store(ledger: Ledger, feed_id: int, *items: NewItem) -> None:
    with ledger.write() as conn:
        store_items(conn, f"feed:{feed_id}", feed_id, items, NOW)


def test_a_new_feed_is_due_at_once(ledger: Ledger) -> None:
    feed = add_feed(ledger, URL, title="X\u202e", tags=["a", "b", "a", " "])
    assert (feed.id, feed.title, feed.tags, feed.status) == (1, "X", ("a", "b"), "new")
    with ledger.read() as conn:
        assert [due.id for due in due_feeds(conn, NOW)] == [1]
        assert find_feed(conn, "1") == find_feed(conn, URL) == feed


def test_an_address_is_followed_once(ledger: Ledger) -> None:
    add_feed(ledger, URL)
    with pytest.raises(ConflictError, match="followed already"):
        add_feed(ledger, URL)


@pytest.mark.parametrize("feed", [7, "7", "https://unknown.example/", "\x1b[31m"])
def test_unknown_feeds(ledger: Ledger, feed: int | str) -> None:
    with pytest.raises(NotFoundError) as caught:
        remove_feed(ledger, feed)
    assert "\x1b" not in str(caught.value)


def test_health_counts_items(ledger: Ledger) -> None:
    add_feed(ledger, URL)
    add_feed(ledger, "https://y.example/")
    dates = ["2026-01-10T00:00:00.000000Z", "2026-01-12T00:00:00.000000Z", ""]
    store(ledger, 1, *(NewItem(str(n), published=date) for n, date in enumerate(dates)))
    with ledger.read() as conn:
        one, two = list_feeds(conn)
        assert recent_dates(conn, 1) == [dates[1], dates[0]]
    assert (one.items, one.newest, two.items, two.newest) == (3, NOW, 0, "")


def test_edit_changes_what_is_given(ledger: Ledger) -> None:
    add_feed(ledger, URL, title="X", tags=["a"])
    feed = edit_feed(ledger, 1, title="Y")
    assert (feed.title, feed.tags, feed.allow_private) == ("Y", ("a",), False)
    feed = edit_feed(ledger, URL, tags=[], allow_private=True)
    assert (feed.title, feed.tags, feed.allow_private) == ("Y", (), True)


def test_a_new_address_starts_afresh(ledger: Ledger) -> None:
    add_feed(ledger, URL)
    add_feed(ledger, "https://y.example/")
    with ledger.write() as conn:
        update_feed(conn, 1, {"etag": "x", "failures": 4, "status": "gone", "next_at": ""})
    feed = edit_feed(ledger, 1, url="https://z.example/")
    assert (feed.etag, feed.failures, feed.status, feed.next_at) == ("", 0, "new", NOW)
    with pytest.raises(ConflictError):
        edit_feed(ledger, 1, url="https://y.example/")


def test_items_outlive_their_feed_and_ids_are_never_given_twice(ledger: Ledger) -> None:
    add_feed(ledger, URL)
    store(ledger, 1, NewItem("a", "Kept"))
    assert remove_feed(ledger, 1).url == URL
    assert add_feed(ledger, URL).id == 2
    with ledger.read() as conn:
        assert [(kept.title, kept.feed_id) for kept in list_items(conn)] == [("Kept", None)]
        assert conn.execute(select(item_table.c.scope)).scalars().all() == ["feed:1"]


def test_gone_feeds_and_later_feeds_are_not_due(ledger: Ledger) -> None:
    for n in range(3):
        add_feed(ledger, f"{URL}/{n}")
    with ledger.write() as conn:
        update_feed(conn, 1, {"status": "gone"})
        postpone(conn, [2], until="2026-01-16T00:00:00.000000Z", why=["later"])
        postpone(conn, [2], until="2026-01-15T23:00:00.000000Z", why=["sooner"])
        assert [feed.id for feed in due_feeds(conn, NOW)] == [3]
        assert find_feed(conn, 2).next_why == ("later",)
