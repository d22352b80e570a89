"""What every verb does: find the prediction, check its status, write events, fold the views."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import func
from sqlalchemy import select

from ledger import journal
from ledger import links
from ledger import views
from ledger.clock import instant_text
from ledger.errors import ConflictError
from ledger.events import Event
from ledger.events import new_event_id
from ledger.queries import get_prediction
from ledger.schema import evidence as evidence_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection
    from sqlalchemy import Table

    from ledger.journal import Entry
    from ledger.model import Prediction
    from ledger.store import Ledger

_STATUS_WORDS = {
    "draft": "is a draft that nobody has kept yet",
    "open": "is open",
    "resolved": "is resolved already",
    "withdrawn": "was withdrawn",
    "dropped": "was dropped",
}
_MENDS = {
    "draft": "keep it first: calledit keep {id}",
    "resolved": "reopen it first: calledit reopen {id} --reason …",
    "dropped": "keep it after all: calledit keep {id}",
}


def happened(ledger: Ledger, kind: str, subject: str, data: dict[str, Any]) -> Event:
    """An event of now, by whoever works on this ledger."""
    return Event(kind, subject, instant_text(ledger.clock.now()), ledger.actor, data)


def write(conn: Connection, events: Sequence[Event]) -> list[Entry]:
    """Append the events as one deed; the views and the state of their links follow."""
    deed = new_event_id()
    events = [replace(event, deed=deed) for event in events]
    before = journal.frontier_of(conn).size
    entries = journal.append(conn, events)
    for subject in views.update(conn, entries, since=before):
        kind, _, number = subject.partition(":")
        if kind == "prediction":
            links.sync_accepted(conn, int(number), evidence_items(conn, int(number)))
    return entries


def evidence_items(conn: Connection, prediction_id: int) -> set[int]:
    """Ids of the news items that are attached to a prediction."""
    query = select(evidence_table.c.item_id).where(
        evidence_table.c.prediction_id == prediction_id, evidence_table.c.item_id.is_not(None)
    )
    return set(conn.execute(query).scalars())


def find_in(conn: Connection, prediction_id: int, *statuses: str) -> Prediction:
    """The prediction, when it is in one of these statuses.

    Raises:
        NotFoundError: There is none with this id.
        ConflictError: It is in another status.
    """
    found = get_prediction(conn, prediction_id)
    if found.status not in statuses:
        raise ConflictError(
            f"prediction {found.id} {_STATUS_WORDS[found.status]}",
            mend=_MENDS.get(found.status, "").format(id=found.id),
        )
    return found


def next_id(conn: Connection, table: Table) -> int:
    """The number for the next prediction or article; gaps never, since views drop no subject."""
    return (conn.execute(select(func.max(table.c.id))).scalar() or 0) + 1


def subject_of(prediction_id: int) -> str:
    """A prediction's name in the journal."""
    return f"prediction:{prediction_id}"
