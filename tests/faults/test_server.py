"""A server that ends sessions, or crashes: what it acknowledged is there, once."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING

import pytest

from ledger.errors import ConflictError
from tests.faults.asking import PATIENCE
from tests.faults.asking import insisted
from tests.faults.asking import opened
from tests.faults.asking import patiently
from tests.faults.asking import seen
from tests.faults.examine import Ack
from tests.faults.examine import deeds_in
from tests.faults.examine import examine
from tests.faults.sizes import report
from tests.faults.sizes import seed
from tests.faults.sizes import size
from tests.faults.steps import Step
from tests.faults.steps import choose
from tests.postgres import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.store import Ledger
    from tests.postgres import Server

_WORKERS = 3
_TOO_LONG = ("rebuild",)  # on a large ledger no session lives long enough for it

# A cursor whose connection is gone cannot be closed properly, nor one lost while it is made.
pytestmark = [
    pytest.mark.usefixtures("impatient"),
    pytest.mark.filterwarnings("ignore:.* was deleted while still open:ResourceWarning"),
]


def test_sessions_terminated_at_any_moment(postgres: Server) -> None:
    chosen, began, place = seed(), time.perf_counter(), postgres.fresh_place()
    rng, acked, lost = random.Random(chosen), list[Ack](), 0
    with (
        opened(place) as near,
        opened(f"{place}&application_name=doomed") as doomed,
        _terminating("doomed", place, rng.getrandbits(32)) as ended,
    ):
        while len(acked) < size("terminated_verbs") or not ended[0]:
            step = choose(rng, near, never=_TOO_LONG)
            lost += insisted(doomed, step)
            acked.append(seen(near, step))
    found = examine(near, acked)
    assert found.ok, found
    report(
        f"sessions terminated: {len(acked)} verbs, {ended[0]} terminated, given up {lost} times "
        f"and asked for again, {found.events} events, 0 lost, 0 twice, seed {chosen}, "
        f"{time.perf_counter() - began:.0f} s"
    )


@contextmanager
def _terminating(application: str, place: str, chosen: int) -> Iterator[list[int]]:
    """End the application's sessions at random moments; how many were ended."""
    import psycopg

    rng, ended, enough = random.Random(chosen), [0], threading.Event()
    query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"

    def terminate() -> None:
        with psycopg.connect(place, autocommit=True) as conn:
            while not enough.wait(rng.uniform(0.005, 0.15)):
                ended[0] += len(conn.execute(query, (application,)).fetchall())

    thread = threading.Thread(target=terminate)
    thread.start()
    try:
        yield ended
    finally:
        enough.set()
        thread.join()


@pytest.fixture
def durable() -> Iterator[Server]:
    yield from running(durable=True)


def test_a_crashing_server_keeps_what_it_acknowledged(durable: Server) -> None:
    """The server is stopped at once while several work on it, and recovers."""
    chosen, began, place = seed(), time.perf_counter(), durable.fresh_place()
    rng, enough = random.Random(chosen), threading.Event()
    with opened(place) as ledger, ThreadPoolExecutor(_WORKERS) as pool:
        work = [pool.submit(_work, ledger, rng.getrandbits(32), enough) for _ in range(_WORKERS)]
        try:
            for _ in range(size("server_crashes")):
                time.sleep(rng.uniform(0.2, 1.0))
                durable.crash()
        finally:
            enough.set()
        done = [one.result(PATIENCE) for one in work]
        acked = [ack for one in done for ack in one.acked]
        found = examine(ledger, acked)
        with ledger.read() as conn:
            held = deeds_in(conn)
    assert found.ok, found
    refused = [step for one in done for step in one.refused]
    assert not any(held[step.deed] for step in refused)
    report(
        f"server crashes: {size('server_crashes')}, {len(acked)} verbs acked, {len(refused)} "
        f"refused, given up {sum(one.given_up for one in done)} times and asked for again, "
        f"{found.events} events, 0 lost, 0 twice, seed {chosen}, "
        f"{time.perf_counter() - began:.0f} s"
    )


@dataclass
class _Work:
    acked: list[Ack] = field(default_factory=list)
    refused: list[Step] = field(default_factory=list)
    given_up: int = 0


def _work(ledger: Ledger, chosen: int, enough: threading.Event) -> _Work:
    """Verb after verb, each until it is done or another worker was faster."""
    rng, done = random.Random(chosen), _Work()
    while not enough.is_set():
        step = patiently(partial(choose, rng, ledger, never=_TOO_LONG))
        try:
            done.given_up += insisted(ledger, step)
            done.acked.append(patiently(partial(seen, ledger, step)))
        except ConflictError:
            done.refused.append(step)
    return done
