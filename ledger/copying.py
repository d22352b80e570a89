"""Copy a ledger row by row into another database, of whatever engine.

The journal and the newsroom are copied, ids and all; the views are folded anew. All of it lies
within the caller's two transactions: one snapshot on one side, all or nothing on the other.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy import update

from ledger import views
from ledger.errors import LedgerError
from ledger.journal import body_bytes
from ledger.journal import checkpoint
from ledger.merkle import Frontier
from ledger.merkle import leaf_hash
from ledger.schema import TALLIES
from ledger.schema import VIEWS
from ledger.schema import event
from ledger.schema import head
from ledger.schema import meta
from ledger.schema import metadata

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Generator

    from sqlalchemy import Connection
    from sqlalchemy import Table

    from ledger.checkpoints import Checkpoint

    # Told how much is done, of how much.
    Progress = Callable[[int, int], None]

# In an order in which what is referred to comes first.
_MADE = {*VIEWS, *TALLIES}
NEWSROOM = tuple(t for t in metadata.sorted_tables if t not in {meta, event, head, *_MADE})
# Tables whose ids the database gives out.
_NUMBERED = tuple(t for t in NEWSROOM if t.autoincrement_column is not None)
_BATCH = 1_000


def copy_ledger(source: Connection, target: Connection, *, progress: Progress) -> Checkpoint:
    """Copy everything from one ledger into another that is new and empty.

    Args:
        source: A reading transaction on a ledger of the present schema.
        target: A writing transaction.
        progress: Told now and then how many rows are copied, of how many.

    Returns:
        The copy's checkpoint, which is the source's.

    Raises:
        LedgerError: The source's journal does not fit its head.
    """
    _copy_meta(source, target)
    tables = (event, *NEWSROOM)
    total = sum(source.scalar(select(func.count()).select_from(t)) or 0 for t in tables)
    done = 0
    leaves: list[bytes] = []
    for table in tables:
        with closing(_batches(source, table)) as batches:
            for rows in batches:
                target.execute(insert(table), rows)
                if table is event:
                    leaves += map(_leaf, rows)
                done += len(rows)
                progress(done, total)
    _write_head(target, leaves)
    for table in _NUMBERED:
        _continue_ids(target, table, _last_id(source, table))
    views.rebuild(target)
    return _same_checkpoint(source, target)


def is_untouched(conn: Connection) -> bool:
    """Whether a ledger holds no event and no news."""
    return not any(
        conn.execute(select(text("1")).select_from(table).limit(1)).first()
        for table in (event, *NEWSROOM)
    )


def _copy_meta(source: Connection, target: Connection) -> None:
    """The origin and whatever else is known of the ledger; the schema is the target's own."""
    for key, value in source.execute(select(meta.c.key, meta.c.value)):
        if key == "schema":
            continue
        row = update(meta).where(meta.c.key == key).values(value=value)
        if not target.execute(row).rowcount:
            target.execute(insert(meta).values(key=key, value=value))


def _batches(source: Connection, table: Table) -> Generator[list[dict[str, Any]], None, None]:
    query = select(table).order_by(*table.primary_key.columns)
    with source.execute(query, execution_options={"yield_per": _BATCH}) as found:
        for rows in found.mappings().partitions():
            yield [dict(row) for row in rows]


def _leaf(row: dict[str, Any]) -> bytes:
    return leaf_hash(body_bytes(row["body"]))


def _write_head(target: Connection, leaves: list[bytes]) -> None:
    frontier = Frontier().extend(leaves)
    target.execute(update(head).values(size=frontier.size, frontier=frontier.to_bytes()))


def _same_checkpoint(source: Connection, target: Connection) -> Checkpoint:
    copied = checkpoint(target)
    if copied != checkpoint(source):
        raise LedgerError(
            "the ledger was not copied: its events do not give the root that its head states",
            mend="`calledit verify` tells more",
        )
    return copied


# ── ids that are never given twice ──────────────────────────────────────────────────────────


def _last_id(source: Connection, table: Table) -> int:
    """The largest id that was ever given, as far as the database remembers."""
    largest: int = source.scalar(select(func.coalesce(func.max(table.c.id), 0))) or 0
    if source.dialect.name == "sqlite":
        query = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        given = source.scalar(query, {"name": table.name})
    else:
        sequence = source.scalar(text("SELECT pg_get_serial_sequence(:t, 'id')"), {"t": table.name})
        query = text(f"SELECT last_value FROM {sequence} WHERE is_called")  # noqa: S608
        given = source.scalar(query)
    return max(largest, given or 0)


def _continue_ids(target: Connection, table: Table, last: int) -> None:
    """Let the target go on after `last`.

    SQLite without AUTOINCREMENT goes on after the largest id that is there, and needs no telling.
    """
    if not last:
        return
    bound = {"table": table.name, "last": last}
    if target.dialect.name == "postgresql":
        query = text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :last)")
        target.execute(query, bound)
    elif table.dialect_options["sqlite"]["autoincrement"]:
        target.execute(text("DELETE FROM sqlite_sequence WHERE name = :table"), bound)
        target.execute(text("INSERT INTO sqlite_sequence VALUES (:table, :last)"), bound)
