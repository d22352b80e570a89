"""The poll when something happens meanwhile: an edit, another poller, the user's stop."""

from __future__ import annotations

import signal
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import Any

import pytest

from feeds.settle import settle
from ledger.clock import instant_text
from ledger.newsroom import Feed
from ledger.newsroom import edit_feed
from ledger.newsroom import remove_feed
from ledger.newsroom.feeds import update_feed
from tests.conftest import NOON
from tests.feeds.server import Page
from tests.feeds.server import Seen
from tests.feeds.server import item
from tests.feeds.server import rss

if TYPE_CHECKING:
    from collections.abc import Callable

    from feeds.settle import Answer
    from feeds.settle import Polled
    from ledger.store import Ledger
    from tests.feeds.desk import Desk


def changing(desk: Desk, feed: Feed, **values: str) -> Any:
    """An answer that comes after somebody changed the feed's row."""

    def answer(_seen: Seen) -> Page:
        with desk.ledger.write() as conn:
            update_feed(conn, feed.id, values)
        return Page(rss(item("1", "One")), headers={"ETag": '"old"'})

    return answer


def test_another_poller_s_lease_is_left_alone(desk: Desk) -> None:
    feed = desk.follow()
    theirs = {"leased_by": "desk 2", "leased_until": instant_text(NOON + timedelta(hours=1))}
    desk.site.pages["/feed"] = changing(desk, feed, **theirs)
    (polled,) = desk.poll().polled
    assert (polled.outcome, polled.new) == ("dropped", 0)
    assert "another poller" in polled.error
    after = desk.feed(feed)
    assert {name: getattr(after, name) for name in theirs} == theirs
    assert (after.etag, after.status, desk.items()) == ("", "new", [])


def test_an_answer_from_an_old_address_is_dropped(desk: Desk) -> None:
    feed = desk.follow("/old")

    def answer(_seen: Seen) -> Page:
        edit_feed(desk.ledger, feed.id, url=desk.site.url("/new"))
        return Page(rss(item("1", "Old")), headers={"ETag": '"old"'})

    desk.site.pages |= {"/old": answer, "/new": Page(rss(item("2", "New")))}
    assert desk.poll().count("dropped") == 1
    edited = desk.feed(feed)
    assert (edited.url, edited.etag) == (desk.site.url("/new"), "")
    assert (edited.next_at, edited.next_why) == (instant_text(NOON), ("its address is new",))
    # It is due at once, and nothing of the old address's answer stands in its way.
    assert desk.poll().new == 1
    assert "if-none-match" not in desk.site.seen[-1].headers
    assert [stored.title for stored in desk.items()] == ["New"]


def test_an_answer_of_a_feed_that_was_removed_is_dropped(desk: Desk) -> None:
    feed, other = desk.follow("/a"), desk.follow("/b")

    def answer(_seen: Seen) -> Page:
        remove_feed(desk.ledger, feed.id)
        return Page(rss(item("1", "One")))

    desk.site.pages |= {"/a": answer, "/b": Page(rss(item("2", "Two")))}
    summary = desk.poll()
    assert {one.feed.id: one.outcome for one in summary.polled} == {
        feed.id: "dropped",
        other.id: "updated",
    }
    assert [stored.title for stored in desk.items()] == ["Two"]


def test_a_poll_that_is_stopped_gives_back_only_what_is_its_own(desk: Desk) -> None:
    stop = threading.Event()
    first, taken, edited = (desk.follow(f"/{n}") for n in range(3))
    theirs = {"leased_by": "desk 2", "next_at": "2026-01-16T00:00:00.000000Z"}

    def answer(_seen: Seen) -> Page:
        with desk.ledger.write() as conn:
            update_feed(conn, taken.id, theirs)
        desk.later(minutes=1)
        edit_feed(desk.ledger, edited.id, url=desk.site.url("/new"))
        stop.set()
        return Page(rss())

    desk.site.pages["/0"] = answer
    desk.poll(should_stop=stop.is_set, spacing=30.0)
    assert desk.feed(first).status == "ok"
    assert {name: getattr(desk.feed(taken), name) for name in theirs} == theirs
    after = desk.feed(edited)
    assert after.next_at == instant_text(NOON + timedelta(minutes=1))
    assert after.next_why == ("its address is new",)


def stopped_while_storing(desk: Desk, monkeypatch: pytest.MonkeyPatch, end: Any) -> list[Feed]:
    """Feeds to poll by one worker; the end comes while the disk is slow and answers wait for it."""
    feeds = [desk.follow(f"/{n}") for n in range(5)]
    for n in range(5):
        desk.site.pages[f"/{n}"] = Page(rss(item(str(n), f"Item {n}")))

    def slowly(ledger: Ledger, answers: list[Answer]) -> list[Polled]:
        if not slowed:
            slowed.append(True)
            wait_until(lambda: len(desk.site.seen) >= 3)
            time.sleep(0.2)  # the answers have come in, and stand before a full queue
            end()
            time.sleep(0.3)
        return settle(ledger, answers)

    slowed: list[bool] = []
    monkeypatch.setattr("feeds.poll.settle", slowly)
    return feeds


def wait_until(true: Callable[[], bool]) -> None:
    limit = time.monotonic() + 10
    while not true() and time.monotonic() < limit:
        time.sleep(0.01)


def assert_nothing_is_lost(desk: Desk, feeds: list[Feed]) -> None:
    after = [desk.feed(feed) for feed in feeds]
    answered = [feed for feed in after if feed.status == "ok"]
    assert len(answered) == len(desk.site.seen) == len(desk.items()) == 3
    assert {feed.next_at for feed in after if feed.status == "new"} <= {instant_text(NOON)}
    assert {feed.leased_by for feed in after} == {""}


def test_what_had_arrived_when_it_was_stopped_is_stored(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    feeds = stopped_while_storing(desk, monkeypatch, stop.set)
    summary = desk.poll(should_stop=stop.is_set, workers=1)
    assert summary.stopped
    assert_nothing_is_lost(desk, feeds)
    assert len(summary.polled) == len(desk.site.seen)


def test_what_had_arrived_when_it_was_interrupted_is_stored(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    feeds = stopped_while_storing(desk, monkeypatch, lambda: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        desk.poll(workers=1)
    assert_nothing_is_lost(desk, feeds)


def test_a_request_under_way_when_it_is_stopped_costs_its_feed_nothing(desk: Desk) -> None:
    stop = threading.Event()
    over = threading.Event()

    def answer(_seen: Seen) -> Page:
        stop.set()
        over.wait(10)
        return Page(rss())

    feed = desk.follow()
    desk.site.pages["/feed"] = answer
    summary = desk.poll(should_stop=stop.is_set)
    over.set()
    assert (summary.polled, summary.stopped) == ((), True)
    after = desk.feed(feed)
    assert (after.next_at, after.next_why) == (instant_text(NOON), ("it has never been asked",))
    assert (after.leased_by, after.leased_until) == ("", "")
