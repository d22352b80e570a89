"""The part of Python's sqlite3 that SQLAlchemy uses, over apsw, whose file layer can be ours.

`over` puts it in sqlite3's place, so that `ledger.store.open_ledger` itself, with its schema and
its PRAGMAs, runs on a file layer that records, or fails. Errors are sqlite3's own, by the table
in `_pysqlite_seterror` of CPython's Modules/_sqlite/util.c.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import ExitStack
from contextlib import contextmanager
from contextlib import suppress
from typing import TYPE_CHECKING
from typing import Any
from unittest.mock import patch

import apsw

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterable
    from collections.abc import Iterator

# What makes the ledger choose its journal mode: a version without and with the WAL-reset fix.
_VERSIONS = {"delete": (3, 40, 1), "wal": (3, 51, 3)}
_ERRORS: tuple[tuple[type[apsw.Error], type[sqlite3.Error]], ...] = (
    (apsw.CorruptError, sqlite3.DatabaseError),
    (apsw.NotADBError, sqlite3.DatabaseError),
    (apsw.ConstraintError, sqlite3.IntegrityError),
    (apsw.MismatchError, sqlite3.IntegrityError),
    (apsw.TooBigError, sqlite3.DataError),
    (apsw.MisuseError, sqlite3.InterfaceError),
    (apsw.RangeError, sqlite3.InterfaceError),
    (apsw.Error, sqlite3.OperationalError),
)


@contextmanager
def over(vfs: str, *, journal_mode: str, synchronous: str = "") -> Iterator[None]:
    """Every SQLite connection made meanwhile goes through the apsw file layer of this name.

    Args:
        vfs: Its name; empty for the system's own.
        journal_mode: Which one the ledger's policy is made to choose: delete or wal.
        synchronous: Instead of what the ledger asks for, where it is given.
    """

    def connect(database: str, timeout: float = 5.0, **_rest: Any) -> Connection:
        return Connection(database, vfs, timeout, synchronous)

    with ExitStack() as stack:
        stack.enter_context(patch.object(sqlite3.dbapi2, "connect", connect))
        version = _VERSIONS[journal_mode]
        for module in (sqlite3, sqlite3.dbapi2):
            stack.enter_context(patch.object(module, "sqlite_version_info", version))
        stack.enter_context(patch.object(sys, "unraisablehook", _unless_passed_over))
        yield


def _unless_passed_over(unraisable: Any) -> None:
    """An error of the file layer that SQLite passes over is passed over here too."""
    if not isinstance(unraisable.exc_value, apsw.Error):
        sys.__unraisablehook__(unraisable)


class Connection:
    """A DBAPI connection in sqlite3's manner, with ``isolation_level=None``."""

    def __init__(self, database: str, vfs: str, timeout: float, synchronous: str) -> None:
        self.isolation_level: str | None = None
        self._synchronous = synchronous
        with _as_sqlite3():
            self.apsw = apsw.Connection(database, vfs=vfs or None)
            self.apsw.set_busy_timeout(int(timeout * 1000))

    @property
    def in_transaction(self) -> bool:
        """Whether BEGIN was said and neither COMMIT nor ROLLBACK."""
        return self.apsw.in_transaction

    def cursor(self) -> Cursor:
        """A new cursor."""
        return Cursor(self.apsw)

    def execute(self, sql: str, parameters: Any = ()) -> Cursor:
        """Run a statement on a new cursor."""
        if self._synchronous and "synchronous=" in sql:
            sql = f"PRAGMA synchronous={self._synchronous}"
        cursor = self.cursor()
        cursor.execute(sql, parameters)
        return cursor

    def commit(self) -> None:
        """End the transaction, if there is one."""
        self._end("COMMIT")

    def rollback(self) -> None:
        """Take the transaction back, if there is one."""
        self._end("ROLLBACK")

    def close(self) -> None:
        """Let go of the file; like sqlite3, without a word of what failed meanwhile."""
        with suppress(apsw.Error):
            self.apsw.close(force=True)

    def create_function(
        self, name: str, narg: int, func: Callable[..., Any], *, deterministic: bool = False
    ) -> None:
        """SQLAlchemy brings its REGEXP."""
        self.apsw.create_scalar_function(name, func, narg, deterministic=deterministic)

    def _end(self, how: str) -> None:
        if self.apsw.in_transaction:
            self.execute(how)


class Cursor:
    """A DBAPI cursor."""

    arraysize = 1

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._cursor = connection.cursor()
        self._cursor.exec_trace = self._note_columns
        self.description: tuple[tuple[Any, ...], ...] | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    def execute(self, sql: str, parameters: Any = ()) -> Cursor:
        """Run one statement."""
        return self._run(self._cursor.execute, sql, tuple(parameters))

    def executemany(self, sql: str, parameters: Iterable[Any]) -> Cursor:
        """Run one statement for each set of parameters."""
        return self._run(self._cursor.executemany, sql, [tuple(one) for one in parameters])

    def fetchone(self) -> Any:
        """The next row."""
        with _as_sqlite3():
            return self._cursor.fetchone()

    def fetchmany(self, size: int = 1) -> list[Any]:
        """So many rows, or fewer at the end."""
        rows = (self.fetchone() for _ in range(size))
        return [row for row in rows if row is not None]

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        with _as_sqlite3():
            return list(self._cursor.fetchall())

    def close(self) -> None:
        """Let go of the statement."""
        with _as_sqlite3():
            self._cursor.close(force=True)

    def _run(self, how: Callable[..., Any], sql: str, parameters: Any) -> Cursor:
        self.description, before = None, self._connection.total_changes()
        with _as_sqlite3():
            how(sql, parameters)
        if self.description is None:
            self.rowcount = self._connection.total_changes() - before
            self.lastrowid = self._connection.last_insert_rowid()
        return self

    def _note_columns(self, cursor: apsw.Cursor, _sql: str, _bindings: Any) -> bool:
        """Apsw tells a statement's columns only before it is done."""
        columns = cursor.get_description()
        self.description = (
            tuple((name, None, None, None, None, None, None) for name, _ in columns) or None
        )
        return True


@contextmanager
def _as_sqlite3() -> Iterator[None]:
    try:
        yield
    except apsw.Error as error:
        raise _ours(error) from error


def _ours(error: apsw.Error) -> sqlite3.Error:
    """The same error in sqlite3's class, with its code, as Python 3.11 and later give it."""
    wanted = next(ours for theirs, ours in _ERRORS if isinstance(error, theirs))
    same = wanted(str(error))
    same.sqlite_errorcode = getattr(error, "extendedresult", None) or apsw.SQLITE_ERROR
    names = apsw.mapping_extended_result_codes | apsw.mapping_result_codes
    same.sqlite_errorname = str(names.get(same.sqlite_errorcode, "unknown"))
    return same
