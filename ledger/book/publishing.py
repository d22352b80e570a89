"""Publish a scorecard: what was said of the sources, and on which events it rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlalchemy import select

from ledger import journal
from ledger.book.writing import Deed
from ledger.book.writing import perform
from ledger.events import PUBLISHED
from ledger.schema import event
from ledger.scoring.publication import publication
from ledger.scoring.scorecard import score

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from ledger.journal import Entry
    from ledger.scoring.table import Basis
    from ledger.scoring.table import Cohort
    from ledger.store import Ledger


def publish_scorecard(
    ledger: Ledger,
    *,
    as_of: date | None = None,
    since: date | None = None,
    basis: Basis = "any",
    cohort: Cohort = "due",
    sources: Collection[str] = (),
    deed: str | None = None,
) -> Entry:
    """Record the scorecards of now in the journal, so that anybody can work them out again.

    The arguments are those of `ledger.scoring.scorecard.score`.

    Returns:
        The event, whose data hold every figure as text, and its place in the journal.
    """
    today = ledger.clock.today()

    def do(deed: Deed) -> None:
        cards = score(
            deed.conn,
            today=today,
            as_of=as_of,
            since=since,
            basis=basis,
            cohort=cohort,
            sources=sources,
        )
        size = journal.frontier_of(deed.conn).size
        told = {"size": size, **publication(cards, sources)}
        about = event.c.subject.startswith("scorecard:")
        query = select(func.count(event.c.subject.distinct())).where(about)
        number = deed.conn.execute(query).scalar_one() + 1
        deed.write(deed.happened(PUBLISHED, f"scorecard:{number}", told))

    return perform(
        ledger,
        "publish",
        [as_of, since, basis, cohort, sorted(sources)],
        do,
        lambda _conn, entries: entries[0],
        deed=deed,
    )
