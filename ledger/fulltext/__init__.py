"""Full text behind one door: FTS5 on SQLite, tsvector on PostgreSQL, with the same answers.

Both know words by SQLite's own tokenizer and Porter stemmer, and weigh them by the same BM25
(Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75, as FTS5 computes it), so a ledger gives the same
lists in the same order wherever it lies.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING
from typing import NamedTuple
from typing import Protocol
from typing import cast

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from typing import Any

    from sqlalchemy import Connection

NEWEST = 2**31 - 1  # no id is larger


class Hit(NamedTuple):
    """An item that holds some of the words, and its BM25 score."""

    item_id: int
    raw: float


class Window(NamedTuple):
    """Which items are looked at: by publication (text order), and by arrival (ids)."""

    start: str = ""
    stop: str = "~"
    first: int = 0
    last: int = NEWEST

    def meets(self, earliest: str, latest: str) -> bool:
        """Whether anything published from `earliest` to `latest` can lie in it."""
        return self.start <= latest and earliest < self.stop


class FullText(Protocol):
    """What each engine offers."""

    def predictions_holding(self, words: Sequence[str]) -> Any:
        """Ids of predictions with every word, the last a beginning; for use after IN."""
        ...

    def items_holding(self, conn: Connection, terms: Sequence[str], *, limit: int) -> list[int]:
        """Ids of items with every word or phrase, best first."""
        ...

    def best_items(
        self, conn: Connection, words: Sequence[tuple[str, float]], window: Window, *, limit: int
    ) -> list[Hit]:
        """Items with any of the weighted words, best first; a title's words count double."""
        ...

    def document_counts(self, conn: Connection, stems: Collection[str]) -> dict[str, int]:
        """How many items hold each of these stems; those that none holds are left out."""
        ...

    def index_items(self, conn: Connection, ids: Sequence[int]) -> None:
        """Follow what these items say now."""
        ...

    def index_predictions(self, conn: Connection, ids: Sequence[int]) -> None:
        """Follow what these predictions say now."""
        ...

    def made_anew(self, conn: Connection) -> AbstractContextManager[None]:
        """Rows of predictions may be replaced in bulk within it; the indexes follow at its end."""
        ...

    def untrue(self, conn: Connection) -> list[str]:
        """The indexes that do not hold what their tables say."""
        ...


def full_text(conn: Connection) -> FullText:
    """The full text of the engine that this connection leads to."""
    return cast("FullText", importlib.import_module(f"ledger.fulltext.{conn.dialect.name}"))
