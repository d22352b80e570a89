"""Review: what is due, the most overdue first, with the news that bears on it."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING
from typing import Any
from typing import ClassVar

from textual.binding import Binding

from tui.screens import contested
from tui.screens.claims import FILTER
from tui.screens.claims import NOTE
from tui.screens.claims import OPEN_DETAIL
from tui.screens.claims import SCROLL
from tui.screens.claims import WITHDRAW
from tui.screens.claims import Claims
from tui.screens.claims import numbered
from tui.screens.editing import given
from tui.screens.editing import new_fields
from tui.screens.place import BACK
from tui.screens.place import CHANGE
from tui.screens.place import REDO
from tui.screens.place import UNDO
from tui.text import bar
from tui.text import fit_right
from tui.text import late
from tui.text import percent
from tui.widgets.claim import OUTCOME_SHORT
from tui.widgets.claim import review_content
from tui.widgets.listing import columns

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    from textual.binding import BindingType
    from textual.content import Content

    from ledger.model import Prediction
    from tui.desk.records import ClaimIds
    from tui.desk.records import ClaimRow
    from tui.desk.records import ClaimView
    from tui.desk.records import Done
    from tui.widgets.listing import Parts

_EVIDENCE = Binding.Group("evidence")
_VERDICT = Binding.Group("verdict", compact=True)
_REJECT = "then 1-9: it does not bear on this"
_VERDICTS = (
    ("y", "true", "came true"),
    ("n", "false", "did not come true"),
    ("p", "partial", "came true in part, for half the credit"),
    ("m", "ambiguous", "ambiguous: the world does not say"),
    ("v", "annulled", "annulled: its condition failed, or it lost its meaning"),
)


class Review(Claims):
    """The first screen: one piece of evidence, one verdict, and on to the next."""

    NAME = "review"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(
                str(number),
                f"candidate({number})",
                "attach",
                tooltip="that news as evidence, or take it off again",
                group=_EVIDENCE,
                key_display="1-9",
            )
            for number in range(1, 10)
        ),
        *(
            Binding(key, f"verdict('{outcome}')", words, group=_VERDICT)
            for key, outcome, words in _VERDICTS
        ),
        FILTER,
        UNDO,
        Binding("o", "prefix('open')", "open", tooltip="then 1-9, in a browser", group=_EVIDENCE),
        Binding("x", "prefix('reject')", "reject", tooltip=_REJECT, group=_EVIDENCE),
        Binding(
            "minus", "prefix('reject')", "reject", tooltip=_REJECT, show=False, group=_EVIDENCE
        ),
        Binding(
            "e", "edit", "edit", tooltip="statement, criterion, due date, probability", group=CHANGE
        ),
        Binding("a", "add", "add", tooltip="a prediction by hand", group=CHANGE),
        WITHDRAW,
        Binding(
            "r", "relink", "rank", tooltip="the news for this prediction again", group=_EVIDENCE
        ),
        NOTE,
        OPEN_DETAIL,
        REDO,
        *SCROLL,
        BACK,
    ]

    def __init__(self) -> None:
        super().__init__()
        self._due = 0
        self._prefix: Literal["", "open", "reject"] = ""
        self._judging = 0  # verdicts on their way

    # ── the list ────────────────────────────────────────────────────────────────────────────

    def ids(self, words: str) -> ClaimIds:
        """Open predictions, the most overdue first."""
        return self.desk.review_ids(words)

    def rules(self, found: ClaimIds) -> list[tuple[int, str]]:
        """A heading above what is due, and one above what is not yet."""
        later = len(found.ids) - found.first
        heads = [(0, f"due · {found.first}")] if found.first else []
        return heads + ([(found.first, f"upcoming · {later}")] if later else [])

    def empty(self) -> tuple[str, ...]:
        """What to do without a prediction."""
        return (
            "No prediction is open.",
            "",
            "a adds one by hand.",
            "calledit read FILE --published YYYY-MM-DD finds an article's; see Inbox.",
            "calledit demo opens a ledger with 38 real ones.",
        )

    def draw_row(self, row: ClaimRow, width: int) -> Parts:
        """How late, how likely, what, and how much news there is."""
        days = (self.desk.today - row.due_on).days
        gone = OUTCOME_SHORT.get(row.outcome or "", "") if row.outcome else ""
        gone = gone or (row.status if row.status != "open" else "")
        late_now = days >= 0 and not gone
        share = float(row.probability) if row.probability else 0.0
        news = f"◆{row.attached}" if row.attached else f"◇{row.suggested}" if row.suggested else ""
        chance, drawn = (7 if width >= 44 else 0), (7 if width >= 90 else 0)
        source = 16 if width >= 72 else 0
        return columns(
            (fit_right(gone or late(days), 10) + " ", 11, "warn" if late_now else "dim"),
            (fit_right(percent(row.probability), 5) + "  ", chance, "dim"),
            (bar(share, 6) + " ", drawn, "accent"),
            (row.statement, width - 11 - chance - drawn - source - 5, "plain"),
            ("  " + row.source, source, "dim"),
            (fit_right(news, 5), 5, "accent" if row.attached else "dim"),
        )

    def content(self, view: ClaimView, *, compact: bool) -> Content:
        """What settles it, and what each verdict would do."""
        return review_content(view, self.desk.today, compact=compact)

    async def show_list(self, keep: int | None) -> ClaimIds:
        """Read the list anew."""
        found = await super().show_list(keep)
        self._due = found.first
        return found

    # ── evidence ────────────────────────────────────────────────────────────────────────────

    def _aim(self) -> int | None:
        """The prediction that a key means: the one that the person sees.

        While a verdict is on its way, None: the next keys mean the prediction it leads to.
        """
        return None if self._judging else self.listing.key

    def action_prefix(self, what: Literal["open", "reject"]) -> None:
        """The next digit opens or rejects that candidate."""
        self._prefix = what
        self.say(f"{what} which one? 1-9; Esc for none")

    def action_back_out(self) -> None:
        """Forget a begun `o` or `x` first."""
        if self._prefix:
            self._prefix = ""
            self.say("")
        else:
            super().action_back_out()

    def action_candidate(self, number: int) -> None:
        """Attach a candidate or take it off; after `o` open it, after `x` reject it."""
        aim, prefix, self._prefix = self._aim(), self._prefix, ""
        self.work(lambda: self._candidate(aim, number, prefix))

    async def _candidate(self, aim: int | None, number: int, prefix: str) -> None:
        async with self.calledit.turn:
            key = aim or self.listing.key
            if key is None:
                return
            candidate = numbered(await self.view_of(key), number)
            if prefix == "open":
                self.open_address(candidate.url)
                return
            verb = self.desk.reject if prefix else self.desk.toggle
            self.say((await asyncio.to_thread(verb, key, candidate)).line)
            await self.renew(key)

    def action_relink(self) -> None:
        """Rank the news for this prediction again."""
        self.work(lambda: self.change(self.desk.relink))

    # ── verdicts ────────────────────────────────────────────────────────────────────────────

    def action_verdict(self, outcome: str) -> None:
        """Resolve, on what is attached; where nothing is, ask for a reason."""
        aim = self._aim()
        self._judging += 1
        self.work(lambda: self._verdict(aim, outcome))

    async def _verdict(self, aim: int | None, outcome: str) -> None:
        try:
            async with self.calledit.turn:
                if (key := aim or self.listing.key) is None:
                    return
                seen = self.version_of(key)
                given = await self._judge(key, partial(self.desk.resolve, key, outcome, seen=seen))
            await self.show_tally()
        finally:
            self._judging -= 1
        if not given:
            await self._ask_why(key, outcome, seen)

    async def _ask_why(self, key: int, outcome: str, seen: int | None) -> None:
        async def take(reason: str, seen: int | None, deed: str) -> None:
            resolve = partial(self.desk.resolve, key, outcome, reason, seen=seen, deed=deed)
            async with self.calledit.turn:
                await self._judge(key, resolve)
            await self.show_tally()

        question = f"Nothing is attached. {OUTCOME_SHORT[outcome].capitalize()}, because:"
        contest = contested.Contest(key, ("open",))
        if not await contested.ask(self, contest, question, take, seen):
            self.say("No verdict: attach evidence with 1-9, or give a reason.")

    async def _judge(self, key: int, resolve: Callable[[], Done | None]) -> bool:
        """Resolve and go on; false where there is nothing for a verdict to rest on."""
        done = await asyncio.to_thread(resolve)
        if done is not None:
            self.say(done.line)
            await self._go_on(key)
        return done is not None

    async def _go_on(self, judged: int) -> None:
        """To the next due prediction, unless the person has moved on already."""
        here = self.listing.key
        await self.show_list(None if here == judged else here)
        if here == judged and self.listing.index >= self._due > 0:
            self.listing.action_jump(0)

    # ── changes ─────────────────────────────────────────────────────────────────────────────

    def action_edit(self) -> None:
        """Change its fields in a form."""
        if (key := self.listing.key) is not None:
            contest = contested.Contest(key, ("draft", "open"))
            self.work(lambda: contested.edit(self, contest, f"Edit #{key}", self._amend))

    def action_add(self) -> None:
        """Record a prediction by hand."""
        self.work(self._add)

    async def _amend(self, seen: Prediction, made: dict[str, Any], deed: str) -> None:
        if made:
            amend = partial(self.desk.amend, seen.id, made, seen=seen.version, deed=deed)
            await self.change(lambda _key: amend())

    async def _add(self) -> None:
        async def add(answer: dict[str, str], deed: str) -> None:
            await self.change(lambda _key: self.desk.add(given(answer), deed=deed))

        await contested.fill(self, "A new prediction", new_fields(self.desk.today), add)
