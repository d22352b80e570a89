"""Calendar periods as spans of days: months, quarters, halves, seasons, weekdays."""

from __future__ import annotations

import calendar
from datetime import date
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from ledger.reading.calendar_events import Span

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"), ("february", "feb"), ("march", "mar"), ("april", "apr"), ("may",),
            ("june", "jun"), ("july", "jul"), ("august", "aug"), ("september", "sept", "sep"),
            ("october", "oct"), ("november", "nov"), ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip
WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            ("monday", "mon"), ("tuesday", "tues", "tue"), ("wednesday", "wed"),
            ("thursday", "thurs", "thu"), ("friday", "fri"), ("saturday", "sat"),
            ("sunday", "sun"),
        )
    )
    for name in names
}  # fmt: skip
# Meteorological, northern.
SEASONS = {"winter": 12, "spring": 3, "summer": 6, "autumn": 9, "fall": 9}


def month_span(year: int, month: int) -> Span:
    """The days of one month."""
    return Span(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def months_span(year: int, first: int, count: int) -> Span:
    """`count` whole months from month `first` on, into the next year if need be."""
    start = date(year, first, 1)
    return Span(start, start + relativedelta(months=count) - timedelta(days=1))


def year_span(year: int, count: int = 1) -> Span:
    """`count` whole years."""
    return Span(date(year, 1, 1), date(year + count - 1, 12, 31))


def week_span(day: date) -> Span:
    """The ISO week (Monday to Sunday) around a day."""
    monday = day - timedelta(days=day.weekday())
    return Span(monday, monday + timedelta(days=6))


def unit_span(unit: str, day: date) -> Span:
    """The week, month, quarter, year, decade or century that a day lies in."""
    if unit == "day":
        return Span(day, day)
    if unit == "week":
        return week_span(day)
    if unit == "month":
        return month_span(day.year, day.month)
    if unit == "quarter":
        return months_span(day.year, day.month - (day.month - 1) % 3, 3)
    if unit == "decade":
        return year_span(day.year - day.year % 10, 10)
    if unit == "century":
        return year_span(day.year - (day.year - 1) % 100, 100)
    return year_span(day.year)


def later(day: date, unit: str, count: int) -> date:
    """`count` units after a day.

    Raises:
        OverflowError: The calendar ends before (ValueError likewise).
    """
    if unit == "hour":
        return day + timedelta(days=-(-count // 24))
    if unit == "decade":
        return day + relativedelta(years=10 * count)
    if unit == "century":
        return day + relativedelta(years=100 * count)
    if unit == "quarter":
        return day + relativedelta(months=3 * count)
    return day + (
        timedelta(days=count * (7 if unit == "week" else 1))
        if unit in {"day", "week"}
        else relativedelta(**{f"{unit}s": count})  # type: ignore[arg-type]
    )


def season_span(name: str, year: int) -> Span:
    """A season by the year it begins in (winter runs into the next)."""
    return months_span(year, SEASONS[name], 3)


def next_month(month: int, published: date, *, skip: bool = False) -> Span:
    """The named month at or after publication; with `skip` ("next May") never one close at hand.

    "Next" said less than six months before a month of the same year means the year after.
    """
    year = published.year + (month < published.month)
    if skip and year == published.year and month - published.month < 6:
        year += 1
    return month_span(year, month)


def next_weekday(weekday: int, published: date, *, skip: bool = False) -> Span:
    """The named weekday at or after publication; with `skip` ("next Friday") that of next week."""
    if skip:
        day = week_span(published).end + timedelta(days=1 + weekday)
    else:
        day = published + timedelta(days=(weekday - published.weekday()) % 7)
    return Span(day, day)


def part_of(span: Span, part: str) -> Span:
    """The early, middle or late part of a period, or its end.

    Conventions: early is the first quarter of it, mid ends at its half, late is its last third.
    """
    days = (span.end - span.start).days + 1
    if days > 300:
        return _part_of_year(span, part)
    cut = {"early": days // 3, "mid": days // 2 + 5}.get(part, days)
    start = {"mid": days // 3, "late": days // 2, "end": days - 1}.get(part, 0)
    return Span(span.start + timedelta(days=start), span.start + timedelta(days=min(cut, days) - 1))


def _part_of_year(span: Span, part: str) -> Span:
    years = span.end.year - span.start.year + 1
    first = span.start
    if part == "early":
        return Span(first, first + relativedelta(months=3 * years) - timedelta(days=1))
    if part == "mid":
        return Span(
            first + relativedelta(months=4 * years),
            first + relativedelta(months=6 * years) - timedelta(days=1),
        )
    return Span(first + relativedelta(months=(8 if part == "late" else 9) * years), span.end)
