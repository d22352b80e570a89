"""A ledger in a PostgreSQL database, shared by a newsroom: how it is opened and guarded.

One writer at a time, as on SQLite: a writing transaction locks the journal's head first, so what
it checks cannot change before it commits, and sequence numbers have no gaps. Readers see one
moment and wait for nobody. Only what distributed descendants of PostgreSQL know too is used;
docs/team.md names the exceptions.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import create_engine
from sqlalchemy import event as sa_event
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import OperationalError

from ledger import postgresql_layout
from ledger.engines.modes import mode_of
from ledger.errors import ConnectionLostError
from ledger.errors import LedgerBusyError
from ledger.errors import LedgerError
from ledger.errors import NotALedgerError
from ledger.errors import UsageError
from ledger.postgresql_ddl import APPEND_ONLY
from ledger.postgresql_ddl import DROP_PREDICTION_TEXT
from ledger.postgresql_ddl import FULL_TEXT
from ledger.postgresql_ddl import PREDICTION_TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection
    from sqlalchemy import Engine

DDL = (*APPEND_ONLY, *FULL_TEXT)
DROP_VIEW_TEXT, MAKE_VIEW_TEXT = DROP_PREDICTION_TEXT, PREDICTION_TEXT
LOCK_MS = 30_000
IDLE_WRITER_MS = 60_000  # a program that vanishes while it writes holds the head for so long
SESSION = {
    "lock_timeout": str(LOCK_MS),
    "synchronous_commit": "on",  # acknowledged means on disk, whatever the server's habit
    # A stopped program holds nobody up for ever. Reading is in nobody's way, and may have to wait
    # for what it is read into: a pager, another server.
    "idle_in_transaction_session_timeout": "600000",
    # What a writer finds after it has waited for the head must be what the one before it wrote.
    "default_transaction_isolation": "read committed",
}
# A server that falls silent (a cable, a firewall) is given up within half a minute, and not when
# the system's own patience ends, after minutes or hours. Names as in libpq's documentation.
_CLIENT = {
    "connect_timeout": 10,
    "application_name": "calledit",
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 4,
    "tcp_user_timeout": 30_000,
}
# Tables that lie further along the search path must not pass for ours when we make our own.
_HERE_ALONE = "SELECT set_config('search_path', quote_ident(current_schema()), true)"
_TURN = "SELECT size FROM head FOR UPDATE"
# SQLSTATE → what it means to us (PostgreSQL's documentation, appendix A).
_BUSY = {"55P03", "40P01", "40001"}
_FULL = {"53100", "53200", "53400"}
_CROWDED = {"53300"}
_READ_ONLY = {"25006"}
_FORBIDDEN = {"42501"}
_GONE = {"57P01", "57P02", "57P03", "57P05", "25P03"}


def engine_for(where: str, *, create: bool) -> tuple[Engine, str, bool]:
    """An engine for the database, its name for messages, and whether a ledger may be made.

    Raises:
        UsageError: The address is malformed.
        LedgerError: The driver is missing, or the server does not answer.
    """
    try:
        url = make_url(where)
    except (ArgumentError, ValueError):  # the latter of a port that is no number
        raise UsageError(
            "the ledger's address is malformed",
            mend="write it as postgresql://USER@HOST/DATABASE",
        ) from None
    url = url.set(drivername="postgresql+psycopg")
    shown = url.set(drivername="postgresql").render_as_string(hide_password=True)
    options = " ".join(f"-c {name}={_escaped(value)}" for name, value in SESSION.items())
    known = {name: value for name, value in _CLIENT.items() if name not in url.query}
    given = " ".join(url.normalized_query.get("options", ()))
    try:
        engine = create_engine(
            url.difference_update_query(["options"]),
            connect_args={**known, "options": f"{given} {options}".strip()},
            pool_pre_ping=True,
        )
    except ImportError as error:
        raise LedgerError(
            f"{shown} cannot be opened: the PostgreSQL driver is not installed",
            mend="pip install 'calledit[postgres]'",
        ) from error
    sa_event.listen(engine, "begin", _begin)
    return engine, shown, create


def _escaped(value: str) -> str:
    """A setting's value as libpq splits its options: at blanks without a backslash."""
    return value.replace(" ", "\\ ")


def is_empty(conn: Connection) -> bool:
    """Whether the schema that tables are made in holds none of ours.

    Other schemas of the search path are another ledger's affair. One query, so that the answer is
    of one moment.

    Raises:
        NotALedgerError: It holds some table of the same name that is not ours.
    """
    names = ["meta", "event", "head"]
    query = (
        "SELECT count(*) FROM pg_class WHERE relname = ANY(CAST(%s AS text[])) AND relnamespace = "
        "(SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
    )
    held = conn.exec_driver_sql(query, (names,)).scalar_one()
    if held not in {0, len(names)}:
        raise NotALedgerError(
            "the database holds tables of another program",
            mend="name another database, or another schema with ?options=-csearch_path=NAME",
        )
    return not held


def layout_problems(conn: Connection) -> list[str]:
    """Columns, keys, constraints and triggers that are gone, changed or not ours, in words."""
    return postgresql_layout.layout_problems(conn)


def broken(_conn: Connection) -> list[str]:
    """Nothing: whether its files are whole is the server's affair (amcheck, page checksums)."""
    return []


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Database errors as ours, in words."""
    try:
        yield
    except IntegrityError:
        raise  # a mistake of ours
    except DBAPIError as error:
        raise _in_words(where, error) from error


def _begin(conn: Connection) -> None:
    mode = mode_of(conn)
    if mode == "read":
        conn.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return
    # All in one journey to the server. Each statement after them sees what the writer before us
    # has committed.
    first = [f"SET LOCAL idle_in_transaction_session_timeout = {IDLE_WRITER_MS}", _HERE_ALONE]
    conn.exec_driver_sql("; ".join(first if mode == "schema" else [*first, _TURN]))


def _in_words(where: str, error: DBAPIError) -> LedgerError:
    state = getattr(error.orig, "sqlstate", None) or ""
    said = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else "no reason"
    if state in _BUSY:
        return LedgerBusyError(
            f"another program is writing to {where}", mend="wait until it is done, then try again"
        )
    if state in _FULL:
        return LedgerError(f"{where} cannot be written: {said}", mend="see to the server")
    if state in _CROWDED:
        return ConnectionLostError(
            f"{where} takes no more connections: {said}",
            mend="close other programs, or let the server take more (max_connections)",
        )
    if state in _READ_ONLY:
        return LedgerError(f"{where} is read-only", mend="name the primary server, not a standby")
    if state in _FORBIDDEN:
        return LedgerError(f"{where}: {said}", mend="see the roles in docs/team.md")
    if error.connection_invalidated or state in _GONE or state[:2] == "08" or _unanswered(error):
        return ConnectionLostError(f"no connection to {where}: {said}")
    return LedgerError(f"{where}: the database says: {said}")


def _unanswered(error: DBAPIError) -> bool:
    """What the driver says by itself has no SQLSTATE: nobody answered, or not as a server does."""
    return isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", None) is None
