"""By when a claim has to come true: from the words of its sentence and the publication date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from ledger.reading.calendar_events import Span
from ledger.reading.calendar_events import find_events
from ledger.reading.deadline_rules import RULES
from ledger.reading.deadline_rules import Meaning
from ledger.reading.folding import fold

_REACH = 4_000
DEFAULT_MONTHS = 12
"""The horizon proposed for a claim whose text names none."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The window in which a claim can come true, and why.

    `basis` is `stated`, `relative`, `event`, `default` or `none`; with `none`, `due` is None.
    """

    due_start: date
    due: date | None
    basis: str
    phrase: str
    rule: str


@dataclass(frozen=True, slots=True)
class _Candidate:
    start: int
    end: int
    meaning: Meaning


def default_horizon(published: date) -> tuple[date, str]:
    """The due date proposed where the text has none, and the rule that chose it."""
    try:
        return published + relativedelta(months=DEFAULT_MONTHS), "12 months from publication"
    except (ValueError, OverflowError):
        return date.max, "the calendar's last day"


def find_deadline(text: str, published: date, *, near: int = 0) -> Deadline:
    """The deadline that a sentence or clause sets.

    Args:
        text: The sentence as written; only its first 4,000 characters are searched.
        published: The article's publication date, which relative words count from.
        near: Where the claim's own verb stands; the first deadline after it is taken, else the
            last one before it.
    """
    text = text[:_REACH]
    folded = fold(text)
    candidates = [
        one
        for one in _candidates(folded, published)
        if not _looks_back(text, folded, one) and not _dates_the_report(folded, one)
    ]
    windows = [window for one in candidates if (window := _window(folded, one, published))]
    if not windows:
        return Deadline(published, None, "none", "", "")
    after = [window for window in windows if window[0].end > near]
    chosen, span = after[0] if after else windows[-1]
    start, end = _with_preposition(folded, chosen.start), chosen.end
    phrase = text[start:end].strip()
    return Deadline(span.start, span.end, chosen.meaning.basis, phrase, chosen.meaning.rule)


def _candidates(folded: str, published: date) -> list[_Candidate]:
    """Every dated form of words, in order; of overlapping ones the longest, events first."""
    found = [
        _Candidate(one.start, one.end, Meaning(one.span, "event", one.name))
        for one in find_events(folded, published)
    ]
    for pattern, act in RULES:
        for match in pattern.finditer(folded):
            try:
                meaning = act(match, published)
            except (ValueError, OverflowError):
                # No such day (31 June), or past the calendar's end.
                continue
            if meaning:
                found.append(_Candidate(*match.span(), meaning))
    found.sort(key=lambda one: (one.start - one.end, one.start))
    kept: list[_Candidate] = []
    for one in found:
        if not any(one.start < other.end and other.start < one.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)


_BACKWARD = re.compile(
    r"\b(?:last|past|previous|since|after|ago|earlier|recent|than|than in|compared with|levels"
    r"|following|back in|once in|as of|as in|level of|record set in|set in)\s(?:the )?\Z"
)
# "The biggest rise in 30 years", "the first time in a decade": a record, no horizon.
_RECORD = re.compile(
    r"\b(?:first|second|third|only|most|least|worst|best|last|\w{2,12}est)"
    r"(?: (?!will|would|could|may|might|should)[\w-]{1,14}){0,2}\s(?:in|for|over)?\Z"
)
_SPAN_OF_TIME = re.compile(
    r"(?:(?:in|for|over) )?(?:more than |nearly |almost )?[\w ]{1,12}"
    r" (?:days|weeks|months|years|decades?|century)\Z|in an? \w{3,8}\Z"
)
_INSIDE_BACKWARD = re.compile(r"\b(?:since|last)\b")
_FOLLOWED_BACK = re.compile(r"\s?(?:ago|earlier|before|old|-old|-long|said|says|told)\b")
_NAMES = re.compile(r"(?<!\w)(?:[Mm]ay|[Mm]arch|[Ss]at|[Ss]un|[Ww]ed|[Mm]on|[Ss]ec)\b(?!\.)")


def _looks_back(text: str, folded: str, one: _Candidate) -> bool:
    """Whether the words around say that the time is over, or that it is no time at all."""
    phrase = folded[one.start : one.end]
    if _INSIDE_BACKWARD.search(phrase) and "last quarter" not in phrase:
        return True
    if _BACKWARD.search(folded, max(0, one.start - 40), one.start):
        return True
    if _SPAN_OF_TIME.match(phrase) and _RECORD.search(folded, max(0, one.start - 50), one.start):
        return True
    if _FOLLOWED_BACK.match(folded, one.end):
        return True
    name = _NAMES.search(text, one.start, one.end)
    # "could march in June" holds no March; a name needs its capital.
    return name is not None and name.group()[0].islower()


_REPORT = re.compile(
    r"(?<!\bbe )(?<!\bto )\b(?:said|says|told|announced|reported|stated|warned|added"
    r"|confirmed|revealed|declared"
    r"|issued|released|published|signed|met|ruled|unveiled|wrote|tweeted|testified"
    r"|claimed|argued"
    r"|began|started|fell|rose|arrived|killed|approved|voted|agreed|rejected|went"
    r"|came|made"
    r"|posted|opened|closed|ended|launched|held|asked|called|gave|took|won|lost"
    r"|died)\b"
)
_SHORT_TIME = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|\btoday|\btonight|this (?:morning|evening|week"
    r"|month|year)|\b(?:january|february|march|april|may|june|july|august|september|october"
    r"|november|december)\b(?! \d{1,2},? \d{4}| \d{4})"
)


def _dates_the_report(folded: str, one: _Candidate) -> bool:
    """Whether the phrase dates the telling ("said on Monday"), not the thing told."""
    if not _SHORT_TIME.search(folded, one.start, one.end):
        return False
    if re.match(r"(?:by|until|till|before|next|tomorrow)\b", folded[one.start : one.end]):
        return False
    reports = [*_REPORT.finditer(folded, max(0, one.start - 60), one.start)]
    if reports and _plain_between(folded[reports[-1].end() : one.start]):
        return True
    following = _REPORT.search(folded, one.end, one.end + 60)
    return following is not None and _plain_between(folded[one.end : following.start()])


_CROSSING = re.compile(
    r"\b(?:will|would|could|may|might|should|to|that|is|are|be|expected|'ll|going|if)\b|[\"]"
)


def _plain_between(gap: str) -> bool:
    return not _CROSSING.search(gap)


def _window(folded: str, one: _Candidate, published: date) -> tuple[_Candidate, Span] | None:
    """The candidate with its window of days, unless that is over at publication."""
    meaning = one.meaning
    start, end = meaning.span.start, meaning.span.end
    word = _preposition(folded, one)
    if word == "before" and start > published and not _names_an_end(folded, one):
        end = start - timedelta(days=1)
    if end < published:
        return None
    if not meaning.anchored or word in {"by", "before", "until", "till", "through", "within"}:
        start = published
    return one, Span(max(start, published), end)


_PREPOSITION = re.compile(r"\b(by|before|until|till|through|within)(?: the| about| around)?\s?\Z")
_STARTS_WITH = re.compile(r"(by|before|until|till|through|within)\b")


def _preposition(folded: str, one: _Candidate) -> str:
    inside = _STARTS_WITH.match(folded, one.start, one.end)
    before = _PREPOSITION.search(folded, max(0, one.start - 24), one.start)
    found = inside or before
    return found[1] if found else ""


def _names_an_end(folded: str, one: _Candidate) -> bool:
    return re.search(r"\b(?:end|close)\b", folded[max(0, one.start - 12) : one.end]) is not None


_ANY_PREPOSITION = re.compile(
    r"(?:\b(?:as (?:early|soon|late) as|no later than|by|before|until|till|through|within|in|on|at"
    r"|over|during|for|around)(?: the| his| her| their| upcoming| next){0,2})\s\Z"
)


def _with_preposition(folded: str, start: int) -> int:
    """Where the phrase begins when the preposition before it is counted in."""
    found = _ANY_PREPOSITION.search(folded, max(0, start - 40), start)
    return found.start() if found else start
