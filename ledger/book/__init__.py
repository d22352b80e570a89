"""The verbs that a person has: one verb is one transaction, of one or more events.

A verb checks its input first, so a refused call leaves the ledger as it was.
"""

from __future__ import annotations

from ledger.book.capture import add
from ledger.book.capture import add_many
from ledger.book.capture import amend
from ledger.book.capture import drop
from ledger.book.capture import keep
from ledger.book.capture import note
from ledger.book.capture import record_article
from ledger.book.capture import withdraw
from ledger.book.importing import import_rows
from ledger.book.judge import accept
from ledger.book.judge import accept_many
from ledger.book.judge import attach
from ledger.book.judge import detach
from ledger.book.judge import reject
from ledger.book.judge import reject_many
from ledger.book.judge import reopen
from ledger.book.judge import resolve
from ledger.book.publishing import publish_scorecard
from ledger.book.undo import redo
from ledger.book.undo import undo

__all__ = [
    "accept",
    "accept_many",
    "add",
    "add_many",
    "amend",
    "attach",
    "detach",
    "drop",
    "import_rows",
    "keep",
    "note",
    "publish_scorecard",
    "record_article",
    "redo",
    "reject",
    "reject_many",
    "reopen",
    "resolve",
    "undo",
    "withdraw",
]
