"""The kept tallies give the figures that counting every claim gives, on each engine."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy import text

from ledger import book
from ledger import views
from ledger.clock import Clock
from ledger.errors import CalledItError
from ledger.errors import LedgerError
from ledger.schema import TALLIES
from ledger.schema import source_tally
from ledger.schema import tally_day
from ledger.scoring import keeping
from ledger.scoring.gather import gather
from ledger.scoring.scorecard import chosen
from ledger.scoring.scorecard import score
from ledger.scoring.scorecard import scorecards
from ledger.scoring.tallied import tallied
from ledger.store import open_ledger
from ledger.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.scoring.scorecard import Scorecards
    from ledger.scoring.table import Basis
    from ledger.scoring.table import Cohort
    from ledger.store import Ledger

TODAY = date(2026, 1, 15)
SOURCES = ("Ann", "Bob", "Çelik", "D")
BASES: tuple[Basis, ...] = ("any", "stated", "hedge")
COHORTS: tuple[Cohort, ...] = ("due", "resolved")


def counted(
    conn: Connection, day: date, basis: Basis, cohort: Cohort, sources: Sequence[str]
) -> Scorecards:
    """The way without tallies: every claim is counted, and every card made."""
    groups = gather(conn, as_of=day)
    cards = scorecards(groups, as_of=day, basis=basis, cohort=cohort)
    return chosen(cards, sources)


def differing(conn: Connection, days: Sequence[date]) -> list[object]:
    """The terms on which the tallies tell another story; those of each day, basis and cohort."""
    asked: list[Sequence[str]] = [(), ("Ann",), ("D", "Nobody", "Bob")]
    return [
        (day, basis, cohort, names)
        for day in days
        for basis in BASES
        for cohort in COHORTS
        for names in asked
        if score(conn, today=day, basis=basis, cohort=cohort, sources=names)
        != counted(conn, day, basis, cohort, names)
    ]


class Life:
    """Random verbs on a ledger whose days go by."""

    def __init__(self, place: str, seed: int) -> None:
        self.chance = random.Random(seed)
        self.day = TODAY
        clock = Clock(now_source=lambda: datetime(*self.day.timetuple()[:3], 12, tzinfo=UTC))
        self.ledger = open_ledger(place, clock=clock)
        self.ids: list[int] = []

    def go_on(self) -> None:
        if self.chance.random() < 0.15:
            self.day += timedelta(days=self.chance.choice((1, 1, 7, 60, -1)))
        verbs = (self.add, self.add, self.resolve, self.resolve, self.amend, self.other)
        with suppress(CalledItError):  # what is refused changes nothing
            self.chance.choice(verbs)()

    def claim(self) -> dict[str, Any]:
        chance, made = self.chance, self.day - timedelta(days=self.chance.randrange(40))
        return {
            "statement": "It happens.",
            "source": chance.choice(SOURCES),
            "made_on": made.isoformat(),
            "due_on": (made + timedelta(days=chance.randrange(50))).isoformat(),
            "weight": chance.choice(("1", "0.3", "0.1")),
            "checkable": chance.choice(("yes", "no")),
            **chance.choice(
                (
                    {},
                    {"probability": f"0.{chance.randrange(1, 9)}"},
                    {"probability": "0.7", "baseline": "0.33"},
                    {"hedge": "likely"},
                    {"hedge": "could"},
                )
            ),
        }

    def any_id(self) -> int:
        return self.chance.choice(self.ids) if self.ids else 1

    def add(self) -> None:
        drafts = self.chance.random() < 0.2
        many = [self.claim() for _ in range(self.chance.choice((1, 3)))]
        if drafts or len(many) > 1:
            self.ids += [p.id for p in book.add_many(self.ledger, many)]
        else:
            self.ids.append(book.add(self.ledger, many[0]).id)

    def resolve(self) -> None:
        outcome = self.chance.choice(("true", "false", "partial", "ambiguous", "annulled"))
        credit = "0.3" if outcome == "partial" else None
        on = self.day - timedelta(days=self.chance.randrange(20))
        book.resolve(self.ledger, self.any_id(), outcome, credit=credit, reason="so", on=on)

    def amend(self) -> None:
        names = self.chance.sample(("source", "due_on", "made_on", "weight", "checkable"), 2)
        claim = self.claim()
        book.amend(self.ledger, self.any_id(), {name: claim[name] for name in names})

    def other(self) -> None:
        what = self.chance.randrange(4)
        if what == 0:
            book.undo(self.ledger)
        elif what == 1:
            book.reopen(self.ledger, self.any_id(), reason="too early")
        elif what == 2:
            book.withdraw(self.ledger, self.any_id(), reason="a mistake")
        else:
            book.note(self.ledger, self.any_id(), "a remark")

    def days(self) -> list[date]:
        shifts = (0, self.chance.randrange(1, 4), -1, 40, -self.chance.randrange(60))
        return [self.day + timedelta(days=shift) for shift in shifts]


@pytest.mark.parametrize("seed", range(3))
def test_random_lives_score_the_same(place: str, seed: int) -> None:
    life = Life(place, seed)
    for turn in range(60):
        life.go_on()
        if turn % 20 == 19:
            with life.ledger.read() as conn:
                assert differing(conn, life.days()) == []
                assert keeping.problems(conn) == []
    with life.ledger.read() as conn:
        assert tallied(conn, life.day + timedelta(days=100)) is not None
        assert verify(conn).ok
    life.ledger.close()


@pytest.fixture
def lived(place: str) -> Iterator[Ledger]:
    """A ledger after some verbs."""
    life = Life(place, 11)
    for _ in range(40):
        life.go_on()
    life.day += timedelta(days=30)  # after all that was made or resolved
    yield life.ledger
    life.ledger.close()


def held(conn: Connection) -> list[list[tuple[Any, ...]]]:
    return [sorted(tuple(row) for row in conn.execute(select(table))) for table in TALLIES[:3]]


def test_what_is_followed_is_what_is_counted_anew(lived: Ledger) -> None:
    with lived.write() as conn:
        keeping.move_to(conn, lived.clock.today())
        followed = held(conn)
        views.rebuild(conn, lived.clock.today())
        assert held(conn) == followed


@pytest.mark.parametrize(
    ("forgery", "said"),
    [
        ("UPDATE source_tally SET number = number + 1 WHERE source = 'Ann'", "of Ann "),
        ("DELETE FROM source_tally WHERE source = 'Bob'", "of Bob "),
        ("INSERT INTO source_tally VALUES ('Eve', '[]', 1)", "of Eve "),
        ("UPDATE source_tally SET alike = alike || ' ' WHERE source = 'Ann'", "of Ann "),
        ("UPDATE pooled_tally SET number = number + 1", "of all sources together"),
        ("UPDATE source_form SET variance = variance + 0.001 WHERE source = 'Ann'", "of Ann "),
        ("UPDATE source_form SET basis = 'odd' WHERE source = 'Ann'", "of Ann "),
        ("UPDATE tally_day SET day = '2019-01-01'", "of Ann "),
        ("UPDATE tally_day SET latest = '2019-01-01'", "of their last day"),
        ("DELETE FROM tally_day", "of no day"),
    ],
)
def test_a_forgery_is_told_and_mended(lived: Ledger, forgery: str, said: str) -> None:
    with lived.write() as conn:
        conn.execute(text(forgery))
    with lived.read() as conn:
        assert said in " ".join(problem.what for problem in verify(conn).problems)
    with lived.write() as conn:
        views.rebuild(conn)
    with lived.read() as conn:
        assert verify(conn).ok
        assert differing(conn, [lived.clock.today()]) == []


def test_a_damaged_tally_is_refused_in_words(lived: Ledger) -> None:
    with lived.write() as conn:
        conn.execute(source_tally.update().values(alike=source_tally.c.alike + "?"))
    with lived.read() as conn, pytest.raises(LedgerError, match="tallies are damaged"):
        score(conn, today=lived.clock.today(), sources=["Ann"])


def test_without_tallies_the_claims_are_counted(lived: Ledger) -> None:
    with lived.write() as conn:
        for table in TALLIES:
            conn.execute(table.delete())
        assert tallied(conn, lived.clock.today()) is None
        assert differing(conn, [lived.clock.today()]) == []
    book.add(lived, {"statement": "One more", "source": "Ann"})
    with lived.read() as conn:
        assert tallied(conn, lived.clock.today()) is not None
        assert verify(conn).ok


def test_a_verb_brings_the_tallies_to_its_day(lived: Ledger) -> None:
    lived.clock = Clock(pinned_today=TODAY + timedelta(days=400))
    book.add(lived, {"statement": "One more", "source": "Ann"})
    with lived.read() as conn:
        assert conn.execute(select(tally_day.c.day)).scalar_one() == "2027-02-19"
        assert keeping.problems(conn) == []


def test_a_past_day_is_not_told_from_the_tallies(lived: Ledger) -> None:
    with lived.read() as conn:
        assert tallied(conn, TODAY - timedelta(days=300)) is None
