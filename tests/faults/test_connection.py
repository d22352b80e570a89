"""A server that goes away in mid-sentence: what was asked for is done once, known or not.

Connections to a real PostgreSQL server are cut by a proxy at a chosen message. A deed's outcome
is then unknown, and it is asked for again.
"""

from __future__ import annotations

import os
import random
import socket
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

import pytest
from sqlalchemy import make_url

from ledger.engines import postgresql
from ledger.errors import CalledItError
from ledger.errors import ConnectionLostError
from ledger.verify import verify
from tests.faults.asking import opened
from tests.faults.asking import seen
from tests.faults.examine import Ack
from tests.faults.examine import deeds_in
from tests.faults.examine import examine
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

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator

    from ledger.store import Ledger
    from tests.postgres import Server

_MESSAGES = 60  # that a verb of one event takes, about
# These are no verbs of the book, so whoever asks for them asks again by himself.
_NOT_OF_THE_BOOK = ("append", "rebuild", "checkpoint")


# A cursor whose connection is gone cannot be closed properly, nor one lost while it is made.
pytestmark = [
    pytest.mark.usefixtures("impatient"),
    pytest.mark.filterwarnings("ignore:.* was deleted while still open:ResourceWarning"),
]


@pytest.fixture
def place(postgres: Server) -> str:
    return postgres.fresh_place()


@pytest.fixture
def near(place: str) -> Iterator[Ledger]:
    """The ledger, reached without a proxy."""
    with opened(place) as ledger:
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
    with opened(proxy.address(place)) as ledger:
        yield ledger


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
        acked.append(seen(near, step))
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
        is_lost = _is_lost(far, step)
        proxy.order()
        proxy.open()
        if not is_lost:
            continue  # it was done before the moment came, or enough of the answer was heard
        with near.write() as conn:  # once the server has done what it was told, or not
            there += deeds_in(conn)[step.deed] > 0
        for _ in range(2):
            perform(far, step)
            acked.append(seen(near, step))
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
    with opened(proxy.address(place)) as far:
        with near.write():
            proxy.order(Cut("message", 3))  # after the ping and BEGIN, it waits for the others
            with pytest.raises(ConnectionLostError, match=f"writing to .* --once {step.deed}"):
                perform(far, step)
        assert proxy.cuts == 1
        perform(far, step)
    found = examine(near, [seen(near, step)])
    assert found.ok, found


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="Linux only")
def test_a_server_that_falls_silent_is_noticed_by_the_system(far: Ledger) -> None:
    """A silence between two systems cannot be made on one; that it is asked for can be seen."""
    with far.read() as conn:
        driver = conn.connection.driver_connection
        assert driver is not None
        with socket.socket(fileno=os.dup(driver.fileno())) as link:
            assert link.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            assert link.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 10
            assert link.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 30_000
