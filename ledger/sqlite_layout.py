"""Whether an SQLite ledger is laid out as this version makes one: tables, indexes, triggers."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import create_engine

from ledger.clean import clean_line
from ledger.migrations import ADDED_COLUMNS
from ledger.schema import metadata
from ledger.sqlite_ddl import APPEND_ONLY
from ledger.sqlite_ddl import FULL_TEXT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    Key = tuple[str, str]  # kind and name
    Layout = dict[Key, str]  # … → the table that it is of, and the statement that made it

# What SQLite keeps for itself: the results of ANALYZE, which say nothing of what is stored.
_OF_SQLITE = "sqlite_stat"
# FTS5 keeps an index in tables of its own, whose layout is its affair.
_OF_FTS5 = ("_fts_config", "_fts_data", "_fts_docsize", "_fts_idx")


def layout_problems(conn: Connection) -> list[str]:
    """What is missing, changed or not ours, in words."""
    held, new = _layout(conn), _new_layout()
    lacking = [f"the database lacks: {_begun(key)}" for key in new.keys() - held.keys()]
    changed = [
        f"the database's {_named(key)} is not as this version makes it"
        for key in new.keys() & held.keys()
        if held[key] not in {new[key], *_upgraded(key)}
    ]
    extra = [f"the database's {_named(key)} is not ours" for key in held.keys() - new.keys()]
    return [*sorted(lacking), *sorted(changed), *sorted(extra)]


def _layout(conn: Connection) -> Layout:
    rows = conn.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_schema")
    return {
        (kind, name): "" if str(name).endswith(_OF_FTS5) else f"{table}: {sql}"
        for kind, name, table, sql in rows
        if not str(name).startswith(_OF_SQLITE)
    }


@cache
def _new_layout() -> Layout:
    """The layout of a new ledger."""
    engine = create_engine("sqlite://")
    with engine.begin() as conn:
        metadata.create_all(conn)
        for statement in (*APPEND_ONLY, *FULL_TEXT):
            conn.exec_driver_sql(statement)
        made = _layout(conn)
    engine.dispose()
    return made


@cache
def _upgraded(key: Key) -> set[str]:
    """What a table looks like in ledgers that an upgrade added columns to."""
    kind, table = key
    found = set()
    for since in ADDED_COLUMNS if kind == "table" else ():
        steps = [step for version, step in ADDED_COLUMNS.items() if version >= since]
        columns = [name for step in steps for name in step.get(table, ())]
        if columns:
            found.add(_with_added(key, columns))
    return found


def _with_added(key: Key, columns: Sequence[str]) -> str:
    """A new ledger's table, had these columns been added to it: SQLite itself says how it looks."""
    _, _, statement = _new_layout()[key].partition(": ")
    lines = statement.split("\n\t")  # one for each column
    added = {line.split()[0]: line.strip(" ,") for line in lines if line.split()[0] in columns}
    kept = [line for line in lines if line.split()[0] not in columns]
    engine = create_engine("sqlite://")
    with engine.begin() as conn:
        conn.exec_driver_sql("\n\t".join(kept))
        for name in columns:
            conn.exec_driver_sql(f"ALTER TABLE {key[1]} ADD COLUMN {added[name]}")
        made = _layout(conn)[key]
    engine.dispose()
    return made


def _begun(key: Key) -> str:
    """The beginning of the statement that would make it."""
    kind, name = key
    return f"CREATE {kind.upper()} {name}"


def _named(key: Key) -> str:
    kind, name = key
    return f"{clean_line(str(kind), limit=20)} {clean_line(str(name), limit=80)}"
