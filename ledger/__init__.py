"""What is kept, and how it is judged. No network, no screen.

The names here are what a script needs; each is imported when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING
from typing import Any

if TYPE_CHECKING:
    from ledger import book as book
    from ledger.model import Evidence as Evidence
    from ledger.reading.reader import read_article as read_article
    from ledger.scoring.scorecard import score as score
    from ledger.store import open_ledger as open_ledger

__version__ = "0.2.0"

_HOMES = {
    "Evidence": "ledger.model",
    "open_ledger": "ledger.store",
    "read_article": "ledger.reading.reader",
    "score": "ledger.scoring.scorecard",
}


def __getattr__(name: str) -> Any:
    if name == "book":
        return importlib.import_module("ledger.book")
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
