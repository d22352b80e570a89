"""Candidates by words: full text with BM25 over titles, summaries and texts."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING

from ledger.fulltext import Window
from ledger.fulltext import full_text

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.fulltext import Hit
    from ledger.linking.terms import Terms
    from ledger.model import Prediction

GRACE_DAYS = 14  # news of the last day is still being written two weeks later
_LAST_DAY = date.max.toordinal()


def window_of(prediction: Prediction, *, as_of: date | None = None) -> Window:
    """From the day the prediction was made to its due day and some grace, or `as_of`."""
    grace = min(GRACE_DAYS, _LAST_DAY - prediction.due_on.toordinal())
    last = prediction.due_on + timedelta(days=grace)
    if as_of is not None:
        last = min(last, as_of)
    # Instants are longer than dates: every instant of the last day sorts before "date~".
    return Window(start=prediction.made_on.isoformat(), stop=f"{last.isoformat()}~")


def best_items(conn: Connection, terms: Terms, window: Window, *, limit: int) -> list[Hit]:
    """The items in the window that hold most of the words, weighed by rarity, best first."""
    weighted = [(word, 1.0) for word in terms.full] + [(word, 0.5) for word in terms.half]
    return full_text(conn).best_items(conn, weighted, window, limit=limit)
