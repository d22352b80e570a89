"""Ledgers of every released version open, with their journal as it was."""

from __future__ import annotations

import gzip
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger import book
from ledger import links
from ledger.checkpoints import parse_checkpoint
from ledger.engines import postgresql
from ledger.errors import LedgerError
from ledger.journal import checkpoint
from ledger.migrations import _STEPS
from ledger.migrations import ADDED_COLUMNS
from ledger.newsroom import add_feed
from ledger.newsroom import list_feeds
from ledger.newsroom import search_items
from ledger.queries import get_prediction
from ledger.queries import whole
from ledger.schema import SCHEMA_VERSION
from ledger.schema import metadata
from ledger.store import open_ledger
from ledger.verify import verify
from tests.ledger.programs import opened_by_programs

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.clock import Clock
    from tests.postgres import Server

RELEASED = Path(__file__).parents[1] / "data" / "ledgers"
CHECKPOINT = """calledit/90cb83aa09324fb8
21
jQ54Lz1gyaUyIRjznm1406e51w+dfLeVRTrUeF17mu8=
"""


@pytest.fixture(params=["0.1.0"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "old.db"
    path.write_bytes(gzip.decompress((RELEASED / f"{request.param}.db.gz").read_bytes()))
    return path


def layout(conn: Connection) -> dict[str, set[tuple[str, str, int]]]:
    """Every table's columns: name, type, whether a value is needed."""
    return {
        table: {
            (row.name, row.type, row.notnull)
            for row in conn.exec_driver_sql(f"PRAGMA table_info({table})")
        }
        for table in metadata.tables
    }


def test_a_released_ledger_opens_with_all_it_holds(old: Path) -> None:
    ledger = open_ledger(old)
    assert ledger.upgraded_from == 1
    with ledger.read() as conn:
        assert verify(conn, [parse_checkpoint(CHECKPOINT, name="kept")]).ok
        weather = whole(conn, get_prediction(conn, 4))
        assert (weather.prediction.outcome, weather.notes) == ("true", ("Æ note",))
        assert weather.evidence[0].url == "https://met.example/rain"
        assert [get_prediction(conn, n).status for n in range(1, 7)] == [
            "open",
            "open",
            "dropped",
            "resolved",
            "resolved",
            "withdrawn",
        ]
        assert [link.state for link in links.links_of(conn, 1)] == ["accepted"]
        (feed,) = list_feeds(conn)
        assert (feed.items, feed.tags, feed.leased_by) == (2, ("city",), "")
        assert [found.title for found in search_items(conn, "bridge opens")]
    ledger.close()


def test_it_looks_like_a_new_one_and_goes_on(old: Path, tmp_path: Path) -> None:
    ledger = open_ledger(old)
    fresh = open_ledger(tmp_path / "fresh.db")
    with ledger.read() as upgraded, fresh.read() as made:
        assert layout(upgraded) == layout(made)
    fresh.close()
    assert book.add(ledger, {"statement": "One more", "source": "Met office"}).id == 7
    book.note(ledger, 7, "a remark")
    assert book.undo(ledger).data == {"text": "a remark"}
    with ledger.read() as conn:
        assert verify(conn).ok
    ledger.close()
    again = open_ledger(old)
    assert again.upgraded_from == 0
    again.close()


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = old.read_bytes()

    def fail(*_: object) -> int:
        raise RuntimeError("in the middle")

    monkeypatch.setattr("ledger.views.rebuild", fail)
    with pytest.raises(RuntimeError, match="in the middle"):
        open_ledger(old)
    monkeypatch.undo()
    assert old.read_bytes() == before
    upgraded = open_ledger(old)
    assert upgraded.upgraded_from == 1
    upgraded.close()


def test_several_programs_may_open_an_old_ledger_at_once(old: Path) -> None:
    said = opened_by_programs(old, 4)
    # Whoever looked before the first one was done believes to have brought it up to date, too.
    assert set(said) <= {"created=False upgraded_from=1", "created=False upgraded_from=0"}
    assert "created=False upgraded_from=1" in said
    ledger = open_ledger(old)
    assert ledger.upgraded_from == 0
    with ledger.read() as conn:
        assert verify(conn, [parse_checkpoint(CHECKPOINT, name="kept")]).ok
    ledger.close()


# ── on a server ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def old_on_a_server(postgres: Server, clock: Clock) -> str:
    """A ledger of schema 1, which had no leases; none was released on PostgreSQL."""
    place = postgres.fresh_place()
    ledger = open_ledger(place, clock=clock)
    for n in range(1, 4):
        book.add(ledger, {"statement": f"Claim {n}", "source": "Met", "due_on": "2026-02-01"})
    book.resolve(ledger, 2, "true", reason="seen")
    add_feed(ledger, "https://news.example/feed.xml")
    with ledger.write() as conn:
        for table, columns in ADDED_COLUMNS[1].items():
            for column in columns:
                conn.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}")
        conn.exec_driver_sql("UPDATE meta SET value = '1' WHERE key = 'schema'")
    ledger.close()
    return place


def test_an_upgrade_on_a_server(old_on_a_server: str) -> None:
    before = open_ledger(old_on_a_server, upgrade=False)
    with before.read() as conn:
        kept = checkpoint(conn)
        assert postgresql.layout_problems(conn)
    before.close()
    ledger = open_ledger(old_on_a_server)
    assert ledger.upgraded_from == 1
    with ledger.read() as conn:
        assert verify(conn, [kept]).ok
        assert postgresql.layout_problems(conn) == []
        assert [get_prediction(conn, n).status for n in (1, 2, 3)] == ["open", "resolved", "open"]
        (feed,) = list_feeds(conn)
        assert feed.leased_by == ""
    assert book.add(ledger, {"statement": "One more", "source": "Met"}).id == 4
    ledger.close()
    again = open_ledger(old_on_a_server)
    assert again.upgraded_from == 0
    again.close()


def test_an_upgrade_that_fails_leaves_the_server_as_it_was(
    old_on_a_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise RuntimeError("in the middle")

    with monkeypatch.context() as there:
        there.setattr("ledger.views.rebuild", fail)
        with pytest.raises(RuntimeError, match="in the middle"):
            open_ledger(old_on_a_server)
    ledger = open_ledger(old_on_a_server)
    assert ledger.upgraded_from == 1
    with ledger.read() as conn:
        assert verify(conn).ok
    ledger.close()


def test_several_programs_may_open_an_old_ledger_on_a_server_at_once(old_on_a_server: str) -> None:
    said = opened_by_programs(old_on_a_server, 4)
    assert set(said) <= {"created=False upgraded_from=1", "created=False upgraded_from=0"}
    ledger = open_ledger(old_on_a_server)
    assert ledger.upgraded_from == 0
    with ledger.read() as conn:
        assert verify(conn).ok
    ledger.close()


def test_an_old_ledger_that_may_not_be_written_is_refused_in_words(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.engines.sqlite.BUSY_MS", 50)
    raw = sqlite3.connect(old)
    raw.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerError, match="another program is writing"):
        open_ledger(old)
    raw.close()


def test_every_older_schema_has_its_step() -> None:
    assert sorted(_STEPS) == list(range(1, SCHEMA_VERSION))
