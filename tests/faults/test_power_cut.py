"""Power cuts: what was acknowledged before the cut is on the disk, whatever else is missing."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from dataclasses import field
from typing import TYPE_CHECKING

import pytest

from ledger import book
from ledger import journal
from ledger.store import open_ledger
from tests.faults.apsw_driver import over
from tests.faults.disk import WAYS
from tests.faults.disk import Disk
from tests.faults.examine import Ack
from tests.faults.examine import Finding
from tests.faults.examine import examine
from tests.faults.shim import Shim
from tests.faults.sizes import report
from tests.faults.sizes import seed
from tests.faults.sizes import size
from tests.faults.steps import choose
from tests.faults.steps import perform

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from ledger.store import Ledger
    from tests.faults.shim import Op

_IMAGES_A_LEDGER = 250
_SITTINGS = 3  # how often the ledger is opened, worked on and closed
_STEPS = 25  # in each


@dataclass
class Seen:
    """What a campaign found."""

    images: int = 0
    acked: int = 0
    lost: list[str] = field(default_factory=list)
    corrupt: list[str] = field(default_factory=list)

    def summary(self) -> str:
        """For the report."""
        return (
            f"{self.images} images, {self.acked} acks, {len(self.lost)} lost, "
            f"{len(self.corrupt)} corrupt"
        )


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_power_cut(fast_path: Path, mode: str) -> None:
    chosen, began = seed(), time.perf_counter()
    seen = _campaign(fast_path, random.Random(chosen), mode, size("power_cut_images") // 2)
    report(
        f"power cut, {mode}: {seen.summary()}, seed {chosen}, {time.perf_counter() - began:.0f} s"
    )
    assert (seen.lost[:3], seen.corrupt[:3]) == ([], [])


@pytest.mark.parametrize(
    ("mode", "synchronous", "corrupts"),
    [("delete", "OFF", True), ("wal", "OFF", True), ("delete", "FULL", False)],
)
def test_the_harness_sees_what_it_should(
    fast_path: Path, mode: str, synchronous: str, corrupts: bool
) -> None:
    """With too few syncs, acked steps must be found missing: or no campaign proves a thing.

    FULL does not sync the folder after the rollback journal was deleted; that is why the ledger
    asks for EXTRA.
    """
    chosen, began = seed(), time.perf_counter()
    images = size("power_cut_images") // 10
    seen = _campaign(fast_path, random.Random(chosen), mode, images, synchronous=synchronous)
    report(
        f"power cut, {mode}, synchronous={synchronous} (control): {seen.summary()}, "
        f"seed {chosen}, {time.perf_counter() - began:.0f} s"
    )
    assert seen.lost
    assert bool(seen.corrupt) == corrupts


def _campaign(
    folder: Path, rng: random.Random, mode: str, images: int, *, synchronous: str = ""
) -> Seen:
    seen = Seen()
    for number in range(0, images, _IMAGES_A_LEDGER):
        log = _work(folder / f"work-{number}", rng, mode, synchronous)
        _cut(
            folder / "after",
            log,
            _cuts(log, min(_IMAGES_A_LEDGER, images - number), rng),
            rng,
            seen,
        )
    return seen


def _work(folder: Path, rng: random.Random, mode: str, synchronous: str) -> list[Op]:
    """Make a ledger and use it; everything that was done to the disk meanwhile."""
    folder.mkdir()
    shim = Shim("power-cut")
    try:
        with over("power-cut", journal_mode=mode, synchronous=synchronous):
            for _ in range(_SITTINGS):
                ledger = open_ledger(folder / "ledger.db")
                _use(ledger, rng, shim, mode)
                ledger.close()
    finally:
        shim.unregister()
    return shim.log


def _cuts(log: list[Op], many: int, rng: random.Random) -> list[int]:
    """After how many operations the power goes; a tenth of the cuts are while it is made."""
    made = next(number for number, op in enumerate(log) if op.kind == "ack")
    early = many // 10
    spread = rng.choices(range(len(log) + 1), k=many - early)
    return sorted(rng.choices(range(made), k=early) + spread)


def _use(ledger: Ledger, rng: random.Random, shim: Shim, mode: str) -> None:
    with ledger.read() as conn:
        assert _pragma(conn, "journal_mode") == mode
    for _ in range(_STEPS):
        step = choose(rng, ledger)
        perform(ledger, step)
        with ledger.read() as conn:
            shim.ack(Ack(step, journal.checkpoint(conn)))


def _cut(folder: Path, log: list[Op], cuts: list[int], rng: random.Random, seen: Seen) -> None:
    """Let the power go after so many operations, for each of the cuts."""
    disk, done, acked = Disk(), 0, list[Ack]()
    for cut in cuts:
        for op in log[done:cut]:
            if op.kind == "ack":
                acked.append(op.said)
            else:
                disk.do(op)
        done = cut
        way = rng.choice(WAYS)
        _lay(folder, disk.after_cut(rng, way))
        found = _found(folder / "ledger.db", acked)
        where = f"cut {cut} of {len(log)}, unsynced {way}, {len(acked)} acked: "
        seen.images += 1
        seen.acked += len(acked)
        if found.lost:
            seen.lost.append(where + found.lost[-1])
        if found.wrong:
            seen.corrupt.append(where + found.wrong[0])


def _lay(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)


def _found(path: Path, acked: list[Ack]) -> Finding:
    """Open what is left as a person would, with Python's own SQLite."""
    ledger = None
    try:
        ledger = open_ledger(path)
        found = examine(ledger, acked)
        with ledger.read() as conn:
            said = _pragma(conn, "integrity_check")
        if said != "ok":
            found.wrong.append(f"integrity_check says {said}")
        if found.ok:
            book.add(ledger, {"statement": "It goes on.", "source": "x", "due_on": "2030-01-01"})
    except Exception as error:  # noqa: BLE001 (whatever it is, the ledger was not there)
        return Finding(0, wrong=[f"cannot be used: {error!r}"])
    finally:
        if ledger is not None:
            ledger.close()
    return found


def _pragma(conn: Connection, name: str) -> str:
    return str(conn.exec_driver_sql(f"PRAGMA {name}").scalar())
