"""The day that a phrase means: one function a kind of phrase."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from ledger.reading import periods
from ledger.reading.event_dates import next_event

Day = Callable[[re.Match[str], date, str], date | None]
"""Match in the folded clause, publication date, clause as written → the day, or None."""

_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
).split()
WORD_VALUES = {word: value for value, word in enumerate(_NUMBERS, start=1)}
WORD_VALUES |= {"a": 1, "an": 1, "a couple of": 2, "a few": 4, "few": 4, "several": 5}
WORD_VALUES |= {"thirty": 30, "forty": 40, "fifty": 50, "a dozen": 12, "half a": 0}

# Words after which a date is the time of saying or of something past.
_PAST = re.compile(
    r"\b(?:\w{3,}ed|said|says|told|wrote|spoke|met|took|came|began|became|won|lost|went|left|rose|fell"
    r"|made|held|gave|ran|saw|grew|had|was|were|since|last|after|from|in early|statement|interview"
    r"|report|poll)(?: \w+){0,2} ?(?:on|in|at|of)? ?$"
)


def _after_saying(match: re.Match[str]) -> bool:
    return _PAST.search(match.string, max(0, match.start() - 40), match.start()) is not None


def _before(match: re.Match[str], day: date | None) -> date | None:
    """By the day before, where the lead is "before"."""
    if day is not None and (match.groupdict().get("lead") or "").startswith("before"):
        return day - timedelta(days=1)
    return day


def full_date(match: re.Match[str], published: date, _clause: str) -> date | None:
    """A day of a month, in the year named or the next one that has it ahead."""
    month, day = periods.MONTHS[match["month"]], int(match["day"])
    if match["year"]:
        return _before(match, periods.clamp(int(match["year"]), month, day))
    if _after_saying(match):
        return None
    years = (published.year, published.year + 1)
    days = (periods.clamp(year, month, day) for year in years)
    return _before(match, next((d for d in days if d is not None and d >= published), None))


def iso_date(match: re.Match[str], _published: date, _clause: str) -> date | None:
    """``2026-03-01``."""
    return _before(match, periods.clamp(int(match["y"]), int(match["m"]), int(match["d"])))


def month_day(match: re.Match[str], published: date, clause: str) -> date | None:
    """A month, or its early, mid or late part."""
    # March, May and August are words and names as well: the month has a capital, and a lead.
    if clause[match.start("month")].islower() or match["lead"] in ("from", "of", "to", "at"):
        return None
    month, part = periods.MONTHS[match["month"]], match["part"] or ""
    if match["year"]:
        year = int(match["year"])
    elif _after_saying(match):
        return None
    else:
        year = published.year + (month < published.month)
        year += match["which"] == "next" and year == published.year and month == published.month
    if (match["lead"] or "") == "before":
        return date(year, month, 1) - timedelta(days=1)
    return periods.in_month(year, month, part.rstrip("-"))


def year_day(match: re.Match[str], _published: date, _clause: str) -> date | None:
    """A year, or its early, mid or late part."""
    year, part = int(match["year"]), (match["part"] or "").rstrip("-")
    if match["lead"] in ("from", "of", "on", "at", "to") and not part:
        return None
    if match["lead"] == "before" and not part:
        return date(year - 1, 12, 31)
    return periods.in_year(year, part)


def between_years_day(match: re.Match[str], _published: date, _clause: str) -> date | None:
    """The later of two years."""
    last = match["last"]
    year = int(match["year"][:2] + last if len(last) == 2 else last)
    return date(year, 12, 31)


def decade_named_day(match: re.Match[str], _published: date, _clause: str) -> date | None:
    """The 2030s, or their early, mid or late part."""
    year, part = int(match["year"]), match["part"] or ""
    if part == "early":
        return date(year + 3, 12, 31)
    return date(year + (6 if part == "mid" else 9), 12, 31)


_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "final": 4, "last": 4}


def _of_year(match: re.Match[str], published: date) -> int | None:
    if match["year"]:
        return int(match["year"])
    said = match["of"] or ""
    return published.year + ("next" in said or "coming" in said)


def quarter_day(match: re.Match[str], published: date, _clause: str) -> date | None:
    """A calendar quarter."""
    year = _of_year(match, published)
    which = match["ordinal"] or match["digit"]
    quarter = _ORDINALS.get(which) or int(which)
    return None if year is None else periods.quarter_end(year, quarter)


def half_day(match: re.Match[str], published: date, _clause: str) -> date | None:
    """Half a year."""
    year = _of_year(match, published)
    if year is None:
        return None
    return date(year, 6, 30) if match["ordinal"] == "first" else date(year, 12, 31)


def season_day(match: re.Match[str], published: date, _clause: str) -> date | None:
    """A season, of a year named or the next."""
    season = match["season"]
    if match["year"]:
        # "Winter 2025" runs into 2026.
        return periods.season_end(season, int(match["year"]) + (season == "winter"))
    end = periods.next_season_end(season, published)
    running = end - relativedelta(months=3) < published
    return periods.season_end(season, end.year + 1) if match["which"] == "next" and running else end


def duration_day(match: re.Match[str], published: date, _clause: str) -> date | None:
    """So many units of time from publication."""
    count, unit = match["count"], match["unit"]
    number = int(count) if count.isdigit() else WORD_VALUES.get(count, 0)
    if number > 1_000 or (unit == "decade" and number > 100):
        return None
    if number == 0:  # half a year, half a decade
        half = {"year": relativedelta(months=6), "decade": relativedelta(years=5)}
        return published + half[unit] if unit in half else None
    try:
        return published + _step(unit, number)
    except (ValueError, OverflowError):
        return None


def _step(unit: str, number: int) -> relativedelta:
    match unit:
        case "hour":
            return relativedelta(days=-(-number // 24))
        case "fortnight":
            return relativedelta(weeks=2 * number)
        case "quarter":
            return relativedelta(months=3 * number)
        case "decade":
            return relativedelta(years=10 * number)
        case "day":
            return relativedelta(days=number)
        case "week":
            return relativedelta(weeks=number)
        case "month":
            return relativedelta(months=number)
    return relativedelta(years=number)


def ending_day(match: re.Match[str], published: date, _clause: str) -> date | None:
    """This, next or "the" week, month, and so on, whole or in part."""
    unit, later = match["unit"], (match["which"] or "").endswith(("next", "following"))
    part = match["part"] or ""
    if unit in ("year", "month"):
        step = relativedelta(years=1) if unit == "year" else relativedelta(months=1)
        day = published + step if later else published
        if unit == "year":
            return periods.in_year(day.year, part)
        return periods.in_month(day.year, day.month, part)
    return _short_or_long(unit, published, later=later)


def _short_or_long(unit: str, published: date, *, later: bool) -> date | None:
    match unit:
        case "week" | "weekend":
            return periods.week_end(published + timedelta(weeks=int(later)))
        case "quarter":
            day = published + relativedelta(months=3 * int(later))
            return periods.quarter_end(day.year, periods.quarter_of(day))
        case "decade":
            return periods.decade_end(published + relativedelta(years=10 * int(later)))
        case "century":
            return periods.century_end(published + relativedelta(years=100 * int(later)))
        case "season":  # a sports season ends in June at the latest
            end = date(published.year + (published.month > 6), 6, 30)
            return end + relativedelta(years=int(later))
    return None


def weekday_day(match: re.Match[str], published: date, clause: str) -> date | None:
    """The next such weekday, or the one after."""
    if clause[match.start("weekday")].islower() or (not match["which"] and _after_saying(match)):
        return None
    ahead = (periods.WEEKDAYS[match["weekday"]] - published.weekday()) % 7
    if match["which"] == "next" and ahead <= 6 - published.weekday():
        ahead += 7
    return _before(match, published + timedelta(days=ahead))


def ahead(**step: int) -> Day:
    """A fixed step from publication."""
    return lambda _match, published, _clause: published + relativedelta(**step)  # type: ignore[arg-type]


def event_day(name: str) -> Day:
    """The last day of the next such event, or the day before it."""

    def day(match: re.Match[str], published: date, _clause: str) -> date | None:
        span = next_event(name, published)
        if span is None:
            return None
        early = (match["lead"] or "").startswith(("before", "ahead"))
        return span.first - timedelta(days=1) if early else span.last

    return day


def days_in_office(match: re.Match[str], published: date, _clause: str) -> date | None:
    """Days from the next inauguration, where one is less than a year ahead."""
    span = next_event("inauguration", published)
    if span is None or (span.first - published).days > 365:
        return None  # whose first days, and when, the text must say
    days = int(match["days"]) if match["days"] else 0
    return span.first + timedelta(days=days)
