"""What a ledger must still hold after whatever happened to it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from dataclasses import field
from typing import TYPE_CHECKING

from sqlalchemy import select

from ledger.schema import event as event_table
from ledger.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.checkpoints import Checkpoint
    from ledger.store import Ledger
    from tests.faults.steps import Step

_DEED = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Ack:
    """A step that was acknowledged, and the journal as it was seen then."""

    step: Step
    seen: Checkpoint


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a ledger.

    Attributes:
        events: How many it holds.
        lost: Acknowledged, and not there.
        wrong: Everything else: it does not verify, a step is there twice or in part.
    """

    events: int
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not (self.lost or self.wrong)


def examine(ledger: Ledger, acked: Sequence[Ack], begun: Iterable[Step] = ()) -> Finding:
    """Check a ledger.

    Args:
        ledger: Which.
        acked: What it must hold, once.
        begun: What it may hold, whole or not at all.
    """
    with ledger.read() as conn:
        checked = verify(conn, [ack.seen for ack in acked])
        held = deeds_in(conn)
    lost, wrong = [], []
    for ack in acked:
        there, step = held[ack.step.deed], ack.step
        if there < step.events:
            lost.append(f"{step}: {there} of {step.events} events are there")
        elif there > step.events:
            wrong.append(f"{step}: {there} events are there, {step.events} were written")
    wrong += [
        f"{step}: {held[step.deed]} of {step.events} events: not whole"
        for step in begun
        if held[step.deed] not in {0, step.events}
    ]
    if not (lost and _too_short(checked.events, acked)):
        wrong += [problem.what for problem in checked.problems]
    return Finding(checked.events, lost, wrong)


def deeds_in(conn: Connection) -> Counter[str]:
    """How many events bear each deed's digits."""
    found: Counter[str] = Counter()
    for body in conn.execute(select(event_table.c.body)).scalars():
        found.update(set(_DEED.findall(body)))
    return found


def _too_short(events: int, acked: Sequence[Ack]) -> bool:
    """Whether losses alone explain what the checkpoints say."""
    return any(ack.seen.size > events for ack in acked)
