"""Instants survive a round trip; dates are dates or a clear refusal."""

from __future__ import annotations

from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from datetime import timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.clock import Clock
from ledger.clock import instant_text
from ledger.clock import parse_date
from ledger.clock import parse_instant
from ledger.errors import UsageError

offsets = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
instants = st.datetimes(
    min_value=datetime(2, 1, 1), max_value=datetime(9998, 12, 31), timezones=offsets
)


@given(instants)
def test_instants_survive_as_text(moment: datetime) -> None:
    assert parse_instant(instant_text(moment)) == moment


@given(instants, instants)
def test_text_order_is_time_order(one: datetime, other: datetime) -> None:
    assert (instant_text(one) < instant_text(other)) == (one < other)


def test_the_form_is_fixed() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=5)))
    assert instant_text(moment) == "2026-01-01T22:04:05.000000Z"


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        instant_text(datetime(2026, 1, 2))


@pytest.mark.parametrize("text", ["", "2026-1-5", "20260105", "2026-02-30", "05.01.2026", "soon"])
def test_a_malformed_date_names_itself_and_the_form(text: str) -> None:
    with pytest.raises(UsageError, match="YYYY-MM-DD") as caught:
        parse_date(text, name="--on")
    assert "--on" in str(caught.value)
    assert caught.value.exit_code == 2


@given(st.dates())
def test_every_date_in_the_form_is_read(day: date) -> None:
    assert parse_date(day.isoformat()) == day


def test_today_can_be_set() -> None:
    assert Clock(pinned_today=date(2030, 2, 3)).today() == date(2030, 2, 3)


def test_now_is_in_utc() -> None:
    assert Clock().now().tzinfo is UTC
