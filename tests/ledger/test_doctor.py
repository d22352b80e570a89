"""The doctor: a sound ledger is told sound, every illness is named, and nothing is touched."""

from __future__ import annotations

import os
import random
import sqlite3
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger import book
from ledger.backup import back_up
from ledger.doctor.disk import file_system
from ledger.doctor.examine import examine
from ledger.engines import postgresql
from ledger.engines import sqlite
from ledger.store import open_ledger

if TYPE_CHECKING:
    from ledger.clock import Clock
    from ledger.doctor.findings import Finding
    from ledger.store import Ledger
    from tests.postgres import Server

CLAIM = {
    "statement": "It rains in Bergen",
    "source": "Met",
    "made_on": "2026-01-02",
    "due_on": "2026-02-01",
}


def looked(where: str | Path, clock: Clock) -> list[Finding]:
    """What it says; a file and its folder are byte for byte as they were."""
    before = _held(where)
    found = list(examine(where, clock=clock))
    assert _held(where) == before
    assert all(one.mend for one in found if one.state == "wrong")
    return found


def _held(where: str | Path) -> dict[str, tuple[bytes, int]]:
    if "://" in str(where):
        return {}
    folder = Path(where).parent
    files = [path for path in folder.glob("*") if path.is_file()]
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def wrongs(where: str | Path, clock: Clock) -> str:
    return "\n".join(one.what for one in looked(where, clock) if one.state == "wrong")


def said(where: str | Path, clock: Clock, state: str) -> str:
    return "\n".join(one.what for one in looked(where, clock) if one.state == state)


def tampered(path: Path, *statements: str) -> None:
    raw = sqlite3.connect(path)
    for statement in statements:
        raw.execute(statement)
    raw.commit()
    raw.close()


def test_a_sound_ledger(ledger: Ledger, place: str, clock: Clock) -> None:
    book.add(ledger, CLAIM)
    found = looked(place, clock)
    wrong = [one.what for one in found if one.state == "wrong"]
    # The tests' server is told not to wait for its disk.
    unsafe = ["fsync is off: a power cut can damage the ledger"]
    assert wrong == ([] if ledger.engine == "sqlite" else unsafe)
    text = "\n".join(one.what for one in found if one.state == "ok")
    assert "1 events, as the journal's head states" in text.replace("1 event,", "1 events,")
    assert "triggers that keep the journal append-only are there" in text
    assert "search indexes are true" in text


