"""What every verb does: find the prediction, check its status, write events, fold the views."""

from __future__ import annotations

import hashlib
import json
import re
import time
from typing import TYPE_CHECKING
from typing import Any
from typing import TypeVar

from sqlalchemy import func
from sqlalchemy import select

from ledger import events as ev
from ledger import journal
from ledger import links
from ledger import views
from ledger.clean import clean_block
from ledger.clean import clean_line
from ledger.clock import instant_text
from ledger.errors import ConflictError
from ledger.errors import ConnectionLostError
from ledger.errors import LedgerError
from ledger.errors import UsageError
from ledger.events import Event
from ledger.events import new_event_id
from ledger.model import OUTCOME_WORDS
from ledger.queries import get_prediction
from ledger.schema import prediction as prediction_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Sequence

    from sqlalchemy import Connection
    from sqlalchemy import Table

    from ledger.journal import Entry
    from ledger.model import Prediction
    from ledger.store import Ledger

_T = TypeVar("_T")
_DEED = re.compile(r"[A-Za-z0-9_-]{1,100}")
_WAITS = (0.1, 0.5, 2.0)  # seconds, until a server that went away is asked again
_MOST_TOLD = 5
_DONE = {
    ev.KEPT: "kept it",
    ev.DROPPED: "dropped it",
    ev.AMENDED: "amended it",
    ev.NOTED: "wrote a note",
    ev.WITHDRAWN: "withdrew it",
    ev.ATTACHED: "attached evidence",
    ev.DETACHED: "took evidence off",
    ev.REOPENED: "reopened it",
    ev.UNDONE: "took something back",
}
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


class Deed:
    """One verb's doing: its events, written within one transaction.

    Attributes:
        conn: The writing transaction.
        id: Made by whoever asked for the deed; its events' ids follow from it.
        ledger: Where.
    """

    def __init__(self, ledger: Ledger, conn: Connection, deed_id: str, asked: str) -> None:
        self.ledger = ledger
        self.conn = conn
        self.id = deed_id
        self._asked = asked
        self._entries: list[Entry] = []
        self._named = 0

    def happened(self, kind: str, subject: str, data: dict[str, Any]) -> Event:
        """An event of now, by whoever works on this ledger."""
        event_id = f"{self.id}.{self._asked}.{self._named}"
        self._named += 1
        now = instant_text(self.ledger.clock.now())
        return Event(kind, subject, now, self.ledger.actor, data, id=event_id, deed=self.id)

    def write(self, *events: Event) -> None:
        """Append the events; the views and the states of links follow.

        Raises:
            ConflictError: An external id would belong to two predictions.
        """
        from ledger.scoring.keeping import move_to

        before = journal.frontier_of(self.conn).size
        entries = journal.append(self.conn, events)
        changed = views.update(self.conn, entries, since=before)
        move_to(self.conn, self.ledger.clock.today())
        for subject in changed:
            kind, _, number = subject.partition(":")
            if kind == "prediction":
                held = list(journal.read(self.conn, subject=subject))
                links.follow(self.conn, int(number), held)
                _refuse_twin(self.conn, int(number))
        self._entries += entries

    @property
    def entries(self) -> Sequence[Entry]:
        """What was written so far."""
        return self._entries


def perform(
    ledger: Ledger,
    verb: str,
    about: object,
    do: Callable[[Deed], None],
    answer: Callable[[Connection, Sequence[Entry]], _T],
    *,
    deed: str | None = None,
) -> _T:
    """Do a verb once: in one transaction, and never again for the same deed.

    When the connection is lost, nobody knows whether the deed was written. So it is tried again
    under the same id: if it is in the journal by then, only its answer is worked out.

    Args:
        ledger: Where.
        verb: Its name.
        about: What it was asked to do, as JSON can say it; a deed is of one verb and one asking.
        do: Checks, and writes events.
        answer: What the caller gets, worked out from the events.
        deed: The caller's id for it, for retries of its own; made up where there is none.

    Raises:
        ConnectionLostError: The server stayed away, or came back and cannot be written; the
            deed's outcome is unknown.
        ConflictError: The id is that of another deed.
        UsageError: The id is malformed.
    """
    deed_id = checked_deed(deed) if deed is not None else new_event_id()
    asked = f"{verb}-{_digest(about)}"
    lost = False
    for wait in (*_WAITS, None):
        try:
            with ledger.write() as conn:
                done: Sequence[Entry] = journal.of_deed(conn, deed_id)
                _refuse_other_asking(deed_id, asked, done)
                if not done:
                    doing = Deed(ledger, conn, deed_id, asked)
                    do(doing)
                    done = doing.entries
                return answer(conn, done)
        except LedgerError as error:
            away = isinstance(error, ConnectionLostError)
            lost = lost or away
            if not lost:
                raise
            # Once lost, it may be on its way, whatever is said of another attempt.
            if wait is None or not away:
                raise ConnectionLostError(
                    f"{error.message}; whether it was recorded is not known",
                    mend=f"do it again with --once {deed or deed_id}: it is then recorded once",
                ) from error
            time.sleep(wait)
    raise AssertionError  # the last turn returns or raises


