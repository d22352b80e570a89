"""A ledger as one SQLite file: how it is opened, set up and guarded.

PRAGMAs are set on every connection. Writes begin with BEGIN IMMEDIATE: a deferred transaction
that turns into a writer fails at once when somebody else has written, whatever the busy timeout.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL
from sqlalchemy import create_engine
from sqlalchemy import event as sa_event
from sqlalchemy.exc import DatabaseError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import OperationalError

from ledger import sqlite_layout
from ledger.clean import clean_line
from ledger.engines.modes import mode_of
from ledger.errors import LedgerBusyError
from ledger.errors import LedgerError
from ledger.errors import NotALedgerError
from ledger.sqlite_ddl import APPEND_ONLY
from ledger.sqlite_ddl import DROP_PREDICTION_TEXT
from ledger.sqlite_ddl import FULL_TEXT
from ledger.sqlite_ddl import PREDICTION_TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection
    from sqlalchemy import Engine

APPLICATION_ID = 0x43414C4C  # "CALL", so that file(1) and we can tell our files
DDL = (f"PRAGMA application_id={APPLICATION_ID}", *APPEND_ONLY, *FULL_TEXT)
DROP_VIEW_TEXT, MAKE_VIEW_TEXT = DROP_PREDICTION_TEXT, PREDICTION_TEXT
PRAGMAS = {
    # FULL leaves the deleting of the rollback journal, which is the commit, to the system: a power
    # cut may bring the journal back, and SQLite then takes the last transaction back.
    "synchronous": "EXTRA",
    "foreign_keys": "ON",
    "recursive_triggers": "ON",
    # Not trusted_schema=OFF: SQLite before 3.41 then refuses FTS5 in triggers.
}
BUSY_MS = 30_000  # sixteen writers at once wait eleven seconds at the longest

_MOST_TOLD = 5  # lines of what is wrong with a file
# As SQLite's documentation names them, "Result and Error Codes".
_DISK = ("SQLITE_IOERR", "SQLITE_CANTOPEN")


def engine_for(where: str | Path, *, create: bool) -> tuple[Engine, str, bool]:
    """An engine for the file, its name for messages, and whether a ledger is to be made in it.

    Raises:
        NotALedgerError: The file is something else.
        LedgerError: There is none and `create` is false, or it cannot be read, or is cut off.
    """
    path = Path(where)
    if path.is_dir():
        raise NotALedgerError(f"{path} is a folder", mend="name a file for the ledger")
    fresh = not path.exists() or path.stat().st_size == 0 or _was_never_made(path)
    if fresh and not create:
        raise LedgerError(f"there is no ledger at {path}")
    if not path.parent.is_dir():
        raise LedgerError(f"the folder {path.parent} does not exist", mend="make it first")
    url = URL.create("sqlite", database=str(path))
    engine = create_engine(url, connect_args={"timeout": BUSY_MS / 1000})
    prepare(engine)
    return engine, str(path), fresh


def opened(path: Path, access: str) -> sqlite3.Connection:
    """A connection as these parameters of SQLite's file URIs have it, with none of our settings."""
    slashed = path.absolute().as_posix()
    lead = "" if slashed.startswith("/") else "/"  # before the letter of a drive
    uri = f"file://{lead}{quote(os.fsencode(slashed))}?{access}"
    return sqlite3.connect(uri, uri=True, timeout=BUSY_MS / 1000, isolation_level=None)


def stored_mode(path: Path) -> str:
    """The journal mode that the file is set up for, ``wal`` or ``delete``; nothing is changed.

    A connection without locks opens no file in WAL mode ("Uniform Resource Identifiers" of
    SQLite's documentation), and reading the header ourselves would drop our process's locks.

    Raises:
        sqlite3.DatabaseError: The file is no database.
    """
    with closing(opened(path, "mode=ro&nolock=1")) as raw:
        try:
            raw.execute("PRAGMA application_id").close()
        except sqlite3.OperationalError as error:
            if getattr(error, "sqlite_errorname", "") == "SQLITE_CANTOPEN":
                return "wal"
    return "delete"


def prepare(engine: Engine) -> None:
    """Set up every connection that the engine will make."""
    sa_event.listen(engine, "connect", _configure)
    sa_event.listen(engine, "begin", _begin)


def is_empty(conn: Connection) -> bool:
    """Whether the database holds nothing at all."""
    return not conn.exec_driver_sql("SELECT count(*) FROM sqlite_schema").scalar_one()


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


def layout_problems(conn: Connection) -> list[str]:
    """Tables, indexes and triggers that are gone or changed, or not ours, in words."""
    return sqlite_layout.layout_problems(conn)


