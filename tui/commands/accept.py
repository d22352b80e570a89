"""`accept`: make a suggested link evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.common import add_json
from tui.commands.common import answer
from tui.commands.common import identifier
from tui.commands.common import tell_evidence

if TYPE_CHECKING:
    import argparse

    from tui.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `accept`."""
    parser.add_argument("links", type=identifier, nargs="+", metavar="LINK", help="as `link` shows")
    add_json(parser)


def run(args: argparse.Namespace, session: Session) -> int:
    """Accept them all, or none; each is snapshotted into the journal."""
    from ledger import book

    for prediction in book.accept_many(session.ledger(), args.links, deed=session.deed):
        answer(args, session, [prediction])
        if not args.json:
            tell_evidence(session, prediction)
    return 0
