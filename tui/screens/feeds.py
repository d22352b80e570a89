"""Feeds: what is followed, how it fares, and when it is asked next. Nothing is asked unasked."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING
from typing import ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content

from ledger.clock import parse_instant
from ledger.scoring.words import counted
from tui.screens.asking import Question
from tui.screens.asking import ask_until_taken
from tui.screens.place import Place
from tui.text import ago
from tui.text import day_of
from tui.text import fit_right
from tui.text import one_line
from tui.widgets.detail import Pane
from tui.widgets.listing import MOVE
from tui.widgets.listing import Listing
from tui.widgets.listing import columns

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from feeds.settle import Polled
    from ledger.newsroom import Feed
    from tui.desk.records import Done
    from tui.widgets.listing import Parts

_FEEDS = Binding.Group("feeds")
_MARKS = {
    "new": ("○", "dim"),
    "ok": ("●", "good"),
    "failing": ("!", "warn"),
    "gone": ("×", "bad"),
}
_EMPTY = (
    "No feed is followed.",
    "",
    "a adds one by its address.",
    "calledit feeds import FILE.opml brings a list of them.",
)


class Feeds(Place):
    """Feeds in order of arrival."""

    NAME = "feeds"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "P",
            "poll",
            "poll those due",
            tooltip="ask every feed whose time has come",
            group=_FEEDS,
        ),
        Binding("p", "poll_one", "poll this one", tooltip="ask it now, due or not", group=_FEEDS),
        Binding("a", "add", "add", tooltip="follow a feed by its address", group=_FEEDS),
        Binding("d", "remove", "remove", tooltip="follow it no more; its items stay", group=_FEEDS),
        Binding(
            "escape",
            "back_out",
            "stop",
            show=False,
            tooltip="a poll; what has arrived is kept",
            group=_FEEDS,
        ),
        Binding(
            "enter", "open_detail", "detail", show=False, tooltip="in a small terminal", group=MOVE
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._feeds: dict[int, Feed] = {}
        self._told: dict[int, str] = {}  # what the poll that runs has heard of each feed
        self._stop: threading.Event | None = None

    def compose_body(self) -> ComposeResult:
        """The list, and one feed's health."""
        with Vertical(id="left"):
            yield Listing(self._draw_row)
        with Vertical(id="right"):
            yield Pane(id="feed")

    async def follow(self) -> None:
        """The journal says nothing of feeds."""

    async def reload(self) -> None:
        """Read the feeds anew."""
        feeds = await asyncio.to_thread(self.desk.feeds)
        self._feeds = {feed.id: feed for feed in feeds}
        listing = self.query_one(Listing)
        listing.show(list(self._feeds), self._feeds, keep=listing.key, empty=_EMPTY)

    @on(Listing.Moved)
    def _show_feed(self, event: Listing.Moved) -> None:
        feed = self._feeds.get(event.key) if event.key is not None else None
        self.query_one("#feed", Pane).show(
            lambda _width, _height: self._content(feed) if feed else Content("")
        )

    def _draw_row(self, feed: Feed, width: int) -> Parts:
        mark, style = _MARKS.get(feed.status, ("?", "dim"))
        told = self._told.get(feed.id) or self._when(feed)
        when, count = (14 if width >= 44 else 0), (10 if width >= 56 else 0)
        return columns(
            (f"{mark} {feed.status}", 10, style),
            (one_line(feed.name), width - 10 - when - count, "plain"),
            (fit_right(counted(feed.items, "item"), count), count, "dim"),
            (fit_right(told, when), when, "accent" if feed.id in self._told else "dim"),
        )

    def _when(self, feed: Feed) -> str:
        """When it is asked next, if somebody lets it be polled."""
        if not feed.next_at:
            return "never again"
        return "due" if parse_instant(feed.next_at) <= self.desk.now else self._ago(feed.next_at)

    def _ago(self, instant: str) -> str:
        return ago(parse_instant(instant), self.desk.now) if instant else "never"

    def _content(self, feed: Feed) -> Content:
        lines: list[tuple[str, str, str]] = [
            ("health", feed.status + (f", {feed.failures} in a row" if feed.failures else ""), ""),
            ("last error", feed.error, "$warn"),
            ("asked", self._ago(feed.polled_at), ""),
            ("answered", self._ago(feed.ok_at), ""),
            ("asked next", self._when(feed), ""),
            ("because", "; ".join(feed.next_why), "$muted"),
            ("items", f"{feed.items}" + _newest(feed), ""),
            ("moved to", feed.moved_to, "$warn"),
            ("tags", ", ".join(feed.tags), ""),
        ]
        parts: list[tuple[str, str]] = [(one_line(feed.name), "bold")]
        parts += [("\n", ""), (one_line(feed.url), "$muted"), ("\n", "")]
        for label, text, style in lines:
            if text:
                parts += [(f"\n{label:<12}", "$muted"), (one_line(text), style)]
        return Content.assemble(*parts)

    # ── polling ─────────────────────────────────────────────────────────────────────────────

    def action_poll(self) -> None:
        """Ask every feed whose time has come."""
        self._start(None)

    def action_poll_one(self) -> None:
        """Ask the feed under the cursor."""
        if (key := self.query_one(Listing).key) is not None:
            self._start([key])

    def _start(self, feed_ids: list[int] | None) -> None:
        if self._stop is not None:
            self.fail("a poll is running; Esc stops it")
        elif self._feeds:
            self._stop = threading.Event()
            self._told.clear()
            self.say("asking; Esc stops")
            self.work(lambda: self._poll(feed_ids, self._stop or threading.Event()))

    async def _poll(self, feed_ids: list[int] | None, stop: threading.Event) -> None:
        def heard(polled: Polled) -> None:
            self.app.call_from_thread(self._hear, polled)

        try:
            done = await asyncio.to_thread(self.desk.poll, feed_ids, heard, stop.is_set)
            self.say(done.line)
        finally:
            self._stop = None
            self._told.clear()
            await self.reload()
        await self.show_tally()

    def _hear(self, polled: Polled) -> None:
        self._told[polled.feed.id] = f"{polled.new} new" if polled.new else polled.outcome
        self.say(f"asking; {len(self._told)} answered; Esc stops")
        self.query_one(Listing).refresh()

    def action_back_out(self) -> None:
        """Stop a poll, or close the detail."""
        if self._stop is not None:
            self._stop.set()
            self.say("stopping")
        else:
            super().action_back_out()

    def on_unmount(self) -> None:
        """A poll does not outlive its screen."""
        if self._stop is not None:
            self._stop.set()

    # ── changes ─────────────────────────────────────────────────────────────────────────────

    def action_add(self) -> None:
        """Follow a feed."""
        self.work(self._add)

    def action_remove(self) -> None:
        """Follow a feed no more."""
        self.work(self._remove)

    def action_open_detail(self) -> None:
        """Open the detail where there is no room beside the list."""
        self.opens_detail()

    async def _add(self) -> None:
        async def add(url: str, _deed: str) -> None:
            self._show(await self.write(self.desk.add_feed, url))
            await self._renew()

        await ask_until_taken(self, Question("Address of the feed:", add, hint="https://…"))

    async def _remove(self) -> None:
        feed = self._feeds.get(self.query_one(Listing).key or 0)
        if feed is None:
            return
        answer = await self.ask(f"Remove {one_line(feed.name)[:40]}? y removes it:")
        if answer and answer.strip().lower() in {"y", "yes"}:
            self._show(await self.write(self.desk.remove_feed, feed.id))
            await self._renew()

    def _show(self, done: Done) -> None:
        self.say(done.line)

    async def _renew(self) -> None:
        await self.reload()
        await self.show_tally()


def _newest(feed: Feed) -> str:
    return f", the newest of {day_of(feed.newest)}" if feed.newest else ""
