"""Verbs that bring predictions in and keep them in shape."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import and_
from sqlalchemy import insert
from sqlalchemy import select

from ledger import events as ev
from ledger.book.writing import Deed
from ledger.book.writing import find_in
from ledger.book.writing import needed_reason
from ledger.book.writing import next_id
from ledger.book.writing import perform
from ledger.book.writing import prediction_in
from ledger.book.writing import predictions_in
from ledger.book.writing import subject_of
from ledger.clean import clean_block
from ledger.clean import clean_line
from ledger.clock import parse_date
from ledger.errors import ConflictError
from ledger.errors import UsageError
from ledger.fields import checked
from ledger.fields import completed
from ledger.fields import consistent
from ledger.fields import graded
from ledger.fields import refuse_missing
from ledger.model import Article
from ledger.queries import get_prediction
from ledger.queries import id_of_external
from ledger.queries import predictions_of_article
from ledger.schema import article as article_table
from ledger.schema import article_text
from ledger.schema import prediction as prediction_table

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


def add(ledger: Ledger, given: Mapping[str, Any], *, deed: str | None = None) -> Prediction:
    """Record one prediction by hand; it is open at once.

    Args:
        ledger: Where to.
        given: Field names and values; `statement` and `source` are needed.
        deed: The caller's own id for this, so that a retry never doubles; as in every verb.

    Raises:
        UsageError: A field is missing or malformed.
    """
    return add_many(ledger, [given], deed=deed)[0]


def add_many(
    ledger: Ledger, given: Sequence[Mapping[str, Any]], *, deed: str | None = None
) -> list[Prediction]:
    """Record predictions, all of them or, on any error, none.

    Raises:
        UsageError: A field is missing or malformed.
        ConflictError: An external id is taken already.
    """
    today = ledger.clock.today()

    def do(deed: Deed) -> None:
        _record(deed, ev.RECORDED, [completed(fields, today=today) for fields in given])

    return perform(ledger, "add", [dict(fields) for fields in given], do, predictions_in, deed=deed)


def record_article(
    ledger: Ledger,
    *,
    text: str,
    published: date,
    drafts: Sequence[Mapping[str, Any]],
    title: str = "",
    url: str | None = None,
    outlet: str = "",
    author: str = "",
    keep_all: bool = False,
    deed: str | None = None,
) -> tuple[Article, list[Prediction], bool]:
    """Record that an article was read, and its claims as drafts (or open, with `keep_all`).

    The same text read again adds nothing, and gives what is there.

    Returns:
        The article, its predictions in the order of the text, and whether it is new.

    Raises:
        UsageError: A draft's field is malformed.
    """
    sha256 = digest(text)
    today = ledger.clock.today()
    described = {
        "title": title,
        "url": url,
        "outlet": outlet,
        "author": author,
        "published": published.isoformat(),
        "sha256": sha256,
    }

    def do(deed: Deed) -> None:
        if _article_by_hash(deed.conn, sha256) is not None:
            return
        number = article_number(deed, described)
        fields = [completed({**draft, "article_id": number}, today=today) for draft in drafts]
        _keep_text(deed.conn, sha256, text)
        _record(deed, ev.RECORDED if keep_all else ev.DRAFTED, fields)

    def answer(
        conn: Connection, entries: Sequence[Entry]
    ) -> tuple[Article, list[Prediction], bool]:
        held = _article_by_hash(conn, sha256)
        assert held is not None
        return held, predictions_of_article(conn, held.id), bool(entries)

    return perform(ledger, "read", [sha256, published, keep_all], do, answer, deed=deed)


def digest(text: str) -> str:
    """The SHA-256 of a text, by which an article that was read before is known."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def keep(
    ledger: Ledger,
    prediction_ids: Iterable[int],
    changes: Mapping[str, Any] | None = None,
    *,
    deed: str | None = None,
) -> list[Prediction]:
    """Turn drafts (or dropped ones) into open predictions, with changes if there are any.

    Raises:
        NotFoundError: An id is unknown.
        ConflictError: One is not a draft; then none is kept.
    """
    ids = list(dict.fromkeys(prediction_ids))
    today = ledger.clock.today()

    def do(deed: Deed) -> None:
        found = [find_in(deed.conn, number, "draft", "dropped") for number in ids]
        events = [
            deed.happened(ev.KEPT, subject_of(p.id), {"changes": _changes(p, changes or {}, today)})
            for p in found
        ]
        deed.write(*events)

    return perform(ledger, "keep", [ids, dict(changes or {})], do, predictions_in, deed=deed)


def drop(
    ledger: Ledger, prediction_ids: Iterable[int], *, reason: str = "", deed: str | None = None
) -> list[Prediction]:
    """Set drafts aside; they stay in the journal and can be kept after all.

    Raises:
        NotFoundError: An id is unknown.
        ConflictError: One is not a draft; then none is dropped.
    """
    ids = list(dict.fromkeys(prediction_ids))
    data = {"reason": clean_block(reason, limit=4_000)}

    def do(deed: Deed) -> None:
        found = [find_in(deed.conn, number, "draft") for number in ids]
        deed.write(*[deed.happened(ev.DROPPED, subject_of(p.id), data) for p in found])

    return perform(ledger, "drop", [ids, reason], do, predictions_in, deed=deed)


