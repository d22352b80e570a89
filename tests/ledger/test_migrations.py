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
from ledger.errors import LedgerError
from ledger.migrations import _STEPS
from ledger.newsroom import list_feeds
from ledger.newsroom import search_items
from ledger.queries import get_prediction
from ledger.queries import whole
from ledger.schema import SCHEMA_VERSION
from ledger.schema import metadata
from ledger.store import open_ledger
from ledger.verify import verify

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.store import Ledger

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


def test_two_programs_may_open_an_old_ledger_at_once(old: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def opened(_: int) -> Ledger:
        return open_ledger(old)

    with ThreadPoolExecutor(4) as pool:
        ledgers = list(pool.map(opened, range(4)))
    with ledgers[0].read() as conn:
        assert verify(conn).ok
    for ledger in ledgers:
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
