"""A disk that is full, broken or read-only: a clear error, nothing lost, and then it goes on."""

from __future__ import annotations

import itertools
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from dataclasses import field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from typing import TypeVar

import pytest

from ledger import journal
from ledger.errors import LedgerError
from ledger.store import open_ledger
from tests.faults.apsw_driver import over
from tests.faults.examine import Ack
from tests.faults.examine import deeds_in
from tests.faults.examine import examine
from tests.faults.shim import Fault
from tests.faults.shim import Shim
from tests.faults.sizes import report
from tests.faults.sizes import seed
from tests.faults.sizes import size
from tests.faults.steps import VERBS
from tests.faults.steps import choose
from tests.faults.steps import is_repeatable
from tests.faults.steps import perform

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger.store import Ledger
    from tests.faults.steps import Step

T = TypeVar("T")

_ERRNOS = ("ENOSPC", "EIO", "EROFS")
_ROOT = Path(__file__).parents[2]
# Runs the command line as `python -m tui.main` does, with files no longer than so many bytes.
_LIMITED = (
    "import resource, runpy, sys; limit = int(sys.argv.pop(1)); "
    "resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)); "
    "sys.argv[0] = 'calledit'; runpy.run_module('tui.main', run_name='__main__')"
)


@dataclass
class Work:
    """A ledger on a disk that fails once, or from a moment on until it is mended.

    `unsure` is what failed and may have been done all the same, with what was acked before.
    """

    path: Path
    shim: Shim
    rng: random.Random
    acked: list[Ack] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    unsure: list[tuple[Step, list[Ack]]] = field(default_factory=list)

    def do(self, verb: str) -> None:
        """The verb, and one more; what fails is tried again, some of it on a new opening."""
        ledger = self._patiently(partial(open_ledger, self.path))
        for one in (verb, "add"):
            step = self._patiently(partial(choose, self.rng, ledger, verb=one))
            try:
                perform(ledger, step)
            except LedgerError as error:
                self._failed(error)
                self.unsure.append((step, list(self.acked)))
                shutil.copytree(self.path.parent, _crashed(self.path.parent))
                if self.rng.random() < 0.5:
                    ledger.close()
                    ledger = open_ledger(self.path)
                _again(ledger, step)
            with ledger.read() as conn:
                self.acked.append(Ack(step, journal.checkpoint(conn)))
        ledger.close()
        self.shim.mend()

    def _patiently(self, what: Callable[[], T]) -> T:
        try:
            return what()
        except LedgerError as error:
            self._failed(error)
            return what()

    def _failed(self, error: LedgerError) -> None:
        self.shim.mend()
        self.said.append(str(error).replace(str(self.path), "ledger.db"))


def _crashed(place: Path) -> Path:
    """Where the files are kept as they were when a verb failed, as if the program had died."""
    return place.with_name("crashed")


def _again(ledger: Ledger, step: Step) -> None:
    """As a client does that was told of an error: was it done after all? Then not once more."""
    with ledger.read() as conn:
        there = deeds_in(conn)[step.deed]
    assert there in {0, step.events}
    if not there or is_repeatable(step):
        perform(ledger, step)


@dataclass(frozen=True, slots=True)
class Case:
    """A verb, and what goes wrong in it; `kind` is that of the operation that fails first."""

    mode: str
    verb: str
    fault: Fault
    kind: str


def test_a_fault_at_any_operation(fast_path: Path) -> None:
    chosen, began = seed(), time.perf_counter()
    rng = random.Random(chosen)
    base, work_seed = _base(fast_path, rng), rng.getrandbits(32)
    every = [
        Case(mode, verb, Fault(errno, at, lasting), kind)
        for mode, verb in itertools.product(("delete", "wal"), VERBS)
        for at, kind in enumerate(_run(fast_path, base, work_seed, mode, verb).shim.tried)
        for errno, lasting in itertools.product(_ERRNOS, (False, True))
    ]
    some = _of_each_kind(every, size("fault_operations"), rng)
    said, acked = Counter[tuple[str, str, str]](), 0
    for case in some:
        work = _run(fast_path, base, work_seed, case.mode, case.verb, case.fault)
        _check(work, case)
        acked += len(work.acked)
        heard = work.said or ["(nothing: while it closed)"]
        said.update((case.fault.errno, case.kind, line) for line in heard)
    summary = (
        f"disk faults: {len(some)} of {len(every)} faults, {acked} steps acked, 0 lost, 0 corrupt, "
        f"seed {chosen}, {time.perf_counter() - began:.0f} s"
    )
    lines = [f"  {kind} {errno} {n} times: {line}" for (errno, kind, line), n in said.items()]
    report("\n".join([summary, *sorted(lines)]))


