"""`undo`: take back what you did last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.common import add_json
from tui.commands.common import tell_deed

if TYPE_CHECKING:
    import argparse

    from tui.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `undo`."""
    add_json(parser, "one JSON object")


def run(args: argparse.Namespace, session: Session) -> int:
    """Take it back; the journal keeps both."""
    from ledger import book

    tell_deed(args, session, book.undo(session.ledger(), deed=session.deed), "took back")
    return 0
