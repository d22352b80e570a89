"""The health of a ledger on a PostgreSQL server, and of the server as far as it matters to us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from ledger.clean import clean_line
from ledger.doctor.contents import of_contents
from ledger.doctor.contents import stored_schema
from ledger.doctor.findings import Finding
from ledger.doctor.findings import note
from ledger.doctor.findings import ok
from ledger.doctor.findings import wrong
from ledger.engines.postgresql import IDLE_WRITER_MS
from ledger.fulltext import full_text
from ledger.schema import SCHEMA_VERSION
from ledger.schema import metadata
from ledger.store import open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from ledger.clock import Clock

_OLDEST = 140_000  # server_version_num of the oldest release that is still mended
_DURABLE = {"on", "remote_apply"}
_COLLATIONS = text(
    """
SELECT c.relname || '.' || a.attname FROM pg_attribute AS a
JOIN pg_class AS c ON c.oid = a.attrelid
JOIN pg_collation AS l ON l.oid = a.attcollation
WHERE c.relname = ANY(CAST(:names AS text[]))
  AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())
  AND a.attnum > 0 AND NOT a.attisdropped AND l.collname NOT IN ('C', 'POSIX')
ORDER BY 1
"""
)
_ROLE = text(
    """
SELECT current_user AS name, r.rolsuper AS superuser, pg_has_role(c.relowner, 'USAGE') AS owner
FROM pg_class AS c, pg_roles AS r
WHERE c.oid = to_regclass('event') AND r.rolname = current_user
"""
)
_MAY = text("SELECT has_table_privilege('event', :right)")
_DESCENDANTS = ("YugabyteDB", "-YB-", "CockroachDB", "Greenplum", "Redshift")


def of_server(where: str, clock: Clock) -> Iterator[Finding]:
    """Findings on the server, the role and the ledger."""
    ledger = open_ledger(where, create=False, upgrade=False)
    try:
        with ledger.read() as conn:
            yield from _of_version(conn)
            yield from _of_settings(conn)
            yield from _of_role(conn)
            if stored_schema(conn) == SCHEMA_VERSION:
                yield _collations(conn)
                yield from _indexes(conn)
            yield from of_contents(conn, ledger.where, clock)
    finally:
        ledger.close()


def _show(conn: Connection, name: str) -> str:
    return str(conn.scalar(text("SELECT current_setting(:name, true)"), {"name": name}))


def _of_version(conn: Connection) -> Iterator[Finding]:
    version = f"PostgreSQL {_show(conn, 'server_version')}"
    if int(_show(conn, "server_version_num")) < _OLDEST:
        yield note(f"{version} gets no more corrections", "upgrade the server")
    else:
        yield ok(version)
    named = str(conn.scalar(text("SELECT version()")))
    citus = conn.scalar(text("SELECT count(*) FROM pg_extension WHERE extname = 'citus'"))
    kinds = ["Citus"] if citus else []
    kinds += [name.strip("-") for name in _DESCENDANTS if name in named]
    for kind in kinds:
        yield note(f"the server is {kind}", "docs/team.md says what does not hold there")
    if conn.scalar(text("SELECT pg_is_in_recovery()")):
        yield note("it is a standby: nothing can be recorded", "name the primary server to write")


def _of_settings(conn: Connection) -> Iterator[Finding]:
    encoding = _show(conn, "server_encoding")
    if encoding != "UTF8":
        yield wrong(f"the database's encoding is {encoding}", "copy it into a UTF8 database")
    unsafe = [name for name in ("fsync", "full_page_writes") if _show(conn, name) == "off"]
    for name in unsafe:
        yield wrong(
            f"{name} is off: a power cut can damage the ledger", f"set {name} = on in the server"
        )
    commit = _show(conn, "synchronous_commit")
    if commit not in _DURABLE:
        yield wrong(
            f"synchronous_commit is {commit}: what is acknowledged may not be on disk",
            "take it out of the address's options, and of the role's settings",
        )
    isolation = _show(conn, "default_transaction_isolation")
    if isolation != "read committed":
        yield wrong(
            f"default_transaction_isolation is {isolation}: a writer that waited for another does "
            "not see what that one wrote",
            "does a pooler between here and the server drop the options of a connection?",
        )
    if encoding == "UTF8" and not unsafe and commit in _DURABLE:
        yield ok("encoding UTF8; fsync, full_page_writes and synchronous_commit are on")
    idle = _show(conn, "idle_in_transaction_session_timeout")
    if idle == "0":
        yield note("a program that stops while it reads keeps old rows alive for ever")
    else:
        yield ok(
            f"a program that stops while it reads is cut off after {idle}, "
            f"and after {IDLE_WRITER_MS // 1000} s while it writes"
        )


def _of_role(conn: Connection) -> Iterator[Finding]:
    role = conn.execute(_ROLE).one()
    name = clean_line(role.name, limit=100)
    rights = ("UPDATE", "DELETE", "TRUNCATE")
    may = [right for right in rights if conn.scalar(_MAY, {"right": right})]
    if role.superuser or role.owner:
        kind = "a superuser" if role.superuser else "the owner of the journal"
        yield note(
            f"you connect as {name}, {kind}, who can switch the journal's guards off",
            "docs/team.md says how to make a role that can only read and add",
        )
    elif may:
        yield note(
            f"you connect as {name}, who was granted {', '.join(may)} on the journal",
            "docs/team.md says how to make a role that can only read and add",
        )
    else:
        yield ok(f"you connect as {name}, who can only read the journal and add to it")


def _collations(conn: Connection) -> Finding:
    names = [*metadata.tables]
    other = conn.execute(_COLLATIONS, {"names": names}).scalars().all()
    if other:
        return wrong(
            f'{len(other)} columns are not collated "C" ({other[0]} is one): dates would sort '
            "by a language's rules",
            "`calledit backup` into an empty schema makes them anew",
        )
    return ok('text is collated "C"')


def _indexes(conn: Connection) -> Iterator[Finding]:
    untrue = full_text(conn).untrue(conn)
    for name in untrue:
        yield wrong(f"the search index {name} is not true to its table", "calledit rebuild")
    if not untrue:
        yield ok("the search indexes are true to their tables")
