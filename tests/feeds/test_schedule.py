"""When to ask next, and why: the rules one by one, and the bounds for all."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.schedule import after_answer
from feeds.schedule import after_failure

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def every(gap: timedelta, count: int = 20) -> list[datetime]:
    return [NOW - gap * n for n in range(1, count + 1)]


def wait_after(**given: object) -> timedelta:
    planned = after_answer(NOW, 7, **({"published": []} | given))  # type: ignore[arg-type]
    assert planned.at is not None
    return planned.at - NOW


@pytest.mark.parametrize(
    ("gap", "hours"), [(HOUR / 6, 1), (8 * HOUR, 4), (30 * HOUR, 15), (90 * DAY, 24)]
)
def test_half_the_usual_gap_between_an_hour_and_a_day(gap: timedelta, hours: int) -> None:
    wait = wait_after(published=every(gap))
    assert 0.9 * hours * HOUR <= wait <= 1.1 * hours * HOUR
    assert wait >= HOUR


def test_an_unknown_rhythm_is_guessed() -> None:
    assert timedelta(hours=3.6) <= wait_after() <= timedelta(hours=4.4)


def test_silence_counts() -> None:
    once_busy = [NOW - 90 * DAY - HOUR * n for n in range(2)]
    assert wait_after(published=once_busy) >= 0.9 * DAY


def test_future_dates_do_not_count() -> None:
    assert wait_after(published=[NOW + DAY * n for n in range(9)]) <= timedelta(hours=4.4)


@pytest.mark.parametrize(
    ("given", "hours"),
    [
        ({"ttl": 600}, 10),
        ({"ttl": 10**6}, 24),
        ({"headers": {"cache-control": "public, max-age=21600"}}, 6),
        ({"headers": {"cache-control": "max-age=99999999999999"}}, 24),
        ({"headers": {"expires": "Thu, 15 Jan 2026 19:00:00 GMT"}}, 7),
        (
            {"headers": {"cache-control": "max-age=0", "expires": "Fri, 16 Jan 2026 19:00:00 GMT"}},
            1,
        ),
        ({"headers": {"cache-control": "max-age=oops", "expires": "0"}}, 1),
    ],
)
def test_wishes_are_heard_up_to_a_day(given: dict[str, object], hours: int) -> None:
    assert wait_after(published=every(HOUR), **given) == hours * HOUR


def test_reasons_can_be_read() -> None:
    planned = after_answer(NOW, 7, published=every(HOUR), ttl=600)
    assert planned.why == ("a new item every 60 min or so: 30 min", "the feed asks for 10 h")


@pytest.mark.parametrize(("failures", "hours"), [(1, 1), (2, 2), (5, 16), (8, 128), (99, 168)])
def test_failures_double_up_to_a_week(failures: int, hours: int) -> None:
    assert after_failure(NOW, failures=failures, status=500).at == NOW + hours * HOUR


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_wrong_address_waits_a_day(status: int) -> None:
    assert after_failure(NOW, failures=1, status=status).at == NOW + DAY


def test_gone_is_gone() -> None:
    planned = after_failure(NOW, failures=1, status=410)
    assert planned.at is None
    assert "410" in planned.why[0]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "7200"}, 2 * HOUR),
        ({"retry-after": "Fri, 16 Jan 2026 12:00:00 GMT"}, DAY),
        ({"x-ratelimit-reset": "5400.5"}, 1.5 * HOUR),
        ({"retry-after": "5"}, HOUR),
        ({"retry-after": "999999999999"}, 31 * DAY),
        ({"retry-after": "soon"}, 4 * HOUR),
        ({}, 4 * HOUR),
    ],
)
def test_retry_after_is_obeyed(status: int, headers: dict[str, str], wait: timedelta) -> None:
    assert after_failure(NOW, failures=3, status=status, headers=headers).at == NOW + wait


@given(
    feed_id=st.integers(1, 10**9),
    gaps=st.lists(st.integers(0, 10**7), max_size=30),
    ttl=st.integers(-5, 10**9),
    header=st.text(max_size=30),
)
def test_the_bounds_hold_for_all(feed_id: int, gaps: list[int], ttl: int, header: str) -> None:
    published = [NOW - timedelta(seconds=gap) for gap in gaps]
    headers = {"cache-control": f"max-age={header}", "expires": header, "retry-after": header}
    planned = after_answer(NOW, feed_id, published=published, ttl=ttl, headers=headers)
    assert planned.at is not None
    assert HOUR <= planned.at - NOW <= 1.1 * DAY
    failed = after_failure(NOW, failures=len(gaps), status=503, headers=headers)
    assert failed.at is not None
    assert HOUR <= failed.at - NOW <= 31 * DAY
