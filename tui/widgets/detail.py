"""The pane beside a list: one prediction, and the evidence for it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any
from typing import ClassVar

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.text import cut
from tui.text import day_of
from tui.text import fit
from tui.text import joined
from tui.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from ledger.model import Evidence
    from tui.desk.records import Candidate
    from tui.desk.records import ClaimView

Parts = list[tuple[str, str]]
_SCROLLING: list[BindingType] = [
    Binding("j", "scroll_down", "down", show=False),
    Binding("k", "scroll_up", "up", show=False),
]
_STANCES = {"supports": "$good", "contradicts": "$bad", "mentions": "$muted"}


class Pane(VerticalScroll, can_focus=True):
    """Text that scrolls, made for a width and a height."""

    BINDINGS: ClassVar[list[BindingType]] = _SCROLLING

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._make: Callable[[int, int], Content] | None = None

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static(markup=False)

    def show(self, make: Callable[[int, int], Content]) -> None:
        """Show another text, from its top."""
        self._make = make
        self._draw()
        self.scroll_home(animate=False)

    def on_resize(self) -> None:
        """Make it for the new size."""
        self._draw()

    def _draw(self) -> None:
        if self._make is not None:
            size = self.scrollable_content_region.size
            self.query_one(Static).update(self._make(size.width, size.height))


class Detail(VerticalScroll, can_focus=False):
    """A prediction above, its evidence below; in a small terminal they scroll as one."""

    BINDINGS: ClassVar[list[BindingType]] = _SCROLLING

    def compose(self) -> ComposeResult:
        """Two panes."""
        yield Pane(id="claim")
        yield Pane(id="evidence")

    def show(self, claim: Callable[[int, int], Content], view: ClaimView | None) -> None:
        """Show another prediction; without a view there is no evidence to show."""
        self.query_one("#claim", Pane).show(claim)
        lower = self.query_one("#evidence", Pane)
        lower.display = view is not None
        self.set_class(view is None, "-alone")
        if view is not None:
            lower.show(lambda width, height: evidence_content(view, width, height))

    def scroll(self, lines: int) -> None:
        """Scroll the prediction, and at its end the evidence."""
        if self.allow_vertical_scroll:
            self.scroll_relative(y=lines, animate=False)
            return
        upper, lower = self.query_one("#claim", Pane), self.query_one("#evidence", Pane)
        at_end = upper.scroll_y >= upper.max_scroll_y if lines > 0 else lower.scroll_y > 0
        pane = lower if at_end and lower.display else upper
        pane.scroll_relative(y=lines, animate=False)


def evidence_content(view: ClaimView, width: int, height: int) -> Content:
    """Attached and suggested news: two lines each, or one where the room is short."""
    open_ones = sum(not one.attached for one in view.candidates)
    suggested = f" · {open_ones} suggested" if open_ones else ""
    parts: Parts = [("EVIDENCE", "bold"), (f"  {view.attached} attached{suggested}", "$muted")]
    if not view.candidates and not view.brought:
        parts.append(
            ("\nNo news bears on it yet: r ranks again; poll on the Feeds screen.", "$muted")
        )
    tight = width >= 60 and 2 * len(view.candidates) + len(view.brought) >= height
    for number, one in enumerate(view.candidates, start=1):
        parts += [("\n", ""), *(_tight if tight else _roomy)(number, one, width)]
    for brought in view.brought:
        parts += [("\n", ""), *_brought(brought, width)]
    return Content.assemble(*parts)


def _roomy(number: int, one: Candidate, width: int) -> Parts:
    said = [_stance(one), f"{one.score:.2f}", day_of(one.published), one_line(one.publisher)]
    said.append("matches " + ", ".join(map(one_line, one.why)) if one.why else "")
    first, *rest = joined([text for text in said if text], width - 5)
    parts: Parts = [
        *_head(number, one),
        (cut(one_line(one.title), width - 5), "bold" if one.attached else ""),
        ("\n    ", ""),
        (_stance(one), _STANCES[one.stance]),
        (first.removeprefix(_stance(one)), "$muted"),
    ]
    more = cut(" · ".join(rest), width - 5)
    return [*parts, (f"\n    {more}", "$muted")] if more else parts


def _tight(number: int, one: Candidate, width: int) -> Parts:
    why = fit(", ".join(map(one_line, one.why)), 18)
    tail = f" {fit(one.stance, 11)} {one.score:.2f} {why}"
    title = fit(one_line(one.title), width - 5 - len(tail))
    return [
        *_head(number, one),
        (title, "bold" if one.attached else ""),
        (tail, _STANCES[one.stance]),
    ]


def _head(number: int, one: Candidate) -> Parts:
    key = str(number) if number <= 9 else "·"
    mark = ("◆ ", "$accent") if one.attached else ("◇ ", "$muted")
    return [(f"{key} ", "$accent"), mark]


def _stance(one: Candidate) -> str:
    return f"suggests: {one.stance}"


def _brought(one: Evidence, width: int) -> Parts:
    what = one.title or one.quote or one.url or ""
    return [("· ", ""), ("◆ ", "$accent"), (cut(one_line(what), width - 5), "bold")]
