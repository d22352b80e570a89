"""The parts of `ledger.verify`, each of which checks one thing and names what is wrong."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and at which event (None: not at one)."""

    event: int | None
    what: str
