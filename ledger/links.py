"""Links between items and predictions: suggestions, and what a person said of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy import case
from sqlalchemy import delete
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update

from ledger import events as ev
from ledger.errors import NotFoundError
from ledger.record import record
from ledger.schema import item as item_table
from ledger.schema import link as link_table
from ledger.views import live

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Mapping
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.events import Event
    from ledger.journal import Entry
    from ledger.linking.rank import Candidate

SHOWN = ("suggested", "accepted")


@dataclass(frozen=True, slots=True)
class Link:
    """An item that may bear on a prediction, and how it is shown.

    `score` is between 0 and 1; `stance` is a suggestion; `why` are the matched words; `story` is
    the smallest id among the items that tell the same.
    """

    id: int
    prediction_id: int
    item_id: int
    score: float
    stance: str
    stance_confidence: float
    why: tuple[str, ...]
    state: str
    external_id: str | None
    title: str
    url: str | None
    publisher: str
    published: str
    summary: str
    story: int


_COLUMNS = (
    link_table.c.id,
    link_table.c.prediction_id,
    link_table.c.item_id,
    link_table.c.score,
    link_table.c.stance,
    link_table.c.stance_confidence,
    link_table.c.why,
    link_table.c.state,
    item_table.c.external_id,
    item_table.c.title,
    item_table.c.url,
    item_table.c.publisher,
    item_table.c.published,
    item_table.c.summary,
    link_table.c.story,
)


def get_link(conn: Connection, link_id: int) -> Link:
    """One link.

    Raises:
        NotFoundError: There is none with this id.
    """
    row = conn.execute(_joined().where(link_table.c.id == link_id)).mappings().one_or_none()
    if row is None:
        raise NotFoundError(f"there is no link {link_id}", mend="`calledit link` shows their ids")
    return _link(row)


def links_of(
    conn: Connection,
    prediction_id: int,
    *,
    states: Collection[str] = SHOWN,
    limit: int = 0,
    until: str = "",
) -> list[Link]:
    """A prediction's links: accepted ones first, then by score.

    Args:
        conn: A reading transaction.
        prediction_id: Whose.
        states: Which.
        limit: At most so many; 0 for all.
        until: Only items published before the end of this day (``YYYY-MM-DD``), if given.
    """
    accepted_first = case((link_table.c.state == "accepted", 0), else_=1)
    query = (
        _joined()
        .where(link_table.c.prediction_id == prediction_id, link_table.c.state.in_(states))
        .order_by(accepted_first, link_table.c.score.desc(), link_table.c.item_id)
    )
    if until:
        query = query.where(item_table.c.published < f"{until}~")
    if limit:
        query = query.limit(limit)
    return [_link(row) for row in conn.execute(query).mappings()]


def store_suggestions(
    conn: Connection,
    prediction_id: int,
    candidates: Collection[Candidate],
    *,
    engine: str,
    only: bool = False,
) -> int:
    """Write what the linker proposes; how many are new.

    A link that is there keeps its state: only its score and reasons are refreshed. With `only`,
    suggestions that are not among the candidates go; what a person decided stays.
    """
    query = select(link_table.c.item_id, link_table.c.id).where(
        link_table.c.prediction_id == prediction_id
    )
    held = dict(conn.execute(query).all())
    fresh, again = [], []
    for candidate in candidates:
        link_id = held.pop(candidate.item_id, None)
        if link_id is None:
            key = {"prediction_id": prediction_id, "item_id": candidate.item_id}
            fresh.append(key | _values(candidate, engine))
        else:
            again.append({"link_id": link_id} | _values(candidate, engine))
    if only and held:
        undecided = link_table.c.id.in_(held.values()) & (link_table.c.state == "suggested")
        conn.execute(delete(link_table).where(undecided))
    if again:
        conn.execute(update(link_table).where(link_table.c.id == bindparam("link_id")), again)
    if fresh:
        conn.execute(insert(link_table), fresh)
    return len(fresh)


def scores_of(
    conn: Connection, prediction_ids: Collection[int], *, states: Collection[str] = SHOWN
) -> dict[int, dict[int, float]]:
    """The linked items of several predictions, each with its link's score."""
    query = select(link_table.c.prediction_id, link_table.c.item_id, link_table.c.score).where(
        link_table.c.prediction_id.in_(prediction_ids), link_table.c.state.in_(states)
    )
    found: dict[int, dict[int, float]] = {number: {} for number in prediction_ids}
    for prediction_id, item_id, score in conn.execute(query):
        found[prediction_id][item_id] = score
    return found


