"""Backups: a copy on either engine is the ledger, whole, and a failed one leaves nothing."""

from __future__ import annotations

import os
import random
import sqlite3
import threading
from typing import TYPE_CHECKING
from typing import Any

import pytest
from sqlalchemy import select

from ledger import book
from ledger import newsroom
from ledger.backup import back_up
from ledger.copying import NEWSROOM
from ledger.errors import ConflictError
from ledger.errors import LedgerError
from ledger.journal import checkpoint
from ledger.newsroom import NewItem
from ledger.newsroom import store_items
from ledger.queries import Asked
from ledger.queries import get_prediction
from ledger.queries import list_predictions
from ledger.queries import whole
from ledger.schema import VIEWS
from ledger.schema import event
from ledger.schema import link
from ledger.scoring.gather import gather
from ledger.store import open_ledger
from ledger.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.checkpoints import Checkpoint
    from ledger.clock import Clock
    from ledger.store import Ledger
    from tests.postgres import Server

CLAIM = {
    "statement": "It rains in Bergen",
    "source": "Met",
    "made_on": "2026-01-02",
    "due_on": "2026-02-01",
}
WHEN = "2026-01-10T00:00:00.000000Z"


def quiet(_done: int, _total: int) -> None:
    """Nobody asks how far it is."""


def fill(ledger: Ledger) -> None:
    """Events of several kinds, feeds, items with revisions, links with a decision."""
    book.add_many(ledger, [CLAIM, CLAIM | {"statement": "Żółć snows — 雪 🌨", "probability": "0.7"}])
    book.note(ledger, 1, "a remark")
    book.resolve(ledger, 1, "true", reason="all of it")
    for url in ("https://a.example/feed", "https://b.example/feed"):
        newsroom.add_feed(ledger, url)
    newsroom.remove_feed(ledger, 2)
    with ledger.write() as conn:
        for text in ("Snow over Bergen", "Snow and rain over Bergen"):
            items = [NewItem(identity="1", title="It snows in Bergen", url=None, text=text)]
            store_items(conn, "feed:1", 1, items, WHEN)
        conn.execute(link.insert().values(prediction_id=2, item_id=1, score=0.1 + 0.2))
        conn.execute(link.insert().values(prediction_id=1, item_id=1, score=0.5))
        conn.execute(link.delete().where(link.c.id == 2))


def held(ledger: Ledger) -> dict[str, list[Any]]:
    """Every row that the user's work consists of."""
    with ledger.read() as conn:
        return {
            table.name: sorted(map(tuple, conn.execute(select(table)).all()), key=repr)
            for table in (event, *VIEWS, *NEWSROOM)
        }


def answers(ledger: Ledger) -> list[Any]:
    """What the verbs list, show, news and score print."""
    today = ledger.clock.today()
    with ledger.read() as conn:
        one = whole(conn, get_prediction(conn, 1))
        snow = list_predictions(conn, Asked(words="snow"), today=today)
        news = newsroom.search_items(conn, "rain")
        assert snow
        assert news
        return [
            one,
            snow,
            list_predictions(conn, Asked(), today=today),
            news,
            gather(conn, as_of=today),
        ]


def now(ledger: Ledger) -> Checkpoint:
    with ledger.read() as conn:
        return checkpoint(conn)


