"""What screens and commands ask: lists, one prediction whole, counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from datetime import timedelta
from typing import TYPE_CHECKING
from typing import Literal

from sqlalchemy import Select
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select

from ledger import journal
from ledger.clean import clean_line
from ledger.errors import NotFoundError
from ledger.errors import UsageError
from ledger.fulltext import full_text
from ledger.model import Article
from ledger.model import Evidence
from ledger.model import Prediction
from ledger.record import record
from ledger.schema import article as article_table
from ledger.schema import article_text
from ledger.schema import evidence as evidence_table
from ledger.schema import note as note_table
from ledger.schema import prediction as prediction_table
from ledger.views import taken_back

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Sequence
    from typing import Any

    from sqlalchemy import Connection

    from ledger.journal import Entry

Sort = Literal["due", "made", "id", "source"]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which predictions to list.

    Attributes:
        words: Full text; every word must be there, a last one may be a beginning.
        status: A status, or "due" (open and due today or before), or "all"; empty for drafts,
            open and resolved ones.
        source: Exact name, any case.
        due: Due on or before this day.
        due_from: Due on or after this day.
        tag: One tag.
        sort: By what.
        limit: At most so many; 0 for all.
    """

    words: str = ""
    status: str = ""
    source: str = ""
    due: date | None = None
    due_from: date | None = None
    tag: str = ""
    sort: Sort = "due"
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Deed:
    """One event of a prediction's history."""

    seq: int
    type: str
    at: str
    actor: str
    data: Mapping[str, Any]
    taken_back: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """A prediction with all that hangs on it."""

    prediction: Prediction
    article: Article | None
    evidence: tuple[Evidence, ...]
    notes: tuple[str, ...]
    history: tuple[Deed, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many predictions there are, by where they stand."""

    drafts: int
    open: int
    due: int
    resolved: int


def get_prediction(conn: Connection, prediction_id: int) -> Prediction:
    """The prediction as it stands.

    Raises:
        NotFoundError: There is none with this id.
    """
    query = select(prediction_table).where(prediction_table.c.id == prediction_id)
    row = conn.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFoundError(
            f"there is no prediction {prediction_id}", mend="`calledit list` shows their ids"
        )
    return Prediction.from_row(row)


def id_of_external(conn: Connection, external_id: str) -> int | None:
    """The prediction that came from elsewhere under this id."""
    query = select(prediction_table.c.id).where(prediction_table.c.external_id == external_id)
    found: int | None = conn.execute(query).scalar()
    return found


def id_of_claim(conn: Connection, source: str, made_on: str, statement: str) -> int | None:
    """The prediction that says this, by this source, on this day."""
    columns = prediction_table.c
    query = select(columns.id).where(
        columns.statement == statement, columns.source == source, columns.made_on == made_on
    )
    found: int | None = conn.execute(query.limit(1)).scalar()
    return found


def list_predictions(conn: Connection, asked: Asked, *, today: date) -> list[Prediction]:
    """The predictions asked for, in order."""
    query = _ordered(_filtered(conn, select(prediction_table), asked, today), asked.sort)
    if asked.limit:
        query = query.limit(asked.limit)
    return [Prediction.from_row(row) for row in conn.execute(query).mappings()]


def predictions_of_article(conn: Connection, article_id: int) -> list[Prediction]:
    """What was read from one article, in the order of the text."""
    query = select(prediction_table).where(prediction_table.c.article_id == article_id)
    rows = conn.execute(query.order_by(prediction_table.c.id)).mappings()
    return [Prediction.from_row(row) for row in rows]


def whole(conn: Connection, prediction: Prediction) -> Whole:
    """One prediction with its article, evidence, notes and history."""
    notes = (
        select(note_table.c.text)
        .where(note_table.c.prediction_id == prediction.id)
        .order_by(note_table.c.id)
    )
    return Whole(
        prediction,
        article_of(conn, prediction),
        tuple(evidence_of(conn, prediction.id)),
        tuple(conn.execute(notes).scalars()),
        tuple(_history(list(journal.read(conn, subject=f"prediction:{prediction.id}")))),
    )


def evidence_of(conn: Connection, prediction_id: int) -> list[Evidence]:
    """What is attached to a prediction, first attached first."""
    query = (
        select(evidence_table)
        .where(evidence_table.c.prediction_id == prediction_id)
        .order_by(evidence_table.c.id)
    )
    return [record(Evidence, row) for row in conn.execute(query).mappings()]


def article_of(conn: Connection, prediction: Prediction) -> Article | None:
    """The article that a prediction was read from."""
    if prediction.article_id is None:
        return None
    query = select(article_table).where(article_table.c.id == prediction.article_id)
    row = conn.execute(query).mappings().first()
    return None if row is None else record(Article, row)


def paragraph_of(conn: Connection, prediction: Prediction) -> str:
    """The paragraph that holds the prediction's quote; the quote where the text is not held."""
    article = article_of(conn, prediction)
    start, end = prediction.quote_start, prediction.quote_end
    if article is None or start is None or end is None:
        return prediction.quote
    query = select(article_text.c.text).where(article_text.c.sha256 == article.sha256)
    body: str | None = conn.execute(query).scalar()
    if body is None:
        return prediction.quote
    first = body.rfind("\n", 0, start) + 1
    last = body.find("\n", end)
    return body[first : last if last >= 0 else len(body)].strip()


def counts(conn: Connection, *, today: date) -> Counts:
    """How many drafts, open, due and resolved predictions there are."""
    status = prediction_table.c.status
    grouped = conn.execute(select(status, func.count()).group_by(status))
    by_status: dict[str, int] = {row[0]: row[1] for row in grouped}
    due = conn.execute(
        select(func.count()).where(status == "open", prediction_table.c.due_on <= str(today))
    ).scalar_one()
    return Counts(
        drafts=by_status.get("draft", 0),
        open=by_status.get("open", 0),
        due=due,
        resolved=by_status.get("resolved", 0),
    )


def source_names(conn: Connection) -> list[str]:
    """Every source, by name."""
    # The index on sources gives their names; of each, the first such prediction ends the search.
    named = select(prediction_table.c.source).distinct().subquery()
    counts = prediction_table.c.status.in_(("open", "resolved"))
    found = select(prediction_table.c.id).where(prediction_table.c.source == named.c.source, counts)
    query = select(named.c.source).where(found.exists())
    return sorted(conn.execute(query).scalars(), key=lambda source: (source.casefold(), source))


def due_window(words: str, today: date) -> tuple[date | None, date | None]:
    """``--due``: a day, "overdue", "today", "week", "month", or days like "30d", as from-to.

    Raises:
        UsageError: Something else.
    """
    spans = {"today": 0, "week": 7, "month": 31}
    if words == "overdue":
        return None, today - timedelta(days=1)
    if words in spans:
        return None, today + timedelta(days=spans[words])
    if words.endswith("d") and words[:-1].isascii() and words[:-1].isdigit() and len(words) < 6:
        return None, today + timedelta(days=int(words[:-1]))
    first, mark, last = words.partition("..")
    try:
        start = date.fromisoformat(first) if first else None
        end = date.fromisoformat(last) if last else None
    except ValueError:
        raise UsageError(
            f"--due {words!r} is no window",
            mend="say overdue, today, week, month, 30d, 2025-12-31 or 2025-01-01..2025-12-31",
        ) from None
    return (start, end) if mark else (None, start)


def _filtered(conn: Connection, query: Select[Any], asked: Asked, today: date) -> Select[Any]:
    columns = prediction_table.c
    query = query.where(_has_status(asked.status, today))
    if asked.source:
        # The database folds ASCII only, so the exact name is tried too.
        named = func.lower(columns.source) == asked.source.lower()
        query = query.where(or_(named, columns.source == asked.source))
    if asked.due is not None:
        query = query.where(columns.due_on <= asked.due.isoformat())
    if asked.due_from is not None:
        query = query.where(columns.due_on >= asked.due_from.isoformat())
    if asked.tag:
        query = query.where(columns.tags.icontains(f'"{asked.tag}"', autoescape=True))
    return holding(conn, query, asked.words)


def _has_status(status: str, today: date) -> Any:
    column = prediction_table.c.status
    if status == "due":
        return (column == "open") & (prediction_table.c.due_on <= today.isoformat())
    if status == "all":
        return column.is_not(None)
    if not status:
        return or_(column == "open", column == "resolved", column == "draft")
    return column == status


def _ordered(query: Select[Any], sort: Sort) -> Select[Any]:
    columns = prediction_table.c
    first = {
        "due": columns.due_on,
        "made": columns.made_on.desc(),
        "id": columns.id,
        "source": func.lower(columns.source),
    }[sort]
    return query.order_by(first, columns.id)


def holding(conn: Connection, query: Select[Any], words: str) -> Select[Any]:
    """Only predictions whose text holds every word; the last may be the beginning of one."""
    bare = (word.replace('"', "") for word in clean_line(words).split()[:32])
    terms = [term for term in bare if term]
    if not terms:
        return query
    return query.where(prediction_table.c.id.in_(full_text(conn).predictions_holding(terms)))


def _history(entries: Sequence[Entry]) -> list[Deed]:
    dead = taken_back(entries)
    return [
        Deed(e.seq, e.event.type, e.event.at, e.event.actor, e.event.data, e.event.id in dead)
        for e in entries
    ]
