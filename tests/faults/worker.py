"""A process that works on a ledger and says in a file what was acknowledged; it may be killed."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import time
from contextlib import nullcontext
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
from typing import TYPE_CHECKING
from typing import Any

import sqlalchemy.dialects.sqlite  # noqa: F401  (loaded once, before the processes are forked)

from ledger import journal
from ledger.checkpoints import parse_checkpoint
from ledger.errors import CalledItError
from ledger.errors import ConflictError
from ledger.errors import LedgerBusyError
from ledger.store import open_ledger
from tests.faults.apsw_driver import over
from tests.faults.examine import Ack
from tests.faults.steps import Step
from tests.faults.steps import choose
from tests.faults.steps import perform

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Sequence
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from ledger.store import Ledger

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])


@dataclass
class Told:
    """What a worker said before it ended.

    Attributes:
        acked: Steps done.
        begun: The step that it was in; none when it ended by itself.
        refused: How many steps the ledger's state did not allow.
        busy: How often a step gave up waiting for the others, and was tried again.
        failed: Errors that nobody should see.
        waits: Seconds that each step took.
    """

    acked: list[Ack] = field(default_factory=list)
    begun: Step | None = None
    refused: int = 0
    busy: int = 0
    failed: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)


def start(
    where: str, diary: Path, *, seed: int, steps: int, mode: str = "", never: Sequence[str] = ()
) -> BaseProcess:
    """Begin a worker.

    Args:
        where: The ledger that it works on, a path or an address.
        diary: What it did.
        seed: What it will do.
        steps: How many.
        mode: Of SQLite's journal, if not the one that the ledger would choose.
        never: Verbs that it leaves alone.
    """
    process = _processes.Process(
        target=_work, args=(where, str(diary), seed, steps, mode, never), daemon=True
    )
    process.start()
    return process


def read_diary(diary: Path) -> Told:
    """What a worker wrote; a last line that was cut off counts as not written."""
    told = Told()
    text = diary.read_text() if diary.exists() else ""
    for line in text[: text.rfind("\n") + 1].splitlines():
        _take(told, json.loads(line))
    return told


def _take(told: Told, said: dict[str, Any]) -> None:
    if "begun" in said:
        told.begun = Step(**said["begun"])
        return
    if "busy" in said:
        told.busy += 1
        return
    if "failed" in said:
        told.failed.append(said["failed"])
    elif "refused" in said:
        told.refused += 1
    elif "acked" in said and told.begun is not None:
        told.acked.append(Ack(told.begun, parse_checkpoint(said["acked"], name="diary")))
        told.waits.append(said["seconds"])
    told.begun = None


def _work(where: str, diary: str, seed: int, steps: int, mode: str, never: Sequence[str]) -> None:
    file = os.open(diary, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def say(**what: Any) -> None:
        os.write(file, json.dumps(what).encode() + b"\n")

    rng = random.Random(seed)
    try:
        with over("", journal_mode=mode) if mode else nullcontext():
            ledger = open_ledger(where)
            for _ in range(steps):
                step = choose(rng, ledger, never=never)
                say(begun=asdict(step))
                _do(ledger, step, say)
            ledger.close()
    except CalledItError as error:
        say(failed=repr(error))


def _do(ledger: Ledger, step: Step, say: Callable[..., None]) -> None:
    """Do it, however often the ledger is busy; the deed's id keeps it one deed."""
    began = time.perf_counter()
    while True:
        try:
            perform(ledger, step)
            seconds = time.perf_counter() - began
            with ledger.read() as conn:
                seen = journal.checkpoint(conn)
            return say(acked=seen.text(), seconds=seconds)
        except LedgerBusyError:
            say(busy=True)
        except ConflictError:
            return say(refused=True)  # another worker was faster
        except CalledItError as error:
            return say(failed=f"{step}: {error!r}")
