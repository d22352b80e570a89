"""Store what was seen: new items, changed ones as revisions, the same ones once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Any
from typing import TypeVar

from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update

from ledger.fulltext import full_text
from ledger.schema import item as item_table
from ledger.schema import item_revision

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Mapping
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.newsroom.records import NewItem

_T = TypeVar("_T")
# Below the number of variables that every SQLite takes in one statement.
_BATCH = 500
_SAID = ("title", "url", "published", "summary", "text", "sha256")
_KNOWN = ("id", "identity", "revision", "last_seen", *_SAID)


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of items.

    Attributes:
        new: How many were not known.
        changed: How many said something else than before.
        same: How many were as before.
        item_ids: Of the new and changed ones.
    """

    new: int = 0
    changed: int = 0
    same: int = 0
    item_ids: tuple[int, ...] = ()

    def __add__(self, other: Stored) -> Stored:
        return Stored(
            self.new + other.new,
            self.changed + other.changed,
            self.same + other.same,
            tuple(sorted({*self.item_ids, *other.item_ids})),
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """What is new, what has changed, what is the same."""

    new: tuple[NewItem, ...]
    changed: tuple[NewItem, ...]
    same: tuple[NewItem, ...]


def decide(known: Mapping[str, Mapping[str, Any]], items: Sequence[NewItem]) -> Decision:
    """Sort sightings by what is known; pure. No identity may come twice.

    Args:
        known: Identity → at least the ``sha256`` of what is stored.
        items: What was seen.
    """
    new, changed, same = [], [], []
    for item in items:
        row = known.get(item.identity)
        if row is None:
            new.append(item)
        elif row["sha256"] != item.sha256():
            changed.append(item)
        else:
            same.append(item)
    return Decision(tuple(new), tuple(changed), tuple(same))


def known_items(
    conn: Connection, scope: str, identities: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """What is stored under these identities: id, revision, and what each says."""
    columns = [item_table.c[name] for name in _KNOWN]
    found: dict[str, dict[str, Any]] = {}
    for batch in _batches(identities):
        query = select(*columns).where(item_table.c.scope == scope)
        query = query.where(item_table.c.identity.in_(batch))
        found |= {row["identity"]: dict(row) for row in conn.execute(query).mappings()}
    return found


def store_items(
    conn: Connection, scope: str, feed_id: int | None, items: Sequence[NewItem], seen_at: str
) -> Stored:
    """Store items within the caller's transaction.

    Args:
        conn: Where to write.
        scope: What their identities are unique in: ``feed:3``, ``news``.
        feed_id: Their feed, if there is one.
        items: In order of arrival. One that comes twice is one item; when it says something
            else the second time, that is a revision.
        seen_at: The instant of this sighting.
    """
    stored = Stored()
    for wave in _waves(items):
        stored += _store_wave(conn, scope, feed_id, wave, seen_at)
    return stored


def _store_wave(
    conn: Connection, scope: str, feed_id: int | None, items: Sequence[NewItem], seen_at: str
) -> Stored:
    known = known_items(conn, scope, [item.identity for item in items])
    decision = decide(known, items)
    if decision.new:
        stamp = {"scope": scope, "feed_id": feed_id, "first_seen": seen_at}
        rows = [_row(item, seen_at) | stamp for item in decision.new]
        conn.execute(insert(item_table), rows)
    for item in decision.changed:
        _revise(conn, known[item.identity], item, seen_at)
    _touch(conn, [known[item.identity]["id"] for item in decision.same], seen_at)
    new_ids = _ids(conn, scope, [item.identity for item in decision.new])
    changed_ids = [known[item.identity]["id"] for item in decision.changed]
    full_text(conn).index_items(conn, [*new_ids, *changed_ids])
    return Stored(
        len(decision.new), len(decision.changed), len(decision.same), (*new_ids, *changed_ids)
    )


def _row(item: NewItem, seen_at: str) -> dict[str, Any]:
    return {
        "identity": item.identity,
        "external_id": item.external_id,
        "title": item.title,
        "url": item.url,
        "publisher": item.publisher,
        "authors": json.dumps(item.authors, ensure_ascii=False),
        "language": item.language,
        "published": item.published or seen_at,
        "published_raw": item.published_raw,
        "published_basis": "stated" if item.published else "seen",
        "updated": item.updated,
        "summary": item.summary,
        "text": item.text,
        "sha256": item.sha256(),
        "last_seen": seen_at,
    }


def _revise(conn: Connection, was: Mapping[str, Any], item: NewItem, seen_at: str) -> None:
    before = {name: was[name] for name in (*_SAID, "revision")}
    conn.execute(
        insert(item_revision).values(**before, item_id=was["id"], seen_at=was["last_seen"])
    )
    values = _row(item, seen_at)
    if not item.published:
        # A date that the item stated once, or when we first saw it, stays.
        for name in ("published", "published_raw", "published_basis"):
            del values[name]
    this_one = item_table.c.id == was["id"]
    conn.execute(update(item_table).where(this_one).values(**values, revision=was["revision"] + 1))


def _touch(conn: Connection, ids: Sequence[int], seen_at: str) -> None:
    for batch in _batches(ids):
        conn.execute(update(item_table).where(item_table.c.id.in_(batch)).values(last_seen=seen_at))


def _ids(conn: Connection, scope: str, identities: Sequence[str]) -> list[int]:
    found: list[int] = []
    for batch in _batches(identities):
        query = select(item_table.c.id).where(item_table.c.scope == scope)
        found += conn.execute(query.where(item_table.c.identity.in_(batch))).scalars()
    return found


def _waves(items: Sequence[NewItem]) -> Iterator[list[NewItem]]:
    """The items in rounds, so that no identity comes twice in one."""
    sightings: dict[str, list[NewItem]] = {}
    for item in items:
        sightings.setdefault(item.identity, []).append(item)
    groups = list(sightings.values())
    turn = 0
    while groups:
        yield [group[turn] for group in groups]
        turn += 1
        groups = [group for group in groups if len(group) > turn]


def _batches(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(values), _BATCH):
        yield values[start : start + _BATCH]
