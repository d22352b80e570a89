"""The append-only journal: append, read, head, checkpoint.

Every function works inside the caller's transaction; `append` needs a writing one, because the
sequence number comes from the locked head row and never from a database sequence (which would
leave gaps on rollback).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import LargeBinary
from sqlalchemy import cast
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update

from ledger.checkpoints import Checkpoint
from ledger.clean import clean_line
from ledger.errors import ConflictError
from ledger.errors import DamagedError
from ledger.events import Event
from ledger.events import parse_event
from ledger.merkle import Frontier
from ledger.merkle import leaf_hash
from ledger.schema import event as event_table
from ledger.schema import head as head_table
from ledger.schema import meta

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy import Connection

_A_PAGE = 200
_IDS_A_QUERY = 500  # well under SQLite's limit of bound values
_ROWS_AT_ONCE = 1_000  # held in memory while the journal streams by


@dataclass(frozen=True, slots=True)
class Entry:
    """An event and its place in the journal (from 1)."""

    seq: int
    event: Event


def append(conn: Connection, events: Sequence[Event]) -> list[Entry]:
    """Write events at the journal's end.

    An event whose id is already there with the same body is not written again: a retry after an
    unknown outcome changes nothing.

    Raises:
        ConflictError: An event's id is already there with another body.
    """
    frontier = frontier_of(conn, lock=True)
    known = _already_there(conn, [event.id for event in events])
    entries: list[Entry] = []
    rows: list[dict[str, Any]] = []
    for event in events:
        body = event.body()
        if event.id in known:
            entries.append(_same(event, body, *known[event.id]))
            continue
        seq = frontier.size + len(rows) + 1
        entries.append(Entry(seq, event))
        rows.append(
            {
                "seq": seq,
                "id": event.id,
                "subject": event.subject,
                "body": body,
                "leaf": leaf_hash(body.encode()),
            }
        )
    if rows:
        frontier = frontier.extend(row["leaf"] for row in rows)
        conn.execute(insert(event_table), rows)
        conn.execute(update(head_table).values(size=frontier.size, frontier=frontier.to_bytes()))
    return entries


def of_deed(conn: Connection, deed: str) -> list[Entry]:
    """The events of one deed: their ids are the deed's, a full stop and a number."""
    columns = event_table.c
    query = select(columns.seq, columns.body).where(
        columns.id > f"{deed}.",
        columns.id < f"{deed}/",  # "/" follows "." in every alphabet of ours
    )
    rows = conn.execute(query.order_by(columns.seq))
    return [_entry(row.seq, row.body) for row in rows]


