"""A ledger with a history: every kind of event, in an order that a seed decides."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from typing import TYPE_CHECKING

from ledger import book
from ledger.clock import Clock
from ledger.errors import CalledItError
from ledger.model import Evidence
from ledger.queries import evidence_of
from tests.ledger.news import add_item
from tests.ledger.news import add_link

if TYPE_CHECKING:
    import random

    from ledger.store import Ledger

TODAY = date(2026, 1, 15)
_START = datetime(2026, 1, 15, 6, tzinfo=UTC)
_CAPTURING = ("add", "note", "amend", "withdraw", "article", "keep", "drop")
_JUDGING = ("attach", "detach", "accept", "resolve", "resolve", "reopen", "undo", "redo")


class Ticking:
    """A clock that goes on by a second whenever it is asked."""

    def __init__(self) -> None:
        self._asked = 0

    def __call__(self) -> datetime:
        self._asked += 1
        return _START + timedelta(seconds=self._asked)


def ticking() -> Clock:
    """It is 15 January 2026, and every event has an instant of its own."""
    return Clock(pinned_today=TODAY, now_source=Ticking())


def claim(number: int) -> dict[str, object]:
    """The fields of a claim that no other number gives."""
    return {
        "statement": f"Claim {number}: the río rises",
        "source": f"Source {number % 7}",
        "made_on": "2025-03-01",
        "due_on": f"2025-{4 + number % 8:02}-01",
        "probability": f"0.{10 + number % 80}",
        "tags": [f"tag{number % 3}"],
    }


def grow(ledger: Ledger, rng: random.Random, verbs: int) -> None:
    """Try so many verbs; what the ledger refuses is passed over."""
    for _ in range(verbs):
        verb, which = rng.choice(_CAPTURING + _JUDGING), rng.randint(1, 40)
        with suppress(CalledItError):
            if verb in _CAPTURING:
                _capture(ledger, verb, which, rng.randrange(10**6))
            else:
                _judge(ledger, verb, which, rng.randrange(10**6))


def _capture(ledger: Ledger, verb: str, which: int, number: int) -> None:
    match verb:
        case "add":
            book.add(ledger, claim(number))
        case "note":
            book.note(ledger, which, f"note {number}\non two lines")
        case "amend":
            book.amend(ledger, which, {"criterion": f"above {number} mm"})
        case "withdraw":
            book.withdraw(ledger, which, reason=f"twice {number}")
        case "article":
            text, day = f"Text {number}", date(2025, 3, 1)
            drafts = [claim(number), claim(number + 1)]
            book.record_article(ledger, text=text, title=text, published=day, drafts=drafts)
        case "keep":
            book.keep(ledger, [which, which + 1])
        case "drop":
            book.drop(ledger, [which], reason=f"vague {number}")


def _judge(ledger: Ledger, verb: str, which: int, number: int) -> None:
    match verb:
        case "attach":
            book.attach(ledger, which, Evidence(url=f"https://a.example/{number}", quote="Yes."))
        case "detach":
            with ledger.read() as conn:
                held = evidence_of(conn, which)
            book.detach(ledger, which, held[0].id if held else 0)
        case "accept":
            item = add_item(ledger, title=f"News {number}", summary="It rose.")
            book.accept(ledger, add_link(ledger, which, item))
        case "resolve":
            book.resolve(ledger, which, "false" if number % 2 else "true", reason=f"seen {number}")
        case "reopen":
            book.reopen(ledger, which, reason=f"doubt {number}")
        case "undo":
            book.undo(ledger)
        case "redo":
            book.redo(ledger)
