"""`reopen`: take a verdict away again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.common import add_json
from tui.commands.common import answer
from tui.commands.common import identifier

if TYPE_CHECKING:
    import argparse

    from tui.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `reopen`."""
    parser.add_argument("id", type=identifier, metavar="ID")
    parser.add_argument("--reason", required=True, help="why, for the journal")
    add_json(parser)


def run(args: argparse.Namespace, session: Session) -> int:
    """Reopen it; the old verdict stays in the journal."""
    from ledger import book

    answer(
        args,
        session,
        [book.reopen(session.ledger(), args.id, reason=args.reason, deed=session.deed)],
    )
    return 0
