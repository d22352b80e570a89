"""The first line: the screens by name, how much is on each, and which ledger this is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from tui.text import cut
from tui.text import one_line
from tui.text import wide

if TYPE_CHECKING:
    from tui.desk.records import Tally

PLACES = ("review", "inbox", "resolved", "scores", "feeds")


class TopLine(Static):
    """Names and counts; the current one in brackets, so that it shows without colour too.

    Args:
        place: The screen that this line is on.
        where: Which ledger.
    """

    def __init__(self, place: str, where: str) -> None:
        super().__init__()
        self._place = place
        self._where = one_line(where)
        self._tally: Tally | None = None

    def show(self, tally: Tally) -> None:
        """Show other counts."""
        self._tally = tally
        self._draw()

    def on_resize(self) -> None:
        """Fit the line anew."""
        self._draw()

    def _draw(self) -> None:
        width = self.size.width
        for names in (PLACES, (self._place,)):
            tabs = _tabs(names, self._place, self._tally)
            taken = wide("".join(text for text, _ in tabs))
            if taken <= width:
                break
        room = width - taken - 2
        where = cut(self._where, room) if room >= 8 else ""
        gap = " " * (width - taken - wide(where))
        self.update(Content.assemble(*tabs, gap, (where, "$muted")))


def _tabs(names: tuple[str, ...], current: str, tally: Tally | None) -> list[tuple[str, str]]:
    parts = []
    for name in names:
        count = _count(name, tally)
        title = name.capitalize() + (f" {count}" if count else "")
        here = name == current
        parts.append((f"[{title}]" if here else f" {title} ", "bold $accent" if here else "$muted"))
        parts.append((" ", ""))
    return parts


def _count(name: str, tally: Tally | None) -> str:
    if tally is None:
        return ""
    counts = {"review": tally.due, "inbox": tally.drafts, "resolved": tally.resolved}
    if name == "feeds":
        return f"{tally.feeds}" + ("!" if tally.failing else "") if tally.feeds else ""
    return str(counts[name]) if counts.get(name) else ""
