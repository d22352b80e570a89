"""Deadlines in a clause: the phrase, the last day on which the claim can come true, and why.

The conventions (the end of a named period; "soon" is three months, the long term five years, …)
are told in `docs/reading.md`. No deadline is ever made of what lies before publication.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

from ledger.reading import periods
from ledger.reading.deadline_rules import RULES
from ledger.reading.folding import fold

if TYPE_CHECKING:
    from datetime import date

DEFAULT_MONTHS = 12
_MAX_CLAUSE = 4_000
# A cheap first look: without one of these no rule applies.
_NAMES_TIME = re.compile(
    r"\d|"
    + "|".join(periods.MONTHS)
    + "|"
    + "|".join(periods.WEEKDAYS)
    + "|"
    + "|".join(periods.SEASONS)
    + r"|day|night|morrow|week|month|year|quarter|half|decade|centur|season|hour|term|run\b|future|soon"
    r"|shortly|long|imminent|immediate|any time|summit|conference|talks|olympic|world cup|inaugur|election"
    r"|midterm|mid-term|christmas|easter|thanksgiving"
)
_RANKS = ("stated", "relative", "event", "vague")


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a claim falls due; `due` is None and `basis` "none" where the text gives no day.

    `start` and `end` are the phrase's offsets in the clause.
    """

    due: date | None = None
    basis: str = "none"
    phrase: str = ""
    rule: str = ""
    start: int = 0
    end: int = 0


def find_deadline(clause: str, published: date) -> Deadline:
    """The deadline that a clause names: the most exact kind of phrase, the first of that kind."""
    folded = fold(clause[:_MAX_CLAUSE])
    if not _NAMES_TIME.search(folded):
        return Deadline()
    best: tuple[int, int] | None = None
    found = Deadline()
    for rule in RULES:
        rank = _RANKS.index(rule.basis)
        for match in rule.pattern.finditer(folded):
            place = (rank, match.start())
            if best is not None and best <= place:
                break
            day = rule.day(match, published, clause)
            if day is None or day < published:
                continue
            best = place
            basis = "relative" if rule.basis == "vague" else rule.basis
            phrase = clause[match.start() : match.end()].strip()
            found = Deadline(day, basis, phrase, rule.says, match.start(), match.end())
            break
    return found


def default_horizon(published: date) -> tuple[date, str]:
    """The due date that we propose where a text gives none, and the reason in words."""
    due = published + relativedelta(months=DEFAULT_MONTHS)
    return due, f"no deadline in the text: our default of {DEFAULT_MONTHS} months"
