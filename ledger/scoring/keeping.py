"""The tallies that a ledger keeps of its predictions: made, followed, moved on, and checked.

They count the prediction view as one day sees it, that of `tally_day`, so that a card is read and
not counted. A verb takes a claim out as it was and puts it in as it is; on a new day the claims
whose due day came are moved. `ledger.scoring.tallied` reads them.
"""

from __future__ import annotations

from collections import Counter
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import text
from sqlalchemy import update

from ledger.clean import clean_line
from ledger.clock import Clock
from ledger.schema import TALLIES
from ledger.schema import pooled_tally
from ledger.schema import prediction
from ledger.schema import source_form
from ledger.schema import source_tally
from ledger.schema import tally_day
from ledger.scoring.gather import SCORED
from ledger.scoring.tally import counted
from ledger.scoring.tally import forms_of
from ledger.scoring.tally import kept
from ledger.scoring.tally import kept_pooled
from ledger.scoring.tally import less
from ledger.scoring.tally import moved
from ledger.scoring.tally import moves_forecasts
from ledger.scoring.tally import parts
from ledger.scoring.tally import pooled

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy import Connection
    from sqlalchemy import Table

    from ledger.scoring.table import Cohort
    from ledger.scoring.tally import Tally

_COHORTS: tuple[Cohort, ...] = ("due", "resolved")
# The same words on both engines.
_ADD_TO_SOURCE = text(
    "INSERT INTO source_tally (source, alike, number) VALUES (:source, :alike, :number) "
    "ON CONFLICT (source, alike) DO UPDATE SET number = source_tally.number + excluded.number"
)
_ADD_TO_POOLED = text(
    "INSERT INTO pooled_tally (alike, number) VALUES (:alike, :number) "
    "ON CONFLICT (alike) DO UPDATE SET number = pooled_tally.number + excluded.number"
)
_CLEAR_SOURCE = text(
    "DELETE FROM source_tally WHERE source = :source AND alike = :alike AND number = 0"
)
_CLEAR_POOLED = text("DELETE FROM pooled_tally WHERE alike = :alike AND number = 0")


def rebuild(conn: Connection, today: date | None = None) -> None:
    """Empty the tallies and count every claim, as `today` sees them."""
    day = (today or Clock().today()).isoformat()
    for table in TALLIES:
        conn.execute(delete(table))
    conn.execute(insert(tally_day).values(id=1, day=day, latest=_latest(conn)))
    tally = counted(conn, day)
    if tally:
        conn.execute(insert(source_tally), _rows(tally))
        conn.execute(insert(pooled_tally), _pooled_rows(pooled(tally)))
        _insert_forms(conn, tally)


@contextmanager
def followed(conn: Connection, changed: Sequence[int], fresh: Sequence[int]) -> Iterator[None]:
    """Let the tallies follow while the block writes these predictions' rows, some of them new."""
    held = conn.execute(select(tally_day)).one_or_none()
    before = None if held is None else _counted_of(conn, held.day, changed)
    yield
    if held is None or before is None:
        rebuild(conn)
        return
    touched = (*changed, *fresh)
    _add(conn, less(_counted_of(conn, held.day, touched), before))
    latest = max((_latest(conn, _among(ids)) for ids in parts(touched)), default="")
    if latest > held.latest:
        conn.execute(update(tally_day).values(latest=latest))


def move_to(conn: Connection, today: date) -> None:
    """Let the tallies tell of another day."""
    day, held = today.isoformat(), conn.execute(select(tally_day.c.day)).scalar()
    if held is not None and held != day:
        _add(conn, moved(conn, held, day))
        conn.execute(update(tally_day).values(day=day))


def _counted_of(conn: Connection, day: str, predictions: Sequence[int]) -> Tally:
    found: Tally = defaultdict(Counter)
    for ids in parts(predictions):
        for source, own in counted(conn, day, _among(ids)).items():
            found[source].update(own)
    return found


def _among(ids: Sequence[int]) -> ColumnElement[bool]:
    return prediction.c.id.in_(ids)


def _latest(conn: Connection, *chosen: ColumnElement[bool]) -> str:
    """The last day on which one of the claims chosen was made or resolved; empty for none."""
    row = prediction.c
    query = select(func.max(row.made_on), func.max(row.resolved_on))
    made, resolved = conn.execute(query.where(row.status.in_(SCORED), *chosen)).one()
    return max(made or "", resolved or "")


def _add(conn: Connection, change: Tally) -> None:
    """Add to what is kept, or take away where a number is below 0; the forms follow."""
    if not change:
        return
    conn.execute(_ADD_TO_SOURCE, _rows(change))
    conn.execute(_CLEAR_SOURCE, _rows(change))
    rows = _pooled_rows(pooled(change))
    conn.execute(_ADD_TO_POOLED, rows)
    conn.execute(_CLEAR_POOLED, rows)
    changed = sorted(source for source, own in change.items() if moves_forecasts(own))
    for names in parts(changed):
        conn.execute(delete(source_form).where(source_form.c.source.in_(names)))
        _insert_forms(conn, kept(conn, names))


def _rows(tally: Tally) -> list[dict[str, Any]]:
    return [
        {"source": source, "alike": alike, "number": number}
        for source, own in tally.items()
        for alike, number in own.items()
    ]


def _pooled_rows(own: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"alike": alike, "number": number} for alike, number in own.items()]


def _insert_forms(conn: Connection, tally: Tally) -> None:
    if rows := list(_form_rows(tally)):
        conn.execute(insert(source_form), rows)


def _form_rows(tally: Tally) -> Iterator[dict[str, Any]]:
    for source, own in tally.items():
        for cohort in _COHORTS:
            for form in forms_of(own, cohort).values():
                yield {"source": source, "cohort": cohort, **asdict(form)}


# ── whether they are true ───────────────────────────────────────────────────────────────────


def problems(conn: Connection) -> list[str]:
    """What the tallies say otherwise than the prediction view, in words."""
    held = conn.execute(select(tally_day)).one_or_none()
    if held is None:
        nothing = not any(conn.execute(select(t).limit(1)).first() for t in (prediction, *TALLIES))
        return [] if nothing else [_untrue("of no day")]
    tally = counted(conn, held.day)
    wrong = _differing(_rows(tally), _held(conn, source_tally))
    wrong |= _differing(_form_rows(tally), _held(conn, source_form))
    found = [_untrue(f"of {clean_line(source, limit=80)}") for source in sorted(wrong)]
    total = {alike: number for alike, number in pooled(tally).items() if number}
    if total != kept_pooled(conn):
        found.append(_untrue("of all sources together"))
    if held.latest < _latest(conn):
        found.append(_untrue("of their last day"))
    return found


def _differing(expected: Iterable[dict[str, Any]], held: Iterable[dict[str, Any]]) -> set[str]:
    """The sources of rows that are not in both."""
    here = {tuple(sorted(row.items())) for row in expected}
    there = {tuple(sorted(row.items())) for row in held}
    return {str(dict(row)["source"]) for row in here ^ there}


def _held(conn: Connection, table: Table) -> Iterator[dict[str, Any]]:
    return (dict(row) for row in conn.execute(select(table)).mappings())


def _untrue(what: str) -> str:
    return f"the tallies {what} are not what the claims give; `calledit rebuild`"
