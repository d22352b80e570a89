"""What the same database does at the least: plain inserts, a plain select, reading and hashing.

Each is the lower bound of one figure of `bench.journal`, in seconds.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import Column
from sqlalchemy import MetaData
from sqlalchemy import Table
from sqlalchemy import create_engine
from sqlalchemy import insert
from sqlalchemy import select

from ledger.schema import VIEWS
from ledger.schema import event as event_table
from ledger.schema import prediction

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator

    from sqlalchemy import Engine as Database

    from ledger.store import Ledger

AT_ONCE = 20_000  # rows in one insert
SINGLES = 200


@dataclass(frozen=True)
class Bounds:
    """Seconds at the least: an event in bulk, one alone, the views, a hash of all, a source."""

    append: float
    commit: float
    rebuild: float
    verify: float
    card: float


def bounds(ledger: Ledger, where: str, source: str) -> Bounds:
    """Those of a ledger that is filled, whose plain tables may be made in the database `where`."""
    database = create_engine(where)
    append, commit = _inserts(ledger, database)
    rebuild = sum(_copying(ledger, database, view) for view in VIEWS)
    found = Bounds(append, commit, rebuild, _hashing(ledger), _selecting(ledger, source))
    database.dispose()
    return found


def seconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


@contextmanager
def _bare(database: Database, like: Table) -> Iterator[Table]:
    """A table of the same columns and key, with no index, no trigger, nothing that refers."""
    columns = [Column(c.name, c.type, primary_key=c.primary_key) for c in like.columns]
    table = Table("plain", MetaData(), *columns)
    with database.begin() as conn:
        table.create(conn)
    yield table
    with database.begin() as conn:
        table.drop(conn)


def _blocks(ledger: Ledger, table: Table) -> Iterator[list[dict[str, Any]]]:
    with ledger.read() as conn:
        query = select(table).execution_options(yield_per=AT_ONCE)
        for rows in conn.execute(query).mappings().partitions():
            yield [dict(row) for row in rows]


def _inserts(ledger: Ledger, database: Database) -> tuple[float, float]:
    """Seconds a row: many in one transaction, and in a transaction each."""
    rows = next(_blocks(ledger, event_table))

    def bulk() -> None:
        with database.begin() as conn:
            conn.execute(insert(table), rows[SINGLES:])

    def singles() -> None:
        for row in rows[:SINGLES]:
            with database.begin() as conn:
                conn.execute(insert(table), row)

    with _bare(database, event_table) as table:
        return seconds(bulk) / (len(rows) - SINGLES), seconds(singles) / SINGLES


def _copying(ledger: Ledger, database: Database, view: Table) -> float:
    """Seconds to insert a view's rows in one transaction; reading them is not counted."""
    spent = 0.0
    with _bare(database, view) as table:
        conn = database.connect()
        for rows in _blocks(ledger, view):
            spent += seconds(lambda rows=rows: conn.execute(insert(table), rows))
        spent += seconds(conn.commit)
        conn.close()
    return spent


def _hashing(ledger: Ledger) -> float:
    with ledger.read() as conn:
        query = select(event_table.c.body).execution_options(yield_per=1_000)
        return seconds(lambda: [sha256(body.encode()) for body in conn.execute(query).scalars()])


def _selecting(ledger: Ledger, source: str) -> float:
    """By the index on sources."""
    with ledger.read() as conn:
        query = select(prediction).where(prediction.c.source == source)
        return best(lambda: conn.execute(query).all())


def best(do: Callable[[], object]) -> float:
    """Seconds of the best of three, for what takes milliseconds."""
    return min(seconds(do) for _ in range(3))
