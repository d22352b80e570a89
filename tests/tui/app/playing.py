"""Play the app: press keys, wait until all is drawn, read the screen."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import Any
from typing import cast

from textual import events

from ledger import book
from tests.ledger.news import add_item
from tests.ledger.news import add_link
from tui.app import CalledItApp
from tui.screens.place import Place
from tui.widgets.bottom import Ask
from tui.widgets.bottom import SafeInput
from tui.widgets.bottom import Status
from tui.widgets.listing import Listing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from collections.abc import Callable

    from textual.pilot import Pilot

    from ledger.store import Ledger

TODAY = date(2026, 1, 15)


class Play:
    """A running app."""

    def __init__(self, pilot: Pilot[None]) -> None:
        self.pilot = pilot
        self.app = cast("CalledItApp", pilot.app)

    async def press(self, *keys: str) -> None:
        """Press keys, each when all that the one before it began is done."""
        for key in keys:
            self._send(key)
            await self.settle()

    async def rush(self, *keys: str) -> None:
        """Press keys without waiting for anything."""
        for key in keys:
            self._send(key)
        await self.settle()

    def _send(self, key: str) -> None:
        # Not `Pilot.press`: it sleeps for 40 ms and more after every key, whatever happens.
        event = events.Key(key, key if len(key) == 1 else None)
        self.app.post_message(event.set_sender(self.app))

    async def write(self, text: str, *keys: str) -> None:
        """Put text into the focused line at once, then press keys."""
        focused = self.app.focused
        assert focused is not None
        if hasattr(focused, "insert_text_at_cursor"):
            focused.insert_text_at_cursor(text)
        else:
            cast("Any", focused).insert(text)
        await self.press(*keys)

    async def settle(self) -> None:
        """Until nothing is under way but a question to the person."""
        calm = 0
        for _ in range(1_000):
            await self.pilot.pause(0.002)
            waiting = self.place.has_class("-asking") or self.place.has_class("-filling")
            busy = [w for w in self.app.workers if not w.is_finished]
            calm = 0 if [w for w in busy if not (waiting and w.group == "work")] else calm + 1
            if calm == 2:
                break
        await self.pilot.pause(0.018)  # a frame, so that what changed is painted

    @property
    def place(self) -> Place:
        place = self.app.screen_stack[0]
        assert isinstance(place, Place)
        return place

    @property
    def key(self) -> int | None:
        """The key under the list's cursor."""
        return self.place.query_one(Listing).key

    @property
    def lines(self) -> list[str]:
        """What is on the screen."""
        strips = self.app.screen._compositor.render_strips()
        return [strip.text for strip in strips]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def status(self) -> str:
        """The question, or else what was done or went wrong, without the checkpoint."""
        if self.place.has_class("-asking"):
            return self.lines[-2].strip()
        said = " ".join(line.strip() for line in self.status_lines)
        return re.sub(r"\s+[A-Za-z0-9+/]{8}$", "", said).strip()

    @property
    def status_lines(self) -> list[str]:
        """The line or lines of what was done or went wrong, with the checkpoint."""
        region = self.place.query_one(Status).region
        return self.lines[region.y : region.bottom]

    @property
    def typed(self) -> str:
        """What stands in the line under the question."""
        assert self.place.has_class("-asking")
        return self.place.query_one(Ask).query_one(SafeInput).value


@asynccontextmanager
async def playing(
    ledger: Ledger | Callable[[], Ledger], *, size: tuple[int, int] = (120, 30)
) -> AsyncIterator[Play]:
    """The app on a ledger."""
    opener = ledger if callable(ledger) else lambda: ledger
    app = CalledItApp(opener, where="test.db")
    async with app.run_test(size=size) as pilot:
        play = Play(pilot)
        await pilot.pause()
        await play.settle()
        yield play


def add_claims(ledger: Ledger, *late: int, **more: Any) -> list[int]:
    """Open claims, due so many days ago, with three news items beside each."""
    given = [
        {
            "statement": f"Claim number {number} comes true",
            "source": "Ann Lee",
            "made_on": "2024-01-01",
            "due_on": str(TODAY - timedelta(days=days)),
            "criterion": "Came true if it did.",
            "probability": "0.70",
            **more,
        }
        for number, days in enumerate(late, start=1)
    ]
    ids = [made.id for made in book.add_many(ledger, given)]
    for claim in ids:
        for place in range(3):
            item = add_item(ledger, title=f"News {place} of claim {claim}")
            add_link(ledger, claim, item)
    return ids


def status_of(ledger: Ledger, claim: int) -> tuple[str, str | None]:
    """A claim's status and outcome, from the ledger itself."""
    from ledger.queries import get_prediction

    with ledger.read() as conn:
        found = get_prediction(conn, claim)
    return found.status, found.outcome


def evidence_of(ledger: Ledger, claim: int) -> list[str]:
    """Titles of a claim's evidence, from the ledger itself."""
    from ledger.queries import evidence_of as held

    with ledger.read() as conn:
        return [one.title for one in held(conn, claim)]