def test_what_is_said_of_a_file(file_ledger: Ledger, clock: Clock) -> None:
    text = said(file_ledger.where, clock, "ok")
    mode, why = sqlite.journal_mode()
    assert f"journal mode {mode.upper()}: {why}" in text
    assert f"synchronous={sqlite.PRAGMAS['synchronous']}, foreign_keys=ON" in text
    assert f"journal_mode={mode.upper()}" in text
    assert "and STRICT" in text
    assert "integrity check finds nothing" in text


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_the_other_journal_mode_is_left_alone(
    mode: str, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a ledger comes from a machine with a newer or older SQLite."""
    with monkeypatch.context() as there:
        there.setattr(sqlite, "journal_mode", lambda: (mode, "as there"))
        open_ledger(tmp_path / "a.db").close()
    monkeypatch.setattr(
        sqlite, "journal_mode", lambda: ("delete" if mode == "wal" else "wal", "as here")
    )
    assert f"set up for journal mode {mode.upper()}" in said(tmp_path / "a.db", clock, "note")


def test_a_ledger_in_wal_mode(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "journal_mode", lambda: ("wal", "as if it were mended"))
    open_ledger(tmp_path / "a.db").close()
    assert wrongs(tmp_path / "a.db", clock) == ""
    assert "journal_mode=WAL" in said(tmp_path / "a.db", clock, "ok")


@pytest.mark.parametrize(
    ("statements", "what"),
    [
        (["DROP TRIGGER event_no_delete"], "lacks: CREATE TRIGGER event_no_delete"),
        (["UPDATE head SET size = 1, frontier = zeroblob(32)"], "its head states 1"),
        (["DROP TRIGGER event_no_delete", "DELETE FROM event WHERE seq = 2"], "holds 1 events"),
        (["INSERT INTO prediction_fts(prediction_fts) VALUES ('delete-all')"], "prediction_fts"),
        (["UPDATE meta SET value = '99' WHERE key = 'schema'"], "newer Called It (schema 99"),
        (["UPDATE meta SET value = 'x' WHERE key = 'schema'"], "could not be read"),
        (["DELETE FROM meta"], "could not be read"),
        (["DELETE FROM head"], "0 heads"),
        (["DELETE FROM meta WHERE key = 'origin'"], "lost its origin"),
        (["DROP TABLE meta"], "no such table"),
        (["DROP TABLE note", "CREATE TABLE note (id INTEGER PRIMARY KEY)"], "not STRICT: note"),
    ],
)
def test_what_is_wrong_inside_is_named(
    file_ledger: Ledger, clock: Clock, statements: list[str], what: str
) -> None:
    book.add_many(file_ledger, [CLAIM] * 2)
    file_ledger.close()
    tampered(Path(file_ledger.where), *statements)
    assert what in wrongs(file_ledger.where, clock)


def test_an_older_ledger_is_not_brought_up_to_date(
    tmp_path: Path, clock: Clock, request: pytest.FixtureRequest
) -> None:
    import gzip

    old = request.config.rootpath / "tests" / "data" / "ledgers" / "0.1.0.db.gz"
    path = tmp_path / "old.db"
    path.write_bytes(gzip.decompress(old.read_bytes()))
    found = looked(path, clock)
    assert [one.what for one in found if one.state == "wrong"] == []
    assert "schema 1; the next verb" in "\n".join(one.what for one in found)


def test_files_that_do_not_open(tmp_path: Path, clock: Clock) -> None:
    whole = tmp_path / "a.db"
    ledger = open_ledger(whole)
    book.add_many(ledger, [CLAIM] * 300)
    ledger.close()
    data = whole.read_bytes()
    broken = {
        "cut.db": (data[: len(data) // 2], "cut off"),
        "empty.db": (b"", "is empty"),
        "short.db": (data[:50], "is not a ledger"),
        "notes.txt": (b"these are my notes " * 100, "not a database"),
        "zero.db": (data[:8192] + bytes(len(data) - 8192), "damaged"),
    }
    for name, (content, what) in broken.items():
        (tmp_path / name).write_bytes(content)
        assert what in wrongs(tmp_path / name, clock), name
    for place, what in (("none.db", "there is no ledger"), ("no/a.db", "there is no ledger")):
        assert what in wrongs(tmp_path / place, clock)
    assert "is a folder" in wrongs(tmp_path, clock)


def test_bytes_at_random_never_stop_it(tmp_path: Path, clock: Clock) -> None:
    whole = tmp_path / "a.db"
    ledger = open_ledger(whole)
    book.add_many(ledger, [CLAIM] * 20)
    ledger.close()
    data, path = whole.read_bytes(), tmp_path / "b.db"
    told: Counter[bool] = Counter()
    for seed in range(30):
        dice = random.Random(seed)
        hurt = bytearray(data)
        for _ in range(30):
            hurt[dice.randrange(len(hurt))] = dice.randrange(256)
        path.write_bytes(hurt)
        told[bool(wrongs(path, clock))] += 1
    assert told[True] > 20  # what lies in no used page cannot be seen


def test_a_locked_ledger(
    file_ledger: Ledger, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_MS", 50)
    raw = sqlite3.connect(file_ledger.where, isolation_level=None)
    raw.execute("BEGIN EXCLUSIVE")
    found = list(examine(file_ledger.where, clock=clock))
    raw.close()
    assert "another program is writing" in "\n".join(o.what for o in found if o.state == "wrong")


def test_a_writer_at_work_does_not_make_an_index_untrue(
    file_ledger: Ledger, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_MS", 50)
    raw = sqlite3.connect(file_ledger.where, isolation_level=None)
    raw.execute("BEGIN IMMEDIATE")
    found = list(examine(file_ledger.where, clock=clock))
    raw.close()
    assert [one.what for one in found if one.state == "wrong"] == []
    assert "indexes were not checked" in "\n".join(o.what for o in found if o.state == "note")


def test_a_program_that_died_while_writing(tmp_path: Path, clock: Clock) -> None:
    """Its journal must be rolled back by whoever opens the ledger next; not by looking."""
    ledger = open_ledger(tmp_path / "a.db")
    book.add_many(ledger, [CLAIM] * 200)
    ledger.close()
    raw = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    raw.execute("PRAGMA cache_size=1")
    raw.execute("BEGIN IMMEDIATE")
    raw.execute("UPDATE prediction SET statement = statement || statement")
    (tmp_path / "dead").mkdir()
    for end in ("", "-journal"):
        content = (tmp_path / f"a.db{end}").read_bytes()
        (tmp_path / "dead" / f"a.db{end}").write_bytes(content)
    raw.close()
    found = looked(tmp_path / "dead" / "a.db", clock)
    assert "a.db-journal lies beside it" in "\n".join(o.what for o in found if o.state == "note")
    assert "died while writing" in "\n".join(o.what for o in found if o.state == "wrong")
    again = open_ledger(tmp_path / "dead" / "a.db")
    again.close()
    assert wrongs(tmp_path / "dead" / "a.db", clock) == ""


@pytest.mark.skipif(os.name == "nt", reason="permissions as POSIX has them")
def test_everybody_may_write(file_ledger: Ledger, clock: Clock) -> None:
    path = Path(file_ledger.where)
    path.chmod(0o666)
    assert f"everybody may write to {path}" in wrongs(path, clock)
    path.chmod(0o644)
    path.parent.chmod(0o777)
    assert f"everybody may write to {path.parent}" in wrongs(path, clock)
    path.parent.chmod(0o1777)
    assert wrongs(path, clock) == ""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may everything")
def test_a_file_that_may_not_be_written(file_ledger: Ledger, clock: Clock) -> None:
    file_ledger.close()
    path = Path(file_ledger.where)
    path.chmod(0o444)
    assert f"you may not write to {path}" in wrongs(path, clock)


MOUNTS = """\
/dev/sda1 / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
server:/home /home nfs4 rw 0 0
//nas/my\\040share /mnt/my\\040share cifs rw 0 0
ana@host:/ /home/ana/remote fuse.sshfs rw 0 0
tmpfs /mnt/my\\040share/local tmpfs rw 0 0
not a line
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/a.db", "ext4"),
        ("/home/ana/a.db", "nfs4"),
        ("/homework/a.db", "ext4"),
        ("/mnt/my share/a.db", "cifs"),
        ("/mnt/my share/local/a.db", "tmpfs"),
        ("/home/ana/remote/a.db", "fuse.sshfs"),
    ],
)
def test_the_file_system_is_the_deepest_mount(path: str, kind: str) -> None:
    assert file_system(Path(path), MOUNTS) == kind
    assert file_system(Path(path), "") == ""


