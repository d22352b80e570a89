"""Text on a grid of cells."""

from __future__ import annotations

from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui import text


@given(st.text(max_size=60), st.integers(0, 40))
def test_fitted_text_takes_exactly_its_width(given_text: str, width: int) -> None:
    line = text.one_line(given_text)
    assert text.wide(text.fit(line, width)) == width
    assert text.wide(text.fit_right(line, width)) == width
    assert text.wide(text.cut(line, width)) <= width


@given(st.text("ab é日 ", max_size=80), st.integers(1, 30))
def test_wrapped_lines_keep_within_the_width(given_text: str, width: int) -> None:
    lines = text.wrapped(given_text, width)
    assert all(text.wide(line) <= width for line in lines)
    if max(map(text.wide, given_text.split()), default=0) <= width:
        assert " ".join(lines).split() == given_text.split()


@given(st.floats(-1, 2), st.integers(1, 30))
def test_bars_take_their_width(share: float, width: int) -> None:
    assert text.wide(text.bar(share, width)) == width
    assert text.span_bar(share / 2, share, share, width).count("●") == 1


@pytest.mark.parametrize(("days", "words"), [(368, "368 d late"), (0, "today"), (-12, "in 12 d")])
def test_late_in_words(days: int, words: str) -> None:
    assert text.late(days) == words


@pytest.mark.parametrize(
    ("share", "words"), [("0.40", "40 %"), ("0.125", "12.5 %"), ("1.00", "100 %"), (None, "")]
)
def test_percent(share: str | None, words: str) -> None:
    assert text.percent(share) == words


def test_dates_and_spans() -> None:
    now = datetime(2026, 1, 15, 12, tzinfo=UTC)
    assert text.day(date(2025, 11, 5)) == "5 Nov 2025"
    assert text.day_of("2025-11-05T10:00:00.000000Z") == "5 Nov 2025"
    assert text.day_of("soon \x1b[31m") == "soon"
    assert text.ago(now - timedelta(hours=2), now) == "2 h ago"
    assert text.ago(now + timedelta(minutes=15), now) == "in 15 min"
    assert text.ago(now, now) == "now"
    assert text.joined(["one", "two", "three"], 9) == ["one · two", "three"]
