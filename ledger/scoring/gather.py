"""One query: the ledger's predictions as groups that score alike."""

from __future__ import annotations

from decimal import Decimal
from decimal import InvalidOperation
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
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy import Connection
    from sqlalchemy import Select
    from sqlalchemy import Subquery


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def _state(as_of: str) -> ColumnElement[str]:
    """The verdict that stands, if it is of that day or before; a later one leaves it open."""
    row = prediction.c
    return case(
        (and_(row.status == "resolved", row.resolved_on <= as_of), row.outcome),
        (row.due_on < as_of, "overdue"),
        (row.due_on == as_of, "due"),
        else_="open",
    )


def _claims(as_of: str, since: str | None) -> Subquery:
    """Each claim with what scoring asks of it, and no more."""
    row = prediction.c
    chosen = [row.status.in_(("open", "resolved")), row.made_on <= as_of]
    if since is not None:
        chosen.append(row.made_on >= since)
    return (
        select(
            row.source,
            _state(as_of).label("state"),
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
        .where(*chosen)
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


def _group(row: Any) -> Group:
    return Group(
        source=row.source,
        state=row.state,
        ripe=bool(row.ripe),
        credit=_decimal(row.credit),
        probability=_decimal(row.probability),
        basis=row.basis,
        hedged=bool(row.hedged),
        hedge_class=row.hedge_class,
        noncommittal=bool(row.noncommittal),
        baseline=_decimal(row.baseline),
        weight=Decimal(row.weight),
        undated=bool(row.undated),
        uncheckable=bool(row.uncheckable),
        count=row.number,
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
    return [_group(row) for row in conn.execute(_grouped(claims))]
