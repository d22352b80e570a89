"""JSON lines in and out: nothing is lost, and a bad line stops all of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from typing import Any

import pytest

from ledger import book
from ledger import journal
from ledger.errors import ReadError
from ledger.exchange.jsonl import read_rows
from ledger.exchange.jsonl import write_rows
from ledger.queries import get_prediction
from ledger.store import open_ledger
from ledger.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

    from ledger.book.importing import Imported
    from ledger.store import Ledger

CLAIM = {"statement": "Rain", "source": "Met", "made_on": "2025-01-01", "due_on": "2025-06-01"}
RESOLVED = CLAIM | {
    "external_id": "r1",
    "probability": "0.7",
    "tags": ["wet"],
    "article": {"title": "Weather", "published": "2025-01-01"},
    "outcome": "partial",
    "credit": "0.25",
    "resolved_on": "2025-05-30",
    "evidence": [{"url": "https://a.example/1", "quote": "It rained a bit."}],
}


def imported(ledger: Ledger, *rows: Any) -> Imported:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    return book.import_rows(ledger, read_rows(lines, name="rows.jsonl"), name="rows.jsonl")


def exported(ledger: Ledger) -> list[dict[str, Any]]:
    with ledger.read() as conn:
        return list(write_rows(conn, today=ledger.clock.today()))


def test_out_and_in_again_loses_nothing(ledger: Ledger, tmp_path: Path) -> None:
    imported(ledger, CLAIM, RESOLVED, CLAIM | {"hedge": "might", "outcome": "false"})
    other = open_ledger(tmp_path / "other.db", clock=ledger.clock)
    imported(other, *exported(ledger))
    assert exported(other) == exported(ledger)
    with other.read() as conn:
        assert verify(conn).ok
    other.close()


def test_a_file_can_be_imported_twice(ledger: Ledger) -> None:
    assert imported(ledger, RESOLVED).resolved == 1
    again = imported(ledger, RESOLVED)
    assert (again.ids, again.known) == ((), 1)


def test_our_own_export_is_known_again(ledger: Ledger, tmp_path: Path) -> None:
    imported(ledger, CLAIM, CLAIM | {"statement": "Snow", "external_id": " s "})
    other = open_ledger(tmp_path / "other.db", clock=ledger.clock)
    imported(other, *exported(ledger))
    again = imported(other, *exported(ledger))
    assert (again.ids, again.known) == ((), 2)
    other.close()


def test_a_verdict_without_a_day_is_dated_by_the_due_date_or_today(ledger: Ledger) -> None:
    later = CLAIM | {"due_on": "2030-01-01"}
    imported(ledger, CLAIM | {"outcome": "true"}, later | {"outcome": "true"})
    with ledger.read() as conn:
        days = [str(get_prediction(conn, number).resolved_on) for number in (1, 2)]
    assert days == ["2025-06-01", "2026-01-15"]


def test_rows_that_name_one_article_share_it(ledger: Ledger) -> None:
    article = {"title": "Weather", "published": "2026-01-02", "url": "https://a.example/1"}
    imported(ledger, *[CLAIM | {"article": article}] * 2)
    with ledger.read() as conn:
        assert [get_prediction(conn, number).article_id for number in (1, 2)] == [1, 1]


@pytest.mark.parametrize(
    "bad",
    [
        '{"statement":',
        "[]",
        {"statement": "no source"},
        CLAIM | {"probability": 2},
        CLAIM | {"outcome": "maybe"},
        CLAIM | {"evidence": ["https://a.example"]},
        CLAIM | {"evidence": [{"url": "file:///x"}]},
        CLAIM | {"outcome": "true", "resolved_on": "soon"},
        CLAIM | {"mood": "sunny"},
        CLAIM | {"article": {"published": "yesterday"}},
        CLAIM | {"external_id": " twice "},
        CLAIM | {"external_id": [1]},
        CLAIM | {"evidence": 5},
        CLAIM | {"evidence": [{"url": 5}]},
        CLAIM | {"article": "Weather"},
        CLAIM | {"outcome": "true", "resolved_on": "2024-12-31"},
        CLAIM | {"reason": "but no outcome"},
        {"statement": "Rain", "source": "Met"},
    ],
)
def test_a_bad_line_is_named_and_nothing_is_recorded(ledger: Ledger, bad: Any) -> None:
    with pytest.raises(ReadError, match=r"rows\.jsonl, line 3"):
        imported(ledger, CLAIM | {"external_id": "twice"}, "", bad)
    with ledger.read() as conn:
        assert journal.frontier_of(conn).size == 0
