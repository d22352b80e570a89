"""Take over a journal, or the part of it that is missing: a fast-forward, and never a merge."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import update

from ledger import journal
from ledger import links
from ledger import views
from ledger.errors import ConflictError
from ledger.errors import LedgerError
from ledger.events import DRAFTED
from ledger.events import RECORDED
from ledger.exchange.journal import bodies_of
from ledger.exchange.journal import events_after
from ledger.exchange.journal import stored_bodies
from ledger.exchange.soundness import refuse_unsound
from ledger.schema import meta

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.checkpoints import Checkpoint
    from ledger.exchange.journal import JournalFile
    from ledger.store import Ledger

_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import of a journal did.

    Attributes:
        new: How many events were appended.
        known: How many of the file's events were here already.
        ahead: How many events are here that the file does not know of.
        predictions: Ids of those that came in.
        held: The checkpoint of the ledger as it is now.
    """

    new: int
    known: int
    ahead: int
    predictions: tuple[int, ...]
    held: Checkpoint


def import_journal(ledger: Ledger, file: JournalFile) -> Taken:
    """Take over a journal, or the part of it that is missing here, in one transaction.

    An empty ledger takes its events and its origin, so that checkpoints that were kept stay
    good. A ledger whose journal is the file's beginning gets the rest. One that holds all of it
    is left as it is.

    Raises:
        ConflictError: The ledger is another one, or went another way; it names the first event
            that differs. Or two predictions would have one external id.
        LedgerError: What was taken over would not verify.
    """
    promised = file.promised
    with ledger.write() as conn:
        here = journal.frontier_of(conn, lock=True).size
        known = min(here, promised.size)
        if here:
            _refuse_other(conn, file)
            _refuse_diverged(conn, file, known)
        else:
            _take_origin(conn, promised.origin)
        new = _append(conn, file, here) if promised.size > here else ()
        held = journal.checkpoint(conn)
        return Taken(promised.size - known, known, here - known, new, held)


def _refuse_other(conn: Connection, file: JournalFile) -> None:
    if journal.origin_of(conn) != file.promised.origin:
        raise ConflictError(
            f"{file.name} is the journal of another ledger ({file.promised.origin})",
            mend="import it into an empty one",
        )


def _refuse_diverged(conn: Connection, file: JournalFile, size: int) -> None:
    number, theirs = 0, bodies_of(file)
    for number, body in enumerate(stored_bodies(conn, size), start=1):
        if journal.body_bytes(body) != next(theirs):
            raise ConflictError(
                f"{file.name} and this ledger went different ways: event {number} is not the same",
                mend="import it into an empty ledger to compare them",
            )
    if number != size:
        raise LedgerError("the journal's head does not fit its events", mend="`calledit verify`")


def _take_origin(conn: Connection, origin: str) -> None:
    conn.execute(update(meta).where(meta.c.key == "origin").values(value=origin))


def _append(conn: Connection, file: JournalFile, here: int) -> tuple[int, ...]:
    """Write what comes after the first `here` events, and fold it; the new predictions' ids."""
    fresh: list[str] = []
    changed: set[str] = set()
    events, since = events_after(file, here), here
    while batch := list(islice(events, _BATCH)):
        entries = journal.append(conn, batch)
        if here:
            changed.update(views.update(conn, entries, since=since))
        since += len(entries)
        fresh += [event.subject for event in batch if event.type in (DRAFTED, RECORDED)]
    if not here:
        views.rebuild(conn)
    for subject in changed:
        _follow(conn, subject)
    refuse_unsound(conn, file, here)
    return tuple(int(subject.partition(":")[2]) for subject in fresh)


def _follow(conn: Connection, subject: str) -> None:
    """Give the links of a prediction that has new events the states that these say."""
    kind, _, number = subject.partition(":")
    if kind == "prediction":
        links.follow(conn, int(number), list(journal.read(conn, subject=subject)))
