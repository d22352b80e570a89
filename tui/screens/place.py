"""What the five screens share: the frame, workers for reading and writing, questions."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from typing import Any
from typing import ClassVar
from typing import TypeVar
from typing import cast

from textual.binding import Binding
from textual.containers import Container
from textual.screen import Screen

from ledger.errors import CalledItError
from tui.screens.asking import in_words
from tui.widgets.bottom import Ask
from tui.widgets.bottom import KeyLine
from tui.widgets.bottom import Status
from tui.widgets.listing import Listing
from tui.widgets.topline import TopLine

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from collections.abc import Callable

    from textual.app import ComposeResult

    from tui.app import CalledItApp
    from tui.desk import Desk

    Work = Callable[[], Awaitable[object]]

T = TypeVar("T")

FIND = Binding.Group("find")
CHANGE = Binding.Group("change")

# What every screen has. Each puts them where they belong in its own line of keys, since the
# order of its bindings is the order in which they are shown.
UNDO = Binding("u", "undo", "undo", tooltip="your latest deed, whatever it was", group=CHANGE)
REDO = Binding("ctrl+r", "redo", "redo", show=False, tooltip="what was taken back", group=CHANGE)
BACK = Binding(
    "escape", "back_out", "clear", show=False, tooltip="the filter; or cancel, or close", group=FIND
)


class Place(Screen[None]):
    """A screen that `[` and `]` lead to.

    Everything that touches the ledger runs in a thread. Reads of one kind overtake each other
    and only the last is shown; verbs wait for each other, first come, first served.
    """

    NAME: ClassVar[str] = ""
    AUTO_FOCUS: ClassVar[str] = "Listing"

    def __init__(self) -> None:
        super().__init__()
        self.writing = asyncio.Lock()  # one text at a time: a question takes no other's place

    def compose(self) -> ComposeResult:
        """The frame."""
        yield TopLine(self.NAME, self.calledit.where)
        with Container(id="body"):
            yield from self.compose_body()
        yield Status()
        yield Ask()
        yield KeyLine(markup=False)

    def compose_body(self) -> ComposeResult:
        """What is between the first line and the last two."""
        raise NotImplementedError

    async def reload(self) -> None:
        """Read everything that this screen shows anew."""
        raise NotImplementedError

    @property
    def calledit(self) -> CalledItApp:
        """The app, by its own type."""
        return cast("CalledItApp", self.app)

    @property
    def desk(self) -> Desk:
        """The door to the ledger; workers run only once it is open."""
        assert self.calledit.desk is not None
        return self.calledit.desk

    # ── work ────────────────────────────────────────────────────────────────────────────────

    def read(self, group: str, work: Work) -> None:
        """Read in the background; an unfinished read of the same group is given up."""
        if self.calledit.desk is not None:
            self._begin(work, group, exclusive=True)

    def work(self, work: Work) -> None:
        """Do something that a person asked for, in the background."""
        if self.calledit.desk is not None:
            self._begin(work, "work", exclusive=False)

    def _begin(self, work: Work, group: str, *, exclusive: bool) -> None:
        async def guarded() -> None:
            try:
                await work()
            except CalledItError as error:
                self.fail(in_words(error))
                await self.after_failure(error)

        # The function and not its coroutine: a worker may be given up before it begins.
        self.run_worker(cast("Callable[[], None]", guarded), group=group, exclusive=exclusive)

    async def after_failure(self, error: CalledItError) -> None:
        """Show what is so now, where a verb did not fit what was shown."""

    async def write(self, verb: Callable[..., T], *given: Any) -> T:
        """One verb, when its turn has come."""
        async with self.calledit.turn:
            return await asyncio.to_thread(verb, *given)

    def refresh_all(self) -> None:
        """Read the lists anew, and the counts of the first line."""
        if self.calledit.problem:
            self.fail(self.calledit.problem)
            self.query_one(Listing).show((), {}, empty=("The ledger is not open.", "Q quits."))
        self.read("list", self.reload)
        self.read("tally", self.show_tally)

    async def show_tally(self) -> None:
        """Bring the counts of the first line up to date."""
        tally, held = await asyncio.to_thread(lambda: (self.desk.tally(), self.desk.checkpoint()))
        self.query_one(TopLine).show(tally)
        self.show_checkpoint(held.short() if held.size else "")

    def show_checkpoint(self, words: str) -> None:
        """The journal's state, or why it is not known, in a word."""
        self.query_one(Status).show_checkpoint(words)

    async def follow(self) -> None:
        """Show what others have done, and leave the cursor, a filter and typed text alone."""
        await self.reload()

    def on_screen_resume(self) -> None:
        """What happened on another screen shows on this one."""
        self.refresh_all()

    # ── words ───────────────────────────────────────────────────────────────────────────────

    def say(self, text: str) -> None:
        """One line about what was done."""
        self.query_one(Status).say(text)

    def fail(self, text: str) -> None:
        """What went wrong, in a line or a few; the first line says which ledger it is."""
        if self.calledit.desk is not None:
            text = text.replace(self.desk.ledger.where, "the ledger")
        self.query_one(Status).say(text, bad=True)

    async def ask(
        self, question: str, *, value: str = "", hint: str = "", refused: str = ""
    ) -> str | None:
        """Ask in place; None where Esc was pressed or nothing was said.

        Args:
            question: What to ask.
            value: What is in the line at first.
            hint: What to write, while there is nothing.
            refused: Why an answer was refused; it is shown above the question.
        """
        async with self.writing:
            if refused:
                self.fail(refused)
            self.set_class(bool(refused), "-refused")
            answer = await self.query_one(Ask).ask(question, value=value, hint=hint)
        if answer is None or not answer.strip():
            self.say("")
            return None
        return answer

    # ── verbs that every screen has ─────────────────────────────────────────────────────────

    def action_undo(self) -> None:
        """Take back the latest deed."""
        self.work(lambda: self._turn_back(self.desk.undo))

    def action_redo(self) -> None:
        """Do again what was taken back."""
        self.work(lambda: self._turn_back(self.desk.redo))

    async def _turn_back(self, verb: Callable[[], Any]) -> None:
        done = await self.write(verb)
        self.say(done.line)
        await self.after_undo(done.claim)

    async def after_undo(self, claim: int) -> None:
        """Show what an undo or redo changed."""
        del claim
        await self.reload()
        await self.show_tally()

    def action_back_out(self) -> None:
        """Close what is open over the list."""
        if not self.has_class("-filling"):
            self.remove_class("-opened")

    def opens_detail(self) -> bool:
        """In a tiny terminal, open the detail; false where it is in view."""
        tiny = self.has_class("-tiny") or self.has_class("-short")
        if not tiny or self.has_class("-opened"):
            return False
        self.add_class("-opened")
        return True

    def step_back(self) -> bool:
        """For `q`: close what is open; false where there is nothing to close."""
        opened = self.has_class("-opened")
        self.action_back_out()
        return opened
