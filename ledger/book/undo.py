"""Take back, and do again: compensating events, so that both survive a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger import events as ev
from ledger import journal
from ledger.book.writing import happened
from ledger.book.writing import write
from ledger.errors import ConflictError
from ledger.views import taken_back

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from ledger.events import Event
    from ledger.journal import Entry
    from ledger.store import Ledger

# What brought a prediction in is not undone but withdrawn or dropped, with a reason.
UNDOABLE = frozenset(
    {
        ev.KEPT,
        ev.DROPPED,
        ev.AMENDED,
        ev.NOTED,
        ev.WITHDRAWN,
        ev.ATTACHED,
        ev.DETACHED,
        ev.RESOLVED,
        ev.REOPENED,
    }
)


def undo(ledger: Ledger) -> Event:
    """Take back the latest thing that the same person did; the event that was taken back.

    Raises:
        ConflictError: There is nothing left to take back.
    """
    with ledger.write() as conn:
        target = _latest_standing(conn, ledger.actor)
        if target is None or target.event.type not in UNDOABLE:
            raise ConflictError("there is nothing to take back")
        _refuse_overtaken(conn, target)
        _compensate(ledger, conn, target.event)
        return target.event


def redo(ledger: Ledger) -> Event:
    """Do again what was taken back last, unless something was done since; that event.

    Raises:
        ConflictError: There is nothing to do again.
    """
    with ledger.write() as conn:
        taking_back = _latest_taking_back(conn, ledger.actor)
        if taking_back is None:
            raise ConflictError("there is nothing to do again")
        _compensate(ledger, conn, taking_back)
        return _event_by_id(conn, taking_back.subject, taking_back.data["event"])


def _standing(conn: Connection, actor: str) -> Iterator[Entry]:
    """One person's entries that still count, newest first, takings back among them."""
    dead: set[str] = set()
    for entry in journal.read_latest(conn):
        event = entry.event
        if event.id in dead:
            continue
        if event.type == ev.UNDONE:
            dead.add(event.data["event"])
        if event.actor == actor:
            yield entry


def _latest_standing(conn: Connection, actor: str) -> Entry | None:
    return next((e for e in _standing(conn, actor) if e.event.type != ev.UNDONE), None)


def _latest_taking_back(conn: Connection, actor: str) -> Event | None:
    """The newest taking back of a deed that no newer deed stands after."""
    for entry in _standing(conn, actor):
        event = entry.event
        if event.type != ev.UNDONE:
            return None
        if event.data["was"] != ev.UNDONE:
            return event
    return None


def _refuse_overtaken(conn: Connection, target: Entry) -> None:
    """What somebody else has built on cannot be pulled out from under them."""
    entries = list(journal.read(conn, subject=target.event.subject))
    dead = taken_back(entries)
    for later in entries:
        counts = later.event.type != ev.UNDONE and later.event.id not in dead
        if later.seq > target.seq and counts:
            raise ConflictError(
                f"{later.event.actor} has changed {target.event.subject} since then",
                mend="amend or reopen it instead",
            )


def _compensate(ledger: Ledger, conn: Connection, event: Event) -> None:
    data = {"event": event.id, "was": event.type}
    write(conn, [happened(ledger, ev.UNDONE, event.subject, data)])


def _event_by_id(conn: Connection, subject: str, event_id: str) -> Event:
    entries = journal.read(conn, subject=subject)
    return next(entry.event for entry in entries if entry.event.id == event_id)
