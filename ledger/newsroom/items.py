"""Find items: by id, newest first, by full text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import select

from ledger.errors import NotFoundError
from ledger.fulltext import full_text
from ledger.newsroom.records import Item
from ledger.newsroom.records import Revision
from ledger.record import record
from ledger.schema import item as item_table
from ledger.schema import item_revision

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MAX_WORDS = 20
_WORD = re.compile(r'"([^"]*)"|(\S+)')


def get_item(conn: Connection, item_id: int) -> Item:
    """One item.

    Raises:
        NotFoundError: There is none of this id.
    """
    row = conn.execute(select(item_table).where(item_table.c.id == item_id)).mappings().first()
    if row is None:
        raise NotFoundError(f"there is no news item {item_id}", mend="`calledit news list`")
    return Item.from_row(dict(row))


def list_items(
    conn: Connection, *, feed_id: int | None = None, limit: int = 50, offset: int = 0
) -> list[Item]:
    """Items, newest first; of one feed, or of all."""
    query = select(item_table).order_by(item_table.c.published.desc(), item_table.c.id.desc())
    if feed_id is not None:
        query = query.where(item_table.c.feed_id == feed_id)
    rows = conn.execute(query.limit(limit).offset(offset)).mappings()
    return [Item.from_row(dict(row)) for row in rows]


def search_items(conn: Connection, query: str, *, limit: int = 50) -> list[Item]:
    """Items that hold every word of `query`, best first; "words in quotes" stay together.

    No query is an error: what no index can find finds nothing.
    """
    terms = search_terms(query)
    if not terms:
        return []
    ranked = full_text(conn).items_holding(conn, terms, limit=limit)
    rows = conn.execute(select(item_table).where(item_table.c.id.in_(ranked))).mappings()
    found = {row["id"]: Item.from_row(dict(row)) for row in rows}
    return [found[item_id] for item_id in ranked if item_id in found]


def search_terms(query: str) -> list[str]:
    """The words and quoted phrases of what a person typed."""
    terms = (" ".join((phrase or word).split()) for phrase, word in _WORD.findall(query[:2_000]))
    cleaned = (term.replace('"', " ").replace("\0", " ").strip() for term in terms)
    # Marks alone are nothing to look for, and FTS5 would find nothing because of them.
    return [term for term in cleaned if any(map(str.isalnum, term))][:_MAX_WORDS]


def revisions_of(conn: Connection, item_id: int) -> list[Revision]:
    """What an item said before, oldest first; nothing for one that never changed."""
    columns = [item_revision.c[name] for name in Revision.__dataclass_fields__]
    query = select(*columns).where(item_revision.c.item_id == item_id)
    rows = conn.execute(query.order_by(item_revision.c.revision)).mappings()
    return [record(Revision, row) for row in rows]
