"""Checkpoints, signatures and proofs through the command line."""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
import subprocess
from typing import TYPE_CHECKING

import pytest

from ledger import book
from ledger.journal import checkpoint
from ledger.sqlite_ddl import APPEND_ONLY
from ledger.store import open_ledger
from ledger.witness import keep_checkpoint
from ledger.witness import places
from tests.tui.command import CommandLine
from tui.main import main

if TYPE_CHECKING:
    from pathlib import Path

needs_ssh_keygen = pytest.mark.skipif(
    shutil.which("ssh-keygen") is None, reason="ssh-keygen (OpenSSH) is not installed"
)


def fill(path: Path, *statements: str) -> None:
    ledger = open_ledger(path)
    for statement in statements:
        claim = {"statement": statement, "source": "Met", "due_on": "2026-12-01"}
        book.add(ledger, claim)
    ledger.close()


def remark(calledit: CommandLine) -> None:
    """One more event."""
    ledger = open_ledger(calledit.ledger)
    book.note(ledger, 1, "clouds")
    ledger.close()


@pytest.fixture
def calledit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A ledger of three events, in a home of its own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    path = tmp_path / "ledger.db"
    fill(path, *(f"It rains {number}" for number in range(3)))
    return CommandLine(path)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    words = ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)]
    subprocess.run(["ssh-keygen", *words], check=True, timeout=20)
    signers = f'ann namespaces="calledit" {path.with_suffix(".pub").read_text()}'
    (tmp_path / "signers").write_text(signers)
    return path


def keep(calledit: CommandLine) -> None:
    """What a ledger does when it closes after a session of changes."""
    ledger = open_ledger(calledit.ledger)
    with ledger.read() as conn:
        held = checkpoint(conn)
    ledger.close()
    assert keep_checkpoint(held, places(str(calledit.ledger), held.origin)) == ()


def cut_short(calledit: CommandLine, seq: int) -> None:
    """As somebody with the file would: the last events gone, and everything made to fit."""
    raw = sqlite3.connect(calledit.ledger)
    for name in ("event_no_update", "event_no_delete", "event_no_replace", "event_no_gap"):
        raw.execute(f"DROP TRIGGER {name}")
    raw.execute("DELETE FROM event WHERE seq > ?", (seq,))
    raw.execute("DELETE FROM prediction WHERE id > ?", (seq,))
    (leaf,) = raw.execute("SELECT leaf FROM event WHERE seq = 1").fetchone()
    raw.execute("UPDATE head SET size = 1, frontier = ?", (leaf,))
    for statement in APPEND_ONLY:
        raw.execute(statement)
    raw.commit()
    raw.close()


