"""A list of predictions with a filter, and one of them beside it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from typing import ClassVar
from typing import Protocol

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content

from ledger.errors import CalledItError
from ledger.errors import ConflictError
from ledger.errors import NotFoundError
from ledger.errors import UsageError
from tui.screens import contested
from tui.screens.place import CHANGE
from tui.screens.place import FIND
from tui.screens.place import Place
from tui.widgets.bottom import SafeInput
from tui.widgets.detail import Detail
from tui.widgets.form import Form
from tui.widgets.listing import MOVE
from tui.widgets.listing import PAGE
from tui.widgets.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widgets import Input

    from ledger.model import Prediction
    from tui.desk.records import Candidate
    from tui.desk.records import ClaimIds
    from tui.desk.records import ClaimRow
    from tui.desk.records import ClaimView
    from tui.desk.records import Done
    from tui.widgets.form import Field
    from tui.widgets.listing import Parts

FILTER = Binding("slash", "filter", "filter", tooltip="words in the claim", group=FIND)
NOTE = Binding("c", "note", "note", tooltip="a remark beside it", group=CHANGE)
WITHDRAW = Binding(
    "w", "withdraw", "withdraw", tooltip="recorded by mistake; asks why", group=CHANGE
)
SCROLL = (
    Binding("J", "scroll_detail(3)", "scroll the detail down", show=False, group=MOVE),
    Binding("K", "scroll_detail(-3)", "scroll the detail up", show=False, group=MOVE),
    Binding("tab", "app.focus_next", "next pane", show=False, group=MOVE),
)
OPEN_DETAIL = Binding(
    "enter", "open_detail", "detail", show=False, tooltip="in a small terminal", group=MOVE
)
_ROOMY = (100, 30)  # cells and lines from which the detail is written with room
_TYPING = 0.12  # seconds without a key until a filter is asked
_MOVING = 0.03  # seconds that the cursor rests until its row's detail is read


class Judging(Protocol):
    """A verb of the desk that needs a reason."""

    def __call__(
        self, prediction_id: int, reason: str, *, seen: int | None, deed: str | None
    ) -> Done:
        """Do it."""


class FilterLine(SafeInput):
    """Where the words of the filter are written."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "screen.back_out", "clear", key_display="esc")
    ]


