"""`score` by the real command line."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from typing import Any

import pytest
from rich.cells import cell_len
from sqlalchemy import insert

from ledger.schema import prediction
from ledger.store import open_ledger
from tests.tui.command import CommandLine

if TYPE_CHECKING:
    from pathlib import Path


def claims(source: str, p: str, came_true: int, not_true: int) -> list[dict[str, Any]]:
    """Rows of resolved claims with one stated probability."""
    return [
        {
            "status": "resolved",
            "statement": "It happens.",
            "source": source,
            "made_on": "2025-01-01",
            "due_on": "2025-05-31",
            "probability": p,
            "probability_basis": "stated",
            "outcome": "true" if number < came_true else "false",
            "resolved_on": str(date(2025, 6, 1)),
        }
        for number in range(came_true + not_true)
    ]


@pytest.fixture
def empty(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path / "ledger.db")


@pytest.fixture
def calledit(empty: CommandLine) -> CommandLine:
    """A ledger with a full, a middling and a thin source."""
    rows = [
        *claims("Ann Lee", "0.90", 90, 10),
        *claims("Ann Lee", "0.30", 5, 15),
        *claims("渡辺 花子", "0.60", 6, 4),
        *claims("Bob", "1.00", 2, 0),
    ]
    opened = open_ledger(empty.ledger)
    with opened.write() as conn:
        conn.execute(insert(prediction), [row | {"id": n} for n, row in enumerate(rows, 1)])
    opened.close()
    return empty


def test_an_empty_ledger_says_what_to_do_next(empty: CommandLine) -> None:
    answer = empty.ok("score")
    assert "calledit add" in answer.err
    assert empty.ok("score", "--json").json["sources"] == []


def test_json_is_one_object_with_every_figure(calledit: CommandLine) -> None:
    whole = calledit.ok("score", "--json").json
    assert (whole["as_of"], whole["cohort"], whole["basis"]) == ("2026-01-15", "due", "any")
    by_name = {card["source"]: card for card in whole["sources"]}
    assert by_name["Ann Lee"]["tier"] == "full"
    assert by_name["Ann Lee"]["brier"] == pytest.approx(
        (90 * 0.01 + 10 * 0.81 + 5 * 0.49 + 15 * 0.09) / 120
    )
    assert (by_name["Bob"]["tier"], by_name["Bob"]["hit_rate"], by_name["Bob"]["skill"]) == (
        "counts",
        1.0,
        None,
    )
    assert whole["pooled"]["forecasts"] == 132


def test_the_table_is_aligned_and_thin_records_come_last(calledit: CommandLine) -> None:
    answer = calledit.ok("score")
    title, *rows = answer.out.splitlines()[2:]
    assert [row.split("  ")[0] for row in rows] == ["Ann Lee", "渡辺 花子", "Bob"]
    column = title.index("hit rate")
    for row in rows:
        before = next(i for i in range(len(row)) if cell_len(row[:i]) == column)
        assert row[before - 1] == " "
        assert row[before] != " "
    assert "not enough yet: 2 of 5  " in rows[2]
    assert "100 %" not in rows[2]


def test_one_source_comes_with_its_calibration(calledit: CommandLine) -> None:
    out = calledit.ok("score", "ann lee").out
    assert "Ann Lee\n" in out
    assert "came true" in out
    assert "90 %  100     90" in out
    assert "渡辺" not in out


def test_an_unknown_source_names_close_ones(calledit: CommandLine) -> None:
    answer = calledit("score", "An Lee")
    assert answer.code == 1
    assert "'An Lee'; did you mean Ann Lee?" in answer.err
    assert answer.out == ""


def test_a_hostile_name_is_shown_safely(calledit: CommandLine) -> None:
    answer = calledit("score", "\x1b[31mevil" + "x" * 1000)
    assert answer.code == 1
    assert "\x1b" not in answer.err
    assert len(answer.err) < 300


@pytest.mark.parametrize(
    "words",
    [
        ("--as-of", "soon"),
        ("--since", "2025-02-30"),
        ("--basis", "guess"),
        ("--cohort", "all"),
        ("--since", "2025-02-01", "--as-of", "2025-01-01"),
    ],
)
def test_misuse_is_told_in_one_line(empty: CommandLine, words: tuple[str, ...]) -> None:
    answer = empty("score", *words)
    assert answer.code == 2
    assert answer.err.count("\n") == 1


def test_as_of_is_what_was_known_then(calledit: CommandLine) -> None:
    then = calledit.ok("score", "--as-of", "2025-05-31", "--json").json["pooled"]
    assert (then["forecasts"], then["open"], then["due"], then["overdue"]) == (0, 132, 132, 0)
    assert then["brier"] is None
    assert "no claim is judged yet" in calledit.ok("score", "--as-of", "2025-05-31").err


def test_what_is_published_is_verified(empty: CommandLine) -> None:
    empty.ok("add", "It rains", "--source", "Met office")
    assert "scorecard 1, event 2" in empty.ok("score", "--publish").err
    found = empty.ok("verify", "--json").json
    assert (found["ok"], found["scorecards"], found["not_recomputed"]) == (True, 1, 0)
    assert "1 published scorecard came out again" in empty.ok("verify").out


def test_a_scorecard_is_published_once_under_a_name(empty: CommandLine) -> None:
    empty.ok("add", "It rains", "--source", "Met office")
    for _ in range(2):
        assert "scorecard 1, event 2" in empty.ok("score", "--publish", "--once", "june").err
    assert empty.ok("verify", "--json").json["events"] == 2
