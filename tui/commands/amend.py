"""`amend`: change a prediction's fields."""

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
    """Options of `amend`."""
    parser.add_argument("id", type=identifier, metavar="ID")
    parser.add_argument("--statement", metavar="TEXT", help="what is said to come, in one line")
    configure_fields(parser)
    parser.add_argument("--reason", default="", help="why, for the journal")
    add_json(parser)


def run(args: argparse.Namespace, session: Session) -> int:
    """Amend it; the old values stay in the journal."""
    from ledger import book
    from ledger.linking.engine import link_predictions

    ledger = session.ledger()
    prediction = book.amend(
        ledger, args.id, given_fields(args), reason=args.reason, deed=session.deed
    )
    if prediction.status == "open":
        link_predictions(ledger, [prediction.id])
    answer(args, session, [prediction])
    return 0
