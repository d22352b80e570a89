"""What a ledger holds, on either engine: schema, guards, journal, and checkpoints of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlalchemy import select

from ledger.clean import clean_line
from ledger.doctor.findings import Finding
from ledger.doctor.findings import note
from ledger.doctor.findings import ok
from ledger.doctor.findings import wrong
from ledger.engines import engine_module
from ledger.errors import ReadError
from ledger.journal import checkpoint
from ledger.schema import SCHEMA_VERSION
from ledger.schema import event
from ledger.schema import meta
from ledger.witness import PLACES_VARIABLE
from ledger.witness import place_beside
from ledger.witness import places_outside
from ledger.witness import read_checkpoints

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from ledger.checkpoints import Checkpoint
    from ledger.clock import Clock

_VERIFY = "`calledit verify` tells more; restore a copy"
_DAY, _HOUR = 86_400, 3_600  # seconds


def of_contents(conn: Connection, where: str, clock: Clock) -> Iterator[Finding]:
    """Findings on a ledger that is open for reading, of whatever schema."""
    stored = stored_schema(conn)
    yield _schema(stored)
    if stored == SCHEMA_VERSION:
        yield from _guards(conn)
    held = checkpoint(conn)
    yield _journal(conn, held)
    yield from _checkpoints(where, held, clock)


def stored_schema(conn: Connection) -> int:
    """The schema that the ledger says it has."""
    query = select(meta.c.value).where(meta.c.key == "schema")
    return int(conn.execute(query).scalar_one())


def _schema(version: int) -> Finding:
    if version > SCHEMA_VERSION:
        return wrong(
            f"it was written by a newer Called It (schema {version}, this one knows "
            f"{SCHEMA_VERSION})",
            "upgrade the program",
        )
    if version < SCHEMA_VERSION:
        return note(
            f"it has schema {version}; the next verb brings it up to {SCHEMA_VERSION}, and leaves "
            "its journal as it is",
            "`calledit backup FILE` first, if older programs are to read it",
        )
    return ok(f"schema {version}, the newest")


def _guards(conn: Connection) -> Iterator[Finding]:
    problems = engine_module(conn.dialect.name).layout_problems(conn)
    for what in problems:
        yield wrong(what, "`calledit verify`, then restore a copy")
    if not problems:
        yield ok("the triggers that keep the journal append-only are there")


def _journal(conn: Connection, held: Checkpoint) -> Finding:
    count, last = conn.execute(select(func.count(), func.max(event.c.seq))).one()
    if (held.size, held.size) != (count, last or 0):
        return wrong(
            f"the journal holds {count} events, the last of them number {last or 0}, "
            f"and its head states {held.size}",
            _VERIFY,
        )
    if held.origin == "?":
        return wrong(
            "the ledger has lost its origin: no checkpoint can be known as its own", _VERIFY
        )
    return ok(
        f"{count} events, as the journal's head states; `calledit verify` checks each of them"
    )


# ── checkpoints ─────────────────────────────────────────────────────────────────────────────


def _checkpoints(where: str, held: Checkpoint, clock: Clock) -> Iterator[Finding]:
    beside = place_beside(where)
    if beside is not None:
        yield _place(beside, held, clock)[0]
    outside = places_outside(held.origin)
    newest = 0
    for place in outside:
        finding, size = _place(place, held, clock)
        newest = max(newest, size)
        yield finding
    if not outside:
        yield note(
            "no checkpoint is kept outside: whoever owns this ledger can rewrite all of it unseen",
            f"set {PLACES_VARIABLE} to a folder on another disk or machine",
        )
    elif newest < held.size:
        yield note(
            f"{_events(held.size - newest)} younger than the newest checkpoint outside, and "
            "can be rewritten unseen until there is one",
            "the next verb that changes the ledger keeps one",
        )
    else:
        yield ok("every event is covered by a checkpoint outside")


def _place(place: Path, held: Checkpoint, clock: Clock) -> tuple[Finding, int]:
    """One place, and the size of the newest checkpoint there that fits the journal."""
    name = clean_line(str(place), limit=300)
    try:
        text = read_checkpoints(place)
    except ReadError as error:
        return _unread(place, name, error), 0
    mine = [one.checkpoint for one in text.kept if one.checkpoint.origin == held.origin]
    if not mine:
        return note(f"{name} holds no checkpoint of this ledger"), 0
    newest = max(mine, key=lambda one: one.size)
    if newest.size > held.size:
        said = f"{name} saw {newest.size} events, and the journal holds {held.size}"
        return wrong(said, "was an older copy restored? `calledit verify` tells more"), 0
    if newest.size == held.size and newest.root != held.root:
        return wrong(f"{name} saw another history than the journal's", _VERIFY), 0
    seconds = clock.now().timestamp() - place.stat().st_mtime
    said = f"event {newest.size} of {held.size}, {_age(seconds)}"
    return ok(f"newest checkpoint in {name}: {said}"), newest.size


def _unread(place: Path, name: str, error: ReadError) -> Finding:
    if not isinstance(error.__cause__, FileNotFoundError):
        return wrong(error.message, "move it away; the next change begins a new one")
    if place.parent.is_dir():
        return note(f"no checkpoint yet in {name}", "the next change to the ledger keeps one")
    return wrong(
        f"checkpoints cannot be kept in {name}: its folder is not there",
        f"plug the disk in, make the folder, or change {PLACES_VARIABLE}",
    )


def _events(count: int) -> str:
    return "1 event is" if count == 1 else f"{count} events are"


def _age(seconds: float) -> str:
    """How long ago, in the largest unit that fits."""
    for length, unit in ((_DAY, "day"), (_HOUR, "hour"), (60, "minute")):
        count = int(seconds // length)
        if count >= 1:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
