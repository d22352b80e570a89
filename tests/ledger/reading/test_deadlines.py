"""Deadlines: the grammar by example, and what is none."""

from __future__ import annotations

import json
from datetime import date
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.reading.deadlines import default_horizon
from ledger.reading.deadlines import find_deadline
from ledger.reading.event_dates import next_event

SHARED = Path(__file__).parents[4] / "shared" / "data" / "reading" / "deadlines-dev.jsonl"
PUBLISHED = date(2024, 11, 15)  # a Friday

CASES = [
    ("It will open on 3 December.", "2024-12-03", "stated"),
    ("It will open on 3 March.", "2025-03-03", "stated"),
    ("It will open by March 3, 2027.", "2027-03-03", "stated"),
    ("It will open before 1 May 2026.", "2026-04-30", "stated"),
    ("It will open in early 2026.", "2026-03-31", "stated"),
    ("It will open in the second half of 2026.", "2026-12-31", "stated"),
    ("It will open in the third quarter.", "2024-09-30", None),
    ("It will open in the first quarter of next year.", "2025-03-31", "stated"),
    ("It will open by the 2030s.", "2039-12-31", "stated"),
    ("It will open this month.", "2024-11-30", "relative"),
    ("It will open by the end of the decade.", "2029-12-31", "relative"),
    ("It will open on Monday.", "2024-11-18", "relative"),
    ("It will open next Friday.", "2024-11-22", "relative"),
    ("It will open in ten days.", "2024-11-25", "relative"),
    ("It will open within 18 months.", "2026-05-15", "relative"),
    ("It will open in the coming weeks.", "2025-01-10", "relative"),
    ("It will open in the near future.", "2025-05-15", "relative"),
    ("It will open at the upcoming G20 summit.", "2024-11-19", "event"),
    ("It will open before the World Cup.", "2026-06-10", "event"),
    ("It will open by Thanksgiving.", "2024-11-28", "event"),
]
NONE = [
    "It will open, he said on Monday.",
    "It fell 3 percent last year and will fall again.",
    "It opened on 3 December 2020 and will close.",
    "Theresa May said that it will open.",
    "After the attacks of 9/11 nobody will forget.",
    "Its long-term strategy will change.",
    "It will open.",
    "They march on and will win.",
]


@pytest.mark.parametrize(("sentence", "due", "basis"), CASES)
def test_deadlines(sentence: str, due: str, basis: str | None) -> None:
    found = find_deadline(sentence, PUBLISHED)
    if basis is None:  # the quarter is over
        assert found.due is None
        return
    assert (str(found.due), found.basis) == (due, basis)
    assert found.phrase in sentence
    assert found.rule


@pytest.mark.parametrize("sentence", NONE)
def test_what_is_no_deadline(sentence: str) -> None:
    assert find_deadline(sentence, PUBLISHED).due is None


days = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 1, 1))


@given(st.sampled_from([case[0] for case in CASES] + NONE) | st.text(max_size=60), days)
def test_no_deadline_lies_in_the_past(sentence: str, published: date) -> None:
    found = find_deadline(sentence, published)
    assert found.due is None or found.due >= published
    assert sentence[found.start : found.end].strip() == found.phrase


@given(days)
def test_a_day_in_numbers_is_that_day(day: date) -> None:
    text = f"It will open on {day.day} {day:%B} {day.year}."
    assert find_deadline(text, day - timedelta(days=3)).due == day


@given(days)
def test_the_default_horizon_is_a_year(published: date) -> None:
    due, rule = default_horizon(published)
    assert 365 <= (due - published).days <= 366
    assert "12 months" in rule


def test_ruled_events() -> None:
    assert next_event("presidential election", date(2024, 1, 1)) == ((date(2024, 11, 5),) * 2)
    assert next_event("inauguration", PUBLISHED) == ((date(2025, 1, 20),) * 2)
    assert next_event("midterm elections", PUBLISHED) == ((date(2026, 11, 3),) * 2)
    assert next_event("easter", date(2023, 3, 8)) == ((date(2023, 4, 9),) * 2)


def test_an_event_that_we_do_not_know_gives_no_day() -> None:
    assert find_deadline("It will open at the next G20 summit.", date(2040, 1, 1)).due is None


def test_the_listed_deadlines() -> None:
    if not SHARED.exists():
        pytest.skip("the labelled deadlines are not beside the project")
    right = total = 0
    for line in SHARED.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        found = find_deadline(case["sentence"], date.fromisoformat(case["pub"])).due
        accepted = case["accept"]
        if accepted is None:
            right += found is None
        else:
            right += found is not None and accepted[0] <= found.isoformat() <= accepted[1]
        total += 1
    assert right >= 0.95 * total
