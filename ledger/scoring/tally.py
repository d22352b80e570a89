"""Tallies: by source, what claims share that score alike, and how many they are.

What claims share is written as canonical JSON, so that a database can keep it as one key.
"""

from __future__ import annotations

import json
from collections import Counter
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import select

from ledger.errors import LedgerError
from ledger.schema import pooled_tally
from ledger.schema import prediction
from ledger.schema import source_tally
from ledger.scoring.gather import maker_of
from ledger.scoring.gather import settled
from ledger.scoring.ranking import form
from ledger.scoring.table import Cell
from ledger.scoring.table import tabulate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence
    from functools import partial

    from sqlalchemy import ColumnElement
    from sqlalchemy import Connection

    from ledger.scoring.groups import Group
    from ledger.scoring.ranking import Form
    from ledger.scoring.table import Cohort

    Tally = defaultdict[str, Counter[str]]

_AT_ONCE = 500  # values in one list of a query
_MANY = 10_000


def counted(conn: Connection, day: str, *chosen: ColumnElement[bool]) -> Tally:
    """The claims chosen, as that day sees them when nothing is made or resolved after it."""
    found: Tally = defaultdict(Counter)
    for source, alike, number in settled(conn, day, *chosen):
        found[source][_key(alike)] += number
    return found


@lru_cache(maxsize=_MANY)  # sources share most of them
def _key(alike: tuple[Any, ...]) -> str:
    return json.dumps(alike, ensure_ascii=False, separators=(",", ":"))


def moves_forecasts(change: Mapping[str, int]) -> bool:
    """Whether any of these claims is among the forecasts that a form is made of."""
    return any(_forecasts(alike, "resolved") for alike in change)


def moved(conn: Connection, since: str, until: str) -> Tally:
    """What makes the tallies of one day those of another: what to add, below 0 what to take."""
    if since == until:
        return defaultdict(Counter)
    # Not BETWEEN: PostgreSQL cannot read one whose ends are collated.
    due = prediction.c.due_on
    chosen = due >= min(since, until), due <= max(since, until)
    return less(counted(conn, until, *chosen), counted(conn, since, *chosen))


def less(tally: Tally, other: Tally) -> Tally:
    """A tally without another: below 0 where there is more of the other; nothing that is 0."""
    found: Tally = defaultdict(Counter)
    for source in tally.keys() | other.keys():
        own = tally.get(source, Counter()).copy()
        own.subtract(other.get(source, Counter()))
        if change := {alike: number for alike, number in own.items() if number}:
            found[source] = Counter(change)
    return found


def pooled(tally: Tally) -> Counter[str]:
    """The tally of all sources together."""
    found: Counter[str] = Counter()
    for own in tally.values():
        found.update(own)
    return found


def kept(conn: Connection, sources: Sequence[str] | None = None) -> Tally:
    """The tallies that the ledger keeps, of some sources or of all."""
    query, found = select(source_tally), defaultdict[str, Counter[str]](Counter)
    own = source_tally.c.source
    for one in [query] if sources is None else [query.where(own.in_(x)) for x in parts(sources)]:
        for source, alike, number in conn.execute(one):
            found[source][alike] = number
    return found


def kept_pooled(conn: Connection) -> Counter[str]:
    """The tally that the ledger keeps of all sources together."""
    found: Counter[str] = Counter()
    for alike, number in conn.execute(select(pooled_tally)):
        found[alike] = number
    return found


def parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The values, as many at a time as one query takes."""
    return (values[i : i + _AT_ONCE] for i in range(0, len(values), _AT_ONCE))


def groups(own: Mapping[str, int], source: str = "") -> list[Group]:
    """A source's tally as groups.

    Raises:
        LedgerError: It is malformed.
    """
    return [_maker(alike)(source=source, count=n) for alike, n in own.items() if n > 0]


@lru_cache(maxsize=_MANY)
def _maker(alike: str) -> partial[Group]:
    try:
        return maker_of(json.loads(alike))
    except (ValueError, TypeError, ArithmeticError) as error:
        raise LedgerError("the tallies are damaged", mend="`calledit rebuild`") from error


def forms_of(own: Mapping[str, int], cohort: Cohort) -> dict[str, Form]:
    """The forms that a source's tally gives, by basis.

    Raises:
        LedgerError: It is malformed.
    """
    scored: defaultdict[str, Counter[Cell]] = defaultdict(Counter)
    overdue: defaultdict[str, Counter[Cell]] = defaultdict(Counter)
    for alike, number in own.items():
        for basis, held, cell in _forecasts(alike, cohort) if number > 0 else ():
            (scored if held else overdue)[basis][cell] += number
    return {basis: form(basis, _cells(scored[basis]), _cells(overdue[basis])) for basis in scored}


@lru_cache(maxsize=_MANY)
def _forecasts(alike: str, cohort: Cohort) -> tuple[tuple[str, bool, Cell], ...]:
    """What one such claim adds to the forecasts: the basis, whether it is scored, the cell."""
    record = tabulate([_maker(alike)(source="", count=1)], cohort=cohort)
    found = [(basis, True, cell) for basis, (cell,) in record.forecasts.items()]
    return (*found, *((basis, False, cell) for basis, (cell,) in record.overdue.items()))


def _cells(counted: Counter[Cell]) -> list[Cell]:
    return [Cell(cell.p, cell.y, cell.unit, cell.baseline, n) for cell, n in counted.items()]
