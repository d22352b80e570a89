"""The terminal app: paints first, then opens the ledger behind its first picture."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from typing import ClassVar

from textual.app import App
from textual.binding import Binding
from textual.command import DiscoveryHit
from textual.command import Hit
from textual.command import Provider

from ledger.errors import CalledItError
from ledger.errors import ConnectionLostError
from tui.screens.feeds import Feeds
from tui.screens.help import Help
from tui.screens.help import known_keys
from tui.screens.inbox import Inbox
from tui.screens.place import Place
from tui.screens.resolved import Resolved
from tui.screens.review import Review
from tui.screens.scores import Scores
from tui.theme import DARK
from tui.theme import LIGHT
from tui.theme import themes
from tui.widgets.topline import PLACES

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.binding import BindingType
    from textual.command import Hits
    from textual.screen import Screen

    from ledger.store import Ledger
    from tui.desk import Desk
    from tui.screens.help import Known

LOOK_EVERY = 3.0  # seconds until the journal is looked at for what others have done
KEEP_EVERY = 600.0  # seconds until a checkpoint is kept of what has changed
_EVERYWHERE = Binding.Group("everywhere")


class Keys(Provider):
    """What the keys of the current screen do, to be found by typing."""

    async def discover(self) -> Hits:
        """All of it."""
        for one in self._known():
            yield DiscoveryHit(one.words, self._runs(one), help=", ".join(one.keys))

    async def search(self, query: str) -> Hits:
        """What matches."""
        matcher = self.matcher(query)
        for one in self._known():
            if (score := matcher.match(one.words)) > 0:
                words = matcher.highlight(one.words)
                yield Hit(score, words, self._runs(one), help=", ".join(one.keys))

    def _known(self) -> list[Known]:
        """All but moving about, and what needs a number."""
        known = known_keys(self.screen)
        return [one for one in known if one.heading != "move" and "1-9" not in one.keys]

    def _runs(self, one: Known) -> Callable[[], None]:
        def run() -> None:
            self.app.call_later(self.app.run_action, one.action, one.node)

        return run


class CalledItApp(App[None]):
    """The app on one ledger.

    Args:
        open_ledger: Opens it; called once, in a thread.
        where: What to call it in the first line.
    """

    TITLE = "Called It"
    CSS_PATH = "styles/app.tcss"
    ENABLE_COMMAND_PALETTE = True
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {Keys}
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 (Textual declares it for the instance)
        (0, "-tiny"),
        (60, "-narrow"),
        (100, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (18, "-tall")]  # noqa: RUF012
    MODES: ClassVar[dict[str, str | Callable[[], Screen[None]]]] = {
        "review": Review,
        "inbox": Inbox,
        "resolved": Resolved,
        "scores": Scores,
        "feeds": Feeds,
    }
    DEFAULT_MODE = "review"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left_square_bracket",
            "place(-1)",
            "screens",
            tooltip="the one before",
            group=_EVERYWHERE,
        ),
        Binding(
            "right_square_bracket", "place(1)", "screens", tooltip="the next one", group=_EVERYWHERE
        ),
        Binding(
            "colon",
            "command_palette",
            "commands",
            tooltip="find one by its name",
            group=_EVERYWHERE,
        ),
        Binding("question_mark", "help", "help", tooltip="this sheet", group=_EVERYWHERE),
        Binding("ctrl+t", "light_or_dark", "light or dark", show=False, group=_EVERYWHERE),
        Binding("q", "step_back", "back", show=False, group=_EVERYWHERE),
        Binding("Q", "quit", "quit", show=False, group=_EVERYWHERE),
    ]

    def __init__(self, open_ledger: Callable[[], Ledger], *, where: str = "") -> None:
        super().__init__()
        self.where = where
        self.desk: Desk | None = None
        self.problem = ""  # why the ledger is not open
        self.turn = asyncio.Lock()
        self._open_ledger = open_ledger
        self._followed = 0  # of the journal, when the lists last followed it
        self._warned: set[str] = set()
        for theme in themes():
            self.register_theme(theme)
        self.theme = DARK

    def on_mount(self) -> None:
        """Open the ledger once the first picture is out."""
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.run_worker(self._open(), group="open")

    async def _open(self) -> None:
        try:
            self.desk = await asyncio.to_thread(self._open_desk)
        except CalledItError as error:
            self.problem = str(error)
        self._place_shown().refresh_all()
        self.set_interval(LOOK_EVERY, self._look)
        self.set_interval(KEEP_EVERY, self._keep)

    def _look(self) -> None:
        if not any(worker.group == "look" for worker in self.workers if not worker.is_finished):
            self.run_worker(self._look_for_others(), group="look")

    async def _look_for_others(self) -> None:
        """Show what others have done, once the journal has grown."""
        if self.desk is None:
            return
        place = self._place_shown()
        try:
            held = await asyncio.to_thread(self.desk.checkpoint)
            place.show_checkpoint(held.short() if held.size else "")
            if held.size != self._followed:
                await place.follow()
            self._followed = held.size
        except ConnectionLostError:
            place.show_checkpoint("no answer")
        except CalledItError:
            pass  # busy; the next look tells

    def _keep(self) -> None:
        self.run_worker(self._keep_checkpoint(), group="keep", exclusive=True)

    async def _keep_checkpoint(self) -> None:
        """Keep a checkpoint of a long session, too; each warning is told once."""
        if self.desk is None:
            return
        for warning in await asyncio.to_thread(self.desk.keep_checkpoint):
            if warning not in self._warned:
                self._warned.add(warning)
                self.notify(warning, severity="warning", markup=False)

    def _open_desk(self) -> Desk:
        from tui.desk import open_desk

        return open_desk(self._open_ledger)

    def _place_shown(self) -> Place:
        """The place at the bottom of the current stack."""
        place = self.screen_stack[0]
        assert isinstance(place, Place)
        return place

    def action_place(self, by: int) -> None:
        """Go to another screen."""
        here = PLACES.index(self.current_mode)
        self.switch_mode(PLACES[(here + by) % len(PLACES)])

    def action_step_back(self) -> None:
        """Close what is open; then back to the first screen; there say how to quit."""
        place = self._place_shown()
        if place.step_back():
            return
        if self.current_mode == PLACES[0]:
            place.say("Q quits")
        else:
            self.switch_mode(PLACES[0])

    def action_help(self) -> None:
        """Show the keys of this screen."""
        self.push_screen(Help(self.current_mode.capitalize(), known_keys(self.screen)))

    def action_help_quit(self) -> None:
        """Ctrl+C does not quit, lest a half-written reason is lost."""
        self._place_shown().say("Q quits")

    def action_light_or_dark(self) -> None:
        """The other theme."""
        self.theme = LIGHT if self.theme == DARK else DARK
