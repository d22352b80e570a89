"""Events whose dates are known: from a table, or by a rule of the calendar."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from dateutil.easter import easter

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days, both ends included."""

    start: date
    end: date


@dataclass(frozen=True, slots=True)
class _TableEvent:
    name: str
    pattern: re.Pattern[str]
    dates: tuple[tuple[Span, date], ...]


@cache
def _table() -> tuple[_TableEvent, ...]:
    raw = json.loads(files("ledger.reading").joinpath("events.json").read_text(encoding="utf-8"))
    return tuple(
        _TableEvent(
            one["name"],
            re.compile(rf"(?<!\w)(?:{one['pattern']})(?!\w)"),
            tuple(_occurrence(*row) for row in one["dates"]),
        )
        for one in raw["events"]
    )


def _occurrence(first: str, last: str, known: str = "0001-01-01") -> tuple[Span, date]:
    return Span(date.fromisoformat(first), date.fromisoformat(last)), date.fromisoformat(known)


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def us_election_day(year: int) -> date:
    """The Tuesday after the first Monday of November (2 U.S.C. § 7)."""
    return _nth_weekday(year, 11, 0, 1) + timedelta(days=1)


def _on(month: int, day: int) -> Callable[[int], Span | None]:
    return lambda year: Span(date(year, month, day), date(year, month, day))


def _one_day(rule: Callable[[int], date]) -> Callable[[int], Span | None]:
    return lambda year: Span(rule(year), rule(year))


def _us_election(every: int, offset: int) -> Callable[[int], Span | None]:
    def rule(year: int) -> Span | None:
        day = us_election_day(year)
        return Span(day, day) if year % every == offset else None

    return rule


def _inauguration(first: int, last: int) -> Callable[[int], Span | None]:
    """Days `first` to `last` of a US presidential term, which begins on 20 January."""

    def rule(year: int) -> Span | None:
        start = date(year, 1, 20)
        if year % 4 != 1:
            return None
        return Span(start + timedelta(days=first), start + timedelta(days=last))

    return rule


_RULES: tuple[tuple[str, str, Callable[[int], Span | None]], ...] = (
    ("Christmas", r"christmas(?: day)?|xmas", _on(12, 25)),
    ("Christmas Eve", r"christmas eve", _on(12, 24)),
    ("New Year", r"new year(?:'s(?: day)?)?(?! eve)", _on(1, 1)),
    ("New Year's Eve", r"new year's eve", _on(12, 31)),
    ("Halloween", r"hallowe'?en", _on(10, 31)),
    ("Valentine's Day", r"valentine's day", _on(2, 14)),
    ("Easter", r"easter(?: sunday)?", _one_day(easter)),
    ("Thanksgiving", r"thanksgiving", _one_day(lambda year: _nth_weekday(year, 11, 3, 4))),
    ("Labor Day", r"labor day", _one_day(lambda year: _nth_weekday(year, 9, 0, 1))),
    ("US midterm elections", r"mid-?terms?(?: elections?)?", _us_election(4, 2)),
    (
        "US presidential election",
        r"(?:us|u\.s\.|american|america's|united states) (?:presidential )?elections?",
        _us_election(4, 0),
    ),
    ("US election day", r"election day", _us_election(2, 0)),
    (
        "first day of the US presidency",
        (
            r"(?:first day|day one) in (?:office|the white house)"
            r"|day one of (?:his|her|the) (?:presidency|term|administration)"
        ),
        _inauguration(0, 0),
    ),
    ("first 100 days of the US presidency", r"first (?:100|hundred) days", _inauguration(0, 100)),
    (
        "US inauguration",
        (
            r"(?:the |his |her |trump's |biden's |obama's |presidential )"
            r"inauguration(?: day)?|inauguration day|takes office|sworn in"
        ),
        _inauguration(0, 0),
    ),
)
_COMPILED = tuple(
    (name, re.compile(rf"(?<!\w)(?:{form})(?!\w)"), rule) for name, form, rule in _RULES
)


@dataclass(frozen=True, slots=True)
class EventMatch:
    """A named event in a text, and its next occurrence."""

    start: int
    end: int
    name: str
    span: Span


def find_events(folded: str, published: date) -> list[EventMatch]:
    """The dated events named in a folded text, each at its first end on or after `published`."""
    found = []
    for event in _table():
        upcoming = _next_listed(event, published)
        found += [
            EventMatch(*match.span(), event.name, upcoming)
            for match in event.pattern.finditer(folded)
            if upcoming
        ]
    for name, pattern, rule in _COMPILED:
        for match in pattern.finditer(folded):
            span = _next_by_rule(rule, published)
            if span:
                found.append(EventMatch(*match.span(), name, span))
    return found


def _next_listed(event: _TableEvent, published: date) -> Span | None:
    spans = (span for span, known in event.dates if known <= published <= span.end)
    return next(spans, None)


def _next_by_rule(rule: Callable[[int], Span | None], published: date) -> Span | None:
    for year in range(published.year, min(published.year + 5, 9999)):
        try:
            span = rule(year)
        except (ValueError, OverflowError):
            # Easter is reckoned for the years 1583-4099 only.
            return None
        if span and span.end >= published:
            return span
    return None
