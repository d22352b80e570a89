"""Verbs that judge: attach evidence, resolve, reopen. Nothing resolves itself."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import select

from ledger import events as ev
from ledger import links
from ledger.book.writing import Deed
from ledger.book.writing import find_in
from ledger.book.writing import needed_reason
from ledger.book.writing import perform
from ledger.book.writing import prediction_in
from ledger.book.writing import predictions_in
from ledger.book.writing import subject_of
from ledger.clean import clean_block
from ledger.clean import clean_line
from ledger.errors import ConflictError
from ledger.errors import NotFoundError
from ledger.errors import UsageError
from ledger.fields import decimal_text
from ledger.model import OUTCOME_WORDS
from ledger.model import OUTCOMES
from ledger.model import STANCES
from ledger.model import Evidence
from ledger.queries import evidence_of
from ledger.queries import get_prediction
from ledger.schema import event as event_table
from ledger.schema import evidence as evidence_table
from ledger.schema import item as item_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Connection

    from ledger.events import Event
    from ledger.journal import Entry
    from ledger.model import Prediction
    from ledger.store import Ledger

DEFAULT_CREDIT = "0.50"


def attach(
    ledger: Ledger, prediction_id: int, evidence: Evidence | int, *, deed: str | None = None
) -> Prediction:
    """Attach evidence: a news item by its id, or an address or quote.

    Raises:
        NotFoundError: The prediction or the item is unknown.
        ConflictError: It is attached already, or the prediction is neither open nor resolved.
        UsageError: The evidence is empty, or its address is not http or https.
    """

    def do(deed: Deed) -> None:
        found = find_in(deed.conn, prediction_id, "open", "resolved")
        deed.write(_attaching(deed, found, evidence))

    return perform(ledger, "attach", [prediction_id, evidence], do, prediction_in, deed=deed)


def detach(
    ledger: Ledger, prediction_id: int, evidence_id: int, *, deed: str | None = None
) -> Prediction:
    """Take evidence off a prediction again.

    Raises:
        NotFoundError: The prediction has no such evidence.
        ConflictError: It is all that a resolution rests on.
    """

    def do(deed: Deed) -> None:
        found = get_prediction(deed.conn, prediction_id)
        deed.write(_detaching(deed, found, evidence_id))

    return perform(ledger, "detach", [prediction_id, evidence_id], do, prediction_in, deed=deed)


def accept(ledger: Ledger, link_id: int, *, deed: str | None = None) -> Prediction:
    """Accept a suggested link: its item becomes evidence, snapshotted into the journal.

    Raises:
        NotFoundError: The link is unknown.
        ConflictError: It is accepted already, or the prediction is neither open nor resolved.
    """
    return accept_many(ledger, [link_id], deed=deed)[0]


def accept_many(
    ledger: Ledger, link_ids: Iterable[int], *, deed: str | None = None
) -> list[Prediction]:
    """Accept links, all of them or, on any error, none; their predictions, each once."""
    ids = list(dict.fromkeys(link_ids))

    def do(deed: Deed) -> None:
        for link_id in ids:
            link = links.get_link(deed.conn, link_id)
            found = find_in(deed.conn, link.prediction_id, "open", "resolved")
            deed.write(_attaching(deed, found, link.item_id))

    return perform(ledger, "accept", ids, do, predictions_in, deed=deed)


def reject(ledger: Ledger, link_id: int, *, deed: str | None = None) -> Prediction:
    """Say that an item does not bear on its prediction; it is not suggested there again.

    An accepted link may be rejected too: its evidence is detached.

    Raises:
        NotFoundError: The link is unknown.
        ConflictError: The item is all that a resolution rests on.
    """
    return reject_many(ledger, [link_id], deed=deed)[0]


def reject_many(
    ledger: Ledger, link_ids: Iterable[int], *, deed: str | None = None
) -> list[Prediction]:
    """Reject links, all of them or, on any error, none; their predictions, each once."""
    ids = list(dict.fromkeys(link_ids))

    def do(deed: Deed) -> None:
        for link in [links.get_link(deed.conn, link_id) for link_id in ids]:
            held = evidence_of(deed.conn, link.prediction_id)
            found = get_prediction(deed.conn, link.prediction_id)
            attached = [one.id for one in held if one.item_id == link.item_id]
            events = [_detaching(deed, found, evidence_id) for evidence_id in attached]
            if link.state != "rejected":
                item = {"item_id": link.item_id, "url": link.url, "title": link.title}
                events.append(deed.happened(ev.LINK_REJECTED, subject_of(found.id), {"item": item}))
            deed.write(*events)

    def answer(conn: Connection, _entries: Sequence[Entry]) -> list[Prediction]:
        numbers = [links.get_link(conn, link_id).prediction_id for link_id in ids]
        return [get_prediction(conn, number) for number in dict.fromkeys(numbers)]

    return perform(ledger, "reject", ids, do, answer, deed=deed)


def resolve(
    ledger: Ledger,
    prediction_id: int,
    outcome: str,
    *,
    credit: str | None = None,
    evidence: Sequence[Evidence | int] = (),
    reason: str = "",
    on: date | None = None,
    seen: int | None = None,
    deed: str | None = None,
) -> Prediction:
    """Judge a prediction.

    Args:
        ledger: Where.
        prediction_id: Which.
        outcome: true, false, partial, ambiguous or annulled.
        credit: For `partial` only: strictly between 0 and 1; one half unless told.
        evidence: More to attach; with what is attached already, at least one, or a reason.
        reason: In words.
        on: The day on which it was settled; today unless told.
        seen: The prediction's `version` when the caller looked at it, if that matters.
        deed: The caller's own id for this.

    Raises:
        NotFoundError: The prediction or an item is unknown.
        ConflictError: The prediction is not open, or was changed since it was seen.
        UsageError: The outcome, credit or day is wrong, or it rests on nothing.
    """
    data = verdict(ledger, outcome, credit, reason, on)

    def do(deed: Deed) -> None:
        found = find_in(deed.conn, prediction_id, "open", seen=seen)
        refuse_before_made(data["resolved_on"], found.made_on.isoformat())
        attaching: list[Event] = []
        for one in evidence:
            attaching.append(_attaching(deed, found, one, beside=attaching))
        if not (attaching or data["reason"] or evidence_of(deed.conn, prediction_id)):
            raise UsageError(
                f"prediction {prediction_id} needs evidence or a reason to be resolved",
                mend="give --evidence ITEM|URL or --reason TEXT",
            )
        deed.write(*attaching, deed.happened(ev.RESOLVED, subject_of(prediction_id), data))

    return perform(
        ledger, "resolve", [prediction_id, data, list(evidence)], do, prediction_in, deed=deed
    )


def reopen(
    ledger: Ledger,
    prediction_id: int,
    *,
    reason: str,
    seen: int | None = None,
    deed: str | None = None,
) -> Prediction:
    """Take a verdict away; the old one stays in the journal.

    Raises:
        NotFoundError: The id is unknown.
        ConflictError: The prediction is not resolved, or was changed since it was seen.
        UsageError: There is no reason.
    """
    data = {"reason": needed_reason(reason, "reopening")}

    def do(deed: Deed) -> None:
        find_in(deed.conn, prediction_id, "resolved", seen=seen)
        deed.write(deed.happened(ev.REOPENED, subject_of(prediction_id), data))

    return perform(ledger, "reopen", [prediction_id, reason], do, prediction_in, deed=deed)


def refuse_before_made(resolved_on: str, made_on: str) -> None:
    """Nothing is settled before it is said.

    Raises:
        UsageError: It would be.
    """
    if resolved_on < made_on:
        raise UsageError(f"resolved on {resolved_on}, before it was made on {made_on}")


def verdict(
    ledger: Ledger, outcome: str, credit: str | None, reason: str, on: date | None
) -> dict[str, Any]:
    """What a `prediction.resolved` event says, checked; see `resolve`."""
    if outcome not in OUTCOMES:
        raise UsageError(
            f"{clean_line(outcome, limit=40)!r} is no outcome",
            mend="say " + ", ".join(OUTCOMES[:-1]) + f" or {OUTCOMES[-1]}",
        )
    if credit is not None and outcome != "partial":
        raise UsageError(
            f"only a partial outcome has a credit, not one that {OUTCOME_WORDS[outcome]}"
        )
    day = on or ledger.clock.today()
    if day > ledger.clock.today():
        raise UsageError(f"{day} is in the future: nothing can be resolved on it yet")
    return {
        "outcome": outcome,
        "credit": _credit(credit) if outcome == "partial" else None,
        "resolved_on": day.isoformat(),
        "reason": clean_block(reason, limit=20_000),
    }


def _credit(given: str | None) -> str:
    text = DEFAULT_CREDIT if given is None else decimal_text("credit", given)
    if not 0 < Decimal(text) < 1:
        raise UsageError(
            f"credit {text} is not strictly between 0 and 1", mend="use true or false for the ends"
        )
    return text


def _attaching(
    deed: Deed, found: Prediction, evidence: Evidence | int, *, beside: Sequence[Event] = ()
) -> Event:
    """The event; refused for what is attached already, or by the events beside it."""
    one = (
        _snapshot(deed.conn, evidence) if isinstance(evidence, int) else checked_evidence(evidence)
    )
    same = select(evidence_table.c.id).where(
        evidence_table.c.prediction_id == found.id,
        evidence_table.c.item_id == one.item_id
        if one.item_id is not None
        else (evidence_table.c.url == one.url) & (evidence_table.c.quote == one.quote),
    )
    data = {"evidence": one.to_data()}
    if deed.conn.execute(same).first() or any(same_evidence(data, event.data) for event in beside):
        what = f"item {one.item_id}" if one.item_id is not None else one.url or "that quote"
        raise ConflictError(f"{what} is attached to prediction {found.id} already")
    return deed.happened(ev.ATTACHED, subject_of(found.id), data)


def same_evidence(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two attachments are of one item; or where neither is of one, of one passage."""
    mine, theirs = one["evidence"], other["evidence"]
    names = ("item_id",) if mine["item_id"] is not None else ("item_id", "url", "quote")
    return all(mine[name] == theirs[name] for name in names)


