"""Predictions from elsewhere, with their verdicts: all of a file, or nothing of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any

from ledger import events as ev
from ledger.book.capture import article_number
from ledger.book.judge import checked_evidence
from ledger.book.judge import refuse_before_made
from ledger.book.judge import same_evidence
from ledger.book.judge import verdict
from ledger.book.writing import Deed
from ledger.book.writing import next_id
from ledger.book.writing import perform
from ledger.book.writing import subject_of
from ledger.clean import clean_line
from ledger.clock import parse_date
from ledger.errors import CalledItError
from ledger.errors import ReadError
from ledger.fields import checked
from ledger.fields import completed
from ledger.fields import refuse_missing
from ledger.model import Evidence
from ledger.queries import id_of_claim
from ledger.queries import id_of_external
from ledger.schema import prediction as prediction_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Connection

    from ledger.events import Event
    from ledger.journal import Entry
    from ledger.store import Ledger

# What a row holds beside a prediction's fields.
_BESIDE = frozenset(
    {"line", "article_id", "article", "evidence", "outcome", "credit", "resolved_on", "reason"}
)
_NO_REASON = "imported as resolved, without evidence"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; `ids` are the new predictions', in the order of the rows."""

    ids: tuple[int, ...]
    known: int
    resolved: int


def import_rows(
    ledger: Ledger, rows: Sequence[Mapping[str, Any]], *, name: str, deed: str | None = None
) -> Imported:
    """Record rows as `ledger.exchange.jsonl.read_rows` gives them.

    A row that the ledger holds is passed over, so a file can be imported twice. A verdict
    without a day is dated by the due date, or today where that is still to come.

    Raises:
        ReadError: A row cannot be recorded; it names the line. Then nothing is.
    """

    def do(deed: Deed) -> None:
        events: list[Event] = []
        seen: set[str] = set()
        number = next_id(deed.conn, prediction_table)
        for row in rows:
            try:
                external_id = _external_id(row)
                if external_id in seen:
                    raise ReadError(f"external id {external_id!r} is there twice")
                if _is_known(deed.conn, external_id, row):
                    continue
                events += _events_of(deed, number, row)
            except CalledItError as error:
                raise ReadError(f"{name}, line {row['line']}: {error}") from error
            if external_id is not None:
                seen.add(external_id)
            number += 1
        deed.write(*events)

    def answer(_conn: Connection, entries: Sequence[Entry]) -> Imported:
        events = [entry.event for entry in entries]
        ids = [int(e.subject.partition(":")[2]) for e in events if e.type == ev.RECORDED]
        resolved = sum(event.type == ev.RESOLVED for event in events)
        return Imported(tuple(ids), len(rows) - len(ids), resolved)

    return perform(ledger, "import", [name, [dict(row) for row in rows]], do, answer, deed=deed)


def _is_known(conn: Connection, external_id: str | None, row: Mapping[str, Any]) -> bool:
    """By its external id; without one, by source, day and statement, as we export them."""
    if external_id is not None:
        return id_of_external(conn, external_id) is not None
    said = checked({name: row.get(name) or "" for name in ("statement", "source")})
    return id_of_claim(conn, said["source"], str(row.get("made_on")), said["statement"]) is not None


def _external_id(row: Mapping[str, Any]) -> str | None:
    given = row.get("external_id")
    if given is not None and not isinstance(given, str | int):
        raise ReadError("external_id: text is wanted")
    return None if given is None else clean_line(str(given), limit=200) or None


def _events_of(deed: Deed, number: int, row: Mapping[str, Any]) -> Iterable[Event]:
    today = deed.ledger.clock.today()
    fields = {key: value for key, value in row.items() if key not in _BESIDE}
    fields["external_id"] = _external_id(row)
    if row.get("article"):
        if not isinstance(row["article"], dict):
            raise ReadError("article: an object is wanted")
        fields["article_id"] = article_number(deed, row["article"])
    refuse_missing({"made_on": None} | fields)
    recorded = completed(fields, today=today)
    subject = subject_of(number)
    yield deed.happened(ev.RECORDED, subject, recorded)
    given = row.get("evidence") or ()
    if not isinstance(given, list | tuple):
        raise ReadError("evidence: a list of objects is wanted")
    evidence = [{"evidence": _evidence(one).to_data()} for one in given]
    for place, one in enumerate(evidence):
        if any(same_evidence(one, other) for other in evidence[:place]):
            raise ReadError("evidence: one piece of it is there twice")
        yield deed.happened(ev.ATTACHED, subject, one)
    if row.get("outcome") is not None:
        on = _resolved_on(row.get("resolved_on"), parse_date(recorded["due_on"]), today)
        refuse_before_made(on.isoformat(), recorded["made_on"])
        reason = str(row.get("reason") or ("" if evidence else _NO_REASON))
        data = verdict(deed.ledger, str(row["outcome"]), row.get("credit"), reason, on)
        yield deed.happened(ev.RESOLVED, subject, data)
    elif any(row.get(name) for name in ("credit", "resolved_on", "reason")):
        raise ReadError("a credit, resolved_on or reason needs an outcome")


def _evidence(given: Any) -> Evidence:
    if not isinstance(given, dict):
        raise ReadError("evidence: a list of objects is wanted")
    known = ("url", "title", "publisher", "published", "quote", "sha256", "stance")
    texts = {name: given[name] for name in known if given.get(name) is not None}
    if not all(isinstance(value, str) for value in texts.values()):
        raise ReadError("evidence: its values are text")
    return checked_evidence(Evidence(**texts))


def _resolved_on(given: Any, due: date, today: date) -> date:
    if given is not None:
        return parse_date(str(given), name="resolved_on")
    return min(due, today)
