"""`add`: record a prediction by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.common import add_json
from tui.commands.common import answer
from tui.commands.common import configure_fields
from tui.commands.common import given_fields

if TYPE_CHECKING:
    import argparse

    from tui.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `add`."""
    parser.add_argument("statement", help="what is said to come, in one line")
    configure_fields(parser)
    add_json(parser)


def run(args: argparse.Namespace, session: Session) -> int:
    """Record it; it is open at once."""
    from ledger import book
    from ledger.linking.engine import link_predictions

    ledger = session.ledger()
    prediction = book.add(ledger, given_fields(args), deed=session.deed)
    link_predictions(ledger, [prediction.id])
    answer(args, session, [prediction])
    return 0
