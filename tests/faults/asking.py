"""Asking a server for a step until it is done, and what was seen then."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from typing import TypeVar

from ledger import journal
from ledger.errors import ConnectionLostError
from ledger.store import open_ledger
from tests.faults.examine import Ack
from tests.faults.growing import ticking
from tests.faults.steps import perform

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator

    from ledger.store import Ledger
    from tests.faults.steps import Step

_T = TypeVar("_T")
PATIENCE = 60.0  # seconds
_A_WAIT = 0.02


@contextmanager
def opened(where: str) -> Iterator[Ledger]:
    """The ledger there, at a time that ticks on."""
    ledger = open_ledger(where, clock=ticking())
    ledger.keeps_checkpoints = False
    yield ledger
    ledger.close()


def seen(ledger: Ledger, step: Step) -> Ack:
    """That the step was acknowledged."""
    with ledger.read() as conn:
        return Ack(step, journal.checkpoint(conn))


def insisted(ledger: Ledger, step: Step) -> int:
    """Ask for it until it is done; how often the ledger gave up."""
    given_up, until = 0, time.monotonic() + PATIENCE
    while True:
        try:
            perform(ledger, step)
        except ConnectionLostError:
            given_up += 1
            assert time.monotonic() < until
            time.sleep(_A_WAIT)
        else:
            return given_up


def patiently(ask: Callable[[], _T]) -> _T:
    """What is only looked up, as soon as the server answers."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return ask()
        except ConnectionLostError:
            assert time.monotonic() < until
            time.sleep(_A_WAIT)
