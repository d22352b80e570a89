"""Published scorecards: each is worked out again from the events before it."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy import insert

from ledger import journal
from ledger import views
from ledger.clean import clean_line
from ledger.clock import parse_date
from ledger.errors import CalledItError
from ledger.errors import DamagedError
from ledger.schema import prediction
from ledger.scoring.gather import gather
from ledger.scoring.publication import RULES
from ledger.scoring.publication import differences
from ledger.scoring.publication import publication
from ledger.scoring.scorecard import chosen
from ledger.scoring.scorecard import scorecards
from ledger.verifying import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Connection

    from ledger.journal import Entry
    from ledger.scoring.groups import Group
    from ledger.views import Rows

    History = tuple[Sequence[Entry], Rows]  # a subject's events, and the rows that they give

# What reading data of no particular shape may raise.
MALFORMED = (ValueError, KeyError, IndexError, TypeError, AttributeError, CalledItError)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a scorecard counts: claims as the first `size` events tell them, on a day."""

    size: int
    as_of: date
    since: date | None


@dataclass(frozen=True, slots=True)
class Card:
    """A scorecard as an event published it."""

    seq: int
    data: Mapping[str, Any]
    terms: Terms


@dataclass(slots=True)
class Published:
    """The scorecards that a journal publishes.

    Attributes:
        cards: Those of today's scoring rules, oldest first.
        left: How many other rules made; they are not worked out again.
        problems: What is no scorecard.
    """

    cards: list[Card] = field(default_factory=list)
    left: int = 0
    problems: list[Problem] = field(default_factory=list)


def published(conn: Connection, subjects: Sequence[str]) -> Published:
    """Every scorecard that the journal publishes."""
    found = Published()
    for subject in subjects:
        if subject.startswith("scorecard:"):
            try:
                entries = list(journal.read(conn, subject=subject))
            except DamagedError:
                continue  # who reads every event names it
            for entry in entries:
                _sort(entry, found)
    return found


def _sort(entry: Entry, found: Published) -> None:
    data = entry.event.data
    try:
        if data["rules"] != RULES:
            found.left += 1
            return
        since = None if data["since"] is None else parse_date(data["since"])
        terms = Terms(int(data["size"]), parse_date(data["as_of"]), since)
    except MALFORMED as error:
        found.problems.append(_problem(entry.seq, f"cannot be read: {clean_line(str(error))}"))
        return
    if terms.size >= entry.seq:
        found.problems.append(_problem(entry.seq, f"rests on events after it, to {terms.size}"))
    found.cards.append(Card(entry.seq, data, terms))


def count_claims(histories: Sequence[History], terms: Terms) -> Counter[Group]:
    """Some predictions' claims as a scorecard's terms see them: alike ones, and how many."""
    rows = [row for history in histories for row in _rows_before(history, terms.size)]
    counted: Counter[Group] = Counter()
    if rows:
        with _scratch(rows) as conn:
            for group in gather(conn, as_of=terms.as_of, since=terms.since):
                counted[replace(group, count=1)] += group.count
    return counted


def _rows_before(history: History, size: int) -> list[dict[str, Any]]:
    """The prediction's row as the first `size` events tell it."""
    entries, rows = history
    if entries[-1].seq > size:
        before = [entry for entry in entries if entry.seq <= size]
        rows = views.fold(before[0].event.subject, before) if before else {}
    return rows.get(prediction, [])


@contextmanager
def _scratch(rows: Sequence[Mapping[str, Any]]) -> Iterator[Connection]:
    """A database in memory that holds these predictions and no others."""
    engine = create_engine("sqlite://")
    with engine.begin() as conn:
        prediction.create(conn)
        conn.execute(insert(prediction), rows)
        yield conn
    engine.dispose()


def check_card(card: Card, claims: Counter[Group]) -> list[Problem]:
    """The figures of a published scorecard that its claims do not give again."""
    data, terms = card.data, card.terms
    groups = [replace(group, count=count) for group, count in claims.items()]
    try:
        again = scorecards(
            groups,
            as_of=terms.as_of,
            since=terms.since,
            basis=data["basis"],
            cohort=data["cohort"],
        )
        wrong = list(differences(data, publication(chosen(again, data["only"]), data["only"])))
    except MALFORMED as error:
        return [_problem(card.seq, f"cannot be worked out: {clean_line(str(error))}")]
    return [_problem(card.seq, f"does not come out again: {what}") for what in wrong]


def _problem(seq: int, what: str) -> Problem:
    return Problem(seq, f"the scorecard of event {seq} {what}")
