"""The app's only door to the ledger: plain calls for worker threads, frozen records back."""

from __future__ import annotations

from tui.desk.desk import Desk
from tui.desk.desk import open_desk

__all__ = ["Desk", "open_desk"]
