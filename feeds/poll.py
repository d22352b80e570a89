"""The poll: due feeds → requests in parallel → parse → store.

Before a request goes out, the feed is leased to this poller and its next time is on disk, so that
neither a crash nor a second poller on another host makes a storm of repeats. Hosts are asked in
parallel, but each of them one request at a time and not in a hurry. Answers are read and written
down in batches, on a thread of their own, so that neither a slow parser nor the disk keeps a
request's deadline waiting.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import uuid
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import Any

from feeds.fetch import Fetcher
from feeds.fetch import Limits
from feeds.fetch import Request
from feeds.guard import host_of
from feeds.schedule import HOUR
from feeds.settle import TOO_MANY
from feeds.settle import Answer
from feeds.settle import Polled
from feeds.settle import settle
from ledger.clean import clean_line
from ledger.clock import instant_text
from ledger.errors import FetchError
from ledger.newsroom import find_feed
from ledger.newsroom import list_feeds
from ledger.newsroom.feeds import due_feeds
from ledger.newsroom.feeds import end_lease
from ledger.newsroom.feeds import update_feed

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from ledger.newsroom import Feed
    from ledger.store import Ledger

WORKERS = 8
SPACING = 2.0
# Longer than a poll of many slow feeds of one host takes; a poller that died is waited for so long.
LEASE = timedelta(minutes=15)
_BATCH = 32
_GLANCE = 0.1


@dataclass(frozen=True, slots=True)
class PollSummary:
    """What a poll came to.

    Attributes:
        polled: Each feed that was asked, or held back because its host asked us to wait.
        not_due: Feeds that were named, but whose time has not come.
        stopped: Whether it was told to stop before it was through.
    """

    polled: tuple[Polled, ...]
    not_due: tuple[Feed, ...] = ()
    stopped: bool = False

    @property
    def item_ids(self) -> tuple[int, ...]:
        """Every new or changed item."""
        return tuple(item_id for one in self.polled for item_id in one.item_ids)

    @property
    def new(self) -> int:
        """How many items are new."""
        return sum(one.new for one in self.polled)

    @property
    def changed(self) -> int:
        """How many items have changed."""
        return sum(one.changed for one in self.polled)

    def count(self, *outcomes: str) -> int:
        """How many feeds had one of these outcomes."""
        return sum(one.outcome in outcomes for one in self.polled)


def poll(
    ledger: Ledger,
    feed_ids: Iterable[int] | None = None,
    *,
    ignore_schedule: bool = False,
    on_progress: Callable[[Polled], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    workers: int = WORKERS,
    spacing: float = SPACING,
    limits: Limits | None = None,
) -> PollSummary:
    """Ask the feeds that are due, and store what they bring.

    For the command line and for a thread of the app alike: it runs an event loop of its own.

    Args:
        ledger: Where feeds and items are.
        feed_ids: Only these; without, all.
        ignore_schedule: Ask them even if they are not due.
        on_progress: Called with each feed's outcome, on the calling thread.
        should_stop: Asked ten times a second; true ends the poll. What had arrived is stored;
            feeds that have not answered yet keep their time.
        workers: How many requests may be in flight.
        spacing: Seconds between the end of a request to a host and the next to the same one.
        limits: What one request may cost.

    Raises:
        NotFoundError: A feed is not followed.
        LedgerError: The ledger cannot be written. Feeds themselves never raise: they fail.
    """
    me = f"{clean_line(socket.gethostname(), limit=100)}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    feeds, not_due = _claim(ledger, feed_ids, me, ignore_schedule=ignore_schedule)
    run = _Run(ledger, workers, spacing, on_progress or _ignore, should_stop or _never)
    try:
        if feeds:
            asyncio.run(run.ask_all(feeds, limits or Limits()))
    finally:
        _release(ledger, [feed for feed in feeds if feed.id not in run.started])
    return PollSummary(tuple(run.polled), tuple(not_due), run.stopped)


def _claim(
    ledger: Ledger, feed_ids: Iterable[int] | None, me: str, *, ignore_schedule: bool
) -> tuple[list[Feed], list[Feed]]:
    """The feeds to ask, leased to this poller, their next time written down beforehand.

    They are given with the lease, but with the next time that they had before. A feed that
    another poller is asking is left to it, even one that is asked for by name.
    """
    with ledger.write() as conn:
        moment = ledger.clock.now()
        now = instant_text(moment)
        named = None if feed_ids is None else [find_feed(conn, feed) for feed in feed_ids]
        due = due_feeds(conn, now)
        if ignore_schedule:
            everything = [feed for feed in list_feeds(conn) if feed.status != "gone"]
            feeds = everything if named is None else named
        else:
            ids = {feed.id for feed in (due if named is None else named)}
            feeds = [feed for feed in due if feed.id in ids]
        feeds = [feed for feed in feeds if not feed.is_leased(now, to_other_than=me)]
        _write_ahead(conn, feeds, me, moment)
    asked = {feed.id for feed in feeds}
    return [replace(feed, leased_by=me) for feed in feeds], [
        feed for feed in named or () if feed.id not in asked
    ]


def _write_ahead(conn: Connection, feeds: Sequence[Feed], me: str, moment: datetime) -> None:
    values = {
        "next_at": instant_text(moment + HOUR),
        "next_why": json.dumps(["it was being asked when the program stopped: an hour"]),
        "leased_by": me,
        "leased_until": instant_text(moment + LEASE),
    }
    for feed in feeds:
        update_feed(conn, feed.id, values)


def _release(ledger: Ledger, feeds: Sequence[Feed]) -> None:
    """Give feeds whose answers nobody waits for their time back."""
    if not feeds:
        return
    with ledger.write() as conn:
        for feed in feeds:
            if end_lease(conn, feed):
                why = json.dumps(feed.next_why, ensure_ascii=False)
                update_feed(conn, feed.id, {"next_at": feed.next_at, "next_why": why})


def _ignore(_polled: Polled) -> None:
    pass


def _never() -> bool:
    return False


class _Run:
    """One poll under way."""

    def __init__(
        self,
        ledger: Ledger,
        workers: int,
        spacing: float,
        on_progress: Callable[[Polled], None],
        should_stop: Callable[[], bool],
    ) -> None:
        self.polled: list[Polled] = []
        self.started: set[int] = set()
        self.stopped = False
        self._ledger = ledger
        self._spacing = spacing
        self._on_progress = on_progress
        self._should_stop = should_stop
        self._in_flight = asyncio.Semaphore(max(workers, 1))
        # An answer is handed over while its place in flight is held: that bounds the memory.
        self._answers: asyncio.Queue[Answer] = asyncio.Queue(maxsize=max(workers, 1))
        self._late: list[Answer] = []  # arrived when we were told to stop

    async def ask_all(self, feeds: Sequence[Feed], limits: Limits) -> None:
        """Ask them, and settle their answers as they come."""
        hosts: dict[str, list[Feed]] = {}
        for feed in feeds:
            hosts.setdefault(host_of(feed.url), []).append(feed)
        async with Fetcher(limits) as fetcher:
            asking = asyncio.create_task(self._ask_hosts(fetcher, hosts.values()))
            watching = asyncio.create_task(self._watch(asking))
            try:
                await self._settle_until(asking)
            except asyncio.CancelledError:  # the user's interrupt: as when told to stop
                asking.cancel()
                await self._settle_until(asking)
                raise
            finally:
                watching.cancel()
                asking.cancel()
                with suppress(asyncio.CancelledError):
                    await asking

    async def _ask_hosts(self, fetcher: Fetcher, hosts: Iterable[Sequence[Feed]]) -> None:
        async with asyncio.TaskGroup() as group:
            for feeds in hosts:
                group.create_task(self._ask_host(fetcher, feeds))

    async def _watch(self, asking: asyncio.Task[None]) -> None:
        while not self._should_stop():  # noqa: ASYNC110 (a thread cannot set our Event)
            await asyncio.sleep(_GLANCE)
        self.stopped = True
        asking.cancel()

    async def _ask_host(self, fetcher: Fetcher, feeds: Sequence[Feed]) -> None:
        for place, feed in enumerate(feeds):
            if place:
                await asyncio.sleep(self._spacing)
            async with self._in_flight:
                answer = await self._ask(fetcher, feed)
                too_many = answer.response and answer.response.status == TOO_MANY
                if too_many:
                    self._hold(feeds[place + 1 :])
                await self._hand_over(answer)
            if too_many:
                return

    async def _ask(self, fetcher: Fetcher, feed: Feed) -> Answer:
        self.started.add(feed.id)
        try:
            return await _ask(fetcher, feed)
        except asyncio.CancelledError:
            self.started.discard(feed.id)
            raise

    async def _hand_over(self, answer: Answer) -> None:
        try:
            await self._answers.put(answer)
        except asyncio.CancelledError:
            self._late.append(answer)
            raise

    def _hold(self, feeds: Sequence[Feed]) -> None:
        # Settling the answer makes them wait as long as the host asks.
        self.started.update(feed.id for feed in feeds)
        for feed in feeds:
            self._tell(Polled(feed, "held", error=f"{host_of(feed.url)} asked us to wait (429)"))

    async def _settle_until(self, asking: asyncio.Task[None]) -> None:
        while not (asking.done() and self._answers.empty()):
            await self._settle(await self._next_batch(asking))
        await self._settle(self._late)
        if not asking.cancelled():
            asking.result()

    async def _settle(self, answers: Sequence[Answer]) -> None:
        for polled in await asyncio.to_thread(settle, self._ledger, answers) if answers else ():
            self._tell(polled)

    async def _next_batch(self, asking: asyncio.Task[None]) -> list[Answer]:
        first = asyncio.ensure_future(self._answers.get())
        either: set[asyncio.Future[Any]] = {first, asking}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            if not first.cancel():
                self._late.append(first.result())
            raise
        if not first.done():
            first.cancel()
            return []
        batch = [first.result()]
        while len(batch) < _BATCH and not self._answers.empty():
            batch.append(self._answers.get_nowait())
        return batch

    def _tell(self, polled: Polled) -> None:
        self.polled.append(polled)
        self._on_progress(polled)


async def _ask(fetcher: Fetcher, feed: Feed) -> Answer:
    request = Request(feed.url, feed.etag, feed.last_modified, allow_private=feed.allow_private)
    try:
        return Answer(feed, await fetcher.fetch(request))
    except FetchError as error:
        return Answer(feed, error=str(error))
    except Exception as error:  # noqa: BLE001 (one feed's surprise must not end the poll)
        what = f"{type(error).__name__}: {clean_line(str(error), limit=200)}"
        return Answer(feed, error=f"asking {host_of(feed.url)} went wrong ({what})")
