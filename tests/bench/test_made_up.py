"""The made-up ledger of the benchmarks holds what the verbs write, and nothing else."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from bench.at_size.made_up import made_up_events
from ledger import events as ev
from ledger.exchange.shapes import Shapes


def test_every_event_is_of_a_shape_that_a_verb_writes() -> None:
    shapes, kinds = Shapes(), Counter[str]()
    for event in islice(made_up_events(), 5_000):
        shapes.check(event)
        kinds[event.type] += 1
    often = {ev.RECORDED, ev.ATTACHED, ev.RESOLVED, ev.AMENDED, ev.NOTED, ev.UNDONE}
    assert {kind for kind, count in kinds.items() if count >= 100} == often == kinds.keys()


def test_the_same_seed_makes_the_same_ledger() -> None:
    assert list(islice(made_up_events(3), 50)) == list(islice(made_up_events(3), 50))
    assert next(made_up_events(3)) != next(made_up_events(4))
