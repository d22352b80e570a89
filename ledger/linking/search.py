"""Candidates by words: FTS5 with BM25 over titles, summaries and texts."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from ledger.linking.terms import match_query
from ledger.linking.terms import query_terms

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from ledger.model import Prediction

GRACE_DAYS = 14  # news of the last day is still being written two weeks later
_POOL = 200
_HALF = 0.5

# A title's words count double. Not `ORDER BY rank`: it is slower here by half.
_SEARCH = """
SELECT item.id AS item_id, -bm25(item_fts, 2.0, 1.0, 1.0) AS raw
FROM item_fts JOIN item ON item.id = item_fts.rowid
WHERE item_fts MATCH :words
  AND (:fresh IS NULL OR item.id IN (SELECT value FROM json_each(:fresh)))
  AND item.published >= :start AND item.published < :stop
ORDER BY raw DESC, item.id LIMIT :pool
"""


@dataclass(frozen=True, slots=True)
class Window:
    """Which items may bear on a prediction: by day of publication, or only those just come in."""

    start: str
    stop: str
    fresh: tuple[int, ...] | None = None


def window_of(prediction: Prediction, *, as_of: date | None = None) -> Window:
    """From the day the prediction was made to its due day and some grace, or `as_of`."""
    last = prediction.due_on + timedelta(days=GRACE_DAYS)
    if as_of is not None:
        last = min(last, as_of)
    # Instants are longer than dates: every instant of the last day sorts before "date~".
    return Window(start=prediction.made_on.isoformat(), stop=f"{last.isoformat()}~")


def raw_scores(conn: Connection, prediction: Prediction, window: Window) -> dict[int, float]:
    """BM25 by item for the best candidates: full words, and half of the others' score."""
    terms = query_terms(prediction)
    scores: dict[int, float] = defaultdict(float)
    for words, weight in ((terms.full, 1.0), (terms.half, _HALF)):
        if words:
            bound = {
                "words": match_query(words),
                "fresh": None if window.fresh is None else json.dumps(window.fresh),
                "start": window.start,
                "stop": window.stop,
                "pool": _POOL,
            }
            for row in conn.execute(text(_SEARCH), bound):
                scores[row.item_id] += weight * row.raw
    return dict(scores)
