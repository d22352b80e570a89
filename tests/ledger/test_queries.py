"""Lists: filters, full text, windows, order."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from ledger import book
from ledger.errors import UsageError
from ledger.queries import Asked
from ledger.queries import counts
from ledger.queries import due_window
from ledger.queries import list_predictions
from ledger.queries import paragraph_of
from ledger.queries import source_names

if TYPE_CHECKING:
    from ledger.store import Ledger

TODAY = date(2026, 1, 15)


@pytest.fixture(autouse=True)
def _filled(ledger: Ledger) -> None:
    made = {"made_on": "2025-06-01"}
    book.add_many(
        ledger,
        [
            {"statement": "Rain in Bergen", "source": "Met", "due_on": "2026-02-01", **made},
            {"statement": "Snow in Oslo", "source": "Radio", "due_on": "2025-12-01", **made},
            {"statement": "Raining frogs", "source": "met", "due_on": "2026-01-15", **made}
            | {"tags": ["frogs"]},
            {"statement": "Sun", "source": "Radio", "due_on": "2025-07-01", **made},
        ],
    )
    book.resolve(ledger, 4, "true", reason="it shone")


def ids(ledger: Ledger, **asked: Any) -> list[int]:
    with ledger.read() as conn:
        return [p.id for p in list_predictions(conn, Asked(**asked), today=TODAY)]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [4, 2, 3, 1]),
        ({"status": "open"}, [2, 3, 1]),
        ({"status": "due"}, [2, 3]),
        ({"status": "resolved"}, [4]),
        ({"status": "draft"}, []),
        ({"source": "MET"}, [3, 1]),
        ({"tag": "frogs"}, [3]),
        ({"tag": "fro"}, []),
        ({"words": "rain"}, [3, 1]),
        ({"words": "rain berg"}, [1]),
        ({"words": '"'}, [4, 2, 3, 1]),
        ({"due": date(2026, 1, 15), "status": "open"}, [2, 3]),
        ({"due_from": date(2026, 1, 1)}, [3, 1]),
        ({"sort": "id", "limit": 2}, [1, 2]),
        ({"sort": "source"}, [1, 3, 2, 4]),
    ],
)
def test_what_is_asked_for_is_listed(
    ledger: Ledger, asked: dict[str, Any], expected: list[int]
) -> None:
    assert ids(ledger, **asked) == expected


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.text() | st.text('"*()^:-+ ANDORNOTEAR\x00\ud800', max_size=30))
def test_no_search_words_raise(ledger: Ledger, words: str) -> None:
    assert set(ids(ledger, words=words)) <= {1, 2, 3, 4}


def test_counts(ledger: Ledger) -> None:
    with ledger.read() as conn:
        found = counts(conn, today=TODAY)
    assert (found.drafts, found.open, found.due, found.resolved) == (0, 3, 2, 1)


def test_sources_by_name(ledger: Ledger) -> None:
    with ledger.read() as conn:
        assert source_names(conn) == [
            "Met",
            "met",
            "Radio",
        ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("overdue", (None, date(2026, 1, 14))),
        ("today", (None, TODAY)),
        ("week", (None, date(2026, 1, 22))),
        ("30d", (None, date(2026, 2, 14))),
        ("2026-03-01", (None, date(2026, 3, 1))),
        ("2026-01-01..2026-03-01", (date(2026, 1, 1), date(2026, 3, 1))),
        ("2026-01-01..", (date(2026, 1, 1), None)),
    ],
)
def test_due_windows(words: str, expected: tuple[date | None, date | None]) -> None:
    assert due_window(words, TODAY) == expected


@pytest.mark.parametrize("words", ["soon", "2026-13-01", "d", "99999999d", "a..b"])
def test_a_window_that_is_none(words: str) -> None:
    with pytest.raises(UsageError, match="--due"):
        due_window(words, TODAY)


def test_a_quote_is_shown_in_its_paragraph(ledger: Ledger) -> None:
    text = "First paragraph.\nIt is wet. It will rain. So take a coat.\nLast."
    start = text.index("It will rain.")
    quote = {"quote": "It will rain.", "quote_start": start, "quote_end": start + 13}
    draft = {"statement": "Rain", "source": "Met", **quote}
    _, (read,), _ = book.record_article(ledger, text=text, published=TODAY, drafts=[draft])
    with ledger.read() as conn:
        assert paragraph_of(conn, read) == "It is wet. It will rain. So take a coat."
