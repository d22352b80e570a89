"""The grammar of deadlines: each form of words, and the days it means.

Every rule takes a match in folded text and the publication date, and gives a `Meaning`. Ends of
named periods, seasons (meteorological, northern) and vague horizons follow the conventions
stated in each rule's text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING

from ledger.reading import periods
from ledger.reading.calendar_events import Span

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a form of words means: the days, on which basis, by which rule.

    `anchored` is False for spans that start at publication by themselves (within, in the next).
    """

    span: Span
    basis: str
    rule: str
    anchored: bool = True


_COUNTS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "eighteen": 18,
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100, "couple": 2,
    "couple of": 2, "a couple of": 2, "a couple": 2, "few": 4, "a few": 4, "several": 5,
    "a hundred": 100, "a dozen": 12, "half a": 0, "half": 0,
}  # fmt: skip
_COUNT = r"(?P<n>\d{1,3}|" + "|".join(sorted(_COUNTS, key=len, reverse=True)) + ")"
_UNIT = r"(?P<unit>hour|day|week|month|quarter|year|decade|century|centurie)s?"
_MONTH = r"(?P<month>" + "|".join(sorted(periods.MONTHS, key=len, reverse=True)) + r")\.?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20|21)\d\d)(?![\d,.]\d|'?s\b|%|-\d)"
_PART = (
    r"(?P<part>early|mid|middle|late|later|end|close|beginning|start|turn)"
    r"(?:[ -](?:of |in )?(?:the )?)"
)
_WEEKDAY = r"(?P<weekday>" + "|".join(sorted(periods.WEEKDAYS, key=len, reverse=True)) + r")\.?"
_SEASON = r"(?P<season>winter|spring|summer|autumn|fall)"
_REACH = r"(?:by|in|before|until|till|through|throughout|during|for|from|into|around|to|starting)"
_LEAD = rf"{_REACH} (?:(?:the )?year |fiscal |financial |calendar |about |around |as early as )?"
_PARTS = {"middle": "mid", "later": "late", "close": "end", "beginning": "early", "start": "early",
          "turn": "early"}  # fmt: skip


def _part(match: re.Match[str], span: Span) -> Span:
    part = match.groupdict().get("part")
    return periods.part_of(span, _PARTS.get(part, part)) if part else span


def _iso(match: re.Match[str], _: date) -> Meaning:
    day = date(int(match["y"]), int(match["m"]), int(match["d"]))
    return Meaning(Span(day, day), "stated", "the date given")


def _full_date(match: re.Match[str], published: date) -> Meaning:
    month, number = periods.MONTHS[match["month"]], int(match["day"])
    if match["year"]:
        day = date(int(match["year"]), month, number)
        return Meaning(Span(day, day), "stated", "the date given")
    day = date(published.year, month, number)
    if day < published:
        day = date(published.year + 1, month, number)
    return Meaning(Span(day, day), "stated", "the next such date after publication")


def _month(match: re.Match[str], published: date) -> Meaning:
    month = periods.MONTHS[match["month"]]
    if match["year"]:
        span = periods.month_span(int(match["year"]), month)
        return Meaning(_part(match, span), "stated", "end of the month named")
    skip = (match.groupdict().get("which") or "") == "next"
    span = periods.next_month(month, published, skip=skip)
    if match.groupdict().get("offset") == "next year":
        span = periods.month_span(published.year + 1, month)
    return Meaning(_part(match, span), "stated", "end of the next such month")


def _year(match: re.Match[str], _: date) -> Meaning:
    span = _part(match, periods.year_span(int(match["year"])))
    return Meaning(span, "stated", "end of the (part of the) year named")


def _years(match: re.Match[str], _: date) -> Meaning:
    first, last = int(match["first"]), int(match["last"])
    if last < 100:
        last += first - first % 100
    return Meaning(Span(date(first, 1, 1), date(last, 12, 31)), "stated", "end of the last year")


def _decade(match: re.Match[str], _: date) -> Meaning:
    span = periods.year_span(int(match["decade"]), 10)
    return Meaning(_part(match, span), "stated", "end of the decade named")


_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "final": 4,
             "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "1": 1, "2": 2, "3": 3, "4": 4}  # fmt: skip


