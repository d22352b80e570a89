"""The databases that a ledger may lie in, one module each with the same names."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING
from typing import Any

if TYPE_CHECKING:
    from pathlib import Path

_ADDRESSES = ("postgresql:", "postgresql+psycopg:", "postgres:")


def is_address(where: str | Path) -> bool:
    """Whether this names a PostgreSQL database and not a file."""
    return isinstance(where, str) and where.startswith(_ADDRESSES)


def engine_module(name: str) -> Any:
    """The module for this dialect, ``sqlite`` or ``postgresql``, imported only when asked for."""
    return importlib.import_module(f"ledger.engines.{name}")
