"""Whether a PostgreSQL ledger is laid out as this version makes one: columns, keys, triggers.

What the server says of its own definitions is compared, and not names alone: a trigger with
``WHEN (false)`` and a function that returns at once bear the right names, too. Everything is
looked up in the schema that tables are made in, wherever else the search path leads.
"""

# ruff: noqa: S608 (only our own constants are put into these statements)
from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint
from sqlalchemy import ForeignKeyConstraint
from sqlalchemy import PrimaryKeyConstraint
from sqlalchemy.sql.schema import ColumnCollectionConstraint

from ledger.clean import clean_line
from ledger.postgresql_ddl import APPEND_ONLY
from ledger.schema import metadata

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy import Constraint

_HERE = "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
_OURS = f"c.relnamespace = {_HERE} AND c.relname = ANY(CAST(%s AS text[]))"
_COLUMNS = f"""
SELECT c.relname, a.attname, a.attnotnull FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid
WHERE {_OURS} AND a.attnum > 0 AND NOT a.attisdropped
"""
# Since PostgreSQL 18 "not null" is a constraint, too ("n"); it is told with the columns.
_CONSTRAINTS = f"""
SELECT c.relname, pg_get_constraintdef(k.oid, true) FROM pg_class AS c
JOIN pg_constraint AS k ON k.conrelid = c.oid
WHERE {_OURS} AND k.contype IN ('c', 'f', 'p', 'u', 'x')
"""
_TRIGGERS = f"""
SELECT t.tgname AS name, pg_get_triggerdef(t.oid, true) AS definition,
  t.tgenabled IN ('O', 'A') AS fires, p.prosrc AS source,
  l.lanname = 'plpgsql' AND NOT p.prosecdef AND p.proconfig IS NULL AS plain
FROM pg_class AS c JOIN pg_trigger AS t ON t.tgrelid = c.oid
JOIN pg_proc AS p ON p.oid = t.tgfoid JOIN pg_language AS l ON l.oid = p.prolang
WHERE {_OURS} AND NOT t.tgisinternal
"""
# What stands between a statement and the table without being a trigger.
_BETWEEN = f"""
SELECT c.relname FROM pg_class AS c
WHERE {_OURS} AND (c.relkind NOT IN ('r', 'p') OR c.relrowsecurity OR c.relpersistence <> 'p'
  OR EXISTS (SELECT 1 FROM pg_rewrite AS r WHERE r.ev_class = c.oid)
  OR EXISTS (SELECT 1 FROM pg_inherits AS i WHERE c.oid IN (i.inhparent, i.inhrelid)))
"""
_SOURCE = re.compile(r"FUNCTION (\w+)\(\) .*?\$\$(.*)\$\$", re.DOTALL)
_TRIGGER = re.compile(r"CREATE TRIGGER (\w+) .*FUNCTION (\w+)\(\)$")


def layout_problems(conn: Connection) -> list[str]:
    """What is missing, changed or not ours, in words."""
    return [*_columns(conn), *_constraints(conn), *_triggers(conn), *_between(conn)]


def _columns(conn: Connection) -> list[str]:
    held = {tuple(row) for row in conn.exec_driver_sql(_COLUMNS, (list(metadata.tables),))}
    tables = metadata.tables.values()
    wanted = {(t.name, c.name, not c.nullable) for t in tables for c in t.columns}
    other = {row[:2] for row in held ^ wanted}
    return [
        f"the database's column {clean_line(f'{table}.{column}', limit=200)} is not as this "
        "version makes it"
        for table, column in sorted(other)
    ]


def _constraints(conn: Connection) -> list[str]:
    held = {tuple(row) for row in conn.exec_driver_sql(_CONSTRAINTS, (list(metadata.tables),))}
    wanted = {
        (table.name, _defined(one))
        for table in metadata.tables.values()
        for one in (*table.constraints, *(c for one in table.columns for c in one.constraints))
    }
    lacking = [
        f"the database lacks: {definition} of {table}" for table, definition in wanted - held
    ]
    extra = [
        f"the database's {clean_line(f'{definition} of {table}', limit=200)} is not ours"
        for table, definition in held - wanted
    ]
    return [*sorted(lacking), *sorted(extra)]


def _defined(constraint: Constraint) -> str:
    """A constraint as PostgreSQL writes it."""
    if isinstance(constraint, CheckConstraint):
        return f"CHECK ({constraint.sqltext})"
    assert isinstance(constraint, ColumnCollectionConstraint)
    columns = ", ".join(column.name for column in constraint.columns)
    if isinstance(constraint, ForeignKeyConstraint):
        (key,) = constraint.elements
        there = key.column
        aim = f"{there.table.name}({there.name})"
        return f"FOREIGN KEY ({columns}) REFERENCES {aim} ON DELETE {key.ondelete}"
    primary = isinstance(constraint, PrimaryKeyConstraint)
    return f"{'PRIMARY KEY' if primary else 'UNIQUE'} ({columns})"


def _triggers(conn: Connection) -> list[str]:
    """The triggers of the journal that are gone, changed, switched off, or not ours."""
    held = {row.name: row for row in conn.exec_driver_sql(_TRIGGERS, (["event", "head"],))}
    wanted = _wanted_triggers()
    lacking = [
        f"the database lacks: CREATE TRIGGER {name}"
        for name, (definition, source) in wanted.items()
        if (row := held.get(name)) is None
        or not (row.fires and row.plain)
        or (_normal(row.definition), row.source) != (definition, source)
    ]
    extra = [
        f"the database's trigger {clean_line(name, limit=80)} is not ours"
        for name in sorted(held.keys() - wanted.keys())
    ]
    return [*lacking, *extra]


def _wanted_triggers() -> dict[str, tuple[str, str]]:
    """Name → definition, and what the function says."""
    sources = {found[1]: found[2] for one in APPEND_ONLY if (found := _SOURCE.search(one))}
    made = [(one, found) for one in APPEND_ONLY if (found := _TRIGGER.match(one))]
    return {found[1]: (_normal(one), sources[found[2]]) for one, found in made}


def _normal(definition: str) -> str:
    """As servers of every version write it: they have events in an order of their own."""
    definition = definition.replace("UPDATE OR DELETE", "DELETE OR UPDATE")
    return definition.replace(" EXECUTE PROCEDURE ", " EXECUTE FUNCTION ")


def _between(conn: Connection) -> list[str]:
    names = conn.exec_driver_sql(_BETWEEN, (list(metadata.tables),)).scalars()
    return [
        f"the database's table {name} is not as this version makes it: rules, row security, "
        "inheritance or being unlogged stand between it and what is written"
        for name in sorted(names)
    ]
