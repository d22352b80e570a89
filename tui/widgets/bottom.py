"""The last two lines: what was done or is asked, and the keys that matter now."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from typing import ClassVar

from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input
from textual.widgets import Static
from textual.widgets import TextArea

from ledger.clean import clean_line
from tui.text import cut
from tui.text import one_line
from tui.text import wide
from tui.text import wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.screen import Screen

_HELP = ("?", "help")
_MOST_LINES = 3


class SafeInput(Input):
    """A line of input that takes no escape sequence from a paste."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "done", key_display="enter")
    ]

    DEFAULT_CSS = """
    SafeInput { border: none; height: 1; padding: 0; background: $panel; }
    SafeInput:focus { border: none; background-tint: transparent 0%; }
    """

    def on_mount(self) -> None:
        """A cursor that stands still wakes nobody."""
        self.cursor_blink = False

    def on_paste(self, event: events.Paste) -> None:
        """Clean what is pasted before it is taken."""
        event.text = clean_line(event.text)


class Status(Static):
    """What was done last, or what went wrong, and the journal's checkpoint at the right.

    What was done has one line; what went wrong has up to three, since it says what to do.
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._said = ("", False)
        self._checkpoint = ""

    def say(self, text: str, *, bad: bool = False) -> None:
        """Show a line."""
        self._said = (one_line(text), bad)
        self._draw()

    def show_checkpoint(self, words: str) -> None:
        """Show another checkpoint; it makes room where the line has none to spare."""
        if words != self._checkpoint:
            self._checkpoint = words
            self._draw()

    def on_resize(self) -> None:
        """Cut the line anew."""
        self._draw()

    def _draw(self) -> None:
        text, bad = self._said
        mark = "✗ " if bad else "✓ " if text else ""
        lines, checkpoint = status_lines(text, self._checkpoint, self.size.width - 2, bad=bad)
        first, *rest = lines
        color = "$bad" if bad else "$good"
        parts = [(mark, color), (first, "$bad" if bad else "")]
        if checkpoint:
            gap = self.size.width - wide(mark + first + checkpoint)
            parts += [(" " * gap, ""), (checkpoint, "$muted")]
        parts += [(f"\n  {line}", "$bad") for line in rest]
        self.update(Content.assemble(*parts))


def status_lines(text: str, checkpoint: str, width: int, *, bad: bool) -> tuple[list[str], str]:
    """A message's lines, and the checkpoint where there is room for it beside them.

    Of what was done, the last piece may be cut for it. What went wrong is never cut for it.
    """
    beside = width - wide(checkpoint) - 2
    least = text if bad else text.rpartition(" · ")[0] or text
    if checkpoint and wide(least) <= beside:
        return [cut(text, beside)], checkpoint
    if not bad:
        return [cut(text, max(1, width))], ""
    lines = wrapped(text, max(1, width))
    if len(lines) > _MOST_LINES:
        lines[_MOST_LINES - 1 :] = [cut(" ".join(lines[_MOST_LINES - 1 :]), width)]
    return lines, ""


class Ask(Horizontal):
    """A question with a line for its answer, in place of the status."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "cancel", key_display="esc"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._answer: asyncio.Future[str | None] | None = None

    def compose(self) -> ComposeResult:
        """The question, and the line."""
        yield Static(markup=False)
        yield SafeInput(select_on_focus=False)

    async def ask(self, question: str, *, value: str = "", hint: str = "") -> str | None:
        """Ask, and wait for the answer.

        Returns:
            What was typed; None where Esc was pressed.
        """
        self.action_cancel()
        line = self.query_one(SafeInput)
        self.query_one(Static).update(Content(f"{one_line(question)} "))
        line.value, line.placeholder = value, hint
        line.cursor_position = len(value)
        focused = self.screen.focused
        self.screen.add_class("-asking")
        line.focus()
        asked: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._answer = asked
        answer = await asked
        if self._answer is not asked:  # another question has taken its place
            return None
        self._answer = None
        self.screen.remove_class("-asking")
        if focused is not None and focused is not line:
            focused.focus()
        return answer

    def action_cancel(self) -> None:
        """No answer."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(None)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """An answer."""
        event.stop()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(event.value)


class KeyLine(Static):
    """The keys that matter on this screen; the least of them go where there is no room."""

    def on_mount(self) -> None:
        """Follow the screen's bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow)
        self._follow(self.screen)

    def on_resize(self) -> None:
        """Choose anew."""
        self._follow(self.screen)

    def _follow(self, screen: Screen[object]) -> None:
        if self.is_attached and screen is self.screen:
            found = hints(screen)
            last = found.pop() if isinstance(screen.focused, (Input, TextArea)) and found else _HELP
            self.update(key_line(found, last, self.size.width))


def hints(screen: Screen[object]) -> list[tuple[str, str]]:
    """Keys and what they do, most important first; keys of one compact group stand together."""
    typing = isinstance(screen.focused, (Input, TextArea))
    found: dict[str, list[str]] = {}
    for _, binding, enabled, _ in screen.active_bindings.values():
        if not (binding.show and enabled) or binding.action == "help":
            continue
        group = binding.group
        words = group.description if group and group.compact else binding.description
        key = screen.app.get_key_display(binding)
        if typing and len(key) == 1:
            continue  # it would only be written
        if key not in (keys := found.setdefault(words, [])):
            keys.append(key)
    return [(" ".join(keys), words) for words, keys in found.items()]


def key_line(found: Iterable[tuple[str, str]], last: tuple[str, str], width: int) -> Content:
    """As many hints as fit, and always the last one."""
    room = width - wide(" ".join(last))
    parts: list[tuple[str, str]] = []
    for key, words in found:
        need = wide(f"{key} {words}") + 2
        if need > room:
            break
        parts += [(key, "$accent"), (f" {words}  ", "$muted")]
        room -= need
    return Content.assemble(*parts, (last[0], "$accent"), (f" {last[1]}", "$muted"))
