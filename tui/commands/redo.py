"""`redo`: do again what you took back last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.common import add_json
from tui.commands.common import tell_deed

if TYPE_CHECKING:
    import argparse

    from tui.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `redo`."""
    add_json(parser, "one JSON object")


def run(args: argparse.Namespace, session: Session) -> int:
    """Do it again; the journal keeps both."""
    from ledger import book

    tell_deed(args, session, book.redo(session.ledger(), deed=session.deed), "did again")
    return 0
