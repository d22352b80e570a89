"""What the database itself keeps true: append-only triggers and full-text indexes, on SQLite."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DatabaseError
from sqlalchemy.exc import OperationalError

from ledger.sqlite_ddl import APPEND_ONLY
from ledger.sqlite_ddl import CHECK_FULL_TEXT
from ledger.sqlite_ddl import FULL_TEXT
from ledger.sqlite_ddl import REBUILD_FULL_TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


def guard_problems(conn: Connection) -> list[str]:
    """Triggers that are gone or changed, and full-text indexes that are not their tables'."""
    query = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL"
    held = set(conn.exec_driver_sql(query).scalars())
    problems = [
        f"the database lacks: {statement.split(' ON ')[0][:60]}"
        for statement in (*APPEND_ONLY, *FULL_TEXT)
        if statement not in held
    ]
    for index, check in CHECK_FULL_TEXT.items():
        try:
            conn.exec_driver_sql(check)
        except OperationalError:
            raise  # somebody is writing, which says nothing of the index
        except DatabaseError:
            problems.append(f"the search index {index} is not true; `calledit rebuild`")
    return problems


@contextmanager
def search_indexes_made_anew(conn: Connection) -> Iterator[None]:
    """Within the caller's transaction: rows may be replaced in bulk, the indexes follow after.

    Row by row, keeping the indexes true would cost more than all the rest. Until the transaction
    ends nobody sees that their triggers were away, and after a crash they never were.
    """
    triggers = [sql for sql in FULL_TEXT if sql.startswith("CREATE TRIGGER")]
    for trigger in triggers:
        conn.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger.split()[2]}")
    yield
    for statement in (*REBUILD_FULL_TEXT, *triggers):
        conn.exec_driver_sql(statement)
