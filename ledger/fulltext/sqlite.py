"""Full text on SQLite: FTS5 tables, which triggers keep true."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import bindparam
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.exc import OperationalError

from ledger.fulltext import Hit
from ledger.sqlite_ddl import CHECK_FULL_TEXT
from ledger.sqlite_ddl import FULL_TEXT
from ledger.sqlite_ddl import REBUILD_FULL_TEXT

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Iterator
    from collections.abc import Sequence
    from typing import Any

    from sqlalchemy import Connection

    from ledger.fulltext import Window

_PREDICTIONS = text("SELECT rowid FROM prediction_fts WHERE prediction_fts MATCH :terms")
_ITEMS = text(
    "SELECT rowid FROM item_fts WHERE item_fts MATCH :terms ORDER BY rank, rowid LIMIT :limit"
)
# Not `ORDER BY rank`: it is slower here by half.
_BEST = text(
    """
SELECT item.id AS id, -bm25(item_fts, 2.0, 1.0, 1.0) AS raw
FROM item_fts JOIN item ON item.id = item_fts.rowid
WHERE item_fts MATCH :words AND item_fts.rowid BETWEEN :first AND :last
  AND item.published >= :start AND item.published < :stop
ORDER BY raw DESC, item.id LIMIT :limit
"""
)
# The index's own dictionary. It belongs to the connection; nothing is written to the ledger.
_DICTIONARY = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.item_term USING fts5vocab(main, item_fts, row)"
)
_COUNTS = text("SELECT term, doc FROM temp.item_term WHERE term IN :terms").bindparams(
    bindparam("terms", expanding=True)
)


def predictions_holding(words: Sequence[str]) -> Any:
    """Ids of predictions with every word, the last a beginning; for use after IN."""
    return _PREDICTIONS.bindparams(terms=" ".join(map(_quoted, words)) + "*")


def items_holding(conn: Connection, terms: Sequence[str], *, limit: int) -> list[int]:
    """Ids of items with every word or phrase, best first."""
    query = " ".join(map(_quoted, terms))
    return list(conn.execute(_ITEMS, {"terms": query, "limit": limit}).scalars())


def best_items(
    conn: Connection, words: Sequence[tuple[str, float]], window: Window, *, limit: int
) -> list[Hit]:
    """Items with any of the weighted words, best first; a title's words count double.

    BM25 adds up over a query's words, so a word of twice the smallest weight stands in it twice.
    """
    if not words:
        return []
    unit = min(weight for _, weight in words)
    repeated = (_quoted(word) for word, weight in words for _ in range(round(weight / unit)))
    bound = {**window._asdict(), "words": " OR ".join(repeated), "limit": limit}
    return [Hit(row.id, row.raw * unit) for row in conn.execute(_BEST, bound)]


def document_counts(conn: Connection, stems: Collection[str]) -> dict[str, int]:
    """How many items hold each of these stems; those that none holds are left out."""
    conn.exec_driver_sql(_DICTIONARY)
    rows = conn.execute(_COUNTS, {"terms": list(stems)})
    return {row.term: row.doc for row in rows}


def index_items(_conn: Connection, _ids: Sequence[int]) -> None:
    """Nothing to do: triggers follow the table."""


def index_predictions(_conn: Connection, _ids: Sequence[int]) -> None:
    """Nothing to do: triggers follow the table."""


@contextmanager
def made_anew(conn: Connection) -> Iterator[None]:
    """Rows of predictions may be replaced in bulk within it; the indexes follow at its end.

    Row by row, keeping the indexes true would cost more than all the rest. Until the transaction
    ends nobody sees that their triggers were away, and after a crash they never were.
    """
    triggers = [sql for sql in FULL_TEXT if sql.startswith("CREATE TRIGGER")]
    for trigger in triggers:
        conn.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger.split()[2]}")
    yield
    for statement in (*REBUILD_FULL_TEXT, *triggers):
        conn.exec_driver_sql(statement)


def untrue(conn: Connection) -> list[str]:
    """The indexes that do not hold what their tables say."""
    return [index for index, check in CHECK_FULL_TEXT.items() if not _passes(conn, check)]


def _passes(conn: Connection, check: str) -> bool:
    try:
        conn.exec_driver_sql(check)
    except OperationalError as error:
        name = getattr(error.orig, "sqlite_errorname", "")
        if name == "SQLITE_ERROR":
            return False  # it is not there, or is no index
        if name.startswith("SQLITE_READONLY"):
            return True  # FTS5 checks by what looks like writing; nothing is known against it
        raise  # somebody is writing, which says nothing of the index
    except DatabaseError:
        return False
    return True


def _quoted(word: str) -> str:
    """A word or phrase in quotes, where nothing is an operator of FTS5."""
    return '"' + word.replace('"', " ").replace("\0", " ") + '"'
