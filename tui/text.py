"""Text for a grid of cells: cut and filled to a width, dates, shares and bars in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.cells import set_cell_size

from ledger.clean import strip_controls

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from datetime import datetime

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_SPANS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def one_line(text: str) -> str:
    """Safe text on one line, white space folded."""
    return " ".join(strip_controls(text).split())


def cut(text: str, width: int) -> str:
    """At most `width` cells of a line; what was cut ends in an ellipsis."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…"


def fit(text: str, width: int) -> str:
    """Exactly `width` cells: cut, or filled on the right."""
    return set_cell_size(cut(text, width), max(width, 0))


def fit_right(text: str, width: int) -> str:
    """Exactly `width` cells: cut, or filled on the left."""
    short = cut(text, width)
    return " " * (width - cell_len(short)) + short


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells, broken between words; a longer word is cut."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and cell_len(longer) > width:
            lines.append(cut(word, width))
        else:
            lines[-1] = cut(longer, width)
    return lines


def joined(pieces: Sequence[str], width: int) -> list[str]:
    """Pieces with a dot between, on lines of at most `width` cells; no piece is parted."""
    lines = [""]
    for piece in pieces:
        longer = f"{lines[-1]} · {piece}" if lines[-1] else piece
        if lines[-1] and cell_len(longer) > width:
            lines.append(cut(piece, width))
        else:
            lines[-1] = cut(longer, width)
    return lines


def wide(text: str) -> int:
    """How many cells a text takes."""
    return cell_len(text)


def day(when: date) -> str:
    """A calendar date as people write it: ``15 Nov 2025``."""
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def day_of(instant: str) -> str:
    """The day of an instant or date in ISO form; what is neither stays as it is."""
    from datetime import date

    try:
        return day(date.fromisoformat(instant[:10]))
    except ValueError:
        return one_line(instant)


def late(days: int) -> str:
    """How many days a due date lies back: ``368 d late``, ``today``, ``in 12 d``."""
    if days > 0:
        return f"{days} d late"
    return "today" if days == 0 else f"in {-days} d"


def ago(then: datetime, now: datetime) -> str:
    """How long ago, or how soon: ``2 h ago``, ``in 15 min``, ``now``."""
    seconds = (now - then).total_seconds()
    for span, name in _SPANS:
        if abs(seconds) >= span:
            count = int(abs(seconds) // span)
            return f"{count} {name} ago" if seconds > 0 else f"in {count} {name}"
    return "now"


def percent(share: str | None) -> str:
    """A decimal text of 0 to 1 as ``40 %``; empty for none."""
    if share is None:
        return ""
    from decimal import Decimal

    points = Decimal(share) * 100
    return f"{points:.0f} %" if points == points.to_integral_value() else f"{points:.1f} %"


def bar(share: float, width: int) -> str:
    """A share of 0 to 1 as a line of at most `width` cells, filled with blanks."""
    return ("━" * round(max(0.0, min(1.0, share)) * width)).ljust(width)


def span_bar(low: float, mid: float, high: float, width: int) -> str:
    """An interval of shares on a line of `width` cells: ``──━━●━━──``."""
    last = width - 1
    start, point, end = (round(max(0.0, min(1.0, x)) * last) for x in (low, mid, high))
    cells = ["━" if start <= x <= end else "─" for x in range(width)]
    cells[point] = "●"
    return "".join(cells)