class Claims(Place):
    """A screen of predictions."""

    WITH_EVIDENCE: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self.words = ""
        self.view: ClaimView | None = None

    # ── to be said by each screen ───────────────────────────────────────────────────────────

    def ids(self, words: str) -> ClaimIds:
        """Which predictions; called in a worker."""
        raise NotImplementedError

    def draw_row(self, row: ClaimRow, width: int) -> Parts:
        """One line of the list."""
        raise NotImplementedError

    def content(self, view: ClaimView, *, compact: bool) -> Content:
        """The detail of one."""
        raise NotImplementedError

    def rules(self, found: ClaimIds) -> list[tuple[int, str]]:
        """Headings within the list."""
        del found
        return []

    def empty(self) -> tuple[str, ...]:
        """What to say where the list is empty: what to do next."""
        raise NotImplementedError

    # ── the frame ───────────────────────────────────────────────────────────────────────────

    def compose_body(self) -> ComposeResult:
        """The list, and the detail."""
        with Vertical(id="left"):
            yield FilterLine(id="filter", placeholder="filter: words in the claim")
            yield Listing(self.draw_row)
        with Vertical(id="right"):
            yield Form()
            yield Detail()

    @property
    def listing(self) -> Listing:
        """The list."""
        return self.query_one(Listing)

    async def reload(self) -> None:
        """Read the list anew; the cursor stays on its prediction, or at its place."""
        await self.show_list(self.listing.key)

    async def show_list(self, keep: int | None) -> ClaimIds:
        """Read the list anew, with the cursor on one prediction."""
        found, rows = await asyncio.to_thread(self._read_list, self.words, keep)
        self.view = None
        self._show_rows(found, rows, keep)
        return found

    def _show_rows(self, found: ClaimIds, rows: dict[int, ClaimRow], keep: int | None) -> None:
        empty = ("Nothing matches.", "Esc clears the filter.") if self.words else self.empty()
        self.listing.show(found.ids, rows, rules=self.rules(found), keep=keep, empty=empty)

    def _read_list(
        self, words: str, keep: int | None, hold: int | None = None
    ) -> tuple[ClaimIds, dict[int, ClaimRow]]:
        """Ids, and the rows around the cursor; at place `hold`, `keep` stays come what may."""
        found = self.ids(words)
        if hold is not None and keep is not None:
            found = found.holding(keep, hold)
        place = found.ids.index(keep) if keep in found.ids else self.listing.index
        first = max(0, min(place, len(found.ids) - 1)) // PAGE * PAGE
        return found, self.desk.rows(found.ids[first : first + PAGE])

    async def look_again(self) -> None:
        """Show what others have done.

        The prediction under the cursor stays in the list, whatever has become of it, until the
        cursor has left it.
        """
        async with self.calledit.turn:
            key, index, words = self.listing.key, self.listing.index, self.words
            found, rows = await asyncio.to_thread(self._read_list, words, key, index)
            view = None if key is None else await asyncio.to_thread(self.desk.claim, key)
            if (key, words) != (self.listing.key, self.words):
                return  # the person was faster; what they did reads the list itself
            self._show_rows(found, rows, key)
            if view is not None:
                self.show_view(view)

    async def follow(self) -> None:
        """Look again, and say who has changed the prediction under the cursor."""
        was = self.view
        await self.look_again()
        await self.show_tally()
        if was is not None and self.view is not None and self.view.history:
            now, last = self.view.prediction, self.view.history[-1]
            changed = now.id == was.prediction.id and now.version != was.prediction.version
            if changed and last.actor != self.desk.actor:
                self.say(f"{last.actor}: {last.words} · #{now.id}")

    async def after_failure(self, error: CalledItError) -> None:
        """Where somebody else was faster, show what they did."""
        if isinstance(error, ConflictError | NotFoundError):
            await self.claim_now(self.listing.key or 0)

    async def claim_now(self, key: int) -> Prediction | None:
        """What has become of a prediction, on the screen too; None where nobody answers."""
        try:
            await self.look_again()
            return (await asyncio.to_thread(self.desk.claim, key)).prediction
        except CalledItError:
            return None

    @on(Listing.Wanted)
    def _bring_rows(self, event: Listing.Wanted) -> None:
        async def bring() -> None:
            self.listing.fill(await asyncio.to_thread(self.desk.rows, event.keys))

        self.read(f"rows {event.keys[0]}", bring)

    @on(Listing.Moved)
    def _show_detail(self, event: Listing.Moved) -> None:
        if event.key is None:
            self.view = None
            self.query_one(Detail).show(lambda _w, _h: Content(""), None)
        elif self.view is None or self.view.prediction.id != event.key:
            key = event.key
            self.read("detail", lambda: self._read_detail(key))

    async def _read_detail(self, key: int) -> None:
        if self.view is not None:
            await asyncio.sleep(_MOVING)
        self.show_view(await asyncio.to_thread(self.desk.claim, key))

    def show_view(self, view: ClaimView) -> None:
        """Show a prediction in the detail; what is shown already stays scrolled as it is."""
        if view == self.view:
            return
        self.view = view
        self.query_one(Detail).show(
            lambda _width, _height: self.content(view, compact=self._is_cramped()),
            view if self.WITH_EVIDENCE else None,
        )

    def _is_cramped(self) -> bool:
        width, height = self.app.size
        return width < _ROOMY[0] or height < _ROOMY[1]

    async def renew(self, key: int) -> None:
        """Read one prediction anew, its line and its detail."""
        view, rows = await asyncio.to_thread(lambda: (self.desk.claim(key), self.desk.rows([key])))
        self.listing.fill(rows)
        if self.listing.key == key:
            self.show_view(view)

    async def view_of(self, key: int) -> ClaimView:
        """A prediction whole: the one that is shown, or else read for the purpose."""
        if self.view is not None and self.view.prediction.id == key:
            return self.view
        return await asyncio.to_thread(self.desk.claim, key)

    def version_of(self, key: int) -> int | None:
        """The version of a prediction that the screen shows; None where it does not."""
        shown = self.view.prediction if self.view is not None else None
        return shown.version if shown is not None and shown.id == key else None

    # ── filter ──────────────────────────────────────────────────────────────────────────────

    def action_filter(self) -> None:
        """Open the filter line."""
        line = self.query_one("#filter", SafeInput)
        line.add_class("-on")
        line.focus()

    @on(SafeInput.Changed, "#filter")
    def _filter_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.read("list", lambda: self._apply_filter(event.value))

    @on(SafeInput.Submitted, "#filter")
    def _filter_done(self, event: Input.Submitted) -> None:
        event.stop()
        self.listing.focus()

    async def _apply_filter(self, words: str) -> None:
        await asyncio.sleep(_TYPING)
        self.words = words
        await self.reload()

    def action_back_out(self) -> None:
        """Clear the filter, or close the detail."""
        line = self.query_one("#filter", SafeInput)
        if line.has_class("-on"):
            line.remove_class("-on")
            self.listing.focus()
            line.value = ""
        else:
            super().action_back_out()

    # ── detail ──────────────────────────────────────────────────────────────────────────────

    def action_scroll_detail(self, lines: int) -> None:
        """Scroll the detail without leaving the list."""
        self.query_one(Detail).scroll(lines)

    def action_open_detail(self) -> None:
        """Open the detail where there is no room beside the list."""
        self.opens_detail()

    def action_note(self) -> None:
        """Write a remark."""
        if (key := self.listing.key) is not None:
            self.work(lambda: contested.note(self, key))

    def action_withdraw(self) -> None:
        """Take out a prediction that was recorded by mistake."""
        self.judge("Withdraw it, because:", self.desk.withdraw, "open", "resolved")

    def judge(self, question: str, verb: Judging, *statuses: str) -> None:
        """A verb that needs a reason, on the prediction under the cursor as it is shown."""
        if (key := self.listing.key) is None:
            return
        seen = self.version_of(key)

        async def take(reason: str, seen: int | None, deed: str) -> None:
            await self.change(lambda _key: verb(key, reason, seen=seen, deed=deed))

        contest = contested.Contest(key, statuses)
        self.work(lambda: contested.ask(self, contest, question, take, seen))

    async def fill(self, title: str, fields: Sequence[Field]) -> dict[str, str] | None:
        """Let a person fill in a form beside the list; None where Esc was pressed."""
        opened = self.opens_detail()
        async with self.writing:
            answer = await self.query_one(Form).fill(title, fields)
        if opened:
            self.remove_class("-opened")
        return answer

    def open_address(self, url: str | None) -> None:
        """Open a web page, and nothing else that an address may name."""
        if url is None or not url.lower().startswith(("http://", "https://")):
            raise UsageError("it has no web address")
        self.app.open_url(url)
        self.say(f"opened {url}")

    async def change(self, verb: Callable[[int], Done]) -> None:
        """One verb on the prediction under the cursor; then show what came of it."""
        async with self.calledit.turn:
            done = await asyncio.to_thread(verb, self.listing.key or 0)
            self.say(done.line)
            await self.show_list(done.claim or self.listing.key)
        await self.show_tally()

    async def after_undo(self, claim: int) -> None:
        """Go to what an undo or redo changed, where it is on this screen."""
        await self.show_list(claim or self.listing.key)
        await self.show_tally()


def numbered(view: ClaimView, number: int) -> Candidate:
    """The candidate with a number, from 1.

    Raises:
        UsageError: There is none.
    """
    if number > len(view.candidates):
        raise UsageError(f"there is no news item {number} beside this prediction")
    return view.candidates[number - 1]
