"""Inbox: what articles were found to claim, for a person to keep or drop."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any
from typing import ClassVar

from textual.binding import Binding

from tui.screens import contested
from tui.screens.claims import FILTER
from tui.screens.claims import SCROLL
from tui.screens.claims import Claims
from tui.screens.place import BACK
from tui.screens.place import REDO
from tui.screens.place import UNDO
from tui.text import day
from tui.text import fit_right
from tui.text import percent
from tui.widgets.claim import draft_content
from tui.widgets.listing import columns

if TYPE_CHECKING:
    from textual.binding import BindingType
    from textual.content import Content

    from ledger.model import Prediction
    from tui.desk.records import ClaimIds
    from tui.desk.records import ClaimRow
    from tui.desk.records import ClaimView
    from tui.widgets.listing import Parts

_DRAFT = Binding.Group("draft")


class Inbox(Claims):
    """Drafts, each with its quote in the paragraph where it stood."""

    NAME = "inbox"
    WITH_EVIDENCE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "keep", "keep", tooltip="it becomes an open prediction", group=_DRAFT),
        Binding(
            "enter",
            "keep",
            "keep",
            key_display="enter",
            tooltip="it becomes an open prediction",
            group=_DRAFT,
        ),
        Binding("e", "edit", "edit, then keep", tooltip="mend the fields first", group=_DRAFT),
        Binding("d", "drop", "drop", tooltip="set it aside; it stays in the journal", group=_DRAFT),
        FILTER,
        UNDO,
        REDO,
        *SCROLL,
        BACK,
    ]

    def ids(self, words: str) -> ClaimIds:
        """Drafts, the newest article's first."""
        return self.desk.draft_ids(words)

    def empty(self) -> tuple[str, ...]:
        """How drafts come here."""
        return (
            "No draft waits for you.",
            "",
            "calledit read FILE --published YYYY-MM-DD",
            "finds an article's forward-looking claims and puts them here.",
        )

    def draw_row(self, row: ClaimRow, width: int) -> Parts:
        """How likely, what, and until when."""
        chance, due = 7, (14 if width >= 50 else 0)
        source = 18 if width >= 76 else 0
        return columns(
            (fit_right(percent(row.probability) or "–", 5) + "  ", chance, "dim"),
            (row.statement, width - chance - due - source, "plain"),
            ("  " + row.source, source, "dim"),
            (fit_right(day(row.due_on), due), due, "dim"),
        )

    def content(self, view: ClaimView, *, compact: bool) -> Content:
        """How it was read."""
        return draft_content(view, self.desk.today, compact=compact)

    def action_keep(self) -> None:
        """Keep it; in a tiny terminal show it first."""
        if self.listing.key is not None and not self.opens_detail():
            key = self.listing.key
            self.work(lambda: self.change(lambda _key: self.desk.keep(key)))

    def action_drop(self) -> None:
        """Set it aside."""
        if (key := self.listing.key) is not None:
            self.work(lambda: self.change(lambda _key: self.desk.drop(key)))

    def action_edit(self) -> None:
        """Mend its fields, and keep it so."""
        if (key := self.listing.key) is not None:
            contest = contested.Contest(key, ("draft", "dropped"))
            self.work(
                lambda: contested.edit(self, contest, f"Edit #{key}, and keep it", self._keep)
            )

    async def _keep(self, seen: Prediction, made: dict[str, Any], deed: str) -> None:
        await self.change(lambda _key: self.desk.keep(seen.id, made, deed=deed))