def follow(conn: Connection, prediction_id: int, entries: Sequence[Entry]) -> None:
    """Give a prediction's links the states that its events say.

    What is evidence is accepted, what was rejected since is rejected, and what was taken back is
    a suggestion again. A link that was rejected before rejections were journalled stays so.
    """
    decided = _decisions(entries)
    query = (
        select(
            link_table.c.id,
            link_table.c.item_id,
            link_table.c.state,
            item_table.c.url,
            item_table.c.title,
        )
        .join(item_table, item_table.c.id == link_table.c.item_id)
        .where(link_table.c.prediction_id == prediction_id)
    )
    for row in conn.execute(query).all():
        said = decided.get(row.item_id)
        if said is None or not said.is_about(row.url, row.title):
            said = _UNDECIDED if row.state == "accepted" else None
        if said is not None and said.state != row.state:
            conn.execute(
                update(link_table)
                .where(link_table.c.id == row.id)
                .values(state=said.state, decided_by=said.by, decided_at=said.at)
            )


@dataclass(frozen=True, slots=True)
class _Decision:
    """What the journal says of an item: as evidence, or as none."""

    state: str
    by: str = ""
    at: str = ""
    url: str | None = None
    title: str = ""

    def is_about(self, url: str | None, title: str) -> bool:
        """Whether an item is the one decided on; numbers of items mean nothing elsewhere."""
        return self.url == url if self.url or url else self.title == title


_UNDECIDED = _Decision("suggested")


def _decisions(entries: Sequence[Entry]) -> dict[int, _Decision]:
    """The last word on each item, by its number."""
    decided: dict[int, _Decision] = {}
    evidence: dict[str, tuple[int, _Decision]] = {}
    rejected: dict[int, _Decision] = {}
    for entry in entries:
        if entry.event.type == ev.LINK_REJECTED:
            item = entry.event.data["item"]
            decided[item["item_id"]] = _Decision("suggested", url=item["url"], title=item["title"])
    for entry in live(entries):
        event = entry.event
        if event.type == ev.LINK_REJECTED:
            item = event.data["item"]
            rejected[item["item_id"]] = _decision("rejected", event, item)
        elif event.type == ev.ATTACHED and event.data["evidence"]["item_id"] is not None:
            item = event.data["evidence"]
            evidence[event.id] = (item["item_id"], _decision("accepted", event, item))
        elif event.type == ev.DETACHED:
            evidence.pop(event.data["event"], None)
    return decided | rejected | dict(evidence.values())


def _decision(state: str, event: Event, item: Mapping[str, Any]) -> _Decision:
    return _Decision(state, event.actor, event.at, item["url"], item["title"])


def _values(candidate: Candidate, engine: str) -> dict[str, Any]:
    return {
        "score": candidate.score,
        "stance": candidate.stance,
        "stance_confidence": candidate.stance_confidence,
        "why": json.dumps(candidate.why, ensure_ascii=False),
        "engine": engine,
        "story": candidate.story,
    }


def _joined() -> Any:
    return select(*_COLUMNS).join(item_table, item_table.c.id == link_table.c.item_id)


def _link(row: Mapping[Any, Any]) -> Link:
    return record(Link, row)