def checked_evidence(given: Evidence) -> Evidence:
    """Evidence from outside, made safe.

    Raises:
        UsageError: It is empty, or its address is not http or https.
    """
    url = clean_line(given.url or "", limit=2_000) or None
    if url is not None and not url.lower().startswith(("http://", "https://")):
        raise UsageError(f"{url!r} is not a web address", mend="start it with https://")
    if given.stance not in STANCES:
        raise UsageError(f"stance {given.stance!r} is not one of {', '.join(STANCES)}")
    quote = clean_block(given.quote, limit=8_000)
    if url is None and not quote:
        raise UsageError("evidence needs an address or a quote")
    return Evidence(
        url=url,
        title=clean_line(given.title),
        publisher=clean_line(given.publisher, limit=200),
        published=clean_line(given.published, limit=40),
        quote=quote,
        sha256=clean_line(given.sha256, limit=64),
        stance=given.stance,
    )


def _snapshot(conn: Connection, item_id: int) -> Evidence:
    """An item as evidence: what it says now, whatever becomes of its feed."""
    row = conn.execute(select(item_table).where(item_table.c.id == item_id)).one_or_none()
    if row is None:
        raise NotFoundError(
            f"there is no news item {item_id}", mend="`calledit news search` shows their ids"
        )
    return Evidence(
        url=row.url,
        title=row.title,
        publisher=row.publisher,
        published=row.published,
        quote=row.summary,
        sha256=row.sha256,
        item_id=item_id,
    )


def _detaching(deed: Deed, found: Prediction, evidence_id: int) -> Event:
    held = {one.id for one in evidence_of(deed.conn, found.id)}
    if evidence_id not in held:
        raise NotFoundError(f"prediction {found.id} has no evidence {evidence_id}")
    if found.status == "resolved" and held == {evidence_id} and not found.reason:
        raise ConflictError(
            f"prediction {found.id} was resolved on this evidence alone",
            mend=f"reopen it first: calledit reopen {found.id} --reason …",
        )
    attached = select(event_table.c.id).where(event_table.c.seq == evidence_id)
    data = {"event": deed.conn.execute(attached).scalar_one()}
    return deed.happened(ev.DETACHED, subject_of(found.id), data)
