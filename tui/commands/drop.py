"""`drop`: set drafts aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.common import add_json
from tui.commands.common import answer
from tui.commands.common import identifier

if TYPE_CHECKING:
    import argparse

    from tui.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `drop`."""
    parser.add_argument("ids", type=identifier, nargs="+", metavar="ID")
    parser.add_argument("--reason", default="", help="why, for the journal")
    add_json(parser)


def run(args: argparse.Namespace, session: Session) -> int:
    """Drop them, all or none."""
    from ledger import book

    answer(
        args, session, book.drop(session.ledger(), args.ids, reason=args.reason, deed=session.deed)
    )
    return 0
