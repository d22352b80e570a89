"""The health of a ledger that is a file, looked at through a connection that cannot write."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import NullPool
from sqlalchemy import create_engine
from sqlalchemy import event as sa_event

from ledger.clean import clean_line
from ledger.doctor.contents import of_contents
from ledger.doctor.contents import stored_schema
from ledger.doctor.disk import of_disk
from ledger.doctor.findings import Finding
from ledger.doctor.findings import failed
from ledger.doctor.findings import note
from ledger.doctor.findings import ok
from ledger.doctor.findings import size_text
from ledger.doctor.findings import wrong
from ledger.engines import sqlite
from ledger.errors import LedgerBusyError
from ledger.errors import LedgerError
from ledger.errors import NotALedgerError
from ledger.fulltext import full_text
from ledger.schema import SCHEMA_VERSION
from ledger.schema import metadata
from ledger.store import open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from ledger.clock import Clock

_RESTORE = "restore a copy of it, as `calledit backup` makes them"
_ROLLED_BACK = "let `calledit list` open it, which rolls back what was half written"
_NUMBERS = {"OFF": 0, "ON": 1, "NORMAL": 1, "FULL": 2, "EXTRA": 3}  # as SQLite answers PRAGMAs


def of_file(path: Path, clock: Clock) -> Iterator[Finding]:
    """Findings on the file, what it holds, and the connections that verbs would use."""
    mode, why = sqlite.journal_mode()
    yield ok(f"journal mode {mode.upper()}: {why}")
    if not path.exists() or path.stat().st_size == 0:
        what = "is empty" if path.exists() else "is not there"
        yield wrong(f"there is no ledger: {path} {what}", "`calledit list` makes one")
        return
    yield from of_disk(path)
    leftovers = list(_of_leftovers(path))
    yield from leftovers
    # With a journal beside it, asking would already roll it back.
    refused = None if leftovers else _refused(path)
    if refused is not None:
        yield failed(refused, mend=_RESTORE)
        if isinstance(refused, NotALedgerError):
            return
    with _looking(path) as conn:
        yield from _of_pages(conn)
        current = stored_schema(conn) == SCHEMA_VERSION
        if current:
            yield from _of_tables(conn)
        yield from of_contents(conn, str(path), clock)
    yield from _of_connections(path, mode, current=current)


def _refused(path: Path) -> LedgerError | None:
    """Why a verb would not even try to open it; nothing is changed by asking."""
    try:
        engine, _, _ = sqlite.engine_for(path, create=False)
    except LedgerError as error:
        return error
    engine.dispose()
    return None


def _of_leftovers(path: Path) -> Iterator[Finding]:
    for end in ("-journal", "-wal"):
        beside = path.with_name(path.name + end)
        if beside.exists() and beside.stat().st_size:
            yield note(
                f"{beside.name} lies beside it: somebody is writing now, or died while writing",
                f"never delete it; if nobody writes now, {_ROLLED_BACK}",
            )


@contextmanager
def _looking(path: Path) -> Iterator[Connection]:
    """A reading transaction of a connection that cannot write, and changes no setting."""
    try:
        with sqlite.translated(str(path)):
            access = _access(path)
            engine = create_engine(
                "sqlite://", creator=lambda: sqlite.opened(path, access), poolclass=NullPool
            )
            sa_event.listen(engine, "begin", _begin)
            with engine.begin() as conn:
                yield conn
    except LedgerBusyError:
        raise
    except LedgerError as error:
        # A journal that must be rolled back first cannot be, by a connection that may only read.
        hot = "read-only" in error.message or "unable to open" in error.message
        if not (hot and path.with_name(f"{path.name}-journal").exists()):
            raise
        raise LedgerError(
            f"{path} could not be looked into without changing it: a program died while writing",
            mend=_ROLLED_BACK,
        ) from error


def _access(path: Path) -> str:
    """How SQLite is to open it, so that it leaves nothing behind.

    In WAL mode a connection that may only read leaves its own -wal and -shm lying there, so with
    none to begin with, it takes one that clears up; where that cannot be, one that needs neither.
    """
    if sqlite.stored_mode(path) == "delete" or path.with_name(f"{path.name}-wal").exists():
        return "mode=ro"
    writable = os.access(path, os.W_OK) and os.access(path.absolute().parent, os.W_OK)
    return "mode=rw" if writable else "mode=ro&immutable=1"


def _begin(conn: Connection) -> None:
    conn.exec_driver_sql("PRAGMA query_only=ON")
    conn.exec_driver_sql("BEGIN")


def _of_pages(conn: Connection) -> Iterator[Finding]:
    pages, free, size = (
        conn.exec_driver_sql(f"PRAGMA {name}").scalar_one()
        for name in ("page_count", "freelist_count", "page_size")
    )
    yield ok(f"{size_text(pages * size)} in {pages} pages, {free} of them free")
    said = conn.exec_driver_sql("PRAGMA integrity_check(5)").scalars().all()
    if list(said) == ["ok"]:
        yield ok("SQLite's integrity check finds nothing")
    else:
        first = clean_line(str(said[0]), limit=200)
        yield wrong(f"the file is damaged: {first}", _RESTORE)


def _of_tables(conn: Connection) -> Iterator[Finding]:
    query = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict"
    strict = set(conn.exec_driver_sql(query).scalars())
    lax = [name for name in metadata.tables if name not in strict]
    if lax:
        yield wrong(f"tables are missing, or not STRICT: {', '.join(lax)}", _RESTORE)
    else:
        yield ok(f"all {len(metadata.tables)} tables are there, and STRICT")


def _of_connections(path: Path, mode: str, *, current: bool) -> Iterator[Finding]:
    """What only a connection as verbs have it can tell; where opening one changes nothing."""
    stored = sqlite.stored_mode(path)
    if stored != mode:
        yield note(
            f"the file is set up for journal mode {stored.upper()}; "
            f"the next verb sets it to {mode.upper()}"
        )
        return
    if path.with_name(f"{path.name}-journal").exists():
        yield note("its settings and search indexes were not looked at, since somebody is writing")
        return
    ledger = open_ledger(path, create=False, upgrade=False)
    ledger.keeps_checkpoints = False
    try:
        with ledger.read() as conn:
            yield _settings(conn, mode)
        if current:
            # As a writer, or a lock held by somebody else would look like a damaged index.
            with ledger.write() as conn:
                yield from _indexes(conn)
    except LedgerBusyError as error:
        yield note(f"the search indexes were not checked: {error.message}")
    except LedgerError as error:
        yield note(f"the search indexes could not be checked: {error.message}")
    finally:
        ledger.close()


def _settings(conn: Connection, mode: str) -> Finding:
    wanted: dict[str, tuple[str | int, str]] = {
        name: (_NUMBERS[word], word) for name, word in sqlite.PRAGMAS.items()
    }
    wanted["journal_mode"] = (mode, mode.upper())
    differing = [
        f"{name} is {got}, not {word}"
        for name, (value, word) in wanted.items()
        if (got := conn.exec_driver_sql(f"PRAGMA {name}").scalar_one()) != value
    ]
    if differing:
        return wrong(
            f"a connection is not set up as it should be: {'; '.join(differing)}",
            "close other programs that have the file open; is it on a local disk?",
        )
    said = ", ".join(f"{name}={word}" for name, (_, word) in wanted.items())
    return ok(f"connections have {said}")


def _indexes(conn: Connection) -> Iterator[Finding]:
    untrue = full_text(conn).untrue(conn)
    for name in untrue:
        yield wrong(f"the search index {name} is not true to its table", "calledit rebuild")
    if not untrue:
        yield ok("the search indexes are true to their tables")
