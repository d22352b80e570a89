"""The health of a ledger and of its setup, told without changing either."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ledger.doctor.findings import Finding
from ledger.doctor.findings import failed
from ledger.engines import is_address
from ledger.errors import CalledItError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.clock import Clock

__all__ = ["Finding", "examine"]

_UNREADABLE = "restore a copy of it, as `calledit backup` makes them"


def examine(where: str | Path, *, clock: Clock) -> Iterator[Finding]:
    """Everything that can be said of the ledger at `where`, worst luck included.

    Nothing is created, upgraded or rolled back. What cannot be looked at is a finding, too.

    Args:
        where: A file's path, or a PostgreSQL database's address.
        clock: How old things are is told by it.
    """
    try:
        if is_address(where):
            from ledger.doctor.server import of_server

            yield from of_server(str(where), clock)
        else:
            from ledger.doctor.file import of_file

            yield from of_file(Path(where), clock)
    except CalledItError as error:
        yield failed(error, mend=_UNREADABLE)
