"""`backup` and `doctor` as a person meets them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from ledger import book
from ledger.clock import Clock
from ledger.store import open_ledger
from tests.tui.command import ROOT
from tests.tui.command import CommandLine
from tui.commands.backup import Meter
from tui.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CLAIM = {
    "statement": "It rains in Bergen",
    "source": "Met",
    "made_on": "2026-01-02",
    "due_on": "2026-12-01",
}


@pytest.fixture
def calledit(tmp_path: Path) -> CommandLine:
    """A ledger of three predictions."""
    where = tmp_path / "ledger.db"
    ledger = open_ledger(where, clock=Clock())
    book.add_many(ledger, [CLAIM] * 3)
    ledger.close()
    return CommandLine(where)


def test_a_copy_and_what_is_said_of_it(calledit: CommandLine, tmp_path: Path) -> None:
    said = calledit.ok("backup", str(tmp_path / "copy.db")).out.splitlines()
    held = calledit.ok("checkpoint").out.split()
    assert said == [" ".join(held), f"copied to {tmp_path / 'copy.db'}"]
    copy = CommandLine(tmp_path / "copy.db")
    assert copy.ok("verify").out == calledit.ok("verify").out.replace(
        ", and 1 kept checkpoint agree", ""
    )
    assert copy.ok("list", "--json").out == calledit.ok("list", "--json").out
    again = calledit.ok("backup", str(tmp_path / "other.db"), "--json").json
    assert again == {
        "copy": str(tmp_path / "other.db"),
        "origin": held[0],
        "size": int(held[1]),
        "root": held[2],
    }


def test_a_copy_that_is_put_back(calledit: CommandLine, tmp_path: Path) -> None:
    """What was recorded since is missing, and the checkpoints beside the ledger say so."""
    calledit.ok("backup", str(tmp_path / "copy.db"))
    calledit.ok("note", "1", "later")
    shutil.copy(tmp_path / "copy.db", calledit.ledger)
    answer = calledit("verify")
    assert answer.code == 1
    assert "a checkpoint saw 4 events, the journal holds 3" in answer.out
    answer = calledit("doctor")
    assert answer.code == 1
    assert "was an older copy restored?" in answer.out


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("ledger.db", 1, "is the ledger itself; name another file"),
        ("taken.db", 1, "is there already; name another file; nothing is overwritten"),
        ("none/copy.db", 1, "does not exist"),
        (".", 1, "is a folder; name a new file in it"),
        ("", 2, "needs a name"),
        ("mysql://u:secret@host/db", 2, "cannot be opened"),
        ("postgresql://host:port/db", 2, "malformed"),
    ],
)
def test_copies_that_are_refused(
    calledit: CommandLine, tmp_path: Path, name: str, code: int, said: str
) -> None:
    (tmp_path / "taken.db").write_text("mine")
    before = sorted(tmp_path.iterdir())
    answer = calledit("backup", str(tmp_path / name) if name and "://" not in name else name)
    assert (answer.code, answer.out, answer.err.count("\n")) == (code, "", 1)
    assert said in answer.err
    assert "secret" not in answer.err
    assert sorted(tmp_path.iterdir()) == before
    assert (tmp_path / "taken.db").read_text() == "mine"


def test_no_ledger_no_copy(tmp_path: Path) -> None:
    answer = CommandLine(tmp_path / "none.db")("backup", str(tmp_path / "copy.db"))
    assert answer.code == 1
    assert "there is no ledger" in answer.err
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk(calledit: CommandLine, tmp_path: Path) -> None:
    """No file may grow beyond 100 kB: at the limit, SQLite is told what a full disk tells it."""
    (tmp_path / "copies").mkdir()
    small = ["sh", "-c", 'ulimit -f 200; exec "$@"', "sh"]
    done = _started(calledit, str(tmp_path / "copies" / "copy.db"), within=small)
    out, err = done.communicate(timeout=60)
    assert (done.returncode, out, err.count("\n")) == (1, "", 1)
    assert "is full; make room" in err
    assert list((tmp_path / "copies").iterdir()) == []


def test_a_copy_that_is_stopped_by_hand(tmp_path: Path) -> None:
    """Ctrl-C in the middle: nothing is left, and the ledger is as it was."""
    where = tmp_path / "big.db"
    ledger = open_ledger(where)
    book.add(ledger, CLAIM)
    with ledger.write() as conn:
        row = {"sha256": "x", "text": "long " * 10_000_000}
        conn.exec_driver_sql("INSERT INTO article_text VALUES (:sha256, :text)", row)
    ledger.close()
    (tmp_path / "copies").mkdir()
    running = _started(CommandLine(where), str(tmp_path / "copies" / "copy.db"))
    deadline = time.monotonic() + 30
    while not list((tmp_path / "copies").glob(".calledit-backup-*/ledger.db")):
        assert time.monotonic() < deadline
        time.sleep(0.001)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out) == (130, "")
    assert err == "calledit: stopped\n"
    assert list((tmp_path / "copies").iterdir()) == []
    CommandLine(where).ok("verify")


def _started(
    calledit: CommandLine, to: str, *, within: Sequence[str] = ()
) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tui.main", "--ledger", str(calledit.ledger), "backup", to]
    return subprocess.Popen(
        [*within, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONWARNINGS": "error"},
    )


def test_how_far_it_is_is_told_only_when_it_takes_long(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    meter = Meter(Session())
    for done in range(0, 1_001, 5):
        now[0] += 0.01
        meter(done, 1_000)
    told = capsys.readouterr().err.splitlines()
    assert told[:-1] == [f"copied {percent} %" for percent in range(40, 91, 10)]
    assert told[-1] == "copied 100 %; now its indexes and a check"


def test_the_doctor_of_a_sound_ledger(calledit: CommandLine) -> None:
    answer = calledit.ok("doctor")
    lines = answer.out.splitlines()
    assert all(len(line) <= 80 or "/" in line for line in lines)
    assert lines[0].startswith("ok     Called It ")
    assert f"the ledger is {calledit.ledger}, as --ledger says" in " ".join(answer.out.split())
    assert "you write as tester, as CALLEDIT_ACTOR says" in answer.out
    assert lines[-1].endswith(", 1 note, 0 wrong")
    assert "set CALLEDIT_CHECKPOINTS to a folder" in answer.out


def test_the_doctor_s_json(calledit: CommandLine) -> None:
    fine = calledit.ok("doctor", "--json").json
    assert fine["ok"] is True
    assert {tuple(one) for one in fine["findings"]} == {("state", "what", "mend")}
    assert {one["state"] for one in fine["findings"]} == {"ok", "note"}
    calledit.ledger.write_bytes(b"no ledger at all" * 99)
    answer = calledit("doctor", "--json")
    assert answer.code == 1
    ill = json.loads(answer.out)
    assert ill["ok"] is False
    assert next(one for one in ill["findings"] if one["state"] == "wrong")["mend"]


def test_the_doctor_says_which_ledger(
    calledit: CommandLine,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tui.main import main

    monkeypatch.setenv("CALLEDIT_LEDGER", str(calledit.ledger))
    assert main(["doctor"]) == 0
    assert "as CALLEDIT_LEDGER says" in " ".join(capsys.readouterr().out.split())
    monkeypatch.delenv("CALLEDIT_LEDGER")
    assert main(["doctor"]) == 1  # there is none yet, nor is one made by looking
    assert not (tmp_path / "data").exists()
    assert "the default place" in " ".join(capsys.readouterr().out.split())
