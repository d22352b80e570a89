"""A complete copy of a ledger while others use it: into a file, or into a newsroom's server.

From file to file it is SQLite's backup API, in steps within one reading transaction. In steps,
so that it can tell how far it is and be stopped; within one transaction, because a backup that
lets go in between begins anew at every write of others. While it reads, writers wait where the
journal mode is DELETE (0.5 s for 137 MB) and do not where it is WAL. VACUUM INTO holds them up
longer and cannot be stopped.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from typing import cast

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import InvalidRequestError

from ledger.checkpoints import Checkpoint
from ledger.clean import clean_line
from ledger.copying import copy_ledger
from ledger.copying import is_untouched
from ledger.engines import engine_module
from ledger.engines import is_address
from ledger.engines.modes import in_mode
from ledger.errors import ConflictError
from ledger.errors import LedgerError
from ledger.journal import checkpoint
from ledger.merkle import Frontier
from ledger.merkle import leaf_hash
from ledger.schema import SCHEMA_VERSION
from ledger.schema import meta
from ledger.store import create_tables
from ledger.store import open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from ledger.copying import Progress

_PAGES = 256  # a step: 1 MiB
_BESIDE = ("-journal", "-wal", "-shm")
# As SQLite's documentation names them, "Result and Error Codes".
_FULL = {"SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_TRUNCATE"}


@dataclass(frozen=True, slots=True)
class Copied:
    """Where a copy lies, for messages, and its checkpoint."""

    where: str
    checkpoint: Checkpoint


def back_up(where: str | Path, to: str | Path, *, progress: Progress) -> Copied:
    """Copy the ledger at `where` to a new file, or into an empty PostgreSQL schema.

    The copy is complete and checked when this returns, or not there at all. A ledger of an older
    schema is copied into a file as it is.

    Args:
        where: A ledger that exists.
        to: A file that does not, or a database's address.
        progress: Told how much is done, of how much.

    Raises:
        ConflictError: There is something at `to` already.
        LedgerError: The ledger cannot be read, or the copy cannot be written.
    """
    try:
        if is_address(to):
            return _into_database(where, str(to), progress)
        return _into_file(where, Path(to), progress)
    except (InvalidRequestError, TypeError, ValueError) as error:
        raise LedgerError(
            f"what {where} holds cannot be read: {clean_line(str(error), limit=200)}",
            mend="`calledit doctor` tells more",
        ) from error


# ── into a file ─────────────────────────────────────────────────────────────────────────────


def _into_file(where: str | Path, target: Path, progress: Progress) -> Copied:
    if not is_address(where) and not Path(where).exists():
        raise LedgerError(f"there is no ledger at {where}")
    _refuse(target, where)
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".calledit-backup-") as folder:
            fresh = Path(folder, "ledger.db")
            if is_address(where):
                held = _copy_rows(where, fresh, progress, shown=str(target))
                _check(fresh, held, _schema_of(fresh), str(where))
            else:
                held = _snapshot(where, fresh, progress)
            _sync(fresh)
            _put(fresh, target)
        _sync(target.parent)
    except OSError as error:
        said = clean_line(error.strerror or str(error))
        raise LedgerError(f"{_shown(target)} cannot be written: {said}") from error
    return Copied(str(target), held)


def _refuse(target: Path, where: str | Path) -> None:
    """What can be seen before anything is copied."""
    shown = _shown(target)
    if not is_address(where) and target.exists() and target.samefile(where):
        raise ConflictError(f"{shown} is the ledger itself", mend="name another file")
    if target.is_dir():
        raise ConflictError(f"{shown} is a folder", mend="name a new file in it")
    for end in ("", *_BESIDE):
        if os.path.lexists(f"{target}{end}"):
            raise ConflictError(
                f"{shown}{end} is there already",
                mend="name another file; nothing is overwritten",
            )
    if not target.parent.is_dir():
        raise LedgerError(f"the folder {_shown(target.parent)} does not exist", mend="make it")


def _snapshot(where: str | Path, fresh: Path, progress: Progress) -> Checkpoint:
    """The file's pages as they stand at one moment."""
    ledger = open_ledger(where, create=False, upgrade=False)
    try:
        with ledger.read() as conn:
            held, schema = checkpoint(conn), _schema(conn)  # the moment is now
            source = cast("sqlite3.Connection", conn.connection.driver_connection)
            with _told(str(where), fresh.parent.parent):
                _copy_pages(source, fresh, progress)
    finally:
        ledger.close()
    if not is_address(where):
        fresh.chmod(Path(where).stat().st_mode & 0o777)
    _check(fresh, held, schema, str(where))
    return held


def _copy_pages(source: sqlite3.Connection, fresh: Path, progress: Progress) -> None:
    with closing(sqlite3.connect(fresh, isolation_level=None)) as target:
        # It is nobody's file yet: what a crash leaves of it is thrown away, and it is synced whole.
        target.execute("PRAGMA synchronous=OFF").close()
        target.execute("PRAGMA journal_mode=OFF").close()
        source.backup(
            target,
            pages=_PAGES,
            progress=lambda _, left, total: progress(total - left, total),
        )


