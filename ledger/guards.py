"""What the database itself keeps true: its layout, its indexes, and its append-only triggers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.engines import engine_module
from ledger.fulltext import full_text

if TYPE_CHECKING:
    from sqlalchemy import Connection


def guard_problems(conn: Connection) -> list[str]:
    """Tables and triggers that are not as they were made, and full-text indexes that are not true.

    In words.
    """
    untrue = full_text(conn).untrue(conn)
    return [
        *engine_module(conn.dialect.name).layout_problems(conn),
        *(f"the search index {index} is not true; `calledit rebuild`" for index in untrue),
    ]


def file_problems(conn: Connection) -> list[str]:
    """What is wrong with the database's own structure, in words."""
    said: list[str] = engine_module(conn.dialect.name).broken(conn)
    return said