def test_a_network_file_system_is_told(
    file_ledger: Ledger, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "elsewhere" / "mounts"
    mounts.parent.mkdir()
    mounts.write_text("server:/ / nfs4 rw 0 0\n")
    monkeypatch.setattr("ledger.doctor.disk._MOUNTS", mounts)
    monkeypatch.setattr("sys.platform", "linux")
    assert "network file system (nfs4)" in said(file_ledger.where, clock, "note")


# ── checkpoints ─────────────────────────────────────────────────────────────────────────────


def test_the_window_in_which_nothing_is_seen(
    ledger: Ledger, place: str, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path / "outside"
    book.add(ledger, CLAIM)
    assert "no checkpoint is kept outside" in said(place, clock, "note")
    monkeypatch.setenv("CALLEDIT_CHECKPOINTS", f"{outside}/")
    assert "its folder is not there" in wrongs(place, clock)
    outside.mkdir()
    assert "no checkpoint yet" in said(place, clock, "note")
    assert "1 event is younger" in said(place, clock, "note")
    ledger.keep_checkpoint()
    assert "every event is covered by a checkpoint outside" in said(place, clock, "ok")
    monkeypatch.delenv("CALLEDIT_CHECKPOINTS")
    book.add_many(ledger, [CLAIM] * 3)
    ledger.keep_checkpoint()
    monkeypatch.setenv("CALLEDIT_CHECKPOINTS", str(outside))
    assert "3 events are younger" in said(place, clock, "note")
    assert "event 1 of 4" in said(place, clock, "ok")


def test_a_restored_copy_is_older_than_its_checkpoints(
    file_ledger: Ledger, clock: Clock, tmp_path: Path
) -> None:
    book.add(file_ledger, CLAIM)
    copy = tmp_path / "copy.db"
    back_up(file_ledger.where, copy, progress=lambda *_: None)
    book.add(file_ledger, CLAIM)
    file_ledger.close()
    copy.replace(file_ledger.where)
    assert "saw 2 events, and the journal holds 1" in wrongs(file_ledger.where, clock)


def test_another_history_is_told_by_the_newest_checkpoint(tmp_path: Path, clock: Clock) -> None:
    ledger = open_ledger(tmp_path / "a.db")
    book.add(ledger, CLAIM)
    ledger.close()
    kept = tmp_path / "a.db.checkpoints"
    lines = kept.read_text().splitlines()
    lines[2] = "M9sEHa30WrNhFaTrm0AJLdWr1XXPw21gFcp5AODiXA4="
    kept.write_text("\n".join(lines) + "\n\n")
    assert "saw another history" in wrongs(tmp_path / "a.db", clock)
    kept.write_text("neither a checkpoint\nnor anything\n")
    assert "is not a checkpoint" in wrongs(tmp_path / "a.db", clock)


# ── servers ─────────────────────────────────────────────────────────────────────────────────


def test_what_is_said_of_a_server(postgres: Server, clock: Clock) -> None:
    place = postgres.fresh_place()
    assert "there is no ledger" in wrongs(place, clock)
    open_ledger(place).close()
    text = said(place, clock, "ok")
    assert "PostgreSQL " in text
    assert 'text is collated "C"' in text
    assert "is cut off after 10min, and after 60 s while it writes" in text
    assert "a superuser, who can switch the journal's guards off" in said(place, clock, "note")


def test_a_session_that_is_not_as_we_ask_for(
    postgres: Server, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As behind a pooler that drops the options of a connection."""
    place = postgres.fresh_place()
    open_ledger(place).close()
    monkeypatch.setitem(postgresql.SESSION, "default_transaction_isolation", "serializable")
    assert "default_transaction_isolation is serializable" in wrongs(place, clock)


def test_a_server_s_illnesses(postgres: Server, clock: Clock) -> None:
    place = postgres.fresh_place()
    ledger = open_ledger(place)
    book.add(ledger, CLAIM)
    with ledger.write() as conn:
        conn.exec_driver_sql('ALTER TABLE note ALTER COLUMN text TYPE text COLLATE "ucs_basic"')
        conn.exec_driver_sql("ALTER TABLE event DISABLE TRIGGER event_no_gap")
        conn.exec_driver_sql("DELETE FROM prediction_words")
    ledger.close()
    text = wrongs(place, clock)
    assert "note.text" in text
    assert "event_no_gap" in text
    assert "prediction_words" in text


def test_a_role_that_can_only_read_and_add(postgres: Server, clock: Clock) -> None:
    place = postgres.fresh_place()
    open_ledger(place).close()
    schema = place.rpartition("search_path%3D")[2]
    postgres.execute(f"CREATE ROLE {schema}_writer LOGIN")
    postgres.execute(f"GRANT USAGE ON SCHEMA {schema} TO {schema}_writer")
    postgres.execute(f"GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA {schema} TO {schema}_writer")
    as_writer = place.replace("://postgres:", f"://{schema}_writer:", 1)
    assert as_writer != place
    assert "can only read the journal and add" in said(as_writer, clock, "ok")
    postgres.execute(f"GRANT UPDATE, DELETE ON {schema}.event TO {schema}_writer")
    assert "was granted UPDATE, DELETE" in said(as_writer, clock, "note")


def test_a_server_that_does_not_answer(clock: Clock) -> None:
    place = "postgresql://nobody@127.0.0.1:9/none?connect_timeout=2"
    assert "no connection" in wrongs(place, clock)
