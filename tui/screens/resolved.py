"""Resolved: what was judged, on what it rests, and the way back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from typing import ClassVar

from textual.binding import Binding

from tui.screens.claims import FILTER
from tui.screens.claims import NOTE
from tui.screens.claims import OPEN_DETAIL
from tui.screens.claims import SCROLL
from tui.screens.claims import WITHDRAW
from tui.screens.claims import Claims
from tui.screens.claims import numbered
from tui.screens.place import BACK
from tui.screens.place import CHANGE
from tui.screens.place import REDO
from tui.screens.place import UNDO
from tui.text import day
from tui.text import fit_right
from tui.text import percent
from tui.widgets.claim import OUTCOME_MARKS
from tui.widgets.claim import OUTCOME_SHORT
from tui.widgets.claim import resolved_content
from tui.widgets.listing import columns

if TYPE_CHECKING:
    from textual.binding import BindingType
    from textual.content import Content

    from tui.desk.records import ClaimIds
    from tui.desk.records import ClaimRow
    from tui.desk.records import ClaimView
    from tui.widgets.listing import Parts

_EVIDENCE = Binding.Group("evidence")


class Resolved(Claims):
    """Verdicts, the latest first."""

    NAME = "resolved"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("R", "reopen", "reopen", tooltip="take the verdict away; asks why", group=CHANGE),
        *(
            Binding(
                str(number),
                f"candidate({number})",
                "open",
                tooltip="that news in a browser",
                group=_EVIDENCE,
                key_display="1-9",
            )
            for number in range(1, 10)
        ),
        FILTER,
        NOTE,
        WITHDRAW,
        UNDO,
        OPEN_DETAIL,
        REDO,
        *SCROLL,
        BACK,
    ]

    def ids(self, words: str) -> ClaimIds:
        """Resolved predictions, the latest verdict first."""
        return self.desk.resolved_ids(words)

    def empty(self) -> tuple[str, ...]:
        """What makes a verdict."""
        return (
            "Nothing is resolved yet.",
            "",
            "On Review, 1-9 attaches the news that settles a claim,",
            "and y says that it came true, n that it did not.",
        )

    def draw_row(self, row: ClaimRow, width: int) -> Parts:
        """The outcome, what, and when it was settled."""
        mark, style = OUTCOME_MARKS.get(row.outcome or "", ("?", "dim"))
        word = OUTCOME_SHORT.get(row.outcome or "", "")
        when = day(row.resolved_on) if row.resolved_on else ""
        said, due = 12, (13 if width >= 56 else 0)
        chance, source = (7 if width >= 72 else 0), (18 if width >= 90 else 0)
        return columns(
            (f"{mark} {word}", said, style),
            (fit_right(percent(row.probability), 5) + "  ", chance, "dim"),
            (row.statement, width - said - due - chance - source - 5, "plain"),
            ("  " + row.source, source, "dim"),
            (fit_right(f"◆{row.attached}" if row.attached else "", 4) + " ", 5, "accent"),
            (fit_right(when, due), due, "dim"),
        )

    def content(self, view: ClaimView, *, compact: bool) -> Content:
        """The verdict, and on what it rests."""
        return resolved_content(view, compact=compact)

    def show_view(self, view: ClaimView) -> None:
        """Show a prediction with its evidence; what was only suggested is of no more use."""
        attached = tuple(one for one in view.candidates if one.attached)
        super().show_view(replace(view, candidates=attached))

    def action_candidate(self, number: int) -> None:
        """Open the news with this number."""
        self.work(lambda: self._open(number))

    async def _open(self, number: int) -> None:
        if (key := self.listing.key) is not None:
            self.open_address(numbered(await self.view_of(key), number).url)

    def action_reopen(self) -> None:
        """Take the verdict away again."""
        self.judge("Reopen it, because:", self.desk.reopen, "resolved")
