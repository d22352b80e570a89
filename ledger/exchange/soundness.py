"""Whether a ledger still verifies after a take-over, asked while it can be taken back."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import func
from sqlalchemy import select

from ledger import journal
from ledger.errors import ConflictError
from ledger.errors import LedgerError
from ledger.schema import event
from ledger.schema import prediction
from ledger.verifying.cards import check_card
from ledger.verifying.cards import published
from ledger.verifying.subjects import check_subjects

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.exchange.journal import JournalFile
    from ledger.scoring.groups import Group
    from ledger.verifying import Problem
    from ledger.verifying.cards import Terms

_SUBJECTS_AT_ONCE = 2_000


def refuse_unsound(conn: Connection, file: JournalFile, since: int) -> None:
    """Refuse what was taken over, after the first `since` events, unless it verifies.

    The root, the views of the subjects that have new events, and the scorecards that are new.
    Only the last need a look at all predictions, and only where there are some.

    Raises:
        ConflictError: Two predictions have one external id.
        LedgerError: Anything else.
    """
    if journal.checkpoint(conn) != file.promised:
        raise LedgerError(
            f"with {file.name} taken over, this ledger would not give its root",
            mend="see what `calledit verify` says of this ledger",
        )
    _refuse_twins(conn, file.name)
    for problem in _problems(conn, since):
        raise LedgerError(
            f"{file.name} would not verify: {problem.what}",
            mend="see what `calledit verify` says where it came from, and here",
        )


def _refuse_twins(conn: Connection, name: str) -> None:
    held = prediction.c
    query = (
        select(held.external_id, func.min(held.id), func.max(held.id))
        .where(held.external_id.is_not(None))
        .group_by(held.external_id)
        .having(func.count() > 1)
    )
    twin = conn.execute(query.limit(1)).one_or_none()
    if twin is not None:
        external_id, first, second = twin
        raise ConflictError(
            f"{name}: external id {external_id!r} belongs to predictions {first} and {second}"
        )


def _problems(conn: Connection, since: int) -> Iterator[Problem]:
    query = select(event.c.subject).where(event.c.seq > since).distinct()
    fresh = set(conn.execute(query).scalars())
    told = published(conn, sorted(fresh))
    yield from told.problems
    terms = list(dict.fromkeys(card.terms for card in told.cards))
    claims: dict[Terms, Counter[Group]] = {one: Counter() for one in terms}
    everything = journal.subjects(conn)
    for some in _batches(everything, set(everything) if terms else fresh):
        found = check_subjects(conn, some, terms)
        yield from found.problems
        for one, counted in zip(terms, found.claims, strict=True):
            claims[one].update(counted)
    for card in told.cards:
        yield from check_card(card, claims[card.terms])


def _batches(everything: Sequence[str], wanted: set[str]) -> Iterator[list[str]]:
    """The subjects that are wanted, in runs without another between: how they are checked."""
    for chosen, run in groupby(everything, key=wanted.__contains__):
        while chosen and (some := list(islice(run, _SUBJECTS_AT_ONCE))):
            yield some
