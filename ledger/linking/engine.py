"""Items ↔ predictions: what is asked, in both directions, with one score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlalchemy import select

from ledger import links
from ledger.linking.rank import newest_item
from ledger.linking.rank import ranked
from ledger.linking.rank import score_of
from ledger.linking.search import best_items
from ledger.linking.search import window_of
from ledger.linking.terms import query_terms
from ledger.queries import Asked
from ledger.queries import get_prediction
from ledger.queries import list_predictions
from ledger.schema import item as item_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Collection
    from collections.abc import Iterator
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Connection

    from ledger.linking.rank import Candidate
    from ledger.model import Prediction
    from ledger.store import Ledger

    Progress = Callable[[int, int], None]
    Stop = Callable[[], bool]

ENGINE_VERSION = "words-2"
LIMIT = 10
FLOOR = 0.2
"""A weaker match is not worth a person's look; `news search` still finds it."""

_POOL = 4  # hits looked at for each candidate wanted, so that copies may be left out
_TOGETHER = 50  # predictions in one transaction, so that others may write in between
# Held scores were worked out when there were fewer items; what comes this near is asked again.
_NEAR = 0.95


def candidates(
    conn: Connection,
    prediction: Prediction,
    *,
    limit: int = LIMIT,
    as_of: date | None = None,
    rejected: bool = False,
) -> list[Candidate]:
    """The items that bear most on a prediction, best first; nothing is written.

    Args:
        conn: A reading transaction.
        prediction: Which.
        limit: At most so many.
        as_of: Only items published on or before this day.
        rejected: Whether to show again what a person has rejected.
    """
    held = links.scores_of(conn, [prediction.id], states=() if rejected else ("rejected",))
    hidden = held[prediction.id]
    terms = query_terms(prediction)
    window = window_of(prediction, as_of=as_of)
    hits = best_items(conn, terms, window, limit=_POOL * limit + len(hidden))
    shown = [hit for hit in hits if hit.item_id not in hidden]
    best = ranked(conn, terms, shown, negated=prediction.negated, limit=limit)
    return [candidate for candidate in best if candidate.score >= FLOOR]


def link_predictions(
    ledger: Ledger,
    prediction_ids: Sequence[int] | None = None,
    *,
    limit: int = LIMIT,
    as_of: date | None = None,
    on_progress: Progress | None = None,
    should_stop: Stop | None = None,
) -> int:
    """Search the archive for these predictions, and store what is found as suggestions.

    What a person has decided stays. Suggestions that are no longer among the best go, unless
    `as_of` hides a part of the news.

    Args:
        ledger: Where.
        prediction_ids: Which; all open ones without.
        limit: At most so many suggestions each.
        as_of: Only items published on or before this day.
        on_progress: Called with how many predictions are done, and of how many.
        should_stop: Asked between batches.

    Returns:
        How many links are new.

    Raises:
        NotFoundError: An id is unknown; then nothing is written.
    """
    with ledger.read() as conn:
        asked = wanted(conn, ledger, prediction_ids)
    return sum(
        _relink(ledger, batch, limit=limit, as_of=as_of)
        for batch in _batches(asked, on_progress, should_stop)
    )


def link_items(
    ledger: Ledger,
    item_ids: Sequence[int],
    *,
    on_progress: Progress | None = None,
    should_stop: Stop | None = None,
) -> int:
    """Match new or changed items against the open predictions, and store suggestions.

    Only where one of them would stand among a prediction's best is the archive asked again, so
    both directions give the same links.

    Args:
        ledger: Where.
        item_ids: Which.
        on_progress: Called with how many predictions are done, and of how many.
        should_stop: Asked between batches.

    Returns:
        How many links are new.
    """
    if not item_ids:
        return 0
    fresh, new = frozenset(item_ids), 0
    with ledger.read() as conn:
        asked = _may_concern(conn, wanted(conn, ledger, None), fresh)
    for batch in _batches(asked, on_progress, should_stop):
        with ledger.read() as conn:
            touched = _touched(conn, batch, fresh)
        new += _relink(ledger, touched, limit=LIMIT, as_of=None)
    return new


def wanted(conn: Connection, ledger: Ledger, ids: Sequence[int] | None) -> list[Prediction]:
    """These predictions, or all open ones.

    Raises:
        NotFoundError: An id is unknown.
    """
    if ids is not None:
        return [get_prediction(conn, number) for number in ids]
    return list_predictions(conn, Asked(status="open"), today=ledger.clock.today())


def _batches(
    predictions: Sequence[Prediction], on_progress: Progress | None, should_stop: Stop | None
) -> Iterator[Sequence[Prediction]]:
    for start in range(0, len(predictions), _TOGETHER):
        if should_stop is not None and should_stop():
            return
        batch = predictions[start : start + _TOGETHER]
        yield batch
        if on_progress is not None:
            on_progress(start + len(batch), len(predictions))


def _relink(
    ledger: Ledger, predictions: Sequence[Prediction], *, limit: int, as_of: date | None
) -> int:
    """Ask the archive, then write; only the writing locks the ledger."""
    with ledger.read() as conn:
        found = {p.id: candidates(conn, p, limit=limit, as_of=as_of) for p in predictions}
    if not found:
        return 0
    with ledger.write() as conn:
        return sum(
            links.store_suggestions(conn, number, best, engine=ENGINE_VERSION, only=as_of is None)
            for number, best in found.items()
        )


def _may_concern(
    conn: Connection, predictions: Sequence[Prediction], fresh: Collection[int]
) -> list[Prediction]:
    """Those in whose window some of the items may have been published."""
    published = item_table.c.published
    between = item_table.c.id.between(min(fresh), max(fresh))
    span = select(func.min(published), func.max(published)).where(between)
    earliest, latest = conn.execute(span).one()
    if earliest is None:
        return []
    return [p for p in predictions if window_of(p).meets(earliest, latest)]


def _touched(
    conn: Connection, predictions: Sequence[Prediction], fresh: frozenset[int]
) -> list[Prediction]:
    """Those whose best links the items may change."""
    items = newest_item(conn)
    held = links.scores_of(conn, [prediction.id for prediction in predictions])
    touched = []
    for prediction in predictions:
        # Without a link to it, a changed item counts like a new one; with one, it may match less.
        linked = held[prediction.id]
        if not fresh.isdisjoint(linked):
            touched.append(prediction)
            continue
        full = len(linked) >= LIMIT
        weakest = sorted(linked.values(), reverse=True)[LIMIT - 1] if full else 0.0
        best = _best_of(conn, prediction, fresh)
        if best > 0 and score_of(best, items, 1.0) >= _NEAR * max(weakest, FLOOR):
            touched.append(prediction)
    return touched


def _best_of(conn: Connection, prediction: Prediction, fresh: frozenset[int]) -> float:
    """The raw score of the best of these items.

    They are looked for among the best that arrived since the first of them: what is not there
    cannot be among the best of all.
    """
    part = window_of(prediction)._replace(first=min(fresh), last=max(fresh))
    hits = best_items(conn, query_terms(prediction), part, limit=_POOL * LIMIT)
    return max((hit.raw for hit in hits if hit.item_id in fresh), default=0.0)
