"""Verbs that judge: attach evidence, resolve, reopen. Nothing resolves itself."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import select

from ledger import events as ev
from ledger import links
from ledger.book.writing import find_in
from ledger.book.writing import happened
from ledger.book.writing import subject_of
from ledger.book.writing import write
from ledger.clean import clean_block
from ledger.clean import clean_line
from ledger.clock import instant_text
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
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import Connection

    from ledger.events import Event
    from ledger.model import Prediction
    from ledger.store import Ledger

DEFAULT_CREDIT = "0.50"


def attach(ledger: Ledger, prediction_id: int, evidence: Evidence | int) -> Prediction:
    """Attach evidence: a news item by its id, or an address or quote.

    Raises:
        NotFoundError: The prediction or the item is unknown.
        ConflictError: It is attached already, or the prediction is neither open nor resolved.
        UsageError: The evidence is empty, or its address is not http or https.
    """
    with ledger.write() as conn:
        found = find_in(conn, prediction_id, "open", "resolved")
        write(conn, [_attaching(ledger, conn, found, evidence)])
        return get_prediction(conn, prediction_id)


def detach(ledger: Ledger, prediction_id: int, evidence_id: int) -> Prediction:
    """Take evidence off a prediction again.

    Raises:
        NotFoundError: The prediction has no such evidence.
        ConflictError: It is all that a resolution rests on.
    """
    with ledger.write() as conn:
        found = get_prediction(conn, prediction_id)
        write(conn, [_detaching(ledger, conn, found, evidence_id)])
        return get_prediction(conn, prediction_id)


def accept(ledger: Ledger, link_id: int) -> Prediction:
    """Accept a suggested link: its item becomes evidence, snapshotted into the journal.

    Raises:
        NotFoundError: The link is unknown.
        ConflictError: It is accepted already, or the prediction is neither open nor resolved.
    """
    with ledger.write() as conn:
        link = links.get_link(conn, link_id)
        found = find_in(conn, link.prediction_id, "open", "resolved")
        write(conn, [_attaching(ledger, conn, found, link.item_id)])
        links.set_state(conn, link_id, "accepted", by=ledger.actor, at=_now(ledger))
        return get_prediction(conn, link.prediction_id)


def reject(ledger: Ledger, link_id: int) -> Prediction:
    """Say that an item does not bear on its prediction; it is not suggested there again.

    An accepted link may be rejected too: its evidence is detached.

    Raises:
        NotFoundError: The link is unknown.
        ConflictError: The item is all that a resolution rests on.
    """
    with ledger.write() as conn:
        link = links.get_link(conn, link_id)
        found = get_prediction(conn, link.prediction_id)
        held = [e.id for e in evidence_of(conn, found.id) if e.item_id == link.item_id]
        write(conn, [_detaching(ledger, conn, found, evidence_id) for evidence_id in held])
        links.set_state(conn, link_id, "rejected", by=ledger.actor, at=_now(ledger))
        return get_prediction(conn, found.id)


def resolve(
    ledger: Ledger,
    prediction_id: int,
    outcome: str,
    *,
    credit: str | None = None,
    evidence: Sequence[Evidence | int] = (),
    reason: str = "",
    on: date | None = None,
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

    Raises:
        NotFoundError: The prediction or an item is unknown.
        ConflictError: The prediction is not open.
        UsageError: The outcome, credit or day is wrong, or it rests on nothing.
    """
    data = verdict(ledger, outcome, credit, reason, on)
    with ledger.write() as conn:
        found = find_in(conn, prediction_id, "open")
        refuse_before_made(data["resolved_on"], found.made_on.isoformat())
        attaching = [_attaching(ledger, conn, found, one) for one in evidence]
        if not (attaching or data["reason"] or evidence_of(conn, prediction_id)):
            raise UsageError(
                f"prediction {prediction_id} needs evidence or a reason to be resolved",
                mend="give --evidence ITEM|URL or --reason TEXT",
            )
        resolving = happened(ledger, ev.RESOLVED, subject_of(prediction_id), data)
        write(conn, [*attaching, resolving])
        return get_prediction(conn, prediction_id)


def reopen(ledger: Ledger, prediction_id: int, *, reason: str) -> Prediction:
    """Take a verdict away; the old one stays in the journal.

    Raises:
        NotFoundError: The id is unknown.
        ConflictError: The prediction is not resolved.
        UsageError: There is no reason.
    """
    data = {"reason": clean_block(reason, limit=4_000)}
    if not data["reason"]:
        raise UsageError("reopening needs a reason", mend="say why: --reason …")
    with ledger.write() as conn:
        found = get_prediction(conn, prediction_id)
        if found.status != "resolved":
            raise ConflictError(f"prediction {prediction_id} is not resolved")
        write(conn, [happened(ledger, ev.REOPENED, subject_of(prediction_id), data)])
        return get_prediction(conn, prediction_id)


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
    ledger: Ledger, conn: Connection, found: Prediction, evidence: Evidence | int
) -> Event:
    one = _snapshot(conn, evidence) if isinstance(evidence, int) else checked_evidence(evidence)
    same = select(evidence_table.c.id).where(
        evidence_table.c.prediction_id == found.id,
        evidence_table.c.item_id == one.item_id
        if one.item_id is not None
        else (evidence_table.c.url == one.url) & (evidence_table.c.quote == one.quote),
    )
    if conn.execute(same).first() is not None:
        what = f"item {one.item_id}" if one.item_id is not None else one.url or "that quote"
        raise ConflictError(f"{what} is attached to prediction {found.id} already")
    data = {"evidence": one.to_data()}
    return happened(ledger, ev.ATTACHED, subject_of(found.id), data)


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


def _detaching(ledger: Ledger, conn: Connection, found: Prediction, evidence_id: int) -> Event:
    held = {one.id for one in evidence_of(conn, found.id)}
    if evidence_id not in held:
        raise NotFoundError(f"prediction {found.id} has no evidence {evidence_id}")
    if found.status == "resolved" and held == {evidence_id} and not found.reason:
        raise ConflictError(
            f"prediction {found.id} was resolved on this evidence alone",
            mend=f"reopen it first: calledit reopen {found.id} --reason …",
        )
    attached = select(event_table.c.id).where(event_table.c.seq == evidence_id)
    data = {"event": conn.execute(attached).scalar_one()}
    return happened(ledger, ev.DETACHED, subject_of(found.id), data)


def _now(ledger: Ledger) -> str:
    return instant_text(ledger.clock.now())
