"""One query: the ledger's predictions as groups that score alike."""

from __future__ import annotations

from decimal import Decimal
from decimal import InvalidOperation
from functools import partial
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import and_
from sqlalchemy import case
from sqlalchemy import func
from sqlalchemy import select

from ledger.errors import DamagedError
from ledger.schema import prediction
from ledger.scoring.groups import Group

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy import Connection
    from sqlalchemy import Select
    from sqlalchemy import Subquery

SCORED = ("open", "resolved")  # the statuses of claims that count


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def _state(as_of: str, known: ColumnElement[bool]) -> ColumnElement[str]:
    """The verdict, if it was `known` on that day; else what the due day makes of the claim."""
    row = prediction.c
    return case(
        (and_(row.status == "resolved", known), row.outcome),
        (row.due_on < as_of, "overdue"),
        (row.due_on == as_of, "due"),
        else_="open",
    )


def _claims(as_of: str, since: str | None) -> Subquery:
    """Each claim made by that day; a verdict of a later day leaves it open."""
    row = prediction.c
    chosen = [row.made_on <= as_of]
    if since is not None:
        chosen.append(row.made_on >= since)
    return _asked(as_of, row.resolved_on <= as_of, *chosen)


def _asked(as_of: str, known: ColumnElement[bool], *chosen: ColumnElement[bool]) -> Subquery:
    """Each claim with what scoring asks of it, and no more."""
    row = prediction.c
    return (
        select(
            row.source,
            _state(as_of, known).label("state"),
            _flag(row.due_on <= as_of).label("ripe"),
            row.credit,
            row.probability,
            row.probability_basis.label("basis"),
            _flag(row.hedge != "").label("hedged"),
            row.hedge_class,
            row.noncommittal,
            row.baseline,
            row.weight,
            _flag(row.due_basis.in_(("default", "none"))).label("undated"),
            _flag(row.checkable == "no").label("uncheckable"),
        )
        .where(row.status.in_(SCORED), *chosen)
        .subquery("claim")
    )


def _grouped(claims: Subquery) -> Select[Any]:
    """By the subquery's columns: PostgreSQL would not know two parameters for the same one."""
    columns = list(claims.c)
    return select(*columns, func.count().label("number")).group_by(*columns)


def _decimal(text: str | None) -> Decimal | None:
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation as error:
        raise DamagedError("a prediction cannot be scored: a number is none") from error


def maker_of(alike: Sequence[Any]) -> partial[Group]:
    """Makes the groups of claims that share these stored values, given a source and a count."""
    state, ripe, share, p, basis, hedged, kind, vague, baseline, weight, undated, endless = alike
    return partial(
        Group,
        state=state,
        ripe=bool(ripe),
        credit=_decimal(share),
        probability=_decimal(p),
        basis=basis,
        hedged=bool(hedged),
        hedge_class=kind,
        noncommittal=bool(vague),
        baseline=_decimal(baseline),
        weight=Decimal(weight),
        undated=bool(undated),
        uncheckable=bool(endless),
    )


def gather(conn: Connection, *, as_of: date, since: date | None = None) -> list[Group]:
    """Every recorded claim, grouped by all that scoring asks; drafts and withdrawn ones left out.

    The database only counts; every sum is made here, so that each engine gives the same figures.

    Args:
        conn: A connection to the ledger.
        as_of: The last day that counts: claims made, and resolutions given, on or before it.
        since: The first day that a claim may have been made on.
    """
    claims = _claims(as_of.isoformat(), None if since is None else since.isoformat())
    rows = conn.execute(_grouped(claims))
    return [maker_of(alike)(source=source, count=number) for source, *alike, number in rows]


def settled(
    conn: Connection, day: str, *chosen: ColumnElement[bool]
) -> Iterator[tuple[str, tuple[Any, ...], int]]:
    """The claims chosen, as a day sees them after which nothing is made or resolved.

    Only the due day then tells what became of a claim: `gather` counts the same on every day
    that no claim was made and no verdict given after.

    Yields:
        A source, what claims of it share (as `maker_of` takes it), and how many they are.
    """
    query = _grouped(_asked(day, prediction.c.resolved_on.is_not(None), *chosen))
    for source, *alike, number in conn.execute(query):
        yield source, tuple(alike), number
