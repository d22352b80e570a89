"""Dates of feeds: what is legible is read exactly, what is not stays unknown."""

from __future__ import annotations

import time
from datetime import UTC
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.dates import read_date


@pytest.mark.parametrize(
    ("raw", "iso"),
    [
        ("2024-11-15", "2024-11-15T00:00:00"),
        ("2024-11-15T10:00:00Z", "2024-11-15T10:00:00"),
        ("2024-11-15T10:00:00.123456789+02:00", "2024-11-15T08:00:00"),
        ("2024-11-15 10:00:00 -0500", "2024-11-15T15:00:00"),
        ("2024-11-15T24:00:00Z", "2024-11-16T00:00:00"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00"),
        ("Fri, 15 Nov 2024 10:00:00 GMT", "2024-11-15T10:00:00"),
        ("Fri, 15 Nov 2024 10:00:00 +0200", "2024-11-15T08:00:00"),
        ("15 Nov 24 10:00 EST", "2024-11-15T15:00:00"),
        ("Fri, 15 November 2024 10:00 PST", "2024-11-15T18:00:00"),
        ("Fri Nov 15 10:00:00 2024", "2024-11-15T10:00:00"),
    ],
)
def test_what_is_legible(raw: str, iso: str) -> None:
    assert read_date(raw) == datetime.fromisoformat(iso).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    ["", "2026", "March", "2026-11", "1/2/2026", "Fri, 15 Nov 2024 25:00:00 GMT", "2024-02-30",
     "2024-11-15T24:30:00Z", "Thu, 31 Jun 2004 19:48:21 GMT", "9" * 50, "0001-01-01T00:00:00+10:00",
     "2024-11-15T10:00:00+99:99", "tomorrow"],
)  # fmt: skip
def test_what_is_not(raw: str) -> None:
    assert read_date(raw) is None


def test_a_guess_that_fills_in_is_not_believed() -> None:
    guess = time.struct_time((2004, 11, 1, 0, 0, 0, 0, 306, 0))
    assert read_date("2004년 05월 28일", guess) is None


def test_a_guess_that_the_text_confirms_is_believed() -> None:
    guess = time.struct_time((2004, 5, 23, 19, 48, 21, 6, 144, 0))
    assert read_date("Κυρ, 23 Μαϊ 2004 19:48:21", guess) == datetime(
        2004, 5, 23, 19, 48, 21, tzinfo=UTC
    )


@given(st.datetimes(min_value=datetime(1000, 1, 1), max_value=datetime(9000, 1, 1)))
def test_iso_dates_come_back(moment: datetime) -> None:
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    assert read_date(moment.isoformat()) == moment


@given(st.text(alphabet="0123456789-:T+Z. FriJan,GMT", max_size=40) | st.text())
def test_no_text_raises(raw: str) -> None:
    moment = read_date(raw)
    assert moment is None or moment.tzinfo is UTC
