"""`rebuild`: make the views again from the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.common import add_json

if TYPE_CHECKING:
    import argparse

    from tui.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `rebuild`."""
    add_json(parser, "one JSON object")


def run(args: argparse.Namespace, session: Session) -> int:
    """Drop the views' rows and fold every event again, in one transaction."""
    from ledger import views

    with session.ledger(create=False).write() as conn:
        subjects = views.rebuild(conn, session.clock.today())
    if args.json:
        session.print_json({"subjects": subjects})
    else:
        session.print(f"made the views of {subjects} articles and predictions again")
    return 0
