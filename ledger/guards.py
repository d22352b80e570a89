"""What the database itself keeps true: append-only triggers and full-text indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.engines import engine_module
from ledger.fulltext import full_text

if TYPE_CHECKING:
    from sqlalchemy import Connection


def guard_problems(conn: Connection) -> list[str]:
    """Triggers that are gone or changed, and full-text indexes that are not their tables'."""
    missing = engine_module(conn.dialect.name).missing_guards(conn)
    untrue = full_text(conn).untrue(conn)
    return [f"the database lacks: {what}" for what in missing] + [
        f"the search index {index} is not true; `calledit rebuild`" for index in untrue
    ]