def _refuse_other_asking(deed: str, asked: str, done: Sequence[Entry]) -> None:
    used = {entry.event.id.split(".")[1] for entry in done}
    if used - {asked}:
        verb = used.pop().partition("-")[0]
        what = "with other words" if verb == asked.partition("-")[0] else f"by the verb {verb}"
        raise ConflictError(f"{deed} names a deed already, {what}", mend="choose another name")


def _digest(about: object) -> str:
    said = json.dumps(about, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def needed_reason(reason: str, doing: str) -> str:
    """The reason that a deed cannot do without, made safe.

    Raises:
        UsageError: There is none.
    """
    said = clean_block(reason, limit=4_000)
    if not said:
        raise UsageError(f"{doing} needs a reason", mend="say why: --reason …")
    return said


def checked_deed(deed: str) -> str:
    """A deed's id as the journal keeps it.

    Raises:
        UsageError: It is not 1 to 100 letters, digits, hyphens and underscores.
    """
    if _DEED.fullmatch(deed) is None:
        raise UsageError(
            f"{clean_line(deed, limit=40)!r} cannot name a deed",
            mend="use up to 100 letters, digits, hyphens and underscores",
        )
    return deed


def predictions_in(conn: Connection, entries: Sequence[Entry]) -> list[Prediction]:
    """The predictions that these events are about, each once, in order."""
    subjects = dict.fromkeys(entry.event.subject.partition(":")[::2] for entry in entries)
    return [get_prediction(conn, int(number)) for kind, number in subjects if kind == "prediction"]


def prediction_in(conn: Connection, entries: Sequence[Entry]) -> Prediction:
    """The one prediction that these events are about."""
    return predictions_in(conn, entries)[0]


def _refuse_twin(conn: Connection, number: int) -> None:
    """An external id is of one prediction, also when it comes back."""
    mine, other = prediction_table.alias(), prediction_table
    query = (
        select(other.c.id, other.c.external_id)
        .join(mine, mine.c.external_id == other.c.external_id)
        .where(mine.c.id == number, other.c.id != number)
    )
    row = conn.execute(query.limit(1)).one_or_none()
    if row is not None:
        raise ConflictError(
            f"external id {row.external_id!r} belongs to prediction {row.id} already"
        )


def find_in(
    conn: Connection, prediction_id: int, *statuses: str, seen: int | None = None
) -> Prediction:
    """The prediction, when it is in one of these statuses, and as its caller saw it.

    Raises:
        NotFoundError: There is none with this id.
        ConflictError: It is in another status, or somebody has changed it since.
    """
    found = get_prediction(conn, prediction_id)
    if seen is not None and found.version != seen:
        raise ConflictError(
            f"prediction {found.id} was changed since you looked: "
            f"{_changes_since(conn, found, seen)}",
            mend="look at it again, then decide",
        )
    if found.status not in statuses:
        by = ""
        if found.outcome is not None:
            by = f": {found.resolved_by} said that it {OUTCOME_WORDS[found.outcome]}"
        raise ConflictError(
            f"prediction {found.id} {_STATUS_WORDS[found.status]}{by}",
            mend=_MENDS.get(found.status, "").format(id=found.id),
        )
    return found


def _changes_since(conn: Connection, found: Prediction, seen: int) -> str:
    """Who did what to the prediction after the event `seen`."""
    entries = journal.read(conn, subject=subject_of(found.id))
    later = [entry.event for entry in entries if entry.seq > seen]
    said = [f"{event.actor} {_done(event)}" for event in later]
    return ", then ".join(said[:_MOST_TOLD]) + (" and more" if len(said) > _MOST_TOLD else "")


def _done(event: Event) -> str:
    if event.type == ev.RESOLVED:
        return f"said that it {OUTCOME_WORDS[event.data['outcome']]}"
    return _DONE.get(event.type, event.type)


def next_id(conn: Connection, table: Table) -> int:
    """The number for the next prediction or article; gaps never, since views drop no subject."""
    return (conn.execute(select(func.max(table.c.id))).scalar() or 0) + 1


def subject_of(prediction_id: int) -> str:
    """A prediction's name in the journal."""
    return f"prediction:{prediction_id}"