def _quarter(match: re.Match[str], published: date) -> Meaning:
    parts = match.groupdict()
    number = _ORDINALS[match["which"]]
    length = 6 if (parts.get("fraction") or parts.get("letter") or "").startswith("h") else 3
    number = min(number, 12 // length)
    year = published.year + (parts.get("offset") == "next")
    if parts.get("year"):
        year = int(match["year"])
    span = periods.months_span(year, 1 + length * (number - 1), length)
    if not parts.get("year") and not parts.get("offset") and span.end < published:
        span = periods.months_span(year + 1, 1 + length * (number - 1), length)
    return Meaning(span, "stated", "end of the quarter or half named")


def _unit(match: re.Match[str], published: date) -> Meaning:
    unit, which = match["unit"], match["which"]
    if which in {"the next", "the coming", "coming", "the following", "the year ahead"}:
        end = periods.later(published, unit, 1)
        return Meaning(Span(published, end), "relative", f"one {unit} from publication", False)
    day = periods.later(published, unit, 1) if which == "next" else published
    if unit == "century" and which == "next":
        day = date(published.year + 100, 1, 1)
    span = periods.unit_span(unit, day)
    return Meaning(_part(match, span), "relative", f"end of {which} {unit}")


def _year_end(_: re.Match[str], published: date) -> Meaning:
    end = date(published.year, 12, 31)
    return Meaning(Span(end, end), "relative", "end of the year of publication")


def _after_next(match: re.Match[str], published: date) -> Meaning:
    unit = match["unit"]
    span = periods.unit_span(unit, periods.later(published, unit, 2))
    return Meaning(span, "relative", f"the {unit} after next")


def _weekend(match: re.Match[str], published: date) -> Meaning:
    sunday = periods.week_span(published).end
    if match["which"] == "next":
        sunday += timedelta(days=7)
    return Meaning(Span(sunday - timedelta(days=1), sunday), "relative", "Sunday of the weekend")


def _duration(match: re.Match[str], published: date) -> Meaning | None:
    unit = match["unit"].replace("centurie", "century")
    words = match["n"] or "one"
    count = int(words) if words.isdigit() else _COUNTS[words]
    if "few" in words and unit == "day":
        count = 5
    if words.startswith("half"):
        end = published + timedelta(days={"year": 182, "decade": 1826, "day": 1}.get(unit, 15))
    else:
        end = periods.later(published, unit, count)
    return Meaning(Span(published, end), "relative", f"publication + {words} {unit}(s)", False)


def _point(match: re.Match[str], published: date) -> Meaning | None:
    found = _duration(match, published)
    return found and Meaning(Span(found.span.end, found.span.end), found.basis, found.rule)


def _this_time(_: re.Match[str], published: date) -> Meaning:
    end = periods.later(published, "year", 1)
    return Meaning(Span(published, end), "relative", "publication + one year", False)


def _season(match: re.Match[str], published: date) -> Meaning:
    name, year, which = match["season"], match["year"], match["which"]
    if year:
        return Meaning(periods.season_span(name, int(year)), "stated", "end of the season named")
    # Winter began the year before while it is January or February.
    begins = published.year - (name == "winter" and published.month <= 2)
    span = periods.season_span(name, begins)
    if which == "next" or span.end < published:
        span = periods.season_span(name, begins + 1)
    return Meaning(span, "relative", "end of the season (meteorological, northern)")


def _sports_season(match: re.Match[str], published: date) -> Meaning:
    begins = published.year - (published.month < 7)
    if match["which"] == "next":
        span = Span(date(begins + 1, 8, 1), date(begins + 2, 6, 30))
        return Meaning(span, "relative", "a league season runs from August to June")
    end = date(begins + 1, 5, 31)
    return Meaning(Span(end, end), "relative", "a league season ends on 31 May")


def _weekday(match: re.Match[str], published: date) -> Meaning:
    span = periods.next_weekday(
        periods.WEEKDAYS[match["weekday"]], published, skip=(match["which"] or "").strip() == "next"
    )
    return Meaning(span, "relative", "the next such weekday")


def _today(match: re.Match[str], published: date) -> Meaning:
    day = published + timedelta(days=1 if "tomorrow" in match[0] or "overnight" in match[0] else 0)
    return Meaning(Span(day, day), "relative", match[0])


_VAGUE_UNITS = {"day": ("week", 1), "week": ("week", 8), "month": ("month", 6),
                "year": ("year", 3), "decade": ("year", 30)}  # fmt: skip


def _coming(match: re.Match[str], published: date) -> Meaning:
    unit, count = _VAGUE_UNITS[match["unit"]]
    rule = f"convention: coming {match['unit']}s = {count} {unit}s"
    return Meaning(Span(published, periods.later(published, unit, count)), "relative", rule, False)


# Months; the words before decide nothing more.
_VAGUE = {
    "soon": 3, "shortly": 3, "imminent": 3, "imminently": 3, "near future": 12,
    "not too distant future": 12, "foreseeable future": 12, "immediate future": 6, "short": 6,
    "near": 6, "medium": 36, "long": 60,
}  # fmt: skip


def _horizon(match: re.Match[str], published: date) -> Meaning:
    words = match["words"]
    months = _VAGUE[words]
    span = Span(published, periods.later(published, "month", months))
    return Meaning(span, "relative", f"convention: {words} = {months} months", False)


_Rule = tuple[re.Pattern[str], "Callable[[re.Match[str], date], Meaning | None]"]


def _rules(*rows: tuple[str, Callable[[re.Match[str], date], Meaning | None]]) -> tuple[_Rule, ...]:
    return tuple((re.compile(rf"(?<![\w$£€]){form}(?!\w)"), act) for form, act in rows)


_DAYTIME = r"(?: (?:morning|afternoon|evening|night))?"
RULES: tuple[_Rule, ...] = _rules(
    (r"(?P<y>(?:19|20|21)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)", _iso),
    (rf"{_DAY} (?:of )?{_MONTH}(?:,? {_YEAR}|(?P<_>))", _full_date),
    (rf"{_MONTH} {_DAY}(?:,? {_YEAR}|(?!,? ?\d))", _full_date),
    (
        r"(?:between|from) (?P<first>(?:19|20|21)\d\d) (?:and|to|until) (?P<last>(?:19|20|21)\d\d)",
        _years,
    ),
    (r"(?P<first>(?:20|21)\d\d)(?:-|–|/)(?P<last>(?:20|21)?\d\d)", _years),
    (rf"(?:{_PART})?{_MONTH},? (?:of )?{_YEAR}", _month),
    (rf"(?:{_PART}){_MONTH}(?: of (?P<offset>next year))?(?P<year>)", _month),
    (
        (
            rf"(?:{_REACH}|(?P<which>next|this|coming)|since|last) {_MONTH}"
            r"(?: (?:of )?(?P<offset>next year))?(?P<year>)(?! ?\d)"
        ),
        _month,
    ),
    (
        (
            r"(?P<which>first|second|third|fourth|last|final|1st|2nd|3rd"
            r"|4th)[ -](?P<fraction>quarter|half)"
            r"(?: (?:of |in )?(?:(?P<offset>next|this) (?:fiscal )?year"
            rf"|(?:fiscal )?{_YEAR}))?"
        ),
        _quarter,
    ),
    (rf"(?P<letter>q|h)(?P<which>[1-4])(?: (?:of )?{_YEAR})?", _quarter),
    (rf"{_PART}(?:fiscal )?{_YEAR}", _year),
    (rf"{_LEAD}{_YEAR}", _year),
    (rf"(?:{_REACH} )?(?:the )?(?:{_PART})?(?P<decade>(?:20|21)\d0)'?s", _decade),
    (
        (
            rf"(?:{_PART})?(?P<which>this|next|the current|the coming|the next"
            r"|the following|coming|the)"
            r" (?:fiscal |financial |calendar )?(?P<unit>week|month|quarter|year|decade"
            r"|century)"
            r"(?! (?:before|ago|earlier|after|that|in which|of the))"
        ),
        _unit,
    ),
    (r"year-?end|the year's end|end of year|end-of-year", _year_end),
    (r"(?:the )?(?P<unit>week|month|year) after next", _after_next),
    (r"(?P<which>this|next|the|the coming) weekend", _weekend),
    (
        (
            r"(?:within|inside|in|over|during|throughout|for)(?: about| around| at least"
            r"| at most| up to"
            r"| as little as| less than| fewer than| under| just| only| roughly"
            r"| the space of| another"
            r"| a matter of)?(?: the)?(?: next| coming| following)?(?: about"
            rf"| roughly)? {_COUNT} {_UNIT}"
            r"(?:'s?)?(?: time| from now)?"
        ),
        _duration,
    ),
    (rf"(?:the )?(?:next|coming|following) {_COUNT} {_UNIT}", _duration),
    (rf"(?:at least )?another {_COUNT} (?:more )?{_UNIT}", _duration),
    (rf"{_COUNT} {_UNIT} (?:from now|hence|away|from today)", _point),
    (r"(?:by )?this time next year", _this_time),
    (
        (
            r"(?:(?P<which>this|next|the coming) |(?:in|by|until|before|during"
            r"|through) (?:the )?"
            rf"(?:early |late |end of |mid-?)?){_SEASON}(?: (?:of )?{_YEAR})?"
        ),
        _season,
    ),
    (rf"(?P<which>)(?:by |in |before )?(?:the )?{_SEASON} (?:of )?{_YEAR}", _season),
    (r"(?P<which>next|the end of the|end of the|the rest of the|this) season", _sports_season),
    (
        (
            r"(?:(?:on|by|before|until|from|for|late|early|starting) )?(?:late |early )?"
            rf"(?P<which>next |this |coming )?{_WEEKDAY}{_DAYTIME}"
        ),
        _weekday,
    ),
    (
        (
            r"(?<!of )(?:today|tonight|tomorrow(?: (?:morning|afternoon|evening|night))?"
            r"|overnight"
            r"|this (?:morning|afternoon|evening)|later today)"
        ),
        _today,
    ),
    (r"(?:coming|next few|following) (?P<unit>day|week|year|decade)s", _coming),
    (r"(?:the )?(?:coming|following) (?P<unit>month)s", _coming),
    (r"(?P<unit>day|week|month|year|decade)s (?:ahead|to come)", _coming),
    (
        r"(?:within|in|over) (?:a )?(?:matter of |the next )?(?P<unit>day|week|month|year|decade)s",
        _coming,
    ),
    (
        r"(?<!as )(?P<words>soon|shortly|imminent(?:ly)?)(?! (?:after|before|thereafter|as))",
        _horizon,
    ),
    (
        (
            r"in the (?:very )?(?P<words>near future|not too distant future"
            r"|foreseeable future"
            r"|immediate future)"
        ),
        _horizon,
    ),
    (r"(?:for|over) the (?P<words>foreseeable future)", _horizon),
    (
        r"(?:in|over|for) the (?P<words>short|near|medium|long)(?:er)?[ -](?:term|run|haul)",
        _horizon,
    ),
)