def _of_each_kind(every: list[Case], many: int, rng: random.Random) -> list[Case]:
    """So many, of each kind of operation as many as of the others where there are enough."""
    place, rank = Counter[str](), {}
    for case in rng.sample(every, len(every)):
        rank[case] = place[case.kind]
        place[case.kind] += 1
    return sorted(rank, key=rank.__getitem__)[:many]


def _base(folder: Path, rng: random.Random) -> Path:
    """A small ledger in which every verb has something to be done to."""
    path = folder / "base.db"
    ledger = open_ledger(path)
    for verb in ("add", "add", "add", "add", "resolve", "record_article"):
        perform(ledger, choose(rng, ledger, verb=verb))
    ledger.close()
    return path


def _run(
    folder: Path, base: Path, work_seed: int, mode: str, verb: str, fault: Fault | None = None
) -> Work:
    place = folder / "work"
    for old in (place, _crashed(place)):
        shutil.rmtree(old, ignore_errors=True)
    place.mkdir()
    shutil.copy(base, place / "ledger.db")
    work = Work(place / "ledger.db", Shim("faults"), random.Random(work_seed))
    work.shim.fault = fault
    try:
        with over("faults", journal_mode=mode):
            work.do(verb)
    finally:
        work.shim.unregister()
    return work


def _check(work: Work, what: Case) -> None:
    _examine(work.path, work.acked, what)
    for step, before in work.unsure:
        _examine(_crashed(work.path.parent) / work.path.name, before, what, step)
    for line in work.said:
        assert "damaged" not in line, (what, line)
        assert "\n" not in line, (what, line)
        assert what.fault.errno == "ENOSPC" or "disk is full;" not in line, (what, line)


def _examine(path: Path, acked: list[Ack], what: Case, unsure: Step | None = None) -> None:
    ledger = open_ledger(path)
    try:
        found = examine(ledger, acked, [] if unsure is None else [unsure])
        assert found.ok, (what, found)
        if unsure is not None:
            _again(ledger, unsure)
            with ledger.read() as conn:
                assert deeds_in(conn)[unsure.deed] == unsure.events, what
        with ledger.read() as conn:
            assert conn.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok", what
    finally:
        ledger.close()


@pytest.mark.parametrize("room", [0, 3])
def test_no_room_for_the_command_line(tmp_path: Path, room: int) -> None:
    """The ledger may grow by so many pages (0: by none, and no journal either)."""
    path = tmp_path / "ledger.db"
    assert _add(path, "The bridge opens.").returncode == 0
    limit = path.stat().st_size + 4096 * room if room else 4096
    failed, number = None, 0
    while failed is None and number < 12:
        number += 1
        done = _add(path, f"Bridge {number} opens. ", limit=limit)
        failed = done if done.returncode else None
    assert failed is not None
    assert failed.returncode == 1
    assert failed.stderr.count("\n") == 1
    assert failed.stderr.startswith("calledit: ")
    assert "damaged" not in failed.stderr
    assert _statements(path) == number  # the first one, and all before the one that failed
    assert _add(path, "It goes on.").returncode == 0
    assert _statements(path) == number + 1


def test_no_room_for_a_new_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    failed = _add(path, "The bridge opens.", limit=20_000)
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.count("\n") == 1
    assert _add(path, "The bridge opens.").returncode == 0
    assert _statements(path) == 1


def _add(path: Path, statement: str, *, limit: int = -1) -> subprocess.CompletedProcess[str]:
    given = ("add", statement, "--source", "An engineer", "--quote", f"{statement} {'Yes. ' * 900}")
    return subprocess.run(
        [sys.executable, "-c", _LIMITED, str(limit), "--ledger", str(path), *given],
        capture_output=True,
        text=True,
        check=False,
        cwd=_ROOT,
    )


def _statements(path: Path) -> int:
    ledger = open_ledger(path)
    try:
        found = examine(ledger, [])
        assert found.ok
        return found.events
    finally:
        ledger.close()
