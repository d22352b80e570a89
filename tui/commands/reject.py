"""`reject`: say that a link does not bear on its prediction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.common import add_json
from tui.commands.common import answer
from tui.commands.common import identifier

if TYPE_CHECKING:
    import argparse

    from tui.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `reject`."""
    parser.add_argument("links", type=identifier, nargs="+", metavar="LINK", help="as `link` shows")
    add_json(parser)


def run(args: argparse.Namespace, session: Session) -> int:
    """Reject them all, or none; they are not suggested again."""
    from ledger import book

    answer(args, session, book.reject_many(session.ledger(), args.links, deed=session.deed))
    return 0
