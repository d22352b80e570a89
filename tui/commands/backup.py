"""`backup`: a complete, checked copy of the ledger while others use it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ledger.errors import UsageError
from tui.commands.common import add_json
from tui.session import Session

if TYPE_CHECKING:
    import argparse

_QUIET = 1.0  # seconds before it says how far it is
_STEP = 10  # per cent between two lines


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `backup`."""
    parser.add_argument(
        "file",
        metavar="FILE|URL",
        help="a new file, or an empty PostgreSQL database: postgresql://USER@HOST/DATABASE",
    )
    add_json(parser, "one JSON object")


def run(args: argparse.Namespace, session: Session) -> int:
    """Copy, and print the copy's checkpoint; nothing that is there is overwritten."""
    from ledger.backup import back_up
    from ledger.checkpoints import encode

    if not args.file:
        raise UsageError("the copy needs a name", mend="name a new file")
    to = Session(ledger=args.file).ledger_place()
    copied = back_up(session.ledger_place(), to, progress=Meter(session))
    held = copied.checkpoint
    origin, size, root = held.origin, held.size, encode(held.root)
    if args.json:
        session.print_json({"copy": copied.where, "origin": origin, "size": size, "root": root})
    else:
        session.print(f"{origin} {size} {root}")
        session.print(f"copied to {copied.where}")
    return 0


class Meter:
    """Says how far a copy is, every ten per cent, once it has taken a second."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._began = time.monotonic()
        self._told = 0

    def __call__(self, done: int, total: int) -> None:
        """So much is done, of so much."""
        percent = 100 * done // max(total, 1) // _STEP * _STEP
        if percent > self._told and time.monotonic() - self._began > _QUIET:
            self._told = percent
            last = "; now its indexes and a check" if done >= total else ""
            self._session.note(f"copied {percent} %{last}")
