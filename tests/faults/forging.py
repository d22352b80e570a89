"""What somebody who owns the file can do to it: no trigger in the way, any hash made to fit."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING
from typing import Any

from ledger import views
from ledger.events import canonical
from ledger.merkle import Frontier
from ledger.merkle import leaf_hash
from ledger.sqlite_ddl import APPEND_ONLY
from ledger.store import open_ledger

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from pathlib import Path

# Texts that may say anything, so that an edit leaves a history that can be folded.
_FREE = {"statement", "source", "reason", "text", "title"}

Row = tuple[int, str, str, str, bytes]  # seq, id, subject, body, leaf


def forge(path: Path, change: Callable[[list[Row]], None]) -> None:
    """Change the journal's rows as a list; the triggers are put back after it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        raw.execute("PRAGMA synchronous=OFF")
        raw.execute("BEGIN")
        for statement in APPEND_ONLY:
            raw.execute(f"DROP TRIGGER {statement.split()[2]}")
        rows = raw.execute("SELECT seq, id, subject, body, leaf FROM event ORDER BY seq").fetchall()
        change(rows)
        raw.execute("DELETE FROM event")
        raw.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?)", rows)
        for statement in APPEND_ONLY:
            raw.execute(statement)
        raw.execute("COMMIT")


def make_it_fit(path: Path) -> None:
    """Number, leaves, head and views as if this had been the history all along."""
    forge(path, _rehash)
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        frontier = Frontier()
        for (leaf,) in raw.execute("SELECT leaf FROM event ORDER BY seq"):
            frontier = frontier.append(leaf)
        raw.execute("UPDATE head SET size = ?, frontier = ?", (frontier.size, frontier.to_bytes()))
    ledger = open_ledger(path)
    with ledger.write() as conn:
        views.rebuild(conn)
    ledger.close()


def _rehash(rows: list[Row]) -> None:
    rows[:] = [
        (seq, row[1], row[2], row[3], leaf_hash(row[3].encode()))
        for seq, row in enumerate(rows, start=1)
    ]


def edited(rng: random.Random, body: str) -> str:
    """The body with another actor, another time or another word in what it says."""
    value: dict[str, Any] = json.loads(body)
    texts = [
        name for name, held in value["data"].items() if name in _FREE and isinstance(held, str)
    ]
    what = rng.choice(["actor", "at", *texts])
    if what == "actor":
        value["actor"] = "somebody else"
    elif what == "at":
        value["at"] = value["at"].replace("2026-", "2025-")
    else:
        value["data"][what] += " (not)"
    return canonical(value)


def edit(rng: random.Random, rows: list[Row], place: int) -> None:
    """Another body, all else as it was."""
    seq, key, subject, body, leaf = rows[place]
    rows[place] = (seq, key, subject, edited(rng, body), leaf)


def edit_and_rehash(rng: random.Random, rows: list[Row], place: int) -> None:
    """Another body with its own leaf."""
    edit(rng, rows, place)
    seq, key, subject, body, _ = rows[place]
    rows[place] = (seq, key, subject, body, leaf_hash(body.encode()))


def delete(_rng: random.Random, rows: list[Row], place: int) -> None:
    """One event less, and a gap."""
    del rows[place]


def swap(rng: random.Random, rows: list[Row], place: int) -> None:
    """Two events in each other's place."""
    other = rng.choice([number for number in range(len(rows)) if number != place])
    first, second = rows[place], rows[other]
    rows[place], rows[other] = (first[0], *second[1:]), (second[0], *first[1:])


def backdate(rng: random.Random, rows: list[Row], place: int) -> None:
    """One event more, before others; those move up, each with its own leaf."""
    _, _, subject, body, _ = rows[place]
    value = json.loads(edited(rng, body)) | {"id": f"{rng.randrange(16**32):032x}"}
    body = canonical(value)
    rows.insert(place, (0, value["id"], subject, body, leaf_hash(body.encode())))
    rows[:] = [(seq, *row[1:]) for seq, row in enumerate(rows, start=1)]


def can_be_missed(rows: list[Row]) -> list[int]:
    """Places of the events without which the rest still makes a history."""
    said = [json.loads(row[3]) for row in rows]
    needed = {value["data"].get("event") for value in said}
    loose = {"prediction.noted", "prediction.amended", "evidence.attached", "prediction.reopened"}
    return [
        place
        for place, value in enumerate(said)
        if value["type"] in loose and value["id"] not in needed
    ]
