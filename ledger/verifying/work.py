"""The checks as jobs: one after the other, or for a large ledger in several processes.

A process reads for itself, and only what the caller's transaction sees: one that finds another
head gives up, and then the caller does all the work alone.
"""

from __future__ import annotations

import gc
import os
from concurrent.futures import BrokenExecutor
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from ledger.guards import file_problems
from ledger.guards import guard_problems
from ledger.schema import head
from ledger.scoring.keeping import problems as tally_problems
from ledger.verifying.history import read_history
from ledger.verifying.subjects import check_subjects

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Collection
    from collections.abc import Sequence

    from sqlalchemy import URL
    from sqlalchemy import Connection

    from ledger.verifying.cards import Terms
    from ledger.verifying.history import History
    from ledger.verifying.subjects import Findings

    Job = tuple[Callable[..., Any], tuple[Any, ...]]
    Head = tuple[int, bytes]

_SUBJECTS_AT_ONCE = 2_000
_LARGE = 50_000  # events; below, starting a process costs more than it saves
# Bytes of the file that a process reads as memory: it reads here and there, which costs half so.
_MAPPED = 2**40  # as much as SQLite allows
_PATIENCE = 10  # seconds that a process waits for a writer that is about to give up


class _MovedOnError(Exception):
    """Somebody wrote since the caller's transaction began."""


def do_all(
    conn: Connection, sizes: Collection[int], subjects: Sequence[str], terms: Sequence[Terms]
) -> tuple[History, list[str], list[Findings]]:
    """The journal's history, what is wrong with guards and tallies, what the subjects come to."""
    starts = range(0, len(subjects), _SUBJECTS_AT_ONCE)
    jobs: list[Job] = [
        (file_problems, ()),
        (guard_problems, ()),
        (tally_problems, ()),
        (read_history, (frozenset(sizes),)),
        *((check_subjects, (subjects[i : i + _SUBJECTS_AT_ONCE], terms)) for i in starts),
    ]
    done = _in_processes(conn, jobs) or [do(conn, *args) for do, args in jobs]
    broken, guards, tallies, history, *found = done
    return history, [*guards, *broken, *tallies], found


def _in_processes(conn: Connection, jobs: Sequence[Job]) -> list[Any] | None:
    """What the jobs give; None where processes would not pay or would not do."""
    seen = _head(conn)
    workers = min(os.cpu_count() or 1, len(jobs))
    on_file = conn.dialect.name == "sqlite" and conn.engine.url.database
    if seen is None or seen[0] < _LARGE or workers < 2 or not on_file:
        return None  # a server works beside us anyhow
    url = conn.engine.url
    try:
        # Spawned, not forked: an open SQLite file must not be carried into another process.
        with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
            futures = [pool.submit(_do, url, seen, *job) for job in jobs]
            try:
                return [future.result() for future in futures]
            finally:
                pool.shutdown(cancel_futures=True)
    except (_MovedOnError, SQLAlchemyError, BrokenExecutor, OSError, ImportError):
        return None  # whatever is the matter, the caller's own reading will tell


def _head(conn: Connection) -> Head | None:
    rows = conn.execute(select(head.c.size, head.c.frontier)).all()
    return (rows[0].size, rows[0].frontier) if len(rows) == 1 else None


def _do(url: URL, seen: Head, do: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """One job, in a process of ours."""
    return do(_connected(url, seen), *args)


@cache
def _connected(url: URL, seen: Head) -> Connection:
    """This process's one connection, whose transaction lasts as long as the process."""
    gc.disable()  # what is made here is freed by count, and the process ends soon
    settings = {"timeout": _PATIENCE, "isolation_level": None}
    conn = create_engine(url, connect_args=settings).connect()
    conn.exec_driver_sql(f"PRAGMA mmap_size={_MAPPED}")
    conn.exec_driver_sql("BEGIN")
    if _head(conn) != seen:
        raise _MovedOnError
    return conn
