"""kill -9 at any moment: what was acknowledged is there, and nothing is there in part or twice."""

from __future__ import annotations

import random
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from ledger.store import open_ledger
from tests.faults.examine import deeds_in
from tests.faults.examine import examine
from tests.faults.sizes import report
from tests.faults.sizes import seed
from tests.faults.sizes import size
from tests.faults.steps import is_repeatable
from tests.faults.steps import perform
from tests.faults.worker import read_diary
from tests.faults.worker import start

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.store import Ledger
    from tests.faults.examine import Ack
    from tests.faults.steps import Step

_LOOPS_A_LEDGER = 10  # then a new one, so that the making of a ledger is hit too


def test_kill_nine(fast_path: Path) -> None:
    chosen = seed()
    rng, began = random.Random(chosen), time.perf_counter()
    loops, acked, hit = size("kill_loops"), 0, Counter[str]()
    for loop in range(loops):
        number, nth = divmod(loop, _LOOPS_A_LEDGER)
        where = fast_path / f"ledger-{number}.db"
        if nth == 0:
            known: list[Ack] = []
        diary = fast_path / f"diary-{loop}"
        mode = ("", "wal")[number % 2]
        worker = start(str(where), diary, seed=rng.getrandbits(32), steps=1_000_000, mode=mode)
        time.sleep(rng.uniform(0, 0.1 if nth == 0 else 0.4))
        worker.kill()
        worker.join()
        told = read_diary(diary)
        assert not told.failed
        known += told.acked
        hit[told.begun.verb if told.begun else "opening"] += 1
        _check(where, known, told.begun, f"loop {loop}")
        acked += len(told.acked)
    assert acked
    report(
        f"kill -9: {loops} loops, {acked} steps acked, 0 lost, 0 corrupt, seed {chosen}, "
        f"{time.perf_counter() - began:.0f} s; hit in {dict(hit.most_common())}"
    )


def _check(where: Path, known: list[Ack], begun: Step | None, loop: str) -> None:
    ledger = open_ledger(where)
    try:
        found = examine(ledger, known, [] if begun is None else [begun])
        assert found.ok, (loop, found)
        if begun is not None and is_repeatable(begun):
            _repeat(ledger, begun)
            found = examine(ledger, known)
            assert found.ok, (loop, begun, found)
    finally:
        ledger.close()


def _repeat(ledger: Ledger, begun: Step) -> None:
    """The client does not know whether it was done, so it asks again, and once more."""
    for _ in range(2):
        perform(ledger, begun)
        with ledger.read() as conn:
            assert deeds_in(conn)[begun.deed] == begun.events, begun


@pytest.mark.parametrize("verb", ["note", "append"])
def test_the_check_sees_a_loss(ledger: Ledger, verb: str) -> None:
    from ledger import journal
    from tests.faults.examine import Ack
    from tests.faults.steps import Step

    perform(ledger, Step("add", "a" * 32))
    with ledger.read() as conn:
        seen = journal.checkpoint(conn)
    never = Ack(Step(verb, "b" * 32, 1), seen)
    assert examine(ledger, [never]).lost
    half = Step("import_rows", "a" * 32)
    assert examine(ledger, [], [half]).wrong
