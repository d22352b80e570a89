"""The journal through the command line: out, in again, and files that are whole or not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tui.command import CommandLine

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def calledit(tmp_path: Path) -> CommandLine:
    """A command line on a ledger with two claims."""
    command = CommandLine(tmp_path / "ledger.db")
    for what in ("Rain — 雨", "Snow"):
        command.ok("add", what, "--source", "Met", "--due-on", "2026-02-01")
    return command


@pytest.fixture
def other(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path / "other.db")


def test_out_in_and_out_again(calledit: CommandLine, other: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    said = calledit.ok("export", "--format", "journal", "-o", str(file))
    assert said.out == ""
    held = calledit.ok("checkpoint").out
    assert said.err.splitlines() == [
        f"3 lines written to {file}",
        "checkpoint: " + " ".join(held.split("\n")).strip(),
    ]
    assert "2 events taken over, 0 were here already" in other.ok("import", str(file)).out
    assert other.ok("checkpoint").out == held
    assert other.ok("export", "--format", "journal").out.encode() == file.read_bytes()
    assert other.ok("verify", "--against", "-", stdin=held).out.startswith("ok")
    assert other.ok("import", str(file)).out == "nothing new: the ledger holds all 2 events of it\n"
    other.ok("note", "1", "more")
    again = other.ok("import", "-", "--format", "journal", "--json", stdin=file.read_bytes()).json
    assert (again["new"], again["known"], again["ahead"], again["events"]) == (0, 2, 1, 3)


def test_every_export_names_its_checkpoint(calledit: CommandLine) -> None:
    held = " ".join(calledit.ok("checkpoint").out.split("\n")).strip()
    said = calledit.ok("export")
    assert len(said.lines) == 2
    assert said.err == f"checkpoint: {held}\n"


@pytest.mark.parametrize("kind", ["jsonl", "journal"])
def test_a_file_that_is_there_stays(calledit: CommandLine, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "mine.txt"
    file.write_text("mine")
    answer = calledit("export", "--format", kind, "-o", str(file))
    assert (answer.code, file.read_text()) == (1, "mine")
    assert "is there already" in answer.err
    assert "checkpoint" not in answer.err


def test_a_failed_export_leaves_no_file(calledit: CommandLine, tmp_path: Path) -> None:
    import sqlite3

    raw = sqlite3.connect(calledit.ledger)
    raw.execute("UPDATE head SET size = 1")
    raw.commit()
    raw.close()
    before = sorted(tmp_path.iterdir())
    for name in ("out.jsonl", "no/folder.jsonl"):
        answer = calledit("export", "--format", "journal", "-o", str(tmp_path / name))
        assert answer.code == 1
        assert len(answer.err.splitlines()) == 1
    assert sorted(tmp_path.iterdir()) == before


def test_a_refused_journal_begins_no_ledger(
    calledit: CommandLine, other: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "journal.jsonl"
    calledit.ok("export", "--format", "journal", "-o", str(file))
    file.write_bytes(file.read_bytes().replace(b"Snow", b"Sun!"))
    for words in (["import", str(file)], ["import", "--format", "journal", "-"]):
        answer = other(*words, stdin=file.read_bytes())
        assert answer.code == 1
        assert "was changed" in answer.err
    assert not other.ledger.exists()


def test_formats_are_not_taken_for_one_another(
    calledit: CommandLine, other: CommandLine, tmp_path: Path
) -> None:
    journal = calledit.ok("export", "--format", "journal").out
    claims = calledit.ok("export").out
    wrong = other("import", "-", "--format", "jsonl", stdin=journal)
    assert (wrong.code, "say --format journal" in wrong.err) == (1, True)
    wrong = other("import", "-", "--format", "journal", stdin=claims)
    assert (wrong.code, "is not a journal" in wrong.err) == (1, True)
    assert other("import", "-", "--format", "tarot").code == 2
    assert "2 predictions recorded" in other.ok("import", "-", stdin=claims).out
