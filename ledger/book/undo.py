"""Take back, and do again: compensating events, so that both survive a restart."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from ledger import events as ev
from ledger import journal
from ledger.book.writing import Deed
from ledger.book.writing import perform
from ledger.errors import ConflictError
from ledger.views import live

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Sequence

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
        ev.LINK_REJECTED,
    }
)


def undo(ledger: Ledger, *, deed: str | None = None) -> Event:
    """Take back the latest thing that the same person did, the whole of it.

    Returns:
        The event that was taken back, the last one where the verb wrote several.

    Raises:
        ConflictError: There is nothing left to take back.
    """

    def do(doing: Deed) -> None:
        latest = _latest_deed(doing.conn, ledger.actor)
        if not latest or any(entry.event.type not in UNDOABLE for entry in latest):
            raise ConflictError("there is nothing to take back")
        for entry in latest:
            _refuse_overtaken(doing.conn, entry.event.subject, after=latest[0].seq)
        _compensate(doing, latest)

    def answer(conn: Connection, entries: Sequence[Entry]) -> Event:
        event = entries[0].event
        return _event_by_id(conn, event.subject, event.data["event"])

    return perform(ledger, "undo", None, do, answer, deed=deed)


def redo(ledger: Ledger, *, deed: str | None = None) -> Event:
    """Do again what was taken back last, unless something was done since; its last event.

    Raises:
        ConflictError: There is nothing to do again.
    """

    def do(doing: Deed) -> None:
        taking_back = _latest_taking_back(doing.conn, ledger.actor)
        if not taking_back:
            raise ConflictError("there is nothing to do again")
        for entry in taking_back:
            _refuse_moved_on(doing.conn, entry.event.subject, since=taking_back[0].seq)
        _compensate(doing, taking_back)

    def answer(conn: Connection, entries: Sequence[Entry]) -> Event:
        # The last of the deed was taken back first; it is what the deed is called by.
        last = entries[-1].event
        taking_back = _event_by_id(conn, last.subject, last.data["event"])
        return _event_by_id(conn, last.subject, taking_back.data["event"])

    return perform(ledger, "redo", None, do, answer, deed=deed)


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


def _latest_deed(conn: Connection, actor: str) -> list[Entry]:
    """The standing entries of the newest deed, newest first."""
    deeds = (entry for entry in _standing(conn, actor) if entry.event.type != ev.UNDONE)
    first = next(deeds, None)
    return [] if first is None else [first, *_same_deed(first, deeds)]


def _latest_taking_back(conn: Connection, actor: str) -> list[Entry]:
    """The newest taking back of a deed that no newer deed stands after, newest entry first."""
    standing = _standing(conn, actor)
    for entry in standing:
        event = entry.event
        if event.type != ev.UNDONE:
            return []
        if event.data["was"] != ev.UNDONE:
            return [entry, *_same_deed(entry, standing)]
    return []


def _same_deed(first: Entry, following: Iterator[Entry]) -> list[Entry]:
    return list(takewhile(lambda entry: entry.event.deed == first.event.deed, following))


def _refuse_overtaken(conn: Connection, subject: str, *, after: int) -> None:
    """What somebody else has built on cannot be pulled out from under them."""
    for later in _counting(list(journal.read(conn, subject=subject))):
        if later.seq > after:
            raise _overtaken(later)


def _refuse_moved_on(conn: Connection, subject: str, *, since: int) -> None:
    """What was taken back returns only to the place that it was taken from."""
    entries = list(journal.read(conn, subject=subject))
    now = _counting(entries)
    then = _counting([entry for entry in entries if entry.seq <= since])
    if now != then:
        raise _overtaken(max((e for e in entries if e.seq > since), key=lambda e: e.seq))


def _counting(entries: Sequence[Entry]) -> list[Entry]:
    """The entries that the prediction as it stands is made of."""
    return [entry for entry in live(entries) if entry.event.type != ev.LINK_REJECTED]


def _overtaken(by: Entry) -> ConflictError:
    return ConflictError(
        f"{by.event.actor} has changed {by.event.subject} since then",
        mend="amend or reopen it instead",
    )


def _compensate(doing: Deed, entries: Iterable[Entry]) -> None:
    events = [entry.event for entry in entries]
    doing.write(
        *[
            doing.happened(ev.UNDONE, event.subject, {"event": event.id, "was": event.type})
            for event in events
        ]
    )


def _event_by_id(conn: Connection, subject: str, event_id: str) -> Event:
    entries = journal.read(conn, subject=subject)
    return next(entry.event for entry in entries if entry.event.id == event_id)
