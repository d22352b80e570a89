"""A list of any length: it holds keys, and asks for the rows that are in view.

Moving through a hundred thousand rows costs what moving through thirty does, since only the
lines on the screen are ever drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any
from typing import ClassVar

from rich.segment import Segment
from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ledger.clean import strip_controls
from tui.text import fit
from tui.text import wide

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping
    from collections.abc import Sequence

    from textual import events
    from textual.binding import BindingType

Parts = list[tuple[str, str]]
PAGE = 200
_HELD = 4_000  # rows kept before the cache starts anew
MOVE = Binding.Group("move")


class Listing(ScrollView, can_focus=True):
    """Keys in order; `draw` makes a row's line: texts with the name of a style each.

    Args:
        draw: From a row and a width to the parts of its line, after the two cells of the mark.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "listing--plain",
        "listing--strong",
        "listing--dim",
        "listing--faint",
        "listing--accent",
        "listing--good",
        "listing--bad",
        "listing--warn",
        "listing--cursor",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "next", show=False, group=MOVE),
        Binding("k,up", "move(-1)", "previous", show=False, group=MOVE),
        Binding("g,home", "jump(0)", "first", show=False, group=MOVE),
        Binding("G,end", "jump(-1)", "last", show=False, group=MOVE),
        Binding("ctrl+d", "leap(0.5)", "half a page down", show=False, group=MOVE),
        Binding("ctrl+u", "leap(-0.5)", "half a page up", show=False, group=MOVE),
        Binding("pagedown", "leap(1)", "a page down", show=False, group=MOVE),
        Binding("pageup", "leap(-1)", "a page up", show=False, group=MOVE),
    ]

    @dataclass
    class Moved(Message):
        """The cursor is on another row; None on an empty list."""

        key: int | None

    @dataclass
    class Wanted(Message):
        """Rows are in view that nobody has brought yet."""

        keys: tuple[int, ...]

    def __init__(self, draw: Callable[[Any, int], Parts], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._draw = draw
        self._keys: tuple[int, ...] = ()
        self._rows: dict[int, Any] = {}
        self._asked: set[int] = set()
        self._rules: list[tuple[int, str]] = []
        self._empty: tuple[str, ...] = ("Opening the ledger …",)
        self.index = 0

    # ── what is shown ───────────────────────────────────────────────────────────────────────

    @property
    def key(self) -> int | None:
        """The key under the cursor."""
        return self._keys[self.index] if self._keys else None

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self._keys)

    def show(
        self,
        keys: Sequence[int],
        rows: Mapping[int, Any],
        *,
        rules: Sequence[tuple[int, str]] = (),
        keep: int | None = None,
        empty: Sequence[str] = (),
    ) -> None:
        """Show other rows.

        Args:
            keys: All of them.
            rows: Those that are at hand; the rest is asked for when it comes into view.
            rules: Lines with a heading, each before the row of an index.
            keep: The key to stay on; where it is gone, the cursor keeps its place in the list.
            empty: What to say where there is nothing.
        """
        self._keys = tuple(keys)
        self._rows = dict(rows)
        self._asked.clear()
        self._rules = sorted(rules)
        self._empty = tuple(empty)
        self.virtual_size = Size(0, len(keys) + len(self._rules))
        place = self._keys.index(keep) if keep in set(self._keys) else self.index
        self._place(place)
        self.refresh()

    def fill(self, rows: Mapping[int, Any]) -> None:
        """Bring rows that were asked for."""
        if len(self._rows) > _HELD:
            self._rows.clear()
            self._asked.clear()
        self._rows.update(rows)
        self.refresh()

    def page_around(self, index: int) -> tuple[int, ...]:
        """The keys of the page that holds an index."""
        first = max(0, index) // PAGE * PAGE
        return self._keys[first : first + PAGE]

    def action_move(self, by: int) -> None:
        """Move by rows."""
        self._place(self.index + by)

    def action_jump(self, index: int) -> None:
        """Go to the first row, or the last with -1."""
        self._place(index if index >= 0 else len(self._keys) - 1)

    def action_leap(self, pages: float) -> None:
        """Move by a share of what is in view."""
        self._place(self.index + round(pages * max(2, self.size.height - 1)))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is."""
        index = self._index_at(self.scroll_offset.y + event.y)
        if index is not None:
            self._place(index)

    def _place(self, index: int) -> None:
        self.index = max(0, min(index, len(self._keys) - 1))
        line = self._line_of(self.index)
        top, height = self.scroll_offset.y, self.scrollable_content_region.height
        # The first row shows the heading above it.
        head = 0 if self.index == 0 else line
        if head < top:
            self.scroll_to(y=head, animate=False)
        elif height and line >= top + height:
            self.scroll_to(y=line - height + 1, animate=False)
        self.refresh()
        self.post_message(self.Moved(self.key))

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        line, height = self._line_of(self.index), self.scrollable_content_region.height
        if height and not self.scroll_offset.y <= line < self.scroll_offset.y + height:
            self.scroll_to(y=max(0, line - height + 1), animate=False)

    def _line_of(self, index: int) -> int:
        return index + sum(before <= index for before, _ in self._rules)

    def _index_at(self, line: int) -> int | None:
        """The row on a line; None on a heading or below the last row."""
        shift = 0
        for before, _ in self._rules:
            if line == before + shift:
                return None
            shift += line > before + shift
        index = line - shift
        return index if 0 <= index < len(self._keys) else None

    # ── drawing ─────────────────────────────────────────────────────────────────────────────

    def render_line(self, y: int) -> Strip:
        """One line of what is in view."""
        width, line = self.size.width, y + self.scroll_offset.y
        if not self._keys:
            parts = (
                [(f"  {self._empty[line]}", "dim" if line else "plain")]
                if (line < len(self._empty))
                else []
            )
            return self._strip(parts, width)
        index = self._index_at(line)
        if index is None:
            return self._strip(self._heading(line, width), width)
        return self._row(index, width)

    def _row(self, index: int, width: int) -> Strip:
        at_cursor = index == self.index
        mark = ("▌ " if at_cursor else "  ", "accent")
        row = self._rows.get(self._keys[index])
        if row is None:
            self._want(index)
            return self._strip([mark, ("…", "faint")], width, cursor=at_cursor)
        return self._strip([mark, *self._draw(row, width - 3)], width, cursor=at_cursor)

    def _heading(self, line: int, width: int) -> Parts:
        for number, (before, words) in enumerate(self._rules):
            if line == before + number:
                rest = "─" * max(0, width - wide(words) - 6)
                return [(" ── ", "faint"), (words, "dim"), (f" {rest}", "faint")]
        return []

    def _want(self, index: int) -> None:
        first = index // PAGE * PAGE
        if first not in self._asked:
            self._asked.add(first)
            self.post_message(self.Wanted(self.page_around(index)))

    def _strip(self, parts: Parts, width: int, *, cursor: bool = False) -> Strip:
        back = self.get_component_rich_style("listing--cursor") if cursor else self.rich_style
        segments = []
        for text, name in parts:
            style = self.get_component_rich_style(f"listing--{name}", partial=True)
            segments.append(Segment(strip_controls(text), back + style))
        line = Strip(segments)
        return line.adjust_cell_length(width, back)


def columns(*cells: tuple[str, int, str]) -> Parts:
    """Cells of a fixed width, each with a style; those without width are left out."""
    return [(fit(text, width), style) for text, width, style in cells if width > 0]
