"""Opening: pragmas, foreign and broken files, transactions that hold or leave nothing."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from ledger import book
from ledger.doctor.examine import examine
from ledger.engines import postgresql
from ledger.engines.sqlite import journal_mode
from ledger.errors import LedgerBusyError
from ledger.errors import LedgerError
from ledger.errors import NotALedgerError
from ledger.store import open_ledger

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.store import Ledger

CLAIM = {"statement": "It rains in Bergen", "source": "Met office"}


def test_every_connection_is_set_up(file_ledger: Ledger) -> None:
    with file_ledger.read() as conn:
        pragmas = {
            name: conn.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
        }
    expected = {"synchronous": 3, "foreign_keys": 1, "recursive_triggers": 1}
    assert pragmas == {"journal_mode": journal_mode()[0], **expected}


def test_tables_are_strict(file_ledger: Ledger) -> None:
    with sqlite3.connect(file_ledger.where) as raw:
        strict = dict(raw.execute("SELECT name, strict FROM pragma_table_list").fetchall())
    raw.close()
    ours = {"event", "head", "prediction", "evidence", "article", "item", "feed", "link", "meta"}
    assert {name for name in ours if strict[name]} == ours


def test_what_was_written_is_there_when_opened_again(tmp_path: Path) -> None:
    first = open_ledger(tmp_path / "a.db")
    assert first.created
    kept = book.add(first, CLAIM)
    first.close()
    again = open_ledger(tmp_path / "a.db")
    assert not again.created
    with again.read() as conn:
        assert conn.execute(text("SELECT statement FROM prediction")).scalar() == kept.statement
    again.close()


def test_a_transaction_that_fails_leaves_nothing(ledger: Ledger) -> None:
    with pytest.raises(RuntimeError), ledger.write() as conn:
        conn.execute(text("INSERT INTO meta VALUES ('half', 'done')"))
        raise RuntimeError
    with ledger.read() as conn:
        assert conn.execute(text("SELECT count(*) FROM meta WHERE key = 'half'")).scalar() == 0


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("these are my notes, not a database " * 100)
    before = path.read_bytes()
    with pytest.raises(NotALedgerError, match=r"notes\.txt is not a ledger"):
        open_ledger(path)
    assert path.read_bytes() == before


def test_another_program_s_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE recipe (name TEXT)")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(NotALedgerError, match="another program"):
        open_ledger(path)
    assert path.read_bytes() == before


def test_a_newer_ledger_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    open_ledger(path).close()
    raw = sqlite3.connect(path)
    raw.execute("UPDATE meta SET value = '999' WHERE key = 'schema'")
    raw.commit()
    raw.close()
    with pytest.raises(NotALedgerError, match="newer"):
        open_ledger(path)


def test_a_folder_and_a_missing_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NotALedgerError, match="is a folder"):
        open_ledger(tmp_path)
    with pytest.raises(LedgerError, match="does not exist"):
        open_ledger(tmp_path / "no" / "a.db")


def test_looking_does_not_make_a_ledger(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger"):
        open_ledger(tmp_path / "a.db", create=False)
    assert not (tmp_path / "a.db").exists()


def test_a_ledger_that_somebody_is_writing_to(
    ledger: Ledger, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.engines.sqlite.BUSY_MS", 50)
    monkeypatch.setitem(postgresql.SESSION, "lock_timeout", "50")
    other = open_ledger(place)
    with ledger.write() as conn:
        conn.execute(text("INSERT INTO meta VALUES ('mine', '1')"))
        with pytest.raises(LedgerBusyError, match="another program"):
            book.add(other, CLAIM)
    book.add(other, CLAIM)
    other.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET body = '{}' WHERE seq = 1",
        "DELETE FROM event WHERE seq = 1",
        "INSERT OR REPLACE INTO event VALUES (1, 'x', 's', '{}', x'00')",
        "INSERT OR IGNORE INTO event SELECT 1, id, subject, body, leaf FROM event",
        "UPDATE OR REPLACE event SET seq = 2 WHERE seq = 1",
        "INSERT INTO event VALUES (9, 'x', 's', '{}', x'00')",
        "INSERT INTO event SELECT 2, id, subject, body, leaf FROM event WHERE seq = 1",
    ],
)
def test_the_journal_refuses_every_way_of_editing_it(file_ledger: Ledger, statement: str) -> None:
    book.add(file_ledger, CLAIM)
    raw = sqlite3.connect(file_ledger.where)  # a plain connection, with none of our settings
    try:
        with pytest.raises(sqlite3.IntegrityError):
            raw.execute(statement)
    finally:
        raw.close()


def test_another_program_s_file_is_not_touched_by_looking(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("CREATE TABLE recipe (name TEXT)")
    raw.close()
    before = path.read_bytes()
    with pytest.raises(NotALedgerError, match="another program"):
        open_ledger(path)
    assert path.read_bytes() == before


def test_a_path_is_a_path_and_no_address(tmp_path: Path) -> None:
    path = tmp_path / "what?is=this%20.db"
    open_ledger(path).close()
    assert [file.name for file in tmp_path.iterdir() if file.suffix == ".db"] == [path.name]


def test_a_damaged_ledger_is_one_error_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    ledger = open_ledger(path)
    book.add_many(ledger, [CLAIM] * 200)
    ledger.close()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 3])
    with pytest.raises(LedgerError, match=r"a\.db"), open_ledger(path).read() as conn:
        conn.execute(text("SELECT * FROM prediction")).all()


def locked_out(path: str) -> str:
    """What another process hears that begins to write: "in" if it may."""
    program = (
        "import sqlite3, sys\n"
        "raw = sqlite3.connect(sys.argv[1], timeout=0.05, isolation_level=None)\n"
        "try: raw.execute('BEGIN IMMEDIATE')\n"
        "except sqlite3.OperationalError as error: print(error)\n"
        "else: print('in')\n"
    )
    command = [sys.executable, "-c", program, path]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_opening_it_again_gives_up_no_lock(file_ledger: Ledger) -> None:
    where = file_ledger.where
    with file_ledger.write() as conn:
        conn.execute(text("INSERT INTO meta VALUES ('half', 'done')"))
        assert locked_out(where) == "database is locked"
        open_ledger(where).close()
        assert locked_out(where) == "database is locked"
        list(examine(where, clock=file_ledger.clock))
        assert locked_out(where) == "database is locked"
    assert locked_out(where) == "in"


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_another_program_s_journal_is_left_alone(tmp_path: Path, mode: str) -> None:
    """A program died while it wrote to its own database; only it may say what becomes of that."""
    living, dead = tmp_path / "living", tmp_path / "dead"
    living.mkdir()
    raw = sqlite3.connect(living / "a.db", isolation_level=None)
    raw.execute(f"PRAGMA journal_mode={mode}")
    raw.execute("PRAGMA cache_size=1")
    raw.execute("CREATE TABLE recipe (name TEXT)")
    raw.execute("BEGIN IMMEDIATE")
    raw.executemany("INSERT INTO recipe VALUES (?)", [("x" * 3000,)] * 50)
    shutil.copytree(living, dead)
    raw.close()
    (dead / "a.db-shm").unlink(missing_ok=True)
    before = {path.name: path.read_bytes() for path in dead.iterdir()}
    assert len(before) == 2
    with pytest.raises(NotALedgerError, match="another program"):
        open_ledger(dead / "a.db")
    assert {name: (dead / name).read_bytes() for name in before} == before


def test_a_file_that_was_emptied_by_a_crash_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA journal_mode=WAL")  # its first page is there, and nothing on it
    raw.close()
    assert path.stat().st_size
    ledger = open_ledger(path)
    assert ledger.created
    ledger.close()


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.db"
    open_ledger(path).close()
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(LedgerError, match="cannot be read"):
        open_ledger(path)