def amend(
    ledger: Ledger,
    prediction_id: int,
    changes: Mapping[str, Any],
    *,
    reason: str = "",
    seen: int | None = None,
    deed: str | None = None,
) -> Prediction:
    """Change fields of a draft or an open prediction; the old values stay in the journal.

    Args:
        ledger: Where.
        prediction_id: Which.
        changes: Fields and their new values.
        reason: Why, in words.
        seen: The prediction's `version` when the caller looked at it, if that matters.
        deed: The caller's own id for this.

    Raises:
        NotFoundError: The id is unknown.
        ConflictError: The prediction is not a draft or open, or was changed since it was seen.
        UsageError: Nothing would change, or a field is malformed.
    """

    def do(deed: Deed) -> None:
        found = find_in(deed.conn, prediction_id, "draft", "open", seen=seen)
        applied = _changes(found, changes, ledger.clock.today())
        if not applied:
            raise UsageError(f"nothing to change in prediction {prediction_id}")
        data = {"changes": applied, "reason": clean_block(reason, limit=4_000)}
        deed.write(deed.happened(ev.AMENDED, subject_of(prediction_id), data))

    return perform(
        ledger, "amend", [prediction_id, dict(changes), reason], do, prediction_in, deed=deed
    )


def note(ledger: Ledger, prediction_id: int, text: str, *, deed: str | None = None) -> Prediction:
    """Write a remark beside a prediction.

    Raises:
        NotFoundError: The id is unknown.
        UsageError: The note is empty.
    """
    data = {"text": clean_block(text, limit=20_000)}
    if not data["text"]:
        raise UsageError("the note is empty")

    def do(deed: Deed) -> None:
        get_prediction(deed.conn, prediction_id)
        deed.write(deed.happened(ev.NOTED, subject_of(prediction_id), data))

    return perform(ledger, "note", [prediction_id, text], do, prediction_in, deed=deed)


def withdraw(
    ledger: Ledger,
    prediction_id: int,
    *,
    reason: str,
    seen: int | None = None,
    deed: str | None = None,
) -> Prediction:
    """Take out a prediction that was recorded by mistake; it no longer counts anywhere.

    Raises:
        NotFoundError: The id is unknown.
        ConflictError: It is a draft (drop it), already out, or was changed since it was seen.
        UsageError: There is no reason.
    """
    data = {"reason": needed_reason(reason, "withdrawing")}

    def do(deed: Deed) -> None:
        find_in(deed.conn, prediction_id, "open", "resolved", seen=seen)
        deed.write(deed.happened(ev.WITHDRAWN, subject_of(prediction_id), data))

    return perform(ledger, "withdraw", [prediction_id, reason], do, prediction_in, deed=deed)


def _record(deed: Deed, kind: str, many: Sequence[dict[str, Any]]) -> None:
    """Write each as an event of `kind`; an external id that is taken is refused."""
    first = next_id(deed.conn, prediction_table)
    events: list[Event] = []
    seen: set[str] = set()
    for number, fields in enumerate(many, start=first):
        _refuse_taken(deed.conn, fields.get("external_id"), seen)
        events.append(deed.happened(kind, subject_of(number), fields))
    deed.write(*events)


def _refuse_taken(conn: Connection, external_id: str | None, seen: set[str]) -> None:
    if external_id is None:
        return
    taken = id_of_external(conn, external_id)
    if taken is not None or external_id in seen:
        whose = "another of these" if taken is None else f"prediction {taken}"
        raise ConflictError(f"external id {external_id!r} belongs to {whose} already")
    seen.add(external_id)


def _changes(found: Prediction, given: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The checked changes that really change something, with what follows from them."""
    before = found.to_json()
    refuse_missing(given)
    changed = {k: v for k, v in checked(given).items() if v != before.get(k)}
    if {"probability", "hedge"} & changed.keys():
        changed = _regraded(before, changed)
    if "due_on" in changed:
        changed.setdefault("due_basis", "stated")
    if changed:
        consistent(before | changed, today=today)
    return changed


def _regraded(before: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    """A new probability or hedge takes the old one's range and basis away."""
    if before["probability_basis"] == "stated" and "probability" not in changed:
        return changed  # the source's own number stands, whatever the word beside it
    kept = {"hedge": before["hedge"]} | changed
    fresh = {"probability_low": None, "probability_high": None, "hedge_class": ""}
    if "probability" not in changed:
        fresh["probability"] = None
    return fresh | {"noncommittal": False} | kept | graded(kept)


def article_number(deed: Deed, given: Mapping[str, Any]) -> int:
    """The number of the article so described (title, url, outlet, …); recorded if it is new."""
    url = clean_line(str(given.get("url") or ""), limit=2_000) or None
    published = given.get("published")
    data = {
        "title": clean_line(str(given.get("title") or ""), limit=500),
        "url": url,
        "outlet": clean_line(str(given.get("outlet") or ""), limit=200),
        "author": clean_line(str(given.get("author") or ""), limit=200),
        "published": parse_date(str(published), name="published").isoformat() if published else "",
        "sha256": clean_line(str(given.get("sha256") or ""), limit=64),
    }
    same = and_(*(article_table.c[name].is_not_distinct_from(v) for name, v in data.items()))
    known: int | None = deed.conn.execute(select(article_table.c.id).where(same)).scalar()
    if known is not None:
        return known
    number = next_id(deed.conn, article_table)
    deed.write(deed.happened(ev.ARTICLE_READ, f"article:{number}", data))
    return number


def _article(conn: Connection, number: int) -> Article:
    row = conn.execute(select(article_table).where(article_table.c.id == number)).mappings().one()
    return Article(**row)


def _article_by_hash(conn: Connection, sha256: str) -> Article | None:
    found = conn.execute(select(article_table.c.id).where(article_table.c.sha256 == sha256)).first()
    return None if found is None else _article(conn, found.id)


def _keep_text(conn: Connection, sha256: str, text: str) -> None:
    held = conn.execute(select(article_text.c.sha256).where(article_text.c.sha256 == sha256))
    if held.first() is None:
        safe = text.encode("utf-8", "replace").decode()
        conn.execute(insert(article_text).values(sha256=sha256, text=safe))
