"""Open a ledger: an SQLite file by its path, made on first use, or a PostgreSQL database by URL."""

from __future__ import annotations

import getpass
import os
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.exc import SQLAlchemyError

from ledger.clean import clean_line
from ledger.clock import Clock
from ledger.engines import engine_module
from ledger.engines import is_address
from ledger.engines.modes import in_mode
from ledger.errors import CalledItError
from ledger.errors import ConnectionLostError
from ledger.errors import DamagedError
from ledger.errors import LedgerBusyError
from ledger.errors import LedgerError
from ledger.errors import NotALedgerError
from ledger.merkle import Frontier
from ledger.schema import SCHEMA_VERSION
from ledger.schema import head
from ledger.schema import meta
from ledger.schema import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection
    from sqlalchemy import Engine

    from ledger.checkpoints import Checkpoint

_LOOKS = 3  # at the journal's head, for a checkpoint that a file contradicts
_DIGITS = 10  # more than a schema's number will ever have


# What code of ours meets in rows that are not what they should be.
_WHAT_DAMAGE_CAUSES = (
    SQLAlchemyError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
)


class Ledger:
    """An open ledger.

    Attributes:
        where: Its path or address (without a password), for messages.
        clock: The clock that every verb asks.
        actor: Who is writing: CALLEDIT_ACTOR, or the name of the system's user.
        created: Whether opening it made it.
        upgraded_from: The schema that it had before opening brought it up to date; 0 if it had
            this one.
        keeps_checkpoints: Whether closing it after changes keeps a checkpoint where
            `ledger.witness` says; false for a scratch copy.
    """

    def __init__(
        self, engine: Engine, *, where: str, clock: Clock, created: bool, upgraded_from: int = 0
    ) -> None:
        self._reading = in_mode(engine, "read")
        self._writing = in_mode(engine, "write")
        self._kind = engine_module(engine.dialect.name)
        self.where = where
        self.clock = clock
        self.created = created
        self.upgraded_from = upgraded_from
        self.actor = actor_name()
        self.keeps_checkpoints = True
        self._changed = False

    @property
    def engine(self) -> str:
        """The name of its database: sqlite or postgresql."""
        return self._reading.dialect.name

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view of the ledger; nothing is written."""
        with self._doubted(), self._reading.begin() as conn:
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: all of it is on disk when the block ends, or none of it.

        Raises:
            ConnectionLostError: The server went away; whether it was written is not known.
            LedgerBusyError: Another program kept on writing.
        """
        with self._doubted(), self._writing.begin() as conn:
            _refuse_other_schema(conn, self.where)
            yield conn
            # Before the commit, whose answer may be lost.
            self._changed = True

    @contextmanager
    def _doubted(self) -> Iterator[None]:
        """What goes wrong with a damaged ledger is the ledger's fault; with a sound one, ours."""
        try:
            with self._kind.translated(self.where):
                yield
        except CalledItError:
            raise
        except _WHAT_DAMAGE_CAUSES as error:
            if (damage := self._damage()) is not None:
                raise damage from error
            raise

    def _damage(self) -> LedgerError | None:
        """What is wrong with the ledger, if anything is."""
        from ledger.verify import verify

        try:
            with self._kind.translated(self.where), self._reading.begin() as conn:
                found = verify(conn)
        except (LedgerBusyError, ConnectionLostError):
            return None
        except LedgerError as error:
            return error
        if found.ok:
            return None
        return DamagedError(f"{self.where} is damaged: {found.problems[0].what}")

    def keep_checkpoint(self) -> tuple[str, ...]:
        """Keep a checkpoint if anything was written since the last time.

        Returns:
            Warnings, in words; never an error, since what was written is written.
        """
        if not (self._changed and self.keeps_checkpoints):
            return ()
        from ledger.witness import keep_checkpoint
        from ledger.witness import places

        warnings: tuple[str, ...] = ()
        kept = None
        try:
            # A file that knows more may have heard of another session, after we looked.
            for _ in range(_LOOKS):
                held = self._checkpoint()
                if held == kept:
                    break
                kept = held
                warnings = (
                    keep_checkpoint(held, places(self.where, held.origin)) if held.size else ()
                )
                if not warnings:
                    break
        except LedgerError as error:
            return (f"no checkpoint could be kept: {error.message}",)
        self._changed = bool(warnings)
        return warnings

    def _checkpoint(self) -> Checkpoint:
        from ledger.journal import checkpoint

        with self.read() as conn:
            return checkpoint(conn)

    def close(self) -> tuple[str, ...]:
        """Keep a checkpoint of what was changed, and let go of the database.

        Returns:
            Warnings, as `keep_checkpoint`.
        """
        warnings = self.keep_checkpoint()
        self._reading.dispose()
        return warnings


