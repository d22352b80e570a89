"""Items ↔ predictions: what is asked, in both directions, with one score."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ledger import links
from ledger.linking.rank import ranked
from ledger.linking.search import raw_scores
from ledger.linking.search import window_of
from ledger.queries import Asked
from ledger.queries import get_prediction
from ledger.queries import list_predictions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Connection

    from ledger.linking.rank import Candidate
    from ledger.model import Prediction
    from ledger.store import Ledger

ENGINE_VERSION = "words-1"
LIMIT = 10
FLOOR = 0.2
"""A weaker match is not worth a person's look; `news search` still finds it."""


def candidates(
    conn: Connection, prediction: Prediction, *, limit: int = LIMIT, as_of: date | None = None
) -> list[Candidate]:
    """The items that bear most on a prediction, best first."""
    window = window_of(prediction, as_of=as_of)
    best = ranked(conn, prediction, raw_scores(conn, prediction, window), limit=limit)
    return [candidate for candidate in best if candidate.score >= FLOOR]


def link_predictions(
    ledger: Ledger,
    prediction_ids: Sequence[int] | None = None,
    *,
    limit: int = LIMIT,
    as_of: date | None = None,
) -> int:
    """Search the archive for these predictions (all open ones without ids); how many new links.

    Raises:
        NotFoundError: An id is unknown.
    """
    with ledger.write() as conn:
        return sum(
            links.store_suggestions(
                conn,
                prediction.id,
                candidates(conn, prediction, limit=limit, as_of=as_of),
                engine=ENGINE_VERSION,
                only=as_of is None,
            )
            for prediction in wanted(conn, ledger, prediction_ids)
        )


def link_items(ledger: Ledger, item_ids: Sequence[int]) -> int:
    """Match items that came in against the open predictions; how many new links."""
    if not item_ids:
        return 0
    fresh, new = tuple(item_ids), 0
    with ledger.write() as conn:
        for prediction in wanted(conn, ledger, None):
            window = replace(window_of(prediction), fresh=fresh)
            best = ranked(conn, prediction, raw_scores(conn, prediction, window), limit=LIMIT)
            good = [candidate for candidate in best if candidate.score >= FLOOR]
            new += links.store_suggestions(conn, prediction.id, good, engine=ENGINE_VERSION)
    return new


def wanted(conn: Connection, ledger: Ledger, ids: Sequence[int] | None) -> list[Prediction]:
    """These predictions, or all open ones.

    Raises:
        NotFoundError: An id is unknown.
    """
    if ids is not None:
        return [get_prediction(conn, number) for number in ids]
    return list_predictions(conn, Asked(status="open"), today=ledger.clock.today())
