"""Two people who judge the same prediction at the same moment: one of them is faster."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING

from ledger import book
from ledger import journal
from ledger.errors import ConflictError
from ledger.events import RESOLVED
from ledger.model import OUTCOME_WORDS
from ledger.queries import get_prediction
from ledger.store import open_ledger
from ledger.verify import verify
from tests.faults.sizes import report
from tests.faults.sizes import size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.clock import Clock
    from ledger.store import Ledger

_PEOPLE = {"ann": "true", "bob": "false"}
_PATIENCE = 60.0  # seconds


def test_two_judge_at_once(ledger: Ledger, place: str, clock: Clock) -> None:
    began = time.perf_counter()
    claims = [
        {"statement": f"Bridge {number} opens", "source": "An engineer", "due_on": "2030-12-31"}
        for number in range(size("races"))
    ]
    numbers = [added.id for added in book.add_many(ledger, claims)]
    start = threading.Barrier(len(_PEOPLE), timeout=_PATIENCE)
    with ThreadPoolExecutor(len(_PEOPLE)) as pool:
        asked = {
            actor: pool.submit(_judge, place, clock, actor, numbers, start) for actor in _PEOPLE
        }
        said = {actor: future.result() for actor, future in asked.items()}
    won: Counter[str] = Counter()
    for turn, number in enumerate(numbers):
        won[_check(ledger, number, {actor: one[turn] for actor, one in said.items()})] += 1
    with ledger.read() as conn:
        assert verify(conn).problems == ()
    report(
        f"races, {ledger.engine}: {len(numbers)}, won by {dict(won)}, "
        f"{time.perf_counter() - began:.0f} s"
    )


def _judge(
    place: str, clock: Clock, actor: str, numbers: Sequence[int], start: threading.Barrier
) -> list[str]:
    """What was said to this person about each prediction; nothing where the verdict was taken."""
    told = []
    with closing(open_ledger(place, clock=clock)) as own:
        own.keeps_checkpoints = False
        own.actor = actor
        for number in numbers:
            start.wait()
            try:
                book.resolve(own, number, _PEOPLE[actor], reason=f"{actor} saw it")
                told.append("")
            except ConflictError as error:
                told.append(str(error))
    return told


def _check(ledger: Ledger, number: int, said: dict[str, str]) -> str:
    """Who won: that person heard nothing, and the other whose verdict stands."""
    [winner] = [actor for actor, words in said.items() if not words]
    [loser] = said.keys() - {winner}
    assert f"{winner} said that it {OUTCOME_WORDS[_PEOPLE[winner]]}" in said[loser]
    with ledger.read() as conn:
        found = get_prediction(conn, number)
        events = [entry.event for entry in journal.read(conn, subject=f"prediction:{number}")]
    assert (found.outcome, found.resolved_by) == (_PEOPLE[winner], winner)
    assert [event.actor for event in events if event.type == RESOLVED] == [winner]
    return winner
