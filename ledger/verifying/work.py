"""The checks as jobs: one after the other, or for a large ledger in several processes.

A process reads for itself, and only what the caller's transaction sees: one that finds another
head gives up, and then the caller does all the work alone.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import as_completed
from contextlib import ExitStack
from contextlib import contextmanager
from contextlib import suppress
from queue import SimpleQueue
from typing import IO
from typing import TYPE_CHECKING
from typing import Any

from ledger.guards import file_problems
from ledger.guards import guard_problems
from ledger.scoring.keeping import problems as tally_problems
from ledger.verifying import worker
from ledger.verifying.history import read_history
from ledger.verifying.subjects import check_subjects

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Collection
    from collections.abc import Iterator
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.verifying.cards import Terms
    from ledger.verifying.history import History
    from ledger.verifying.subjects import Findings

    Job = tuple[Callable[..., Any], tuple[Any, ...]]
    Work = tuple[History, list[str], list[Findings]]
    Progress = Callable[[int, int], None]  # told how many jobs are done, of how many

_SUBJECTS_AT_ONCE = 2_000
_LARGE = 50_000  # events; below, starting a process costs more than it saves


def unheard(_done: int, _of: int) -> None:
    """Progress that nobody asked for."""


def do_all(
    conn: Connection,
    sizes: Collection[int],
    subjects: Sequence[str],
    terms: Sequence[Terms],
    *,
    workers: int,
    tell: Progress,
) -> Work:
    """The journal's history, what is wrong with guards and tallies, what the subjects come to."""
    starts = range(0, len(subjects), _SUBJECTS_AT_ONCE)
    jobs: list[Job] = [
        (file_problems, ()),
        (guard_problems, ()),
        (tally_problems, ()),
        (read_history, (frozenset(sizes),)),
        *((check_subjects, (subjects[i : i + _SUBJECTS_AT_ONCE], terms)) for i in starts),
    ]
    done = _in_processes(conn, jobs, workers, tell) or _alone(conn, jobs, tell)
    broken, guards, tallies, history, *found = done
    return history, [*guards, *tallies, *broken], found


def _alone(conn: Connection, jobs: Sequence[Job], tell: Progress) -> list[Any]:
    results = []
    for do, args in jobs:
        results.append(do(conn, *args))
        tell(len(results), len(jobs))
    return results


def _in_processes(
    conn: Connection, jobs: Sequence[Job], workers: int, tell: Progress
) -> list[Any] | None:
    """What the jobs give; None where processes would not pay or would not do."""
    seen = worker.head_of(conn)
    workers = min(workers, len(jobs))
    on_file = conn.dialect.name == "sqlite" and conn.engine.url.database
    if seen is None or seen[0] < _LARGE or workers < 2 or not on_file:
        return None  # a server works beside us anyhow
    try:
        return _shared((conn.engine.url, seen), jobs, workers, tell)
    except (OSError, EOFError, pickle.UnpicklingError):
        return None  # whatever is the matter, the caller's own reading will tell


def _shared(place: tuple[Any, ...], jobs: Sequence[Job], workers: int, tell: Progress) -> list[Any]:
    """What the jobs give, each done by whichever process is free.

    Raises:
        EOFError: A process gave up.
        OSError: None could be started, or spoken to.
    """
    idle: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()

    def ask(job: Job) -> Any:
        process = idle.get()
        try:
            return _asked(process, job)
        finally:
            idle.put(process)

    with ExitStack() as ends:
        processes = [ends.enter_context(_started(place)) for _ in range(workers)]
        for process in processes:
            idle.put(process)
        with ThreadPoolExecutor(workers) as threads:
            try:
                futures = [threads.submit(ask, job) for job in jobs]
                for count, future in enumerate(as_completed(futures), start=1):
                    future.result()
                    tell(count, len(jobs))
                return [future.result() for future in futures]
            finally:  # also at the user's word: then nobody waits for a job under way
                threads.shutdown(wait=False, cancel_futures=True)
                for process in processes:
                    process.kill()


@contextmanager
def _started(place: tuple[Any, ...]) -> Iterator[subprocess.Popen[bytes]]:
    """A process that was told which ledger to read; it is gone when the block ends."""
    # It finds modules where we found them, and nowhere else (-P: not in the current folder).
    where = os.pathsep.join(os.path.abspath(folder) for folder in sys.path)  # noqa: PTH100 ("")
    process = subprocess.Popen(  # noqa: S603 (ourselves)
        [sys.executable, "-P", "-m", worker.__name__],
        env={**os.environ, "PYTHONPATH": where},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        _send(process, place)
        yield process
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):  # what it did not read is of no more use
                _open(pipe).close()


def _asked(process: subprocess.Popen[bytes], job: Job) -> Any:
    _send(process, job)
    return pickle.load(_open(process.stdout))  # noqa: S301 (our own, through a pipe)


def _send(process: subprocess.Popen[bytes], what: Any) -> None:
    pipe = _open(process.stdin)
    pickle.dump(what, pipe)
    pipe.flush()


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe
