"""Look over a ledger of either engine, and turn every failure into a finding."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from ledger.clean import clean_line
from ledger.doctor.findings import Finding
from ledger.doctor.findings import failed
from ledger.doctor.findings import wrong
from ledger.engines import is_address
from ledger.errors import CalledItError
from ledger.errors import ConnectionLostError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.clock import Clock

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
    except ConnectionLostError as error:
        yield failed(error, mend="see that the server runs and the address is right")
    except CalledItError as error:
        yield failed(error, mend=_UNREADABLE)
    except OSError as error:
        yield wrong(f"it could not be looked at: {error}", "see to the disk and the permissions")
    except (SQLAlchemyError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        # What is stored is not what any version of ours writes.
        said = clean_line(str(error), limit=200)
        yield wrong(f"what it holds could not be read: {said}", _UNREADABLE)
