"""Clocks that jump: back, forth, over leap days and daylight saving, in any zone and year.

Whatever the clock says, what is recorded is that instant in UTC, what is due follows the date
where the user is, and the views are the fold of the events in the order of the journal.
"""

from __future__ import annotations

import os
import random
import time
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from typing import TYPE_CHECKING

import pytest

from ledger import book
from ledger import journal
from ledger.clock import Clock
from ledger.clock import instant_text
from ledger.clock import parse_instant
from ledger.errors import UsageError
from ledger.queries import Asked
from ledger.queries import counts
from ledger.queries import list_predictions
from ledger.store import open_ledger
from ledger.verify import verify
from tests.faults.scratch import scratch_folder
from tests.faults.sizes import report
from tests.faults.sizes import seed
from tests.faults.sizes import size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ledger.model import Prediction
    from ledger.store import Ledger

# POSIX rules rather than names, so that no table of zones is needed.
ZONES = (
    "UTC0",
    "CET-1CEST,M3.5.0,M10.5.0/3",
    "EST5EDT,M3.2.0,M11.1.0",
    "AEST-10AEDT,M10.1.0,M4.1.0/3",
    "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",  # half an hour of daylight saving
    "<+14>-14",
    "<-12>12",
    "<+0545>-5:45",
)
# Where clocks and calendars go wrong, in UTC.
CORNERS = (
    datetime(2026, 3, 29, 1, tzinfo=UTC),  # an hour is left out in Europe
    datetime(2026, 10, 25, 1, tzinfo=UTC),  # and comes twice
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2024, 2, 29, tzinfo=UTC),
    datetime(2000, 2, 29, 23, 59, 59, tzinfo=UTC),
    datetime(2100, 2, 28, 23, 59, 59, tzinfo=UTC),
    datetime(2016, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(1900, 1, 1, tzinfo=UTC),
    datetime(2038, 1, 19, 3, 14, 7, tzinfo=UTC),
    datetime(1, 1, 3, tzinfo=UTC),
    datetime(999, 12, 31, tzinfo=UTC),
    datetime(9999, 12, 29, 23, 59, 59, 999_999, tzinfo=UTC),
)
CASES_A_LEDGER = 25


@pytest.fixture(autouse=True)
def _zone() -> Iterator[None]:
    """The zone of whoever runs this comes back."""
    if not hasattr(time, "tzset"):
        pytest.skip("the system cannot change a process's zone")
    before = os.environ.get("TZ")
    yield
    _move_to(before)


def _move_to(zone: str | None) -> None:
    if zone is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = zone
    time.tzset()


class Jumping:
    """A clock that somebody keeps setting."""

    def __init__(self) -> None:
        self.moment = CORNERS[0]

    def __call__(self) -> datetime:
        return self.moment

    def jump(self, rng: random.Random) -> None:
        """To a corner, or near the last instant, or anywhere; told in some zone's time."""
        turn = rng.random()
        near = timedelta(microseconds=rng.choice((-1, 0, 1, 10**6, -(10**6), 3600 * 10**6)))
        if turn < 0.5:
            moment = rng.choice(CORNERS) + near
        elif turn < 0.7:
            moment = max(min(self.moment + near, LAST), FIRST)
        else:
            moment = FIRST + timedelta(seconds=rng.randrange(int((LAST - FIRST).total_seconds())))
        offset = timezone(timedelta(minutes=rng.randint(-14 * 60, 14 * 60)))
        self.moment = moment.astimezone(offset)


FIRST = datetime(1, 1, 2, tzinfo=UTC)
LAST = datetime(9999, 12, 30, tzinfo=UTC)


def today_at(moment: datetime) -> date:
    """The date that the C library tells there and then."""
    # Not timestamp(): what the platform's own arithmetic says, without Python's time zones.
    seconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    told = time.localtime(seconds)
    return date(told.tm_year, told.tm_mon, told.tm_mday)


def a_year_later(day: date) -> date:
    """Twelve months on, or the calendar's end."""
    if day.year == date.max.year:
        return date.max
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if leap else day.day)


def test_whatever_the_clock_says_is_recorded_and_due() -> None:
    first, cases = seed(), size("clock_cases")
    refused = 0
    with scratch_folder() as folder:
        for start in range(0, cases, CASES_A_LEDGER):
            refused += a_ledger(folder, random.Random(f"{first} {start}"), start)
    report(f"clock: {cases} jumps, {refused} of them before the claim was made")


