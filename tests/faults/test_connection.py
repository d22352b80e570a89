"""A server that goes away in mid-sentence: what was asked for is done once, known or not.

On a real PostgreSQL server: connections cut by a proxy at a chosen message, sessions terminated,
the whole server stopped at once. A deed's outcome is then unknown, and it is asked for again.
"""

from __future__ import annotations

import gc
import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from typing import TypeVar

import pytest
from sqlalchemy import make_url

from ledger import journal
from ledger.book import writing
from ledger.engines import postgresql
from ledger.errors import CalledItError
from ledger.errors import ConflictError
from ledger.errors import ConnectionLostError
from ledger.store import open_ledger
from ledger.verify import verify
from tests.faults.examine import Ack
from tests.faults.examine import deeds_in
from tests.faults.examine import examine
from tests.faults.growing import ticking
from tests.faults.model import Model
from tests.faults.model import RefusedError
from tests.faults.proxy import MOMENTS
from tests.faults.proxy import Cut
from tests.faults.proxy import Proxy
from tests.faults.sizes import report
from tests.faults.sizes import seed
from tests.faults.sizes import size
from tests.faults.stepping import furnish
from tests.faults.stepping import on_ledger
from tests.faults.stepping import on_model
from tests.faults.stepping import random_steps
from tests.faults.stepping import state_of
from tests.faults.steps import Step
from tests.faults.steps import choose
from tests.faults.steps import perform
from tests.postgres import running

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator

    from ledger.store import Ledger
    from tests.postgres import Server

_T = TypeVar("_T")
_MESSAGES = 60  # that a verb of one event takes, about
_PATIENCE = 60.0  # seconds
_WORKERS = 3
# These are no verbs of the book, so whoever asks for them asks again by himself.
_NOT_OF_THE_BOOK = ("append", "rebuild", "checkpoint")


# A cursor whose connection is gone cannot be closed properly.
pytestmark = pytest.mark.filterwarnings("ignore:.*ServerCursor:ResourceWarning")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(writing, "_WAITS", (0.0, 0.01, 0.05))
    yield
    gc.collect()  # such cursors, while nobody is told of them


@pytest.fixture
def place(postgres: Server) -> str:
    return postgres.fresh_place()


@pytest.fixture
def near(place: str) -> Iterator[Ledger]:
    """The ledger, reached without a proxy."""
    with _opened(place) as ledger:
        yield ledger


@pytest.fixture
def proxy(place: str) -> Iterator[Proxy]:
    made = Proxy(Path(str(make_url(place).query["host"])) / ".s.PGSQL.5432")
    yield made
    made.close()


@pytest.fixture
def far(near: Ledger, proxy: Proxy, place: str) -> Iterator[Ledger]:
    """The same ledger, reached through the proxy."""
    assert near.engine == "postgresql"
    with _opened(proxy.address(place)) as ledger:
        yield ledger


@contextmanager
def _opened(where: str) -> Iterator[Ledger]:
    ledger = open_ledger(where, clock=ticking())
    ledger.keeps_checkpoints = False
    yield ledger
    ledger.close()


def _cut(rng: random.Random, *, for_good: bool = False) -> Cut:
    return Cut(rng.choice(MOMENTS), rng.randint(1, _MESSAGES), for_good)


def _done(ledger: Ledger, step: Step) -> None:
    """Do it; the book's own verbs know by themselves how to ask again."""
    while True:
        try:
            return perform(ledger, step)
        except ConnectionLostError:
            if step.verb not in _NOT_OF_THE_BOOK:
                raise


def _seen(near: Ledger, step: Step) -> Ack:
    with near.read() as conn:
        return Ack(step, journal.checkpoint(conn))


def test_a_cut_connection_is_mended_and_nothing_is_done_twice(
    near: Ledger, far: Ledger, proxy: Proxy
) -> None:
    chosen, began = seed(), time.perf_counter()
    rng, acked, hit = random.Random(chosen), list[Ack](), Counter[str]()
    for _ in range(size("cut_verbs")):
        step, cuts = choose(rng, near), [_cut(rng) for _ in range(rng.randint(1, 3))]
        before = proxy.cuts
        proxy.order(*cuts)
        _done(far, step)
        proxy.order()
        hit.update(cut.moment for cut in cuts[: proxy.cuts - before])
        acked.append(_seen(near, step))
        with near.read() as conn:
            assert deeds_in(conn)[step.deed] == step.events, (step, cuts)
    found = examine(near, acked)
    assert found.ok, found
    assert proxy.cuts > len(acked) / 2
    report(
        f"connection cut: {len(acked)} verbs, {proxy.cuts} cuts, {found.events} events, 0 lost, "
        f"0 twice, seed {chosen}, {time.perf_counter() - began:.0f} s; cut at {dict(hit)}"
    )


