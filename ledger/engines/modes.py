"""What a transaction is for, told to the engine that begins it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Literal
from typing import cast

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy import Engine

# "schema" writes too, at a moment when there may be no tables yet.
Mode = Literal["read", "write", "schema"]


def in_mode(engine: Engine, mode: Mode) -> Engine:
    """The same engine, whose transactions are for this."""
    return engine.execution_options(calledit_mode=mode)


def mode_of(conn: Connection) -> Mode:
    """What the connection's transaction is for; reading unless told."""
    return cast("Mode", conn.get_execution_options().get("calledit_mode", "read"))
