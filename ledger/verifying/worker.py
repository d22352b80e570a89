"""A process that does checks for another: jobs come in by standard input, answers go out.

`ledger.verifying.work` starts it by this module's name, so that nobody's `__main__` is run again.
Both sides speak in pickles. It lasts as long as its input: one whose starter died ends at once.
"""

from __future__ import annotations

import gc
import os
import pickle
import sys
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy import select

from ledger.schema import head

if TYPE_CHECKING:
    from sqlalchemy import URL
    from sqlalchemy import Connection

    Head = tuple[int, bytes]

# Bytes of the file that a process reads as memory: it reads here and there, which costs half so.
_MAPPED = 2**40  # as much as SQLite allows
_PATIENCE = 10  # seconds that a process waits for a writer that is about to give up


class MovedOnError(Exception):
    """Somebody wrote since the caller's transaction began."""


def head_of(conn: Connection) -> Head | None:
    """What the ledger holds: how many events, and their Merkle frontier as bytes."""
    rows = conn.execute(select(head.c.size, head.c.frontier)).all()
    return (rows[0].size, rows[0].frontier) if len(rows) == 1 else None


def connected(url: URL, seen: Head) -> Connection:
    """A connection in a transaction that sees the ledger as the caller's does.

    Raises:
        MovedOnError: It sees another head.
    """
    settings = {"timeout": _PATIENCE, "isolation_level": None}
    conn = create_engine(url, connect_args=settings).connect()
    conn.exec_driver_sql(f"PRAGMA mmap_size={_MAPPED}")
    conn.exec_driver_sql("BEGIN")
    if head_of(conn) != seen:
        raise MovedOnError
    return conn


def _listen(given: SimpleQueue[Any]) -> None:
    """Take jobs in while another is being done, so that the end of the input is seen at once."""
    try:
        while True:
            given.put(pickle.load(sys.stdin.buffer))  # noqa: S301 (our own, through a pipe)
    finally:
        os._exit(1)


def _serve() -> None:
    given: SimpleQueue[Any] = SimpleQueue()
    threading.Thread(target=_listen, args=(given,), daemon=True).start()
    gc.disable()  # what is made here is freed by count, and the process ends soon
    conn = connected(*given.get())
    while True:
        do, args = given.get()
        pickle.dump(do(conn, *args), sys.stdout.buffer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    try:
        _serve()
    finally:
        os._exit(1)  # the listener holds standard input, which an orderly end would wait for