def test_every_verb_through_cuts_does_what_the_model_does(
    near: Ledger, far: Ledger, proxy: Proxy
) -> None:
    chosen, began, tally = seed(), time.perf_counter(), Counter[str]()
    rng = random.Random(chosen)
    model = Model()
    furnish(near, model)
    for step in random_steps(rng, size("cut_model_verbs")):
        refused = _is_refused(partial(on_model, model, step), RefusedError)
        proxy.order(*[_cut(rng) for _ in range(rng.randint(1, 3))])
        assert _is_refused(partial(_on_far, far, step), CalledItError) == refused, step
        proxy.order()
        tally["refused" if refused else "done"] += 1
        predictions, links = state_of(near)
        assert predictions == model.everything(), step
        assert links == {key: link.state for key, link in model.links.items()}, step
    with near.read() as conn:
        assert verify(conn).problems == ()
    report(
        f"model, connection cut: {dict(tally)}, {proxy.cuts} cuts, seed {chosen}, "
        f"{time.perf_counter() - began:.0f} s"
    )


def _on_far(far: Ledger, step: Any) -> None:
    """Do it; what is only looked up beforehand is looked up again."""
    while True:
        try:
            return on_ledger(far, step)
        except ConnectionLostError as error:
            if "--once" in str(error):
                raise


def _is_refused(do: Callable[[], None], refusal: type[Exception]) -> bool:
    try:
        do()
    except ConnectionLostError:
        raise
    except refusal:
        return True
    return False


def test_a_server_that_stays_away_leaves_a_deed_that_can_be_asked_for_again(
    near: Ledger, far: Ledger, proxy: Proxy
) -> None:
    chosen, began = seed(), time.perf_counter()
    rng, acked, there = random.Random(chosen), list[Ack](), 0
    perform(near, Step("add", f"{rng.getrandbits(128):032x}"))
    while len(acked) < 2 * size("lost_verbs"):
        step = choose(rng, near, never=_NOT_OF_THE_BOOK)
        proxy.order(_cut(rng, for_good=True))
        if not _is_lost(far, step):
            continue  # it was done before the moment came
        proxy.open()
        with near.write() as conn:  # once the server has done what it was told, or not
            there += deeds_in(conn)[step.deed] > 0
        for _ in range(2):
            perform(far, step)
            acked.append(_seen(near, step))
    found = examine(near, acked)
    assert found.ok, found
    report(
        f"server away: {len(acked) // 2} verbs lost, {there} of them recorded all the same, each "
        f"there once, seed {chosen}, {time.perf_counter() - began:.0f} s"
    )


def _is_lost(far: Ledger, step: Step) -> bool:
    """Whether the verb ends with an outcome that nobody knows; then it says what to do."""
    try:
        perform(far, step)
    except ConnectionLostError as error:
        if f"--once {step.deed}" in str(error):
            return True
        raise
    return False


def test_a_deed_that_was_lost_once_is_in_doubt_whatever_is_said_next(
    near: Ledger, proxy: Proxy, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its COMMIT may still be on its way when the next attempt finds the ledger locked."""
    monkeypatch.setitem(postgresql.SESSION, "lock_timeout", "200")
    step = Step("add", "d" * 32)
    with _opened(proxy.address(place)) as far:
        with near.write():
            proxy.order(Cut("message", 3))  # after the ping and BEGIN, it waits for the others
            with pytest.raises(ConnectionLostError, match=f"writing to .* --once {step.deed}"):
                perform(far, step)
        assert proxy.cuts == 1
        perform(far, step)
    found = examine(near, [_seen(near, step)])
    assert found.ok, found


def test_sessions_terminated_at_any_moment(near: Ledger, place: str) -> None:
    chosen, began = seed(), time.perf_counter()
    rng, acked, lost = random.Random(chosen), list[Ack](), 0
    with (
        _opened(f"{place}&application_name=doomed") as doomed,
        _terminating("doomed", place, rng.getrandbits(32)) as ended,
    ):
        while len(acked) < size("terminated_verbs") or not ended[0]:
            step = choose(rng, near)
            lost += _insisted(doomed, step)
            acked.append(_seen(near, step))
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


def _insisted(ledger: Ledger, step: Step) -> int:
    """Ask for it until it is done; how often the ledger gave up."""
    given_up, until = 0, time.monotonic() + _PATIENCE
    while True:
        try:
            perform(ledger, step)
        except ConnectionLostError:
            given_up += 1
            assert time.monotonic() < until
            time.sleep(0.02)
        else:
            return given_up


@pytest.fixture
def durable() -> Iterator[Server]:
    yield from running(durable=True)


def test_a_crashing_server_keeps_what_it_acknowledged(durable: Server) -> None:
    """The server is stopped at once while several work on it, and recovers."""
    chosen, began, place = seed(), time.perf_counter(), durable.fresh_place()
    rng, enough = random.Random(chosen), threading.Event()
    with _opened(place) as ledger, ThreadPoolExecutor(_WORKERS) as pool:
        work = [pool.submit(_work, ledger, rng.getrandbits(32), enough) for _ in range(_WORKERS)]
        try:
            for _ in range(size("server_crashes")):
                time.sleep(rng.uniform(0.2, 1.0))
                durable.crash()
        finally:
            enough.set()
        done = [one.result(_PATIENCE) for one in work]
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
        step = _patiently(partial(choose, rng, ledger, never=("rebuild",)))
        try:
            done.given_up += _insisted(ledger, step)
            done.acked.append(_patiently(partial(_seen, ledger, step)))
        except ConflictError:
            done.refused.append(step)
    return done


def _patiently(ask: Callable[[], _T]) -> _T:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return ask()
        except ConnectionLostError:
            assert time.monotonic() < until
            time.sleep(0.02)
