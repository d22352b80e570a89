from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy import create_mock_engine
from sqlalchemy import insert

from ledger.schema import metadata
from ledger.schema import prediction
from ledger.scoring import gather as module
from ledger.scoring.gather import gather
from ledger.scoring.scorecard import score

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

TODAY = date(2025, 6, 30)


@pytest.fixture
def conn() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def record(conn: Connection, *rows: dict[str, Any]) -> None:
    """Rows of the prediction view; what is not given is a resolved, due, stated claim."""
    usual = {
        "status": "resolved",
        "statement": "It happens.",
        "source": "Ann",
        "made_on": "2025-01-01",
        "due_on": "2025-05-31",
        "probability": "0.80",
        "probability_basis": "stated",
        "outcome": "true",
        "resolved_on": "2025-06-01",
    }
    for number, row in enumerate(rows, start=1):
        conn.execute(insert(prediction).values(usual | {"id": number} | row))


OPEN = {"status": "open", "outcome": None, "resolved_on": None}


def test_like_claims_are_one_group(conn: Connection) -> None:
    record(conn, {}, {}, {"outcome": "false"})
    found = gather(conn, as_of=TODAY)
    assert sorted((group.state, group.count) for group in found) == [("false", 1), ("true", 2)]


def test_drafts_and_withdrawn_claims_never_count(conn: Connection) -> None:
    record(conn, *({"status": status} for status in ("draft", "withdrawn", "dropped")))
    assert gather(conn, as_of=TODAY) == []


@pytest.mark.parametrize(
    ("due_on", "state"),
    [("2025-06-29", "overdue"), ("2025-06-30", "due"), ("2025-07-01", "open")],
)
def test_open_claims_by_their_day(conn: Connection, due_on: str, state: str) -> None:
    record(conn, OPEN | {"due_on": due_on})
    (group,) = gather(conn, as_of=TODAY)
    assert group.state == state


def test_a_later_resolution_was_not_known(conn: Connection) -> None:
    record(conn, {"resolved_on": "2025-06-02"}, {"made_on": "2025-06-02", "due_on": "2025-06-03"})
    (group,) = gather(conn, as_of=date(2025, 6, 1))
    assert group.state == "overdue"
    assert len(gather(conn, as_of=TODAY)) == 1


def test_since_is_when_it_was_made(conn: Connection) -> None:
    record(conn, {"made_on": "2025-01-31"}, {"made_on": "2025-02-01"})
    (group,) = gather(conn, as_of=TODAY, since=date(2025, 2, 1))
    assert group.count == 1


def test_early_resolutions_wait_for_the_due_day(conn: Connection) -> None:
    record(conn, {"due_on": "2025-12-31"}, {})
    (card,) = score(conn, today=TODAY).sources
    assert (card.counts.early, card.accuracy.forecasts) == (1, 1)
    (card,) = score(conn, today=TODAY, cohort="resolved").sources
    assert card.accuracy.forecasts == 2


def test_everything_that_scoring_asks_comes_through(conn: Connection) -> None:
    record(
        conn,
        {
            "outcome": "partial",
            "credit": "0.25",
            "probability": "0.40",
            "probability_basis": "hedge",
            "hedge": "could",
            "hedge_class": "possible",
            "noncommittal": 1,
            "baseline": "0.30",
            "weight": "0.50",
            "due_basis": "default",
            "checkable": "no",
        },
    )
    (group,) = gather(conn, as_of=TODAY)
    assert (str(group.credit), str(group.probability), str(group.weight)) == (
        "0.25",
        "0.40",
        "0.50",
    )
    assert (group.basis, group.hedge_class, str(group.baseline)) == ("hedge", "possible", "0.30")
    assert (group.hedged, group.noncommittal) == (True, True)
    assert (group.undated, group.uncheckable) == (True, True)


def test_priors_and_ranks_rest_on_all_sources(conn: Connection) -> None:
    record(conn, {}, {"source": "Bob", "probability": "0.90"})
    everybody = {card.source: card for card in score(conn, today=TODAY).sources}
    (alone,) = score(conn, today=TODAY, sources=["Ann"]).sources
    assert alone == everybody["Ann"]
    assert alone.standing.rank == 2


def test_a_source_without_claims_then_gets_an_empty_card(conn: Connection) -> None:
    record(conn, {})
    (card,) = score(conn, today=TODAY, as_of=date(2024, 1, 1), sources=["Ann"]).sources
    assert (card.source, card.counts.n, card.accuracy.brier) == ("Ann", 0, None)


def test_postgresql_groups_by_columns_not_by_parameters() -> None:
    query = module._grouped(module._claims("2025-06-30", "2025-01-01"))
    dialect = create_mock_engine("postgresql+psycopg://", lambda _: None).dialect
    assert "GROUP BY claim.source, claim.state" in str(query.compile(dialect=dialect))
