"""Verify in several processes: only when asked, the same answer, nobody's script run again."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger import book
from ledger import journal
from ledger.verify import verify
from ledger.verifying import work
from ledger.verifying import worker
from tests.ledger.test_verify import fill
from tests.ledger.test_verify import tamper

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from ledger.store import Ledger
    from ledger.verify import Verification

ROOT = Path(__file__).parents[2]
# As somebody would write it: nothing guards it against being run again.
SCRIPT = """
import sys
from ledger.store import open_ledger
from ledger.verify import verify
from ledger.verifying import work

with open(sys.argv[2], "a") as runs:
    print("run", file=runs)
ledger = open_ledger(sys.argv[1])
with ledger.read() as conn:
    work._LARGE = 0
    print(verify(conn, workers=2).ok)
"""
STOPPED = """
import sys
from ledger.store import open_ledger
from ledger.verifying import work, worker
from tests.ledger.test_verify_processes import linger

ledger = open_ledger(sys.argv[1])
with ledger.read() as conn:
    place = conn.engine.url, worker.head_of(conn)
    work._shared(place, [(linger, (sys.argv[2],))] * 2, 2, work.unheard)
"""


def linger(_conn: Connection, folder: str) -> None:
    """A job that takes long, and says who does it."""
    (Path(folder) / str(os.getpid())).touch()
    time.sleep(60)


def children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def started(script: str, *args: str) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    file = Path(args[0]).with_name("script.py")
    file.write_text(script, encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, str(file), *args],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def checked(ledger: Ledger, *, workers: int) -> tuple[Verification, list[tuple[int, int]]]:
    told: list[tuple[int, int]] = []
    with ledger.read() as conn:
        found = verify(conn, [journal.checkpoint(conn)], workers=workers,
                       tell=lambda done, of: told.append((done, of)))  # fmt: skip
    return found, told


def test_processes_find_what_one_finds(
    file_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(file_ledger)
    book.publish_scorecard(file_ledger)
    tamper(
        file_ledger,
        "UPDATE event SET body = replace(body, 'snows', 'hails') WHERE seq = 2",
        "UPDATE prediction SET outcome = 'false' WHERE id = 1",
        "INSERT INTO note VALUES (77, 99, 'forged')",
    )
    monkeypatch.setattr(work, "_LARGE", 0)
    before = children_seconds()
    alone, told = checked(file_ledger, workers=1)
    assert children_seconds() == before
    assert len(alone.problems) >= 4
    assert told == [(part, 5) for part in range(1, 6)]
    assert checked(file_ledger, workers=2) == (alone, told)
    assert children_seconds() > before


def test_nothing_is_started_unasked(file_ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(file_ledger)
    monkeypatch.setattr(work, "_LARGE", 0)
    before = children_seconds()
    with file_ledger.read() as conn:
        assert verify(conn).ok
    assert children_seconds() == before


def test_a_script_without_a_guard_is_not_run_again(file_ledger: Ledger, tmp_path: Path) -> None:
    fill(file_ledger)
    runs = tmp_path / "runs"
    with started(SCRIPT, file_ledger.where, str(runs)) as script:
        assert script.communicate(timeout=30) == ("True\n", "")
    assert runs.read_text(encoding="utf-8") == "run\n"


def test_a_folder_with_our_name_is_not_taken_for_us(
    file_ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(file_ledger)
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "__init__.py").write_text("open('seen', 'w')\n", encoding="utf-8")
    monkeypatch.setattr(sys, "path", [folder for folder in sys.path if folder] + [str(ROOT)])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(work, "_LARGE", 0)
    assert checked(file_ledger, workers=2)[0].ok
    assert not (tmp_path / "seen").exists()


def test_when_a_process_cannot_the_caller_does_it_all(
    file_ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(file_ledger)
    monkeypatch.setattr(work, "_LARGE", 0)
    monkeypatch.setattr(sys, "executable", sys.executable + "-that-is-not-there")
    assert checked(file_ledger, workers=2)[0].ok


def test_a_process_that_sees_another_head_gives_up(file_ledger: Ledger) -> None:
    fill(file_ledger)
    with file_ledger.read() as conn:
        url, seen = conn.engine.url, worker.head_of(conn)
        frontier = journal.frontier_of(conn)
    assert seen is not None
    job = (journal.frontier_of, ())
    assert work._shared((url, seen), [job, job], 2, work.unheard) == [frontier] * 2
    with pytest.raises(worker.MovedOnError):
        worker.connected(url, (seen[0] + 1, seen[1]))
    with pytest.raises((EOFError, OSError)):
        work._shared((url, (seen[0] + 1, seen[1])), [job, job], 2, work.unheard)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="it looks in /proc")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_of_a_check_that_is_stopped(
    file_ledger: Ledger, tmp_path: Path, end: signal.Signals
) -> None:
    folder = tmp_path / "lingering"
    folder.mkdir()
    with started(STOPPED, file_ledger.where, str(folder)) as script:
        until(lambda: len(list(folder.iterdir())) == 2)
        began = time.monotonic()
        script.send_signal(end)
        said = script.communicate(timeout=30)[1]
    assert time.monotonic() - began < 5
    assert script.returncode in {-end, 130, 1}
    assert said.rstrip().endswith("KeyboardInterrupt") or end == signal.SIGKILL
    until(lambda: not any(alive(int(file.name)) for file in folder.iterdir()))


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
