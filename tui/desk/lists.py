"""The lists: ids first, since a hundred thousand are few bytes; rows a page at a time."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import func
from sqlalchemy import select

from ledger.queries import holding
from ledger.schema import evidence
from ledger.schema import feed
from ledger.schema import link
from ledger.schema import prediction
from tui.desk.records import ClaimIds
from tui.desk.records import ClaimRow
from tui.desk.records import safe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection
    from sqlalchemy import Select
    from sqlalchemy import Table

_SHOWN = (
    "id",
    "statement",
    "source",
    "made_on",
    "due_on",
    "probability",
    "hedge",
    "status",
    "outcome",
    "resolved_on",
)


def review_ids(conn: Connection, words: str, today: date) -> ClaimIds:
    """Open predictions by due date, the most overdue first."""
    columns = prediction.c
    query = holding(conn, select(columns.id, columns.due_on), words).where(columns.status == "open")
    rows = conn.execute(query.order_by(columns.due_on, columns.id)).all()
    limit = today.isoformat()
    return ClaimIds(tuple(row[0] for row in rows), sum(row[1] <= limit for row in rows))


def draft_ids(conn: Connection, words: str) -> ClaimIds:
    """Drafts, the newest article's first, each article in the order of its text."""
    columns = prediction.c
    query = holding(conn, select(columns.id), words).where(columns.status == "draft")
    query = query.order_by(columns.article_id.desc(), columns.id)
    return _one_part(conn, query)


def resolved_ids(conn: Connection, words: str) -> ClaimIds:
    """Resolved predictions, the latest verdict first."""
    columns = prediction.c
    query = holding(conn, select(columns.id), words).where(columns.status == "resolved")
    query = query.order_by(columns.resolved_on.desc(), columns.changed_at.desc(), columns.id)
    return _one_part(conn, query)


def claim_rows(conn: Connection, ids: Sequence[int]) -> dict[int, ClaimRow]:
    """The lines of these predictions, by id."""
    columns = [prediction.c[name] for name in _SHOWN]
    rows = conn.execute(select(*columns).where(prediction.c.id.in_(ids))).mappings()
    attached = _count(conn, evidence, select(evidence.c.prediction_id, func.count()), ids)
    suggested = _count(
        conn,
        link,
        select(link.c.prediction_id, func.count()).where(link.c.state == "suggested"),
        ids,
    )
    return {
        row["id"]: _claim_row(row, attached.get(row["id"], 0), suggested.get(row["id"], 0))
        for row in rows
    }


def feed_counts(conn: Connection) -> tuple[int, int]:
    """How many feeds there are, and how many of them cannot be read."""
    failing = feed.c.status.in_(("failing", "gone"))
    row = conn.execute(select(func.count(), func.count().filter(failing)).select_from(feed)).one()
    return row[0], row[1]


def _one_part(conn: Connection, query: Select[Any]) -> ClaimIds:
    ids = tuple(conn.execute(query).scalars())
    return ClaimIds(ids, len(ids))


def _count(
    conn: Connection, table: Table, query: Select[Any], ids: Sequence[int]
) -> dict[int, int]:
    query = query.where(table.c.prediction_id.in_(ids)).group_by(table.c.prediction_id)
    return {row[0]: row[1] for row in conn.execute(query)}


def _claim_row(row: Any, attached: int, suggested: int) -> ClaimRow:
    values = dict(row)
    for name in ("made_on", "due_on", "resolved_on"):
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    return safe(ClaimRow(**values, attached=attached, suggested=suggested))
