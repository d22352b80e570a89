"""Open a ledger: one SQLite file, made on first use.

PRAGMAs are set on every connection. Writes begin with BEGIN IMMEDIATE: a deferred transaction
that turns into a writer fails at once when somebody else has written, whatever the busy timeout.
"""

from __future__ import annotations

import getpass
import os
import sqlite3
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import URL
from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import create_engine
from sqlalchemy import event as sa_event
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import OperationalError

from ledger.clean import clean_line
from ledger.clock import Clock
from ledger.errors import LedgerBusyError
from ledger.errors import LedgerError
from ledger.errors import NotALedgerError
from ledger.merkle import Frontier
from ledger.schema import SCHEMA_VERSION
from ledger.schema import head
from ledger.schema import meta
from ledger.schema import metadata
from ledger.sqlite_ddl import APPEND_ONLY
from ledger.sqlite_ddl import FULL_TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator

_APPLICATION_ID = 0x43414C4C  # "CALL", so that file(1) and we can tell our files
_BUSY_MS = 5_000


class Ledger:
    """An open ledger.

    Attributes:
        where: Its path, for messages.
        clock: The clock that every verb asks.
        actor: Who is writing: CALLEDIT_ACTOR, or the name of the system's user.
        created: Whether opening it made the file.
    """

    def __init__(self, engine: Engine, *, where: str, clock: Clock, created: bool) -> None:
        self._engine = engine
        self.where = where
        self.clock = clock
        self.created = created
        self.actor = _actor()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view of the ledger; nothing is written."""
        with _translated(self.where), self._engine.begin() as conn:
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: all of it is on disk when the block ends, or none of it."""
        with _translated(self.where):
            engine = self._engine.execution_options(calledit_write=True)
            with engine.begin() as conn:
                yield conn

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()


def open_ledger(where: str | Path, *, clock: Clock | None = None, create: bool = True) -> Ledger:
    """Open the ledger at `where`, and make it if there is none and `create` is true.

    Raises:
        NotALedgerError: The file is something else, or was written by a newer version.
        LedgerError: It cannot be opened, read or made.
    """
    path = Path(where)
    if path.is_dir():
        raise NotALedgerError(f"{path} is a folder", mend="name a file for the ledger")
    fresh = not path.exists() or path.stat().st_size == 0
    if fresh and not create:
        raise LedgerError(f"there is no ledger at {path}")
    if not path.parent.is_dir():
        raise LedgerError(f"the folder {path.parent} does not exist", mend="make it first")
    if not fresh:
        _refuse_foreign_file(path)
    engine = _engine(path)
    try:
        with _translated(str(path)):
            made = _make_if_empty(engine) if fresh else False
            _refuse_newer(engine, path)
    except BaseException:
        engine.dispose()
        raise
    return Ledger(engine, where=str(path), clock=clock or Clock(), created=made)


def journal_mode() -> tuple[str, str]:
    """The SQLite journal mode we use, and why.

    WAL has a data race in 3.7.0-3.51.2 that can lose committed writes with two connections or
    more ("WAL-reset"); fixed in 3.51.3, and in the back-ports 3.44.6 and 3.50.7.
    """
    version = sqlite3.sqlite_version_info
    fixed = (
        version >= (3, 51, 3)
        or (3, 50, 7) <= version < (3, 51)
        or ((3, 44, 6) <= version < (3, 45))
    )
    if fixed:
        return "wal", f"SQLite {sqlite3.sqlite_version} has the WAL-reset fix"
    return "delete", f"SQLite {sqlite3.sqlite_version} lacks the WAL-reset fix (3.51.3)"


def _engine(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)), connect_args={"timeout": _BUSY_MS / 1000}
    )
    sa_event.listen(engine, "connect", _configure)
    sa_event.listen(engine, "begin", _begin)
    return engine


def _configure(raw: sqlite3.Connection, _record: Any) -> None:
    raw.isolation_level = None  # we say BEGIN ourselves
    # Not trusted_schema=OFF: SQLite before 3.41 then refuses FTS5 in triggers.
    for pragma in (
        f"journal_mode={journal_mode()[0]}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
    ):
        raw.execute(f"PRAGMA {pragma}").close()


def _begin(conn: Connection) -> None:
    writing = conn.get_execution_options().get("calledit_write", False)
    conn.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _make_if_empty(engine: Engine) -> bool:
    """Create every table, in one transaction; false when another program was faster."""
    with engine.execution_options(calledit_write=True).begin() as conn:
        if conn.exec_driver_sql("SELECT count(*) FROM sqlite_schema").scalar_one():
            return False
        conn.exec_driver_sql(f"PRAGMA application_id={_APPLICATION_ID}")
        metadata.create_all(conn)
        for statement in (*APPEND_ONLY, *FULL_TEXT):
            conn.exec_driver_sql(statement)
        conn.execute(
            insert(meta),
            [
                {"key": "schema", "value": str(SCHEMA_VERSION)},
                {"key": "origin", "value": f"calledit/{uuid.uuid4().hex[:16]}"},
            ],
        )
        conn.execute(insert(head).values(id=1, size=0, frontier=Frontier().to_bytes()))
    return True


def _refuse_foreign_file(path: Path) -> None:
    """Look at the file's own header, since a connection's PRAGMAs may already write to it.

    The header is described in "Database File Format" of SQLite's documentation, §1.3.
    """
    try:
        with path.open("rb") as file:
            header = file.read(72)
    except OSError as error:
        raise LedgerError(f"{path} cannot be read: {error.strerror}") from error
    if header[:16] != b"SQLite format 3\x00":
        raise NotALedgerError(f"{path} is not a ledger (not a database)", mend="name another file")
    if int.from_bytes(header[68:72], "big") != _APPLICATION_ID:
        raise NotALedgerError(f"{path} is a database of another program", mend="name another file")


def _refuse_newer(engine: Engine, path: Path) -> None:
    with engine.begin() as conn:
        version = conn.execute(select(meta.c.value).where(meta.c.key == "schema")).scalar_one()
    if int(version) > SCHEMA_VERSION:
        raise NotALedgerError(
            f"{path} was written by a newer Called It (schema {version}, this one knows "
            f"{SCHEMA_VERSION})",
            mend="upgrade the program",
        )


@contextmanager
def _translated(where: str) -> Iterator[None]:
    """Database errors as ours, in words."""
    try:
        yield
    except OperationalError as error:
        raise _operational(where, str(error.orig)) from error
    except IntegrityError:
        raise  # a mistake of ours, and no damage to the file
    except DatabaseError as error:
        raise LedgerError(
            f"{where} is damaged: the database says: {error.orig}", mend="restore a copy of it"
        ) from error


def _operational(where: str, said: str) -> LedgerError:
    if "locked" in said:
        return LedgerBusyError(
            f"another program is writing to {where}", mend="wait until it is done, then try again"
        )
    if "readonly" in said:
        return LedgerError(f"{where} is read-only", mend="check the file's permissions")
    return LedgerError(f"{where}: the database says: {said}")


def _actor() -> str:
    name = os.environ.get("CALLEDIT_ACTOR", "")
    if not name:
        try:
            name = getpass.getuser()
        except (KeyError, OSError):
            name = "somebody"
    return clean_line(name, limit=100) or "somebody"