def test_known_checkpoints_are_checked_unasked(
    calledit: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    monkeypatch.setenv("CALLEDIT_CHECKPOINTS", str(outside))
    keep(calledit)
    remark(calledit)
    keep(calledit)
    assert "and 4 kept checkpoints agree" in calledit.ok("verify").out
    answer = calledit.ok("verify", "--json").json
    assert (answer["ok"], answer["events"], answer["problems"]) == (True, 4, [])
    files = [str(calledit.ledger) + ".checkpoints", *map(str, outside.iterdir())]
    assert [one["file"] for one in answer["checkpoints"]] == files
    assert [(one["kept"], one["agreed"]) for one in answer["checkpoints"]] == [(2, 2), (2, 2)]


def test_a_ledger_that_was_cut_short_is_named_with_the_file(calledit: CommandLine) -> None:
    keep(calledit)
    cut_short(calledit, 1)
    answer = calledit("verify", "--json")
    assert answer.code == 1
    assert not answer.json["ok"]
    problem = answer.json["problems"][-1]
    assert "ledger.db.checkpoints, line 1: a checkpoint saw 3 events" in problem["what"]
    assert "cut short" in problem["what"]


def test_a_ledger_that_was_replaced_is_named(calledit: CommandLine, tmp_path: Path) -> None:
    keep(calledit)
    fill(tmp_path / "other.db", "It snows")
    shutil.move(tmp_path / "other.db", calledit.ledger)
    answer = calledit("verify")
    assert answer.code == 1
    assert "of another ledger" in answer.out


def test_a_damaged_file_of_checkpoints_is_told_and_does_not_stop_the_check(
    calledit: CommandLine, tmp_path: Path
) -> None:
    keep(calledit)
    beside = tmp_path / "ledger.db.checkpoints"
    beside.write_text(beside.read_text() + "calledit/abc\n12\nAAA")
    answer = calledit.ok("verify", "--json")
    assert "the last entry (line 5) is torn" in answer.err
    assert answer.json["warnings"] == answer.err.splitlines()
    beside.write_bytes(os.urandom(300))
    assert "is not a checkpoint" in calledit.ok("verify").err


@needs_ssh_keygen
def test_a_signed_checkpoint(calledit: CommandLine, key: Path, tmp_path: Path) -> None:
    signed = tmp_path / "signed.txt"
    calledit.ok("checkpoint", "--sign", str(key), "-o", str(signed))
    lines = signed.read_text().splitlines()
    assert lines[:3] == calledit.ok("checkpoint").out.splitlines()
    assert lines[3:5] == ["", "-----BEGIN SSH SIGNATURE-----"]
    remark(calledit)
    anyone = calledit.ok("verify", "--against", str(signed))
    assert "signed by ED25519 SHA256:" in anyone.out
    assert "up to event 3" in anyone.out
    signers = ["--signers", str(tmp_path / "signers")]
    answer = calledit.ok("verify", "--against", str(signed), *signers, "--json").json
    assert answer["checkpoints"][0]["signed"][0]["principal"] == "ann"
    forged = signed.read_text().replace("\n3\n", "\n2\n")
    assert calledit("verify", "--against", "-", stdin=forged).code == 1
    other = "calledit/other\n9\n" + lines[2] + "\n\n"
    shared = calledit.ok("verify", "--against", "-", stdin=other + signed.read_text()).out
    assert shared.endswith("up to event 3\n")
    unsigned = calledit.ok("checkpoint").out
    answer = calledit("verify", "--against", "-", *signers, stdin=unsigned)
    assert (answer.code, answer.out) == (1, "wrong: standard input: there is no signature in it\n")


@needs_ssh_keygen
def test_signing_by_settings(
    calledit: CommandLine, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = calledit("checkpoint", "--sign")
    assert answer.code == 1
    assert "there is no SSH key to sign with" in answer.err
    monkeypatch.setenv("CALLEDIT_SIGNING_KEY", str(key))
    answer = calledit.ok("checkpoint", "--sign", "--json").json
    assert answer["size"] == 3
    assert answer["signature"].startswith("-----BEGIN SSH SIGNATURE-----\n")


def test_a_proof_is_checked_without_the_ledger(calledit: CommandLine, tmp_path: Path) -> None:
    held = tmp_path / "held.txt"
    held.write_text(calledit.ok("checkpoint").out)
    reader = CommandLine(tmp_path / "no-ledger.db")
    proof = calledit.ok("prove", "2").out
    assert proof.startswith("c2sp.org/tlog-proof@v1\nextra ")
    alone = reader.ok("verify", "--proof", "-", stdin=proof).out
    assert "event 2 is in the journal" in alone
    assert "prediction.recorded prediction:2: It rains 1" in alone
    assert "compare a checkpoint" in alone
    sure = reader.ok("verify", "--proof", "-", "--against", str(held), stdin=proof).out
    assert "compare a checkpoint" not in sure
    forged = proof.replace("\nindex 1\n", "\nindex 0\n")
    answer = reader("verify", "--proof", "-", "--against", str(held), "--json", stdin=forged)
    assert (answer.code, answer.json["ok"], answer.json["problems"][0]["event"]) == (1, False, 1)
    assert not reader.ledger.exists()


def test_a_proof_of_growth_leads_from_an_old_checkpoint(
    calledit: CommandLine, tmp_path: Path
) -> None:
    held, event, growth = (tmp_path / name for name in ("held", "event", "growth"))
    held.write_text(calledit.ok("checkpoint").out)
    remark(calledit)
    event.write_text(calledit.ok("prove", "--event", "4").out)
    growth.write_text(calledit.ok("prove", "--since", str(held)).out)
    assert growth.read_text().startswith("old 3\n")
    against = ["--against", str(held)]
    assert calledit("verify", "--proof", str(event), *against).code == 1
    both = calledit.ok("verify", "--proof", str(event), "--proof", str(growth), *against)
    assert "only grew, from 3 events to 4" in both.out
    assert "prediction.noted" in both.out
    shape = calledit.ok("prove", "--since", str(held), "--json").json
    assert (shape["old_size"], shape["checkpoint"]["size"]) == (3, 4)


@needs_ssh_keygen
def test_with_signers_only_what_they_signed_is_held(
    calledit: CommandLine, key: Path, tmp_path: Path
) -> None:
    """A proof that ends in an unsigned checkpoint of the same file proves nothing."""
    file = tmp_path / "file"
    signed = calledit.ok("checkpoint", "--sign", str(key)).out
    remark(calledit)
    file.write_text(f"{signed}\n{calledit.ok('checkpoint').out}")
    words = ["verify", "--proof", "-", "--against", str(file)]
    proof = calledit.ok("prove", "1").out
    calledit.ok(*words, stdin=proof)
    answer = calledit(*words, "--signers", str(tmp_path / "signers"), stdin=proof)
    assert answer.code == 1
    assert "of which no checkpoint is held" in answer.out


@pytest.mark.parametrize(
    ("code", "words", "said"),
    [
        (2, ["prove"], "required"),
        (2, ["prove", "1", "--event", "2"], "not allowed with"),
        (2, ["prove", "x"], "not an id"),
        (1, ["prove", "9"], "no prediction 9"),
        (1, ["prove", "--event", "9"], "no event 9"),
        (1, ["prove", "--since", "missing"], "missing"),
        (1, ["verify", "--against", "-"], "holds no checkpoint"),
        (2, ["verify", "--signers", "x"], "--against"),
        (1, ["verify", "--proof", "-"], "not a proof"),
        (1, ["checkpoint", "-o", "/no/such/folder"], "cannot be written"),
        (1, ["checkpoint", "-o", "/dev/null"], "is there already"),
        (1, ["checkpoint", "--sign", "nokey"], "there is no key nokey"),
    ],
)
def test_misuse_is_one_clear_line(
    calledit: CommandLine,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    code: int,
    words: list[str],
    said: str,
) -> None:
    """In this process, which is quicker; `main` is what the command runs."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO()))
    answered: object
    try:
        answered = main(["--ledger", str(calledit.ledger), *words])
    except SystemExit as left:
        answered = left.code
    out, err = capfd.readouterr()
    assert (answered, out) == (code, "")
    assert len(err.splitlines()) == 1
    assert said in err


def test_a_proof_of_growth_needs_its_start(calledit: CommandLine) -> None:
    growth = calledit.ok("prove", "--since", "-", stdin=calledit.ok("checkpoint").out).out
    answer = calledit("verify", "--proof", "-", stdin=growth)
    assert (answer.code, answer.out) == (2, "")
    assert "--against" in answer.err
