"""News items and links put straight into a ledger, for tests that need some."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import insert

from ledger.fulltext import full_text
from ledger.schema import item as item_table
from ledger.schema import link as link_table

if TYPE_CHECKING:
    from ledger.store import Ledger


def add_item(ledger: Ledger, **values: Any) -> int:
    """A news item of 10 January 2026; its id."""
    with ledger.write() as conn:
        count = conn.exec_driver_sql("SELECT count(*) FROM item").scalar_one()
        row = {
            "scope": "news",
            "identity": f"item {count}",
            "published": "2026-01-10T00:00:00.000000Z",
            "first_seen": "2026-01-10T00:00:00.000000Z",
            "publisher": "The Daily Example",
            "url": f"https://news.example/{count}",
            **values,
        }
        key = conn.execute(insert(item_table).values(row)).inserted_primary_key
        assert key is not None
        full_text(conn).index_items(conn, [int(key[0])])
        return int(key[0])


def add_link(ledger: Ledger, prediction_id: int, item_id: int) -> int:
    """A suggested link; its id."""
    with ledger.write() as conn:
        row = {"prediction_id": prediction_id, "item_id": item_id, "score": 0.5}
        key = conn.execute(insert(link_table).values(row)).inserted_primary_key
        assert key is not None
        return int(key[0])
