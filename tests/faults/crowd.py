"""Many processes on one ledger of any kind, some of them killed; then the ledger is examined."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from ledger.store import open_ledger
from tests.faults.examine import examine
from tests.faults.sizes import report
from tests.faults.sizes import seed
from tests.faults.sizes import size
from tests.faults.worker import read_diary
from tests.faults.worker import start

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.examine import Finding

_PATIENCE = 1_800.0  # seconds
_KILLED = 4  # one worker in so many
_ALONE = ("rebuild",)  # on a large ledger it takes longer than anybody waits


def crowd(where: str, folder: Path, mode: str = "") -> Finding:
    """The campaign.

    Args:
        where: A path or an address, as `open_ledger` takes it.
        folder: Where the workers' diaries go.
        mode: The SQLite journal mode to work in, if not the one that the ledger chooses.

    Returns:
        What was found afterwards. The processes themselves saw no error, but that one step in a
        hundred, at most, had waited for too long and was tried again.
    """
    chosen, began = seed(), time.perf_counter()
    rng = random.Random(chosen)
    many, steps = size("crowd_processes"), size("crowd_verbs")
    diaries = [folder / f"diary-{number}" for number in range(many)]
    workers = [
        start(where, diary, seed=rng.getrandbits(32), steps=steps, mode=mode, never=_ALONE)
        for diary in diaries
    ]
    doomed = rng.sample(range(many), many // _KILLED)
    for number in doomed:
        time.sleep(rng.uniform(0.1, 1.0))
        workers[number].kill()
    for worker in workers:
        worker.join(_PATIENCE)
    assert all(worker.exitcode is not None for worker in workers), "they wait for each other"
    told = [read_diary(diary) for diary in diaries]
    assert [line for one in told for line in one.failed] == []
    assert all(
        len(one.acked) + one.refused == steps or number in doomed for number, one in enumerate(told)
    )
    ledger = open_ledger(where)
    try:
        acked = [ack for one in told for ack in one.acked]
        found = examine(ledger, acked, [one.begun for one in told if one.begun is not None])
    finally:
        ledger.close()
    busy = sum(one.busy for one in told)
    waits = sorted(wait for one in told for wait in one.waits)
    report(
        f"crowd{', ' + mode if mode else ''}: {many} processes x {steps}, {len(doomed)} killed, "
        f"{len(acked)} steps acked, {sum(one.refused for one in told)} refused, {busy} times busy, "
        f"{found.events} events, {len(found.lost)} lost, {len(found.wrong)} corrupt, longest wait "
        f"{waits[-1]:.2f} s, median {waits[len(waits) // 2] * 1000:.0f} ms, seed {chosen}, "
        f"{time.perf_counter() - began:.0f} s"
    )
    assert busy * 100 <= len(acked), "too many gave up waiting"
    return found
