"""A made-up ledger: three events in ten record a claim, the others follow up any claim so far."""

from __future__ import annotations

import random
import uuid
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import Any

from ledger import events as ev
from ledger.clock import instant_text
from ledger.events import Event

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES = 400
WORDS = """
the government will raise taxes before spring and inflation falls below three percent while a
court rules against ministers after talks about energy prices with neighbours fail as growth
slows in most regions although exports to Asia recover and a new coalition forms without early
elections because voters in cities prefer stability over change during long négociations
""".split()
BEGAN = datetime(2015, 1, 1, tzinfo=UTC)


def made_up_events(seed: int = 7) -> Iterator[Event]:
    """A life of a ledger without end: three in ten events record a claim, the others follow up.

    What is followed up is any claim so far, so that one claim's events lie far apart.
    """
    chance = random.Random(seed)
    moment, claims = BEGAN, 0
    latest: dict[int, tuple[str, str]] = {}
    while True:
        moment += timedelta(seconds=chance.randrange(600))
        if not claims or chance.random() < 0.3:
            claims += 1
            number, kind, data = claims, ev.RECORDED, _claim(chance, moment)
        else:
            number = chance.randint(1, claims)
            kind, data = _follow_up(chance, moment, latest.pop(number, None))
        identity = uuid.UUID(int=chance.getrandbits(128)).hex
        if kind not in {ev.RECORDED, ev.UNDONE}:
            latest[number] = (identity, kind)
        yield Event(
            kind, f"prediction:{number}", instant_text(moment), "bench", data, identity, identity
        )


def _words(chance: random.Random, least: int, most: int) -> str:
    return " ".join(chance.choices(WORDS, k=chance.randint(least, most)))


def _claim(chance: random.Random, moment: datetime) -> dict[str, Any]:
    made = moment.date()
    stated = chance.random() < 0.6
    return {
        "statement": _words(chance, 8, 16).capitalize() + ".",
        "source": f"Source {min(int(chance.paretovariate(0.5)), SOURCES)}",
        "made_on": made.isoformat(),
        "due_start": made.isoformat(),
        "due_on": (made + timedelta(days=chance.randrange(30, 720))).isoformat(),
        "due_basis": chance.choice(("stated", "relative", "default")),
        "due_phrase": "by then",
        "criterion": _words(chance, 10, 30),
        "quote": _words(chance, 10, 30),
        "probability": f"0.{chance.randrange(1, 20) * 5:02}",
        "probability_basis": "stated" if stated else "hedge",
        "hedge": "" if stated else "likely",
        "hedge_class": "" if stated else "likely",
        "tags": chance.sample(("economy", "europe", "law", "energy"), 2),
        "cues": ["will"],
    }


def _follow_up(
    chance: random.Random, moment: datetime, last: tuple[str, str] | None
) -> tuple[str, dict[str, Any]]:
    roll = chance.random()
    if roll < 0.08 and last is not None:
        return ev.UNDONE, {"event": last[0], "was": last[1]}
    if roll < 0.45:
        return ev.ATTACHED, {"evidence": _evidence(chance, moment)}
    if roll < 0.75:
        outcome = chance.choice(("true", "true", "false", "ambiguous"))
        return ev.RESOLVED, {
            "outcome": outcome,
            "credit": None,
            "resolved_on": moment.date().isoformat(),
            "reason": _words(chance, 5, 15),
        }
    if roll < 0.88:
        changes = {"criterion": _words(chance, 10, 30)}
        return ev.AMENDED, {"changes": changes, "reason": _words(chance, 3, 8)}
    return ev.NOTED, {"text": _words(chance, 5, 25)}


def _evidence(chance: random.Random, moment: datetime) -> dict[str, Any]:
    return {
        "item_id": None,
        "url": f"https://news.example/{chance.getrandbits(40):x}",
        "title": _words(chance, 6, 12),
        "publisher": "The Example",
        "published": moment.date().isoformat(),
        "quote": _words(chance, 10, 30),
        "sha256": f"{chance.getrandbits(256):064x}",
        "stance": chance.choice(("supports", "contradicts", "mentions")),
    }
