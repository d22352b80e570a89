"""Dated events that a deadline may name: computed where there is a rule, else from a table."""

from __future__ import annotations

from datetime import date
from datetime import timedelta
from typing import NamedTuple

from dateutil.easter import easter

KNOWN_UNTIL = date(2028, 12, 31)
"""The table below says nothing of events after this day."""


class Span(NamedTuple):
    """First and last day of an event."""

    first: date
    last: date


# Dates as announced by the hosts: g20.org, nato.int, unfccc.int, olympics.com, fifa.com and the
# G7 presidencies' own pages.
_TABLE: dict[str, tuple[tuple[str, str], ...]] = {
    "g20": (
        ("2022-11-15", "2022-11-16"),
        ("2023-09-09", "2023-09-10"),
        ("2024-11-18", "2024-11-19"),
        ("2025-11-22", "2025-11-23"),
        ("2026-12-14", "2026-12-15"),
    ),
    "g7": (
        ("2022-06-26", "2022-06-28"),
        ("2023-05-19", "2023-05-21"),
        ("2024-06-13", "2024-06-15"),
        ("2025-06-15", "2025-06-17"),
        ("2026-06-15", "2026-06-17"),
    ),
    "nato summit": (
        ("2022-06-28", "2022-06-30"),
        ("2023-07-11", "2023-07-12"),
        ("2024-07-09", "2024-07-11"),
        ("2025-06-24", "2025-06-25"),
        ("2026-07-07", "2026-07-08"),
    ),
    "climate conference": (
        ("2022-11-06", "2022-11-20"),
        ("2023-11-30", "2023-12-13"),
        ("2024-11-11", "2024-11-24"),
        ("2025-11-10", "2025-11-22"),
        ("2026-11-09", "2026-11-20"),
    ),
    "summer olympics": (
        ("2021-07-23", "2021-08-08"),
        ("2024-07-26", "2024-08-11"),
        ("2028-07-14", "2028-07-30"),
    ),
    "winter olympics": (("2022-02-04", "2022-02-20"), ("2026-02-06", "2026-02-22")),
    "world cup": (
        ("2018-06-14", "2018-07-15"),
        ("2022-11-20", "2022-12-18"),
        ("2026-06-11", "2026-07-19"),
    ),
}


def next_event(name: str, after: date) -> Span | None:
    """The first event of this name that is not over on `after`; None where we know none."""
    if name == "olympics":
        games = [next_event(kind, after) for kind in ("summer olympics", "winter olympics")]
        return min((span for span in games if span), default=None)
    if name in _TABLE:
        spans = (Span(*map(date.fromisoformat, days)) for days in _TABLE[name])
        return next((span for span in spans if span.last >= after), None)
    years = range(after.year, after.year + 5)
    days = (day for year in years if (day := _ruled(name, year)) is not None)
    return next((Span(day, day) for day in days if day >= after), None)


def _ruled(name: str, year: int) -> date | None:
    """The day in a year, for events that follow a rule."""
    match name:
        case "christmas":
            return date(year, 12, 25)
        case "new year":
            return date(year, 1, 1)
        case "easter":
            return easter(year)
        case "thanksgiving":  # the fourth Thursday of November, 5 U.S.C. § 6103
            return _weekday_on_or_after(date(year, 11, 22), 3)
        case "inauguration":  # 20th Amendment, § 1
            return date(year, 1, 20) if year % 4 == 1 else None
        case "presidential election":  # 3 U.S.C. § 1, 21 (1)
            return _election_day(year) if year % 4 == 0 else None
        case "midterm elections":  # 2 U.S.C. § 7
            return _election_day(year) if year % 4 == 2 else None
    return None


def _election_day(year: int) -> date:
    """The Tuesday after the first Monday of November."""
    return _weekday_on_or_after(date(year, 11, 2), 1)


def _weekday_on_or_after(day: date, weekday: int) -> date:
    return day + timedelta(days=(weekday - day.weekday()) % 7)