def open_ledger(
    where: str | Path, *, clock: Clock | None = None, create: bool = True, upgrade: bool = True
) -> Ledger:
    """Open the ledger at `where`, and make it if there is none and `create` is true.

    A ledger of an older schema is brought up to date, in one transaction, unless `upgrade` is
    false: then it stays as it is, and nothing but its journal and `meta` may be relied on.

    Args:
        where: A file's path, or ``postgresql://USER@HOST/DATABASE``.
        clock: What time it is.
        create: Whether to make one where there is none.
        upgrade: Whether to bring an older one up to date.

    Raises:
        NotALedgerError: It is something else, or was written by a newer version.
        LedgerError: It cannot be opened, read, made or upgraded.
        UsageError: The address is malformed.
    """
    kind = engine_module("postgresql" if is_address(where) else "sqlite")
    engine, shown, may_make = kind.engine_for(where, create=create)
    try:
        with kind.translated(shown):
            made = may_make and _made(engine, kind)
            version = _version(engine, kind, shown)
            older = version if upgrade and version < SCHEMA_VERSION else 0
            if older:
                _upgrade(engine)
    except BaseException:
        engine.dispose()
        raise
    return Ledger(engine, where=shown, clock=clock or Clock(), created=made, upgraded_from=older)


def _made(engine: Engine, kind: Any) -> bool:
    """Create every table, in one transaction; false when another program was faster."""
    try:
        with in_mode(engine, "schema").begin() as conn:
            if not kind.is_empty(conn):
                return False
            create_tables(conn, kind.DDL)
    except (IntegrityError, ProgrammingError):
        with engine.begin() as conn:
            if kind.is_empty(conn):
                raise
        return False
    return True


def create_tables(conn: Connection, ddl: tuple[str, ...]) -> None:
    """Every table, what the engine needs beside them, and an empty journal's head."""
    metadata.create_all(conn)
    for statement in ddl:
        conn.exec_driver_sql(statement)
    conn.execute(
        insert(meta),
        [
            {"key": "schema", "value": str(SCHEMA_VERSION)},
            {"key": "origin", "value": f"calledit/{uuid.uuid4().hex[:16]}"},
        ],
    )
    conn.execute(insert(head).values(id=1, size=0, frontier=Frontier().to_bytes()))


def _version(engine: Engine, kind: Any, shown: str) -> int:
    with engine.begin() as conn:
        if kind.is_empty(conn):
            raise NotALedgerError(
                f"there is no ledger at {shown}", mend="`calledit list` makes one"
            )
        query = select(meta.c.value).where(meta.c.key == "schema")
        version = _schema_number(conn.execute(query).scalar(), shown)
    if version > SCHEMA_VERSION:
        raise NotALedgerError(
            f"{shown} was written by a newer Called It (schema {version}, this one knows "
            f"{SCHEMA_VERSION})",
            mend="upgrade the program",
        )
    return version


def _refuse_other_schema(conn: Connection, shown: str) -> None:
    """A program that was running when another one upgraded the ledger must not write to it."""
    query = select(meta.c.value).where(meta.c.key == "schema")
    version = _schema_number(conn.execute(query).scalar(), shown)
    if version != SCHEMA_VERSION:
        raise NotALedgerError(
            f"{shown} has been upgraded to schema {version} since it was opened",
            mend="start the program again, in its newest version",
        )


def _schema_number(stored: Any, shown: str) -> int:
    text = str(stored)
    if not (text.isascii() and text.isdigit() and 0 < len(text) < _DIGITS and int(text)):
        raise DamagedError(
            f"{shown} is damaged: it does not say of which schema it is",
            mend="restore a copy of it",
        )
    return int(text)


def _upgrade(engine: Engine) -> None:
    from ledger.migrations import upgrade

    with in_mode(engine, "write").begin() as conn:
        upgrade(conn)


def actor_name() -> str:
    """Who writes from this account: CALLEDIT_ACTOR, or the name of the system's user."""
    name = os.environ.get("CALLEDIT_ACTOR", "")
    if not name:
        try:
            name = getpass.getuser()
        except (KeyError, OSError):
            name = "somebody"
    return clean_line(name, limit=100) or "somebody"