def broken(conn: Connection) -> list[str]:
    """What is wrong with the file's own structure, in words.

    Indexes are compared with their tables; values must be of their columns' types.
    """
    said = conn.exec_driver_sql(f"PRAGMA integrity_check({_MOST_TOLD})").scalars().all()
    return [f"the file is damaged: {clean_line(one)}" for one in said if one != "ok"]


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Database errors as ours, in words."""
    try:
        yield
    except IntegrityError:
        raise  # a mistake of ours, and no damage to the file
    except OperationalError as error:
        raise _operational(where, error.orig) from error
    except DatabaseError as error:
        raise _damaged(where, error.orig) from error
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        # The driver's own: rows are read past SQLAlchemy in places, and an error of SQLite's that
        # quotes a damaged schema is no text that Python can read.
        raise _damaged(where, error) from error


def _configure(raw: sqlite3.Connection, _record: Any) -> None:
    raw.isolation_level = None  # we say BEGIN ourselves
    for name, value in {"journal_mode": journal_mode()[0], **PRAGMAS}.items():
        raw.execute(f"PRAGMA {name}={value}").close()


def _begin(conn: Connection) -> None:
    conn.exec_driver_sql("BEGIN" if mode_of(conn) == "read" else "BEGIN IMMEDIATE")


def _was_never_made(path: Path) -> bool:
    """Whether a crash left the file empty while it was made; a foreign file is refused.

    Only SQLite looks at the file. Had we opened and closed it ourselves, the system would drop
    every lock that this process holds on it ("How To Corrupt An SQLite Database File", §2.2);
    SQLite knows its own connections to a file, and closes none while another holds a lock.

    At first it looks as if the file stood alone, which takes no lock, makes no file beside it and
    rolls nothing back, so that another program's database stays as it is. That is the truth where
    no journal lies beside it. A journal may take the file back after a crash, or in WAL mode hold
    it for as long as it is in use; so where there is one, or the file makes no sense by itself
    (while somebody writes to it), SQLite is asked under its locks.
    """
    if not os.access(path, os.R_OK):
        raise LedgerError(f"{path} cannot be read", mend="check the file's permissions")
    try:
        found = _asked(path, "mode=ro&immutable=1")
    except (sqlite3.Error, UnicodeDecodeError, LedgerError):
        found = None  # perhaps since somebody writes to it now
    if found is None or (_has_journal(path) and not _is_foreign(*found)):
        found = _surely(path)
    if _is_foreign(*found):
        raise NotALedgerError(f"{path} is a database of another program", mend="name another file")
    return found == (0, 0)


def _is_foreign(application: int, tables: int) -> bool:
    return application != APPLICATION_ID and bool(application or tables)


def _has_journal(path: Path) -> bool:
    return any(Path(f"{path}{end}").exists() for end in ("-journal", "-wal"))


def _surely(path: Path) -> tuple[int, int]:
    """As `_asked`, under SQLite's locks; a journal that a crash left is rolled back."""
    try:
        try:
            return _asked(path, "mode=ro")
        except sqlite3.OperationalError:  # perhaps since it may not roll back
            if not _has_journal(path):
                raise
            return _asked(path, "mode=rw")
    except sqlite3.OperationalError as error:
        raise _operational(str(path), error) from error
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise NotALedgerError(
            f"{path} is not a ledger ({clean_line(str(error), limit=200)})",
            mend="name another file",
        ) from error


def _asked(path: Path, access: str) -> tuple[int, int]:
    """The file's application id and, where it has none, how many tables it has."""
    with closing(opened(path, access)) as raw:
        try:
            (application,) = raw.execute("PRAGMA application_id").fetchone()
        except sqlite3.DatabaseError as error:
            # The header alone is read, so what is corrupt is the number of pages that it states.
            if getattr(error, "sqlite_errorname", "") != "SQLITE_CORRUPT":
                raise
            raise _cut_off(path) from error
        if application:
            return application, 0
        return 0, raw.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]


def _cut_off(path: Path) -> LedgerError:
    return LedgerError(
        f"{path} is cut off: {path.stat().st_size} bytes are there, and its header states more",
        mend="restore a copy of it",
    )


def _damaged(where: str, error: BaseException | None) -> LedgerError:
    return LedgerError(
        f"{where} is damaged: the database says: {clean_line(str(error), limit=200)}",
        mend="restore a copy of it; `calledit doctor` tells more",
    )


def _operational(where: str, error: BaseException | None) -> LedgerError:
    said, code = str(error), getattr(error, "sqlite_errorname", "")
    if "locked" in said:
        return LedgerBusyError(
            f"another program is writing to {where}", mend="wait until it is done, then try again"
        )
    if "readonly" in said:
        return LedgerError(f"{where} is read-only", mend="check the file's permissions")
    if code == "SQLITE_FULL":
        return LedgerError(
            f"{where} cannot be written: the disk is full", mend="make room, then try again"
        )
    if "decode to UTF-8" in said:
        return _damaged(where, error)
    said = clean_line(said, limit=200)
    mend = "see whether the disk is full, failing or read-only" if code.startswith(_DISK) else ""
    return LedgerError(f"{where}: the database says: {said}", mend=mend)