def a_ledger(folder: Path, rng: random.Random, start: int) -> int:
    """One ledger through some jumps; how many verdicts were refused as too early."""
    jumping = Jumping()
    ledger = open_ledger(folder / f"{start}.db", clock=Clock(now_source=jumping))
    refused, written = 0, []
    for _ in range(CASES_A_LEDGER):
        jumping.jump(rng)
        _move_to(rng.choice(ZONES))
        written.append(_record(ledger, jumping.moment, rng))
        jumping.jump(rng)
        _move_to(rng.choice(ZONES))
        refused += not _resolve(ledger, rng.choice(written), jumping.moment)
        _check_due(ledger, today_at(jumping.moment))
    with ledger.read() as conn:
        assert verify(conn).problems == ()
        instants = [entry.event.at for entry in journal.read(conn)]
    assert sorted(instants) == sorted(instants, key=parse_instant)
    ledger.close()
    return refused


def _record(ledger: Ledger, moment: datetime, rng: random.Random) -> Prediction:
    """A claim of today; half of them with a due date of their own."""
    today = today_at(moment)
    assert ledger.clock.today() == today
    due = date.fromordinal(min(today.toordinal() + rng.randrange(800), date.max.toordinal()))
    given = {"statement": "Rain", "source": "Met"}
    if own := rng.random() < 0.5:
        given["due_on"] = due.isoformat()
    found = book.add(ledger, given)
    assert (found.made_on, found.due_on) == (today, due if own else a_year_later(today))
    assert found.recorded_at == instant_text(moment)
    assert parse_instant(found.recorded_at) == moment
    return found


def _resolve(ledger: Ledger, found: Prediction, moment: datetime) -> bool:
    today = today_at(moment)
    with ledger.read() as conn:
        status = {p.id: p.status for p in list_predictions(conn, Asked(status="all"), today=today)}
    if status[found.id] == "resolved":
        book.reopen(ledger, found.id, reason="again")
        assert book.undo(ledger).type == "prediction.reopened"
        return True
    if today < found.made_on:
        with pytest.raises(UsageError, match="before it was made"):
            book.resolve(ledger, found.id, "true", reason="wet")
        return False
    done = book.resolve(ledger, found.id, "true", reason="wet")
    assert (done.resolved_on, done.changed_at) == (today, instant_text(moment))
    return True


def _check_due(ledger: Ledger, today: date) -> None:
    with ledger.read() as conn:
        everything = list_predictions(conn, Asked(status="all", sort="id"), today=today)
        due = list_predictions(conn, Asked(status="due"), today=today)
        counted = counts(conn, today=today)
    wanted = [one for one in everything if one.status == "open" and one.due_on <= today]
    assert sorted(one.id for one in due) == [one.id for one in wanted]
    assert [one.due_on for one in due] == sorted(one.due_on for one in wanted)
    assert counted.due == len(wanted)
    assert all(one.days_late(today) >= 0 for one in due)


@pytest.mark.parametrize("zone", ZONES)
def test_instants_survive_as_text_and_sort_as_text(zone: str) -> None:
    _move_to(zone)
    rng = random.Random(f"{seed()} {zone}")
    jumping, moments = Jumping(), []
    for _ in range(200):
        jumping.jump(rng)
        moments.append(jumping.moment)
    texts = [instant_text(moment) for moment in moments]
    assert [parse_instant(text) for text in texts] == moments
    assert sorted(texts) == [instant_text(moment) for moment in sorted(moments)]
    assert {len(text) for text in texts} == {27}


@pytest.mark.parametrize("zone", ZONES)
def test_a_naive_clock_is_taken_for_the_wall_s(scratch: Path, zone: str) -> None:
    """A naive instant is never stored; a clock that tells one is a clock on a wall here."""
    _move_to(zone)
    naive = datetime(2026, 7, 1, 12)
    with pytest.raises(ValueError, match="time zone"):
        instant_text(naive)
    ledger = open_ledger(scratch / "a.db", clock=Clock(now_source=lambda: naive))
    found = book.add(ledger, {"statement": "Rain", "source": "Met"})
    assert found.recorded_at == instant_text(naive.astimezone())
    assert found.made_on == naive.date()
    ledger.close()


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A folder in memory."""
    with scratch_folder() as folder:
        yield folder


def test_taking_back_goes_by_the_journal_s_order_and_not_by_the_clock(scratch: Path) -> None:
    jumping, rng = Jumping(), random.Random(seed())
    ledger = open_ledger(scratch / "a.db", clock=Clock(date(2026, 1, 15), jumping))
    book.add(ledger, {"statement": "Rain", "source": "Met"})
    for number in range(12):
        jumping.jump(rng)
        book.note(ledger, 1, f"note {number}")
    for number in reversed(range(12)):
        jumping.jump(rng)
        assert book.undo(ledger).data["text"] == f"note {number}"
    for number in range(12):
        jumping.jump(rng)
        assert book.redo(ledger).data["text"] == f"note {number}"
    ledger.close()
