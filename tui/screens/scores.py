"""Scores: the leaderboard, and the card of the source under the cursor."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from typing import ClassVar

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.screens.place import BACK
from tui.screens.place import REDO
from tui.screens.place import UNDO
from tui.screens.place import Place
from tui.widgets.card import card_content
from tui.widgets.card import card_line
from tui.widgets.detail import Pane
from tui.widgets.listing import MOVE
from tui.widgets.listing import Listing

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from ledger.scoring.scorecard import Scorecard

_EMPTY = (
    "Nobody is scored yet.",
    "",
    "A source shows here once it has an open or resolved prediction.",
)


class Titles(Static):
    """The titles of the leaderboard's columns."""

    def on_resize(self) -> None:
        """Line them up with the columns."""
        titles = card_line(None, self.size.width - 3)
        self.update(Content.assemble("  ", *((text, "$muted") for text, _ in titles)))


class Scores(Place):
    """Counts first, intervals always, and no rate below the floor."""

    NAME = "scores"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter", "open_detail", "card", show=False, tooltip="in a small terminal", group=MOVE
        ),
        Binding("J", "scroll_card(3)", "scroll", tooltip="the card down", group=MOVE),
        Binding("K", "scroll_card(-3)", "scroll the card up", show=False, group=MOVE),
        UNDO,
        REDO,
        BACK,
    ]

    def __init__(self) -> None:
        super().__init__()
        self._cards: dict[int, Scorecard] = {}
        self._shown: Scorecard | None = None

    def compose_body(self) -> ComposeResult:
        """The leaderboard, and the card."""
        with Vertical(id="left"):
            yield Titles(markup=False)
            yield Listing(card_line)
        with Vertical(id="right"):
            yield Pane(id="card")

    async def reload(self) -> None:
        """Score everybody anew."""
        scored = await asyncio.to_thread(self.desk.scores)
        cards = [card for card in (*scored.sources, scored.pooled) if card.counts.n]
        if len(scored.sources) < 2:
            cards = cards[:1]
        self._cards = dict(enumerate(cards))
        listing = self.query_one(Listing)
        rules = [(len(cards) - 1, "all together")] if len(cards) > 1 else []
        listing.show(list(self._cards), self._cards, rules=rules, keep=listing.key, empty=_EMPTY)

    @on(Listing.Moved)
    def _show_card(self, event: Listing.Moved) -> None:
        card = self._cards.get(event.key) if event.key is not None else None
        if card is not None and card == self._shown:
            return  # it stays scrolled as it is
        self._shown = card
        self.query_one("#card", Pane).show(
            lambda width, _height: card_content(card, width) if card else Content("")
        )

    def action_open_detail(self) -> None:
        """Open the card where there is no room beside the list."""
        self.opens_detail()

    def action_scroll_card(self, lines: int) -> None:
        """Scroll the card without leaving the list."""
        self.query_one("#card", Pane).scroll_relative(y=lines, animate=False)
