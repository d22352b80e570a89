"""The grammar of deadlines: each rule a pattern over folded text, and the day that it means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from ledger.reading import periods
from ledger.reading.deadline_days import WORD_VALUES
from ledger.reading.deadline_days import ahead
from ledger.reading.deadline_days import between_years_day
from ledger.reading.deadline_days import days_in_office
from ledger.reading.deadline_days import decade_named_day
from ledger.reading.deadline_days import duration_day
from ledger.reading.deadline_days import ending_day
from ledger.reading.deadline_days import event_day
from ledger.reading.deadline_days import full_date
from ledger.reading.deadline_days import half_day
from ledger.reading.deadline_days import iso_date
from ledger.reading.deadline_days import month_day
from ledger.reading.deadline_days import quarter_day
from ledger.reading.deadline_days import season_day
from ledger.reading.deadline_days import weekday_day
from ledger.reading.deadline_days import year_day

if TYPE_CHECKING:
    from ledger.reading.deadline_days import Day


@dataclass(frozen=True, slots=True)
class Rule:
    """How one kind of phrase gives a day.

    `day` gets the match in the folded clause, the publication date and the clause as written,
    and gives None where the phrase means no day after all. `basis` is stated, relative, event
    or vague, the most exact first.
    """

    basis: str
    says: str
    pattern: re.Pattern[str]
    day: Day


_MONTH = "(?P<month>" + "|".join(sorted(periods.MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20|21)\d\d)"
_PART = r"(?P<part>early|mid|late|the (?:beginning|start|middle|end) of)"
_LEAD = r"(?P<lead>by|before|until|till|in|on|at|during|from|for|to|through|of|into|as early as)"
_COUNT = (
    r"(?P<count>\d{1,4}|half an?|a couple of|a few|a dozen|"
    + "|".join(word for word in WORD_VALUES if " " not in word)
    + ")"
)
_UNIT = r"(?P<unit>hour|day|week|fortnight|month|quarter|year|decade)s?"


def _rule(basis: str, says: str, pattern: str, day: Day) -> Rule:
    return Rule(basis, says, re.compile(rf"(?<![\w-]){pattern}(?![\w-])"), day)


_TO_EVENT = (
    r"(?P<lead>at|by|before|ahead of|during|until|as early as|in|on|for|after)? ?"
    r"(?:the |this |its |a )?(?:(?:upcoming|next|coming|forthcoming|annual|us|american|u\.s\.) )"
)
_EVENTS = {
    "g20": r"g-?20(?: leaders'?)?(?: summit| meeting)?",
    "g7": r"g-?7(?: leaders'?)?(?: summit| meeting)?",
    "nato summit": r"nato summit",
    "climate conference": r"(?:cop\d\d|(?:un )?climate (?:conference|summit|talks))",
    "summer olympics": r"summer olympics?(?: games)?",
    "winter olympics": r"winter olympics?(?: games)?",
    "olympics": r"olympics?(?: games)?",
    "world cup": r"world cup",
    "inauguration": r"inauguration(?: day)?",
    "presidential election": r"presidential elections?",
    "midterm elections": r"mid-?terms?(?: elections?)?",
    "christmas": r"christmas(?: day| eve)?",
    "new year": r"new year(?:'s(?: day| eve)?)?",
    "easter": r"easter",
    "thanksgiving": r"thanksgiving",
}


def _event_rules() -> list[Rule]:
    """An event is a deadline after a preposition, or when it is said to be coming."""
    led = _TO_EVENT.replace(")? ?", ") ", 1) + "{0,2}"
    coming = _TO_EVENT + "{1,2}"
    return [
        _rule("event", f"the next {name} that we know of", f"(?:{lead})(?:{what})", event_day(name))
        for name, what in _EVENTS.items()
        for lead in (led, coming)
    ]


# fmt: off
RULES: tuple[Rule, ...] = (
    _rule("stated", "the day named", rf"(?:{_LEAD} )?(?:the )?{_DAY}(?: of)? {_MONTH}(?:,? {_YEAR})?", full_date),
    _rule("stated", "the day named", rf"(?:{_LEAD} )?{_MONTH} {_DAY}(?:,? {_YEAR})?", full_date),
    _rule("stated", "the day named", rf"(?:{_LEAD} )?(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)", iso_date),
    _rule("stated", "the later of two years, to its end", rf"(?:between|from) {_YEAR} (?:and|to|until) (?P<last>(?:20|21)\d\d)", between_years_day),
    _rule("stated", "the later of two years, to its end", rf"(?:in|by|during) {_YEAR}[-–/](?P<last>(?:20|21)?\d\d)", between_years_day),
    _rule("stated", "the quarter's last day", rf"(?:(?P<ordinal>first|second|third|fourth|final) quarter|q(?P<digit>[1-4]))(?P<of>(?: of)?(?: (?:this|next|the coming) year| the year)?)(?:(?: of)? {_YEAR})?", quarter_day),
    _rule("stated", "the half's last day", rf"(?P<ordinal>first|second|latter) half(?P<of>(?: of)?(?: (?:this|next|the coming) year| the year))?(?:(?: of)? {_YEAR})?", half_day),
    _rule("stated", "the month's last day, or that of the part named", rf"{_LEAD} (?:{_PART}[ -])?(?:(?P<which>this|next|coming) )?{_MONTH}(?:,? {_YEAR})?", month_day),
    _rule("stated", "the month's last day", rf"(?P<lead>)(?P<part>)(?P<which>next|this coming) {_MONTH}(?P<year>)", month_day),
    _rule("stated", "the decade's last day, or that of the part named", rf"(?:by|in|during|until|into) (?:the )?(?:(?P<part>early|mid|late)[ -])?{_YEAR}'?s", decade_named_day),
    _rule("stated", "the season's last day (meteorological, northern)", rf"(?:by|in|during|until|before|this|next) (?:the )?(?P<which>)(?P<season>spring|summer|autumn|fall|winter)(?: of)? {_YEAR}", season_day),
    _rule("stated", "the year's last day, or that of the part named", rf"(?:{_LEAD} )(?:(?:the year|fiscal|financial) )?(?:{_PART}[ -])?{_YEAR}", year_day),
    _rule("stated", "the year's last day, or that of the part named", rf"(?P<lead>){_PART}[ -]{_YEAR}", year_day),
    _rule("relative", "the day after publication", r"tomorrow", ahead(days=1)),
    _rule("relative", "the day of publication", r"(?:later today|today|tonight)", ahead(days=0)),
    _rule("relative", "a year from publication", r"(?:by )?this time next year|a year from (?:now|today)|over the (?:coming|next) year", ahead(years=1)),
    _rule("relative", "the last day of the year after next", r"the year after next", lambda _m, p, _c: date(p.year + 2, 12, 31)),
    _rule("relative", "the span named, from publication", rf"(?:within|in|over|during|inside|for|after)(?: (?:about|around|roughly|just|perhaps|at least|another|the|only|less than|under))*(?: (?:next|coming|following))?(?: (?:about|around|roughly))? {_COUNT} (?:more |short )?{_UNIT}(?:' time)?", duration_day),
    _rule("relative", "the span named, from publication", rf"{_COUNT} {_UNIT} (?:from now|hence|from today|ahead|later)", duration_day),
    _rule("relative", "the span named, from publication", rf"the (?:next|coming|following) {_COUNT} {_UNIT}", duration_day),
    _rule("relative", "the end of the period named", rf"(?:(?:by|before|until|in|at|later|earlier|over|during|throughout|towards?|sometime) )?(?:{_PART} )?(?P<which>this|(?:the )?next|the coming|the following) (?P<unit>week|weekend|month|quarter|year|decade|century|season)", ending_day),
    _rule("relative", "the end of the period named", r"(?:by|before|until|at|towards?|near) (?:the )?(?:very )?(?P<part>end) (?:of )?(?:the |this )?(?:calendar |fiscal )?(?P<which>)(?P<unit>week|month|quarter|year|decade|century|season)", ending_day),
    _rule("relative", "the end of the year", r"(?:by|before|until|at) year-?[ -]?end(?P<part>)(?P<which>)(?P<unit>)", lambda _m, p, _c: date(p.year, 12, 31)),
    _rule("relative", "the season's last day (meteorological, northern)", r"(?:(?:by|in|during|until|before|over|late|early) )?(?:(?P<which>this|next|the coming|coming) |the )(?P<season>spring|summer|autumn|fall|winter)(?P<year>)", season_day),
    _rule("relative", "the season's last day (meteorological, northern)", r"(?:by|until|before) (?P<which>)(?P<season>spring|summer|autumn|winter)(?P<year>)", season_day),
    _rule("relative", "the next such weekday", r"(?:(?P<lead>by|before|until|on) )?(?:(?P<which>this|next|coming) )?(?P<weekday>" + "|".join(periods.WEEKDAYS) + ")", weekday_day),
    *_event_rules(),
    _rule("event", "so long after the next US inauguration", r"(?:in|within|during|on) (?:his|her|their|the|its)? ?first (?:(?P<days>\d{2,3}) days|day)(?: in office| back in office| of (?:his|her|the) (?:term|presidency|administration))?", days_in_office),
    _rule("vague", "days ahead: one week by convention", r"(?:(?:the )?(?:coming|next|following)(?: few)?|within|in a matter of|in a few) days", ahead(weeks=1)),
    _rule("vague", "weeks ahead: eight weeks by convention", r"(?:(?:the )?(?:coming|next|following)(?: few)?|within|in a matter of) weeks", ahead(weeks=8)),
    _rule("vague", "months ahead: four by convention", r"(?:the )?next few months", ahead(months=4)),
    _rule("vague", "months ahead: six by convention", r"(?:(?:the )?(?:coming|following|next)|within|in a matter of) months", ahead(months=6)),
    _rule("vague", "years ahead: three by convention", r"(?:(?:the )?(?:coming|next|following)(?: few)?|within) years", ahead(years=3)),
    _rule("vague", "decades ahead: thirty years by convention", r"(?:(?:the )?(?:coming|next)(?: few)?|within) decades", ahead(years=30)),
    _rule("vague", "soon: three months by convention", r"(?:soon|shortly|before long|imminent(?:ly)?|any time now)", ahead(months=3)),
    _rule("vague", "the near future: six months by convention", r"(?:in |over |for )?the (?:near|foreseeable|immediate) (?:future|term)|(?:in |over |for )the short(?:er)?[ -](?:term|run)|(?:short|near)-term(?! (?:plan|strateg|contract|bond|loan|debt|rate|rental))|immediate(?= \w+s\b)", ahead(months=6)),
    _rule("vague", "the medium term: three years by convention", r"(?:in |over |for )?the medium[ -](?:term|run)", ahead(years=3)),
    # "Long-term plans" are plans that somebody has; "long-term resilience" is to come.
    _rule("vague", "the long term: five years by convention", r"(?:in |over |for )?the long(?:er)?[ -](?:term|run|haul)|long-term(?! (?:plan|strateg|goal|aim|ambition|interest|contract|bond|loan|debt|rate|relation|commitment|invest|partner|ally|deal|agreement))", ahead(years=5)),
)
# fmt: on
