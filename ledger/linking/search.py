"""Candidates by words: FTS5 with BM25 over titles, summaries and texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import NamedTuple

from sqlalchemy import bindparam
from sqlalchemy import text

from ledger.linking.terms import match_query

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection

    from ledger.linking.terms import Terms
    from ledger.model import Prediction

GRACE_DAYS = 14  # news of the last day is still being written two weeks later
_NEWEST = 2**62
_LAST_DAY = date.max.toordinal()

# A title's words count double. Not `ORDER BY rank`: it is slower here by half.
_SEARCH = text(
    """
SELECT item.id AS id, -bm25(item_fts, 2.0, 1.0, 1.0) AS raw
FROM item_fts JOIN item ON item.id = item_fts.rowid
WHERE item_fts MATCH :words AND item_fts.rowid BETWEEN :first AND :last
  AND item.published >= :start AND item.published < :stop
ORDER BY raw DESC, item.id LIMIT :limit
"""
)
# The index's own dictionary. It belongs to the connection; nothing is written to the ledger.
_DICTIONARY = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.item_term USING fts5vocab(main, item_fts, row)"
)
_COUNTS = text("SELECT term, doc FROM temp.item_term WHERE term IN :terms").bindparams(
    bindparam("terms", expanding=True)
)


@dataclass(frozen=True, slots=True)
class Window:
    """Which items may bear on a prediction: by publication (text order), and by arrival (ids)."""

    start: str
    stop: str
    first: int = 0
    last: int = _NEWEST

    def meets(self, earliest: str, latest: str) -> bool:
        """Whether anything published from `earliest` to `latest` can lie in it."""
        return self.start <= latest and earliest < self.stop


class Hit(NamedTuple):
    """An item that holds some of the words, and its BM25 score."""

    item_id: int
    raw: float


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
    words, scale = match_query(terms)
    if not words:
        return []
    bound = {
        "words": words,
        "first": window.first,
        "last": window.last,
        "start": window.start,
        "stop": window.stop,
        "limit": limit,
    }
    return [Hit(row.id, row.raw * scale) for row in conn.execute(_SEARCH, bound)]


def document_counts(conn: Connection, stems: Collection[str]) -> dict[str, int]:
    """How many items hold each of these stems; those that none holds are left out."""
    conn.exec_driver_sql(_DICTIONARY)
    rows = conn.execute(_COUNTS, {"terms": list(stems)})
    return {row.term: row.doc for row in rows}
