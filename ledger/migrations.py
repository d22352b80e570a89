"""Bring a ledger of an older schema up to date.

The journal never changes. The views are dropped, made anew and folded from it. Newsroom tables
are altered in place, with Alembic, which is imported only then. All of it is one transaction: a
program that dies half-way leaves the ledger as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column
from sqlalchemy import select
from sqlalchemy import update

from ledger.engines import engine_module
from ledger.schema import SCHEMA_VERSION
from ledger.schema import TALLIES
from ledger.schema import VIEWS
from ledger.schema import meta
from ledger.schema import metadata

if TYPE_CHECKING:
    from alembic.operations import Operations
    from sqlalchemy import Connection


def upgrade(conn: Connection, *, since: int) -> None:
    """Take every step from schema `since` to the present one.

    Args:
        conn: A writing transaction.
        since: The schema that the ledger had when it was opened.
    """
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    held = conn.execute(select(meta.c.value).where(meta.c.key == "schema")).scalar_one()
    if int(held) != since:
        return  # another program was faster
    operations = Operations(MigrationContext.configure(conn))
    for version in range(since, SCHEMA_VERSION):
        _STEPS[version](operations)
    _remake_views(conn)
    conn.execute(update(meta).where(meta.c.key == "schema").values(value=str(SCHEMA_VERSION)))


# Version → table → text columns that the step from it adds to the table. Made anew, the table has
# them in another place; `ledger.sqlite_layout` knows both.
ADDED_COLUMNS = {1: {"feed": ("leased_by", "leased_until")}}


def _from_1(operations: Operations) -> None:
    """Pollers lease feeds."""
    _add_columns(operations, 1)


_STEPS = {1: _from_1}


def _add_columns(operations: Operations, version: int) -> None:
    """Text columns that begin empty."""
    for table, names in ADDED_COLUMNS[version].items():
        for name in names:
            kind = metadata.tables[table].c[name].type
            fresh: Column[str] = Column(name, kind, nullable=False, server_default="")
            operations.add_column(table, fresh)


def _remake_views(conn: Connection) -> None:
    """The views as this version has them, with their triggers and indexes, folded anew."""
    from ledger import views

    kind = engine_module(conn.dialect.name)
    for statement in kind.DROP_VIEW_TEXT:
        conn.exec_driver_sql(statement)
    made = (*VIEWS, *TALLIES)
    metadata.drop_all(conn, tables=made)
    metadata.create_all(conn, tables=made)
    for statement in kind.MAKE_VIEW_TEXT:
        conn.exec_driver_sql(statement)
    views.rebuild(conn)
