"""Deadlines: what each form of words means, and what is no deadline."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from ledger.reading.calendar_events import us_election_day
from ledger.reading.deadlines import default_horizon
from ledger.reading.deadlines import find_deadline

PUBLISHED = date(2025, 3, 12)  # a Wednesday
DATA = Path(__file__).parents[3] / ".." / "shared" / "data" / "reading"


@pytest.mark.parametrize(
    ("text", "due", "basis"),
    [
        ("It will open on 4 July 2026.", "2026-07-04", "stated"),
        ("It will open on July 4.", "2025-07-04", "stated"),
        ("It will open by 2025-09-01.", "2025-09-01", "stated"),
        ("It will be done by February.", "2026-02-28", "stated"),
        ("It will be done before February 2026.", "2026-01-31", "stated"),
        ("It will be done in the third quarter.", "2025-09-30", "stated"),
        ("Growth will slow in the first half of next year.", "2026-06-30", "stated"),
        ("Sales will peak in Q4 2027.", "2027-12-31", "stated"),
        ("It will be ready in early 2027.", "2027-03-31", "stated"),
        ("It will be ready by the end of 2027.", "2027-12-31", "stated"),
        ("It will happen in the 2030s.", "2039-12-31", "stated"),
        ("It will be over by late May.", "2025-05-31", "stated"),
        ("It will be over later this year.", "2025-12-31", "relative"),
        ("Talks will start on Friday.", "2025-03-14", "relative"),
        ("Talks will start next Friday.", "2025-03-21", "relative"),
        ("Half will be gone in ten years' time.", "2035-03-12", "relative"),
        ("Half will be gone within a decade.", "2035-03-12", "relative"),
        ("A ruling will come in the coming weeks.", "2025-05-07", "relative"),
        ("It may recover in the short term.", "2025-09-12", "relative"),
        ("They will vote before the midterms.", "2026-11-02", "event"),
        ("They will be home for Thanksgiving.", "2025-11-27", "event"),
        ("A pact could be signed at the G20 summit.", "2025-11-23", "event"),
    ],
)
def test_a_form_of_words_means_its_last_day(text: str, due: str, basis: str) -> None:
    found = find_deadline(text, PUBLISHED)
    assert (str(found.due), found.basis) == (due, basis)
    assert found.phrase in text
    assert found.rule


@pytest.mark.parametrize(
    "text",
    [
        "He will struggle as he did last year.",
        "He said on Monday that it would survive.",
        "The minister announced on Friday that taxes would rise.",
        "Mrs May will speak; may her luck hold.",
        "Since 9/11 it has been said that it will never be safe.",
        "It will be the biggest rise in 30 years.",
        "The 25-year-old will win.",
        "It will beat the record set in 2019.",
        "They will march in protest.",
        "Three months ago he said it will pass.",
    ],
)
def test_looking_back_sets_no_deadline(text: str) -> None:
    found = find_deadline(text, PUBLISHED)
    assert (found.due, found.basis, found.due_start) == (None, "none", PUBLISHED)


def test_the_window_opens_with_the_period_named_or_at_publication() -> None:
    assert find_deadline("It will open in March 2026.", PUBLISHED).due_start == date(2026, 3, 1)
    assert find_deadline("It will open by March 2026.", PUBLISHED).due_start == PUBLISHED
    assert find_deadline("It will open this month.", PUBLISHED).due_start == PUBLISHED


def test_the_deadline_after_the_verb_wins() -> None:
    text = "From the plan of June the works will end by 2027 and be paid off by 2040."
    found = find_deadline(text, PUBLISHED, near=text.index("will"))
    assert (found.due, found.phrase) == (date(2027, 12, 31), "by 2027")


def test_an_election_called_at_short_notice_gives_no_date_before_it_was_called() -> None:
    text = "He will lose the German election."
    assert find_deadline(text, date(2024, 10, 1)).due is None
    assert find_deadline(text, date(2024, 12, 1)).due == date(2025, 2, 23)


def test_us_election_days() -> None:
    assert [us_election_day(year).day for year in (2020, 2022, 2024, 2026)] == [3, 8, 5, 3]


def test_the_default_horizon_is_twelve_months() -> None:
    due, rule = default_horizon(date(2024, 2, 29))
    assert due == date(2025, 2, 28)
    assert rule
    assert default_horizon(date(9999, 6, 1))[0] == date.max


WORDS = st.sampled_from(
    [
        "by", "in", "before", "next", "last", "this", "may", "june", "31", "february", "2026",
        "1999", "week", "weeks", "decade", "century", "end", "of", "the", "few", "900", "monday",
        "today", "summer", "season", "g20", "summit", "easter", "from", "now", "ago", "q3", "half",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=12).map(" ".join), st.dates())
def test_any_mix_of_time_words_gives_a_window_or_none(text: str, published: date) -> None:
    found = find_deadline(text, published)
    if found.due is None:
        assert (found.basis, found.phrase, found.due_start) == ("none", "", published)
    else:
        assert published <= found.due_start <= found.due
        assert found.phrase in text


def test_the_yardstick_of_deadlines() -> None:
    path = DATA / "deadlines-dev.jsonl"
    if not path.exists():
        pytest.skip("the deadline yardstick is not beside the project")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    right = 0
    for row in rows:
        due = find_deadline(row["sentence"], date.fromisoformat(row["pub"])).due
        low, high = row["accept"] or ("", "")
        right += low <= str(due or "") <= high
    assert right >= 0.85 * len(rows)
