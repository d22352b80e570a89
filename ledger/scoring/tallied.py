"""The kept tallies as a day sees them: what a scorecard rests on, without counting the claims."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import select

from ledger.schema import source_form
from ledger.schema import tally_day
from ledger.scoring import tally
from ledger.scoring.ranking import Form
from ledger.scoring.ranking import entered

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy import Connection

    from ledger.scoring.groups import Group
    from ledger.scoring.table import Basis
    from ledger.scoring.table import Cohort
    from ledger.scoring.tally import Tally


class Tallied:
    """What is kept, and what must be added to it: claims whose due day came since, or has not."""

    def __init__(self, conn: Connection, change: Tally) -> None:
        self._conn = conn
        self._change = change

    def groups(self) -> list[Group]:
        """Every claim."""
        held = self._with(tally.kept(self._conn))
        return [group for source, own in held.items() for group in tally.groups(own, source)]

    def of(self, source: str) -> list[Group]:
        """One source's claims."""
        return tally.groups(self._with(tally.kept(self._conn, [source]))[source], source)

    def pooled(self) -> list[Group]:
        """Every claim, as if all were of one source."""
        own = tally.kept_pooled(self._conn)
        own.update(tally.pooled(self._change))
        return tally.groups(own)

    def entrants(self, cohort: Cohort, basis: Basis) -> dict[str, Form]:
        """The form of each source that is ranked."""
        chosen = {name: _entered(own, basis) for name, own in self._forms(cohort).items()}
        return {name: form for name, form in chosen.items() if form is not None}

    def _forms(self, cohort: Cohort) -> dict[str, Mapping[str, Form]]:
        forms: dict[str, dict[str, Form]] = defaultdict(dict)
        column = source_form.c
        values = column.basis, column.n, column.mean, column.variance, column.rank_n
        query = select(column.source, *values, column.rank_mean).where(column.cohort == cohort)
        for source, *own in self._conn.execute(query):
            forms[source][own[0]] = Form(*own)
        changed = sorted(s for s, own in self._change.items() if tally.moves_forecasts(own))
        again = self._with(tally.kept(self._conn, changed))
        return {**forms, **{name: tally.forms_of(own, cohort) for name, own in again.items()}}

    def _with(self, held: Tally) -> Tally:
        """The same as the day sees it; of the change, only what is of these sources."""
        for source, own in held.items():
            own.update(self._change.get(source, {}))
        return held


def tallied(conn: Connection, as_of: date) -> Tallied | None:
    """The tallies as a day sees them.

    None where they cannot tell, since a claim was made or resolved after that day, or where none
    are kept.
    """
    day, held = as_of.isoformat(), conn.execute(select(tally_day)).one_or_none()
    if held is None or day < held.latest:
        return None
    return Tallied(conn, tally.moved(conn, held.day, day))


def _entered(own: Mapping[str, Form], basis: Basis) -> Form | None:
    return entered(own) if basis == "any" else own.get(basis)
