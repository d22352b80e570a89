"""Calendar periods: the last day of a month, quarter, season, week, decade."""

from __future__ import annotations

import calendar
from datetime import date
from datetime import timedelta

MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
MONTHS["sept"] = 9
WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
# The last month of each meteorological season, northern hemisphere (WMO convention).
SEASONS = {"spring": 5, "summer": 8, "autumn": 11, "fall": 11, "winter": 2}


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, calendar.monthrange(year, month)[1])


def in_month(year: int, month: int, part: str) -> date:
    """The last day of a month's early, mid or late part."""
    if part in ("early", "the beginning of", "the start of"):
        return date(year, month, 10)
    return date(year, month, 20) if part in ("mid", "the middle of") else month_end(year, month)


def in_year(year: int, part: str) -> date:
    """The last day of a year's early, mid or late part."""
    if part in ("early", "the beginning of", "the start of"):
        return date(year, 3, 31)
    return date(year, 6, 30) if part in ("mid", "the middle of") else date(year, 12, 31)


def season_end(season: str, year: int) -> date:
    """The last day of the season that ends in `year`."""
    return month_end(year, SEASONS[season])


def next_season_end(season: str, today: date) -> date:
    """The last day of the season that is running or comes next."""
    end = season_end(season, today.year)
    return end if end >= today else season_end(season, today.year + 1)


def quarter_end(year: int, quarter: int) -> date:
    """The last day of a calendar quarter, 1 to 4."""
    return month_end(year, 3 * quarter)


def quarter_of(day: date) -> int:
    """The calendar quarter, 1 to 4."""
    return (day.month + 2) // 3


def week_end(day: date) -> date:
    """The Sunday of a day's week (ISO 8601 weeks begin on Monday)."""
    return day + timedelta(days=6 - day.weekday())


def decade_end(day: date) -> date:
    """31 December of the year that ends in 9."""
    return date(day.year // 10 * 10 + 9, 12, 31)


def century_end(day: date) -> date:
    """31 December of the year that ends in 00."""
    return date((day.year + 99) // 100 * 100, 12, 31)


def clamp(year: int, month: int, day: int) -> date | None:
    """A date, or None where there is no such day or year."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