def other_place(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    if kind == "sqlite":
        return str(tmp_path / "copies" / "copy.db")
    server: Server = request.getfixturevalue("postgres")
    return server.fresh_place()


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a copy goes, on each engine."""
    (tmp_path / "copies").mkdir()
    return other_place(request.param, tmp_path, request)


def test_a_copy_is_the_ledger(ledger: Ledger, place: str, target: str, clock: Clock) -> None:
    before = now(ledger)
    fill(ledger)
    copied = back_up(place, target, progress=quiet)
    assert copied.checkpoint == now(ledger)

    copy = open_ledger(target, clock=clock, create=False)
    with copy.read() as conn:
        found = verify(conn, [before, now(ledger)])
    assert found.ok, found.problems
    assert found.root == copied.checkpoint.root.hex()
    assert held(copy) == held(ledger)
    assert answers(copy) == answers(ledger)
    copy.close()


def test_a_copy_goes_on_where_the_ledger_stood(ledger: Ledger, place: str, target: str) -> None:
    """Also with the ids of what was removed: they are never given twice."""
    fill(ledger)
    back_up(place, target, progress=quiet)
    copy = open_ledger(target, create=False)
    for one in (ledger, copy):
        assert book.add(one, CLAIM).id == 3
        assert newsroom.add_feed(one, "https://c.example/feed").id == 3
        with one.write() as conn:
            items = [NewItem(identity="2", title="Sun", url=None)]
            assert store_items(conn, "news", None, items, WHEN).item_ids == (2,)
            added = conn.execute(link.insert().values(prediction_id=1, item_id=2))
            assert added.inserted_primary_key == (3,)
    copy.close()


def test_an_empty_ledger_can_be_copied(ledger: Ledger, place: str, target: str) -> None:
    assert back_up(place, target, progress=quiet).checkpoint == now(ledger)


def test_nothing_is_overwritten(ledger: Ledger, place: str, target: str) -> None:
    other = open_ledger(target)
    book.add(other, CLAIM)
    before = held(other)
    with pytest.raises(ConflictError, match="already"):
        back_up(place, target, progress=quiet)
    assert held(other) == before
    other.close()


def test_an_unused_ledger_on_a_server_is_filled(file_ledger: Ledger, postgres: Server) -> None:
    fill(file_ledger)
    place = postgres.fresh_place()
    open_ledger(place).close()
    back_up(file_ledger.where, place, progress=quiet)
    copy = open_ledger(place)
    assert held(copy) == held(file_ledger)
    copy.close()


def test_a_failed_copy_leaves_nothing_on_a_server(file_ledger: Ledger, postgres: Server) -> None:
    fill(file_ledger)
    place = postgres.fresh_place()

    def stop(done: int, total: int) -> None:
        if done == total:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(file_ledger.where, place, progress=stop)
    with pytest.raises(LedgerError, match="there is no ledger"):
        open_ledger(place, create=False)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_stopped_copy_leaves_nothing_in_the_folder(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    (tmp_path / "copies").mkdir()
    place = str(tmp_path / "a.db") if engine == "sqlite" else other_place(engine, tmp_path, request)
    ledger = open_ledger(place)
    fill(ledger)

    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(place, tmp_path / "copies" / "b.db", progress=stop)
    assert list((tmp_path / "copies").iterdir()) == []
    book.add(ledger, CLAIM)  # nor is the ledger still locked
    ledger.close()


def test_what_a_file_s_name_may_not_be(file_ledger: Ledger, tmp_path: Path) -> None:
    where = file_ledger.where
    (tmp_path / "old.db-wal").write_bytes(b"the rest of another ledger")
    (tmp_path / "dangling.db").symlink_to(tmp_path / "nowhere")
    before = sorted(tmp_path.iterdir())
    for name, said in (
        ("ledger.db", "is the ledger itself"),
        (".", "is a folder"),
        ("none/b.db", "does not exist"),
        ("old.db", "old.db-wal is there already"),
        ("dangling.db", "there already"),
    ):
        with pytest.raises((LedgerError, ConflictError), match=said):
            back_up(where, tmp_path / name, progress=quiet)
    with pytest.raises(LedgerError, match="there is no ledger"):
        back_up(tmp_path / "no.db", tmp_path / "b.db", progress=quiet)
    assert sorted(tmp_path.iterdir()) == before


def test_somebody_who_takes_the_name_meanwhile_keeps_it(
    file_ledger: Ledger, tmp_path: Path
) -> None:
    taken = tmp_path / "b.db"

    def take(_done: int, _total: int) -> None:
        taken.write_text("mine")

    with pytest.raises(ConflictError, match="already"):
        back_up(file_ledger.where, taken, progress=take)
    assert taken.read_text() == "mine"


def test_without_hard_links_the_copy_is_renamed(
    file_ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)  # as on exFAT, which cannot be mounted here
    back_up(file_ledger.where, tmp_path / "b.db", progress=quiet)
    open_ledger(tmp_path / "b.db", create=False).close()


def test_others_write_while_it_copies(file_ledger: Ledger, tmp_path: Path) -> None:
    """They wait, and none of what they write is lost, nor half of it copied."""
    book.add_many(file_ledger, [CLAIM] * 500)
    stop = threading.Event()
    written: list[int] = []

    def write() -> None:
        other = open_ledger(file_ledger.where)
        while not stop.is_set():
            written.append(book.add(other, CLAIM).id)
        other.close()

    writer = threading.Thread(target=write)
    writer.start()
    copies = [tmp_path / f"{number}.db" for number in range(3)]
    for path in copies:
        back_up(file_ledger.where, path, progress=quiet)
    stop.set()
    writer.join()
    assert now(file_ledger).size == 500 + len(written)
    for path in copies:
        copy = open_ledger(path, create=False)
        with copy.read() as conn, file_ledger.read() as source:
            assert verify(conn).ok
            assert verify(source, [checkpoint(conn)]).ok
        copy.close()


def test_a_copy_has_the_ledger_s_permissions(file_ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "ledger.db").chmod(0o640)
    back_up(file_ledger.where, tmp_path / "b.db", progress=quiet)
    assert (tmp_path / "b.db").stat().st_mode & 0o777 == 0o640


def test_a_damaged_ledger_gives_no_copy(file_ledger: Ledger, tmp_path: Path) -> None:
    book.add_many(file_ledger, [CLAIM] * 500)
    file_ledger.close()
    path = tmp_path / "ledger.db"
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 4096] = bytes(4096)
    path.write_bytes(data)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(LedgerError, match="damaged"):
        back_up(path, tmp_path / "b.db", progress=quiet)
    assert sorted(tmp_path.iterdir()) == before


def test_a_tampered_journal_is_not_copied(file_ledger: Ledger, tmp_path: Path) -> None:
    book.add(file_ledger, CLAIM)
    with file_ledger.write() as conn:
        conn.exec_driver_sql("DROP TRIGGER event_no_update")
        conn.exec_driver_sql("UPDATE event SET body = replace(body, 'a', 'e') WHERE seq = 1")
    with pytest.raises(LedgerError, match="do not give its root"):
        back_up(file_ledger.where, tmp_path / "b.db", progress=quiet)
    assert not (tmp_path / "b.db").exists()


@pytest.mark.parametrize("statement", ["DELETE FROM meta", "DELETE FROM head", "DROP TABLE head"])
def test_a_ledger_that_lost_its_records_gives_no_copy(
    file_ledger: Ledger, tmp_path: Path, statement: str
) -> None:
    raw = sqlite3.connect(file_ledger.where)
    raw.execute(statement)
    raw.commit()
    raw.close()
    with pytest.raises(LedgerError, match=r"heads|ledger\.db"):
        back_up(file_ledger.where, tmp_path / "b.db", progress=quiet)


def test_bytes_at_random_give_a_sound_copy_or_an_error_of_ours(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "a.db")
    book.add_many(ledger, [CLAIM] * 20)
    ledger.close()
    data, hurt = (tmp_path / "a.db").read_bytes(), tmp_path / "hurt.db"
    (tmp_path / "copies").mkdir()
    told = []
    for seed in range(30):
        dice = random.Random(seed)
        bytes_ = bytearray(data)
        for _ in range(30):
            bytes_[dice.randrange(len(bytes_))] = dice.randrange(256)
        hurt.write_bytes(bytes_)
        copy = tmp_path / "copies" / f"{seed}.db"
        try:
            back_up(hurt, copy, progress=quiet)
        except LedgerError as error:
            told.append(str(error))
            assert not copy.exists()
    assert len(told) > 20
    assert not any("cannot be written" in said for said in told)


def test_a_rewritten_journal_is_not_copied_into_another_engine(
    file_ledger: Ledger, postgres: Server
) -> None:
    """Rows are hashed anew, so that a copy never makes a false history look sound."""
    fill(file_ledger)
    raw = sqlite3.connect(file_ledger.where)
    raw.execute("DROP TRIGGER event_no_update")
    raw.execute("UPDATE event SET body = replace(body, 'Bergen', 'Berlin') WHERE seq = 1")
    raw.commit()
    raw.close()
    place = postgres.fresh_place()
    with pytest.raises(LedgerError, match=r"do not give (the|its) root"):
        back_up(file_ledger.where, place, progress=quiet)
    with pytest.raises(LedgerError, match="there is no ledger"):
        open_ledger(place, create=False)


def test_a_ledger_of_an_older_schema_is_copied_as_it_is(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    import gzip

    old = request.config.rootpath / "tests" / "data" / "ledgers" / "0.1.0.db.gz"
    path = tmp_path / "old.db"
    path.write_bytes(gzip.decompress(old.read_bytes()))
    back_up(path, tmp_path / "copy.db", progress=quiet)
    for one in (path, tmp_path / "copy.db"):
        raw = sqlite3.connect(one)
        assert raw.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone() == ("1",)
        raw.close()
    upgraded = open_ledger(tmp_path / "copy.db")
    with upgraded.read() as conn:
        assert verify(conn).ok
    upgraded.close()
