"""Help: the keys that work on the current screen, read from its live bindings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import ClassVar

from textual.binding import Binding
from textual.content import Content
from textual.screen import ModalScreen

from tui.text import wide
from tui.widgets.detail import Pane

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.dom import DOMNode
    from textual.screen import Screen

_ORDER = ("verdict", "evidence", "draft", "feeds", "find", "change", "move", "everywhere")
_CHECKPOINT = (
    ("\n  checkpoint", "$accent"),
    (": how the root in `calledit verify` begins", ""),
    ("\n  `calledit checkpoint` prints it whole, to keep elsewhere", "$muted"),
)


@dataclass(frozen=True, slots=True)
class Known:
    """One thing that keys do.

    Attributes:
        heading: What kind of thing it is.
        keys: Every key that does it, as shown.
        words: What it does.
        action: The name of the action, with its arguments.
        node: What has the action.
    """

    heading: str
    keys: tuple[str, ...]
    words: str
    action: str
    node: DOMNode


class Help(ModalScreen[None]):
    """The sheet of keys; Esc closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q", "dismiss", "close"),
        Binding("j,down", "scroll(1)", "down", show=False),
        Binding("k,up", "scroll(-1)", "up", show=False),
        Binding("pagedown,ctrl+d,space", "scroll(10)", "down", show=False),
        Binding("pageup,ctrl+u", "scroll(-10)", "up", show=False),
    ]

    def __init__(self, title: str, known: Iterable[Known]) -> None:
        super().__init__()
        self._title = title
        self._known = tuple(known)

    def compose(self) -> ComposeResult:
        """The sheet."""
        yield Pane(id="sheet")

    def on_mount(self) -> None:
        """Write it."""
        content = help_content(self._title, self._known)
        self.query_one(Pane).show(lambda _width, _height: content)

    def action_scroll(self, lines: int) -> None:
        """Scroll the sheet."""
        self.query_one(Pane).scroll_relative(y=lines, animate=False)


def known_keys(screen: Screen[object]) -> list[Known]:
    """What the keys of a screen do now, one line for each thing."""
    found: dict[tuple[str, str], tuple[list[str], str, DOMNode]] = {}
    for node, binding, enabled, tooltip in screen.active_bindings.values():
        if not enabled or binding.group is None:  # Textual's own, for scrolling and copying
            continue
        heading = binding.group.description
        words = f"{binding.description}: {tooltip}" if tooltip else binding.description
        keys, _, _ = found.setdefault((heading, words), ([], binding.action, node))
        if (key := screen.app.get_key_display(binding)) not in keys:
            keys.append(key)
    known = [
        Known(heading, tuple(sorted(keys, key=_letters_first)), words, action, node)
        for (heading, words), (keys, action, node) in found.items()
    ]
    # What is peculiar to the screen comes first.
    return sorted(known, key=lambda one: _ORDER.index(one.heading))


def _letters_first(key: str) -> tuple[int, bool, str]:
    return len(key), not key.isascii(), key


def help_content(title: str, known: Iterable[Known]) -> Content:
    """The sheet: a heading for each kind of thing, a line for each thing."""
    held = list(known)
    room = max((wide(", ".join(one.keys)) for one in held), default=0)
    parts: list[tuple[str, str]] = [(f"Keys of {title}", "bold"), ("   esc closes", "$muted")]
    for heading in dict.fromkeys(one.heading for one in held):
        parts.append((f"\n\n{heading}", "bold $accent"))
        for one in held:
            if one.heading == heading:
                keys = ", ".join(one.keys)
                parts += [(f"\n  {keys:<{room}}", "$accent"), (f"  {one.words}", "")]
    parts += [("\n\nat the right of the last line but one", "bold $accent"), *_CHECKPOINT]
    return Content.assemble(*parts)
