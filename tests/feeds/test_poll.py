"""The poll, against a real server and a real ledger."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from feeds.fetch import Limits
from feeds.poll import PollSummary
from feeds.poll import poll
from ledger.clock import instant_text
from ledger.errors import NotFoundError
from ledger.newsroom import Feed
from ledger.newsroom import add_feed
from ledger.newsroom import revisions_of
from ledger.newsroom import search_items
from ledger.newsroom.feeds import update_feed
from ledger.store import open_ledger
from tests.conftest import NOON
from tests.feeds.server import Page
from tests.feeds.server import Seen
from tests.feeds.server import item
from tests.feeds.server import rss

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feeds.settle import Polled
    from tests.feeds.desk import Desk


def test_new_items_are_stored(desk: Desk) -> None:
    feed = desk.follow()
    desk.site.pages["/feed"] = Page(rss(item("2", "Two", day=12), item("1", "One", day=10)))
    seen: list[Polled] = []
    summary = desk.poll(on_progress=seen.append)
    assert (summary.new, summary.changed, summary.count("updated")) == (2, 0, 1)
    assert seen == list(summary.polled)
    two, one = desk.items()
    assert (one.title, two.title) == ("One", "Two")
    assert summary.item_ids == (one.id, two.id) == (1, 2)
    assert one.published == "2026-01-10T08:00:00.000000Z"
    assert (one.publisher, one.feed_id, one.published_basis) == ("The Daily Example", 1, "stated")
    after = desk.feed(feed)
    assert (after.status, after.title, after.items) == ("ok", "The Daily Example", 2)
    assert after.ok_at == instant_text(NOON)
    assert after.next_at > instant_text(NOON + timedelta(hours=1))


def test_nothing_is_asked_before_its_time(desk: Desk) -> None:
    feed = desk.follow()
    desk.site.pages["/feed"] = Page(rss())
    desk.poll()
    desk.later(minutes=59)
    summary = desk.poll([feed.id])
    assert (summary.polled, [f.id for f in summary.not_due]) == ((), [feed.id])
    assert len(desk.site.seen) == 1
    assert len(desk.poll([feed.id], ignore_schedule=True).polled) == 1


def test_an_unknown_feed_is_an_error(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        desk.poll([7])


def test_validators_make_the_second_answer_cheap(desk: Desk) -> None:
    etag = 'W/"odd, but mine"'
    headers = {"ETag": etag, "Last-Modified": "Thu, 01 Jan 2026 00:00:00 GMT"}
    body = rss(item("1", "One"))

    def answer(seen: Seen) -> Page:
        known = seen.headers.get("if-none-match") == etag
        return Page(status=304) if known else Page(body, headers=headers)

    desk.site.pages["/feed"] = answer
    feed = desk.follow()
    desk.poll()
    desk.later(days=1)
    summary = desk.poll()
    assert summary.count("unchanged") == 1
    assert desk.site.seen[1].headers["if-modified-since"] == headers["Last-Modified"]
    assert desk.feed(feed).etag == etag


def test_the_same_body_brings_nothing(desk: Desk) -> None:
    desk.follow()
    desk.site.pages["/feed"] = Page(rss(item("1", "One")))
    desk.poll()
    desk.later(days=1)
    summary = desk.poll()
    assert (summary.count("unchanged"), summary.item_ids) == (1, ())


def test_an_item_is_stored_once_and_its_changes_are_kept(desk: Desk) -> None:
    desk.follow()
    desk.site.pages["/feed"] = Page(rss(item("1", "Peace is near", text="draft")))
    desk.poll()
    desk.later(days=1)
    changed = rss(item("2", "New"), item("1", "Peace is far", text="final"))
    desk.site.pages["/feed"] = Page(changed)
    summary = desk.poll()
    assert (summary.new, summary.changed, summary.item_ids) == (1, 1, (1, 2))
    desk.later(days=1)
    desk.site.pages["/feed"] = Page(changed + b"<!-- again -->")
    assert desk.poll(ignore_schedule=True).item_ids == ()
    with desk.ledger.read() as conn:
        (found,) = search_items(conn, "peace")
        (was,) = revisions_of(conn, found.id)
        assert search_items(conn, "draft") == []
    assert (found.title, found.revision, found.first_seen) == (
        "Peace is far",
        2,
        instant_text(NOON),
    )
    assert found.last_seen == instant_text(NOON + timedelta(days=2))
    assert (was.revision, was.title, was.summary) == (1, "Peace is near", "draft")


def test_dates_that_cannot_be_believed_are_when_we_saw_it(desk: Desk) -> None:
    desk.follow()
    future = "<item><guid>f</guid><pubDate>Sat, 01 Jan 2050 00:00:00 GMT</pubDate></item>"
    desk.site.pages["/feed"] = Page(rss(future, "<item><guid>n</guid></item>"))
    desk.poll()
    for stored in desk.items():
        assert (stored.published, stored.published_basis) == (instant_text(NOON), "seen")
    assert {i.published_raw for i in desk.items()} == {"", "Sat, 01 Jan 2050 00:00:00 GMT"}


def test_a_page_that_is_no_feed_makes_the_feed_fail_clearly(desk: Desk) -> None:
    feed = desk.follow()
    desk.site.pages["/feed"] = Page(b"<!doctype html><html><body>Hi</body></html>")
    (polled,) = desk.poll().polled
    assert polled.outcome == "failing"
    assert "an HTML page, not a feed" in polled.error
    after = desk.feed(feed)
    assert (after.status, after.failures, after.error) == ("failing", 1, polled.error)


def test_failures_back_off_and_are_forgiven(desk: Desk) -> None:
    feed = desk.follow()
    desk.site.pages["/feed"] = Page(status=500)
    waits = []
    for _ in range(4):
        desk.poll()
        after = desk.feed(feed)
        waits.append((datetime.fromisoformat(after.next_at) - desk.now[0]) / timedelta(hours=1))
        desk.now[0] = datetime.fromisoformat(after.next_at)
    assert waits == [1, 2, 4, 8]
    desk.site.pages["/feed"] = Page(rss())
    desk.poll()
    after = desk.feed(feed)
    assert (after.status, after.failures, after.error) == ("ok", 0, "")


def test_gone_feeds_are_left_alone(desk: Desk) -> None:
    feed = desk.follow()
    desk.site.pages["/feed"] = Page(status=410)
    assert desk.poll().count("gone") == 1
    desk.later(days=99)
    assert desk.poll().polled == ()
    assert desk.poll(ignore_schedule=True).polled == ()
    assert desk.feed(feed).status == "gone"


def test_too_many_requests_holds_the_whole_host(desk: Desk) -> None:
    feeds = [desk.follow(f"/{n}") for n in range(3)]
    other = add_feed(desk.ledger, desk.site.url("/x").replace("127.0.0.1", "localhost"),
                     allow_private=True)  # fmt: skip
    desk.site.pages |= {
        f"/{n}": Page(status=429, headers={"Retry-After": "7200"}) for n in range(3)
    }
    desk.site.pages["/x"] = Page(rss())
    summary = desk.poll()
    assert [summary.count(o) for o in ("failing", "held", "updated")] == [1, 2, 1]
    assert len(desk.site.seen) == 2
    until = instant_text(NOON + timedelta(hours=2))
    assert [desk.feed(feed).next_at for feed in feeds] == [until] * 3
    assert "429" in desk.feed(feeds[2]).next_why[0]
    assert desk.feed(other).status == "ok"


def test_one_feeds_trouble_is_not_anothers(desk: Desk) -> None:
    def slow() -> Iterator[bytes]:
        for _ in range(60):
            yield b"x"
            time.sleep(0.05)

    pages = {
        "/slow": Page(pieces=slow()),
        "/broken": Page(b"\x00\xff" * 500),
        "/bad": Page(rss("<item>" * 5)),
        "/error": Page(status=500),
        "/good": Page(rss(item("1", "One"))),
    }
    desk.site.pages |= pages
    for path in pages:
        desk.follow(path)
    summary = desk.poll(limits=Limits(seconds=0.5))
    assert {p.feed.url.rpartition("/")[2]: p.outcome for p in summary.polled} | {"bad": ""} == {
        "slow": "failing",
        "broken": "failing",
        "bad": "",
        "error": "failing",
        "good": "updated",
    }


def test_a_host_is_asked_one_at_a_time_and_with_pauses(desk: Desk) -> None:
    times: list[tuple[float, float]] = []

    def answer(_seen: Seen) -> Page:
        start = time.monotonic()
        time.sleep(0.05)
        times.append((start, time.monotonic()))
        return Page(rss())

    for n in range(3):
        desk.follow(f"/{n}")
        desk.site.pages[f"/{n}"] = answer
    desk.poll(spacing=0.1, workers=5)
    gaps = [later[0] - earlier[1] for earlier, later in pairwise(times)]
    assert len(gaps) == 2
    assert min(gaps) >= 0.08


def test_the_next_time_is_on_disk_before_the_request(desk: Desk) -> None:
    feed = desk.follow()
    found: list[Feed] = []

    def answer(_seen: Seen) -> Page:
        found.append(desk.feed(feed))
        return Page(rss())

    desk.site.pages["/feed"] = answer
    desk.poll()
    assert found[0].next_at == instant_text(NOON + timedelta(hours=1))


def test_a_poll_can_be_stopped(desk: Desk) -> None:
    stop = threading.Event()

    def answer(_seen: Seen) -> Page:
        stop.set()
        return Page(rss(item("1", "One")))

    feeds = [desk.follow(f"/{n}") for n in range(3)]
    desk.site.pages |= {f"/{n}": answer for n in range(3)}
    start = time.monotonic()
    summary = desk.poll(should_stop=stop.is_set, spacing=30.0)
    assert time.monotonic() - start < 5
    assert summary.stopped
    assert [polled.feed.id for polled in summary.polled] == [feeds[0].id]
    assert len(desk.items()) == 1
    # Those that were not asked are due as before.
    assert [desk.feed(feed).next_at for feed in feeds[1:]] == [instant_text(NOON)] * 2


def test_it_runs_in_a_thread(desk: Desk) -> None:
    desk.follow()
    desk.site.pages["/feed"] = Page(rss(item("1", "One")))
    found: list[PollSummary] = []
    thread = threading.Thread(target=lambda: found.append(desk.poll()))
    thread.start()
    thread.join()
    assert found[0].new == 1


def test_private_hosts_need_the_users_word(desk: Desk) -> None:
    desk.follow(allow_private=False)
    (polled,) = desk.poll().polled
    assert "may not be asked" in polled.error
    assert desk.site.seen == []


def test_a_redirect_off_the_web_is_refused(desk: Desk) -> None:
    desk.follow()
    desk.site.pages["/feed"] = Page(status=301, headers={"Location": "gopher://127.0.0.1/"})
    (polled,) = desk.poll().polled
    assert "not an http or https address" in polled.error


def test_a_permanent_redirect_keeps_items_and_moves_after_a_week(desk: Desk) -> None:
    feed = desk.follow("/old")
    desk.site.pages["/new"] = Page(rss(item("1", "One")))
    desk.site.pages["/old"] = Page(status=301, headers={"Location": "/new"})
    desk.poll()
    assert desk.feed(feed).url == desk.site.url("/old")
    desk.later(days=8)
    desk.poll()
    after = desk.feed(feed)
    assert (after.url, after.moved_to, after.items) == (desk.site.url("/new"), "", 1)


def test_a_move_onto_another_feed_is_not_made(desk: Desk) -> None:
    old, new = desk.follow("/old"), desk.follow("/new")
    desk.site.pages["/new"] = Page(rss())
    desk.site.pages["/old"] = Page(status=301, headers={"Location": "/new"})
    for _ in range(2):
        desk.poll()
        desk.later(days=8)
    assert (desk.feed(old).url, desk.feed(new).url) == (old.url, new.url)


def test_hostile_text_reaches_the_ledger_clean(desk: Desk) -> None:
    desk.follow()
    evil = "&#27;]0;x&#7;&#x202e;&lt;img src=x onerror=y&gt;Hello\u0000"
    desk.site.pages["/feed"] = Page(
        rss(item("1", evil, text=evil, link="javascript:x"), title=evil)
    )
    desk.poll()
    (stored,) = desk.items()
    text = f"{stored.title}{stored.summary}{stored.publisher}{stored.identity}"
    assert all(character.isprintable() for character in text)
    assert stored.url is None
    assert "Hello" in stored.title


def test_two_pollers_share_the_feeds(desk: Desk, place: str) -> None:
    for number in range(12):
        path = f"/feed{number}"
        desk.site.pages[path] = Page(rss(item("1", f"Item of {number}")))
        desk.follow(path)
    other = open_ledger(place, clock=desk.ledger.clock)
    with ThreadPoolExecutor() as pool:
        polls = [pool.submit(poll, one, spacing=0.0) for one in (desk.ledger, other)]
        summaries = [done.result() for done in polls]
    other.close()
    assert sorted(seen.path for seen in desk.site.seen) == sorted(desk.site.pages)
    assert sum(summary.new for summary in summaries) == 12


def test_a_leased_feed_is_left_to_its_poller_until_the_lease_ends(desk: Desk) -> None:
    feed = desk.follow()
    desk.site.pages["/feed"] = Page(rss(item("1", "One")))
    with desk.ledger.write() as conn:
        until = instant_text(NOON + timedelta(minutes=10))
        update_feed(conn, feed.id, {"leased_by": "desk 2", "leased_until": until})
    assert [f.id for f in desk.poll([feed.id], ignore_schedule=True).not_due] == [feed.id]
    assert desk.site.seen == []
    desk.later(minutes=11)
    assert desk.poll().new == 1
    assert desk.feed(feed).leased_by == ""