def _already_there(conn: Connection, ids: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Place and body of those events that the journal holds."""
    found: dict[str, tuple[int, str]] = {}
    for start in range(0, len(ids), _IDS_A_QUERY):
        some = ids[start : start + _IDS_A_QUERY]
        query = select(event_table.c.id, event_table.c.seq, event_table.c.body)
        rows = conn.execute(query.where(event_table.c.id.in_(some)))
        found |= {row.id: (row.seq, row.body) for row in rows}
    return found


def _same(event: Event, body: str, seq: int, held: str) -> Entry:
    if held != body:
        raise ConflictError(f"event {event.id} is already in the journal and says something else")
    return Entry(seq, event)


def frontier_of(conn: Connection, *, lock: bool = False) -> Frontier:
    """The Merkle frontier as the head row holds it.

    Raises:
        DamagedError: The row was tampered with, or is not there, or not alone.
    """
    query = select(head_table.c.size, head_table.c.frontier)
    rows = conn.execute(query.with_for_update() if lock else query).all()
    if len(rows) != 1:
        raise DamagedError(f"the journal has {len(rows)} heads where it should have one")
    size, roots = rows[0]
    if not (isinstance(size, int) and size >= 0 and isinstance(roots, bytes)):
        raise DamagedError("the journal's head is damaged: it is not a size and hashes")
    try:
        return Frontier.from_bytes(size, roots)
    except ValueError as error:
        raise DamagedError(f"the journal's head is damaged: {error}") from error


def refuse_other_head(conn: Connection) -> None:
    """Nothing is to be made from a journal whose end is not where its head says.

    Raises:
        DamagedError: It is not.
    """
    last = conn.execute(select(func.max(event_table.c.seq))).scalar() or 0
    size = frontier_of(conn).size
    if size != last:
        raise DamagedError(f"the journal's head states {size} events, the last one is {last}")


def read(conn: Connection, *, subject: str | None = None) -> Iterator[Entry]:
    """Events in order, of one subject or of all.

    Raises:
        DamagedError: What is stored is not an event.
    """
    query = select(event_table.c.seq, event_table.c.body).order_by(event_table.c.seq)
    if subject is not None:
        query = query.where(event_table.c.subject == subject)
    with conn.execute(query.execution_options(yield_per=_ROWS_AT_ONCE)) as rows:
        for row in rows:
            yield _entry(row.seq, row.body)


def subjects(conn: Connection) -> list[str]:
    """Everything that events are about, each kind by number."""
    query = select(event_table.c.subject).distinct().order_by(event_table.c.subject)
    return sorted(conn.execute(query).scalars(), key=len)  # shorter numbers are smaller ones


def read_subjects(conn: Connection, subjects: Sequence[str]) -> Iterator[tuple[str, list[Entry]]]:
    """Some subjects (at most a few thousand), each with its events in order."""
    query = (
        select(event_table.c.subject, event_table.c.seq, stored_bytes(conn))
        .where(event_table.c.subject.in_(subjects))
        .order_by(event_table.c.subject, event_table.c.seq)
    )
    for subject, rows in groupby(conn.execute(query), key=itemgetter(0)):
        yield subject, [_read_entry(seq, body) for _, seq, body in rows]


def _entry(seq: int, body: str) -> Entry:
    try:
        return Entry(seq, parse_event(body))
    except (ValueError, TypeError, RecursionError) as error:
        raise _unreadable(seq, error) from error


def _read_entry(seq: int, body: bytes) -> Entry:
    from ledger.stored import read_stored  # its JSON library loads slowly

    try:
        return Entry(seq, read_stored(body))
    except ValueError as error:
        raise _unreadable(seq, error) from error


def _unreadable(seq: int, error: Exception) -> DamagedError:
    return DamagedError(f"event {seq} cannot be read: {clean_line(str(error), limit=200)}")


def stored_bytes(conn: Connection) -> ColumnElement[bytes]:
    """The stored bytes of an event's body: what is hashed, whether or not it is text."""
    body = event_table.c.body
    if conn.dialect.name == "sqlite":
        return func.coalesce(cast(body, LargeBinary), b"", type_=LargeBinary)
    return func.convert_to(body, "UTF8", type_=LargeBinary)


def body_bytes(body: str) -> bytes:
    """The bytes of a body that was read as text: what is hashed, a lone surrogate included."""
    return body.encode("utf-8", "surrogatepass")


def read_latest(conn: Connection) -> Iterator[Entry]:
    """Events from the newest back."""
    query = select(event_table.c.seq, event_table.c.body).order_by(event_table.c.seq.desc())
    page = query.limit(_A_PAGE)
    while rows := conn.execute(page).all():
        for row in rows:
            yield _entry(row.seq, row.body)
        page = query.where(event_table.c.seq < rows[-1].seq).limit(_A_PAGE)


def origin_of(conn: Connection) -> str:
    """The name under which this ledger's checkpoints go."""
    query = select(meta.c.value).where(meta.c.key == "origin")
    origin: str | None = conn.execute(query).scalar_one_or_none()
    return origin or "?"


def checkpoint(conn: Connection) -> Checkpoint:
    """The journal's state now."""
    frontier = frontier_of(conn)
    return Checkpoint(origin_of(conn), frontier.size, frontier.root())