@contextmanager
def _told(where: str, folder: Path) -> Iterator[None]:
    """What SQLite says while it copies, as ours."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorname", "")
        if code in _FULL or "full" in str(error):
            raise LedgerError(
                f"the copy cannot be written: the disk of {_shown(folder)} is full",
                mend="make room, or name a file on another disk",
            ) from error
        raise LedgerError(
            f"{where} cannot be copied: the database says: {error}",
            mend="`calledit doctor` tells more",
        ) from error


def _check(fresh: Path, held: Checkpoint, schema: list[tuple[str, str, str]], where: str) -> None:
    """Whether the copy opens, is whole, and holds what was read.

    Raises:
        LedgerError: It does not; the ledger is damaged, or the disk is.
    """
    # Immutable: looking must leave no file beside it.
    uri = f"{fresh.absolute().as_uri()}?mode=ro&immutable=1"
    with _told(where, fresh.parent.parent), closing(sqlite3.connect(uri, uri=True)) as copy:
        said = [row[0] for row in copy.execute("PRAGMA quick_check(1)")]
        origin = copy.execute("SELECT value FROM meta WHERE key = 'origin'").fetchone()[0]
        size, roots = copy.execute("SELECT size, frontier FROM head").fetchone()
        copied = copy.execute(_SCHEMA).fetchall()
        bodies = copy.execute("SELECT CAST(body AS BLOB) FROM event ORDER BY seq")
        rehashed = Frontier().extend(leaf_hash(body) for (body,) in bodies)
    found = Checkpoint(origin, size, Frontier.from_bytes(size, roots).root())
    is_true = (rehashed.size, rehashed.root()) == (held.size, held.root)
    if said != ["ok"] or found != held or copied != schema or not is_true:
        reason = "it differs from what was read"
        if said != ["ok"]:
            reason = said[0].splitlines()[-1]
        elif not is_true:
            reason = "the journal's events do not give its root"
        raise LedgerError(
            f"no copy was made, since it would be damaged: {clean_line(reason, limit=200)}",
            mend=f"`calledit doctor` tells more of {where}",
        )


_SCHEMA = "SELECT type, name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name"


def _schema(conn: Connection) -> list[tuple[str, str, str]]:
    return [tuple(row) for row in conn.exec_driver_sql(_SCHEMA)]


def _schema_of(file: Path) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(file)) as conn:
        return conn.execute(_SCHEMA).fetchall()


def _put(fresh: Path, target: Path) -> None:
    """Give the file its name, unless somebody else has taken it in the meantime."""
    try:
        os.link(fresh, target)
    except FileExistsError:
        raise ConflictError(
            f"{_shown(target)} is there already", mend="name another file"
        ) from None
    except OSError:  # a file system without hard links
        _refuse(target, fresh)
        fresh.rename(target)


def _sync(path: Path) -> None:
    """On disk when this returns; Windows syncs no folders, and files only when writable."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# ── into a database ─────────────────────────────────────────────────────────────────────────


def _into_database(where: str | Path, to: str, progress: Progress) -> Copied:
    """Rows into an empty schema; a file is copied first, so that nobody waits for the network."""
    shown = str(engine_module("postgresql").engine_for(to, create=True)[1])
    if is_address(where):
        return Copied(shown, _copy_rows(where, to, progress, shown=shown))
    try:
        with tempfile.TemporaryDirectory(prefix="calledit-backup-") as folder:
            fresh = Path(folder, "ledger.db")
            _snapshot(where, fresh, lambda _done, _total: None)
            return Copied(shown, _copy_rows(fresh, to, progress, shown=shown))
    except OSError as error:
        raise LedgerError(f"no copy could be made: {error.strerror or error}") from error


def _copy_rows(where: str | Path, to: str | Path, progress: Progress, *, shown: str) -> Checkpoint:
    ledger = open_ledger(where, create=False)
    try:
        with ledger.read() as source, _new_ledger(to, shown) as target:
            return copy_ledger(source, target, progress=progress)
    finally:
        ledger.close()


@contextmanager
def _new_ledger(where: str | Path, shown: str) -> Iterator[Connection]:
    """A transaction in which a ledger is made, or one that nobody has used is filled."""
    kind = engine_module("postgresql" if is_address(where) else "sqlite")
    engine, _, _ = kind.engine_for(where, create=True)
    try:
        with kind.translated(shown), in_mode(engine, "schema").begin() as conn:
            if kind.is_empty(conn):
                create_tables(conn, kind.DDL)
            else:
                _refuse_used(conn, shown)
            yield conn
    except IntegrityError as error:
        raise LedgerError(f"{shown} refused a row: {error.orig}") from error
    finally:
        engine.dispose()


def _refuse_used(conn: Connection, shown: str) -> None:
    """Only a database can be there already: a file is always a new one."""
    conn.exec_driver_sql("SELECT size FROM head FOR UPDATE")
    version = conn.scalar(select(meta.c.value).where(meta.c.key == "schema"))
    if version != str(SCHEMA_VERSION) or not is_untouched(conn):
        raise ConflictError(
            f"there is a ledger at {shown} already",
            mend="name another database, or an empty schema with ?options=-csearch_path=NAME",
        )


def _shown(path: Path) -> str:
    return clean_line(str(path), limit=300)
