"""`keep`: turn drafts into open predictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.common import add_json
from tui.commands.common import answer
from tui.commands.common import configure_fields
from tui.commands.common import given_fields
from tui.commands.common import identifier

if TYPE_CHECKING:
    import argparse

    from tui.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `keep`."""
    parser.add_argument("ids", type=identifier, nargs="+", metavar="ID")
    parser.add_argument("--statement", metavar="TEXT", help="what is said to come, in one line")
    configure_fields(parser)
    add_json(parser)


def run(args: argparse.Namespace, session: Session) -> int:
    """Keep them, all or none, and look for their news."""
    from ledger import book
    from ledger.linking.engine import link_predictions

    ledger = session.ledger()
    kept = book.keep(ledger, args.ids, given_fields(args), deed=session.deed)
    link_predictions(ledger, [prediction.id for prediction in kept])
    answer(args, session, kept)
    return 0
