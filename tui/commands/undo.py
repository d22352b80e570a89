"""`undo`: take back what you did last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.common import add_json

if TYPE_CHECKING:
    import argparse

    from tui.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `undo`."""
    add_json(parser, "one JSON object")


def run(args: argparse.Namespace, session: Session) -> int:
    """Take it back; the journal keeps both."""
    from ledger import book
    from ledger.queries import get_prediction

    event = book.undo(session.ledger())
    if args.json:
        session.print_json({"type": event.type, "subject": event.subject})
        return 0
    with session.ledger().read() as conn:
        prediction = get_prediction(conn, int(event.subject.partition(":")[2]))
    session.print(
        f"took back: {event.type.partition('.')[2]} ({prediction.id}  {prediction.statement})"
    )
    return 0
