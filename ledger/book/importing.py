"""Predictions from elsewhere, with their verdicts: all of a file, or nothing of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any

from ledger import events as ev
from ledger.book.capture import article_number
from ledger.book.judge import checked_evidence
from ledger.book.judge import verdict
from ledger.book.writing import happened
from ledger.book.writing import next_id
from ledger.book.writing import subject_of
from ledger.book.writing import write
from ledger.clock import parse_date
from ledger.errors import CalledItError
from ledger.errors import ReadError
from ledger.fields import completed
from ledger.model import Evidence
from ledger.queries import id_of_external
from ledger.schema import prediction as prediction_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Connection

    from ledger.events import Event
    from ledger.store import Ledger

# What a row holds beside a prediction's fields.
_BESIDE = frozenset({"line", "article", "evidence", "outcome", "credit", "resolved_on", "reason"})
_NO_REASON = "imported as resolved, without evidence"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; `ids` are the new predictions', in the order of the rows."""

    ids: tuple[int, ...]
    known: int
    resolved: int


def import_rows(ledger: Ledger, rows: Sequence[Mapping[str, Any]], *, name: str) -> Imported:
    """Record rows as `ledger.exchange.jsonl.read_rows` gives them.

    A row whose external id the ledger holds is passed over, so a file can be imported twice. A
    verdict without a day is dated by the due date, or today where that is still to come.

    Raises:
        ReadError: A row cannot be recorded; it names the line. Then nothing is.
    """
    events: list[Event] = []
    seen: set[str] = set()
    ids, known = [], 0
    with ledger.write() as conn:
        number = next_id(conn, prediction_table)
        for row in rows:
            try:
                external_id = row.get("external_id")
                if external_id in seen:
                    raise ReadError(f"external id {external_id!r} is there twice")
                if external_id is not None and id_of_external(conn, external_id) is not None:
                    known += 1
                    continue
                events += _events_of(ledger, conn, number, row)
            except CalledItError as error:
                raise ReadError(f"{name}, line {row['line']}: {error}") from error
            if external_id is not None:
                seen.add(external_id)
            ids.append(number)
            number += 1
        write(conn, events)
    resolved = sum(event.type == ev.RESOLVED for event in events)
    return Imported(tuple(ids), known, resolved)


def _events_of(
    ledger: Ledger, conn: Connection, number: int, row: Mapping[str, Any]
) -> Iterable[Event]:
    today = ledger.clock.today()
    fields = {key: value for key, value in row.items() if key not in _BESIDE}
    if row.get("article"):
        fields["article_id"] = article_number(ledger, conn, row["article"])
    recorded = completed(fields, today=today)
    subject = subject_of(number)
    yield happened(ledger, ev.RECORDED, subject, recorded)
    evidence = [_evidence(one) for one in row.get("evidence") or ()]
    for one in evidence:
        yield happened(ledger, ev.ATTACHED, subject, {"evidence": one.to_data()})
    if row.get("outcome") is not None:
        on = _resolved_on(row.get("resolved_on"), parse_date(recorded["due_on"]), today)
        reason = str(row.get("reason") or ("" if evidence else _NO_REASON))
        data = verdict(ledger, str(row["outcome"]), row.get("credit"), reason, on)
        yield happened(ledger, ev.RESOLVED, subject, data)


def _evidence(given: Any) -> Evidence:
    if not isinstance(given, dict):
        raise ReadError("evidence: a list of objects is wanted")
    known = ("url", "title", "publisher", "published", "quote", "sha256", "stance")
    return checked_evidence(Evidence(**{k: given[k] for k in known if given.get(k) is not None}))


def _resolved_on(given: Any, due: date, today: date) -> date:
    if given is not None:
        return parse_date(str(given), name="resolved_on")
    return min(due, today)
