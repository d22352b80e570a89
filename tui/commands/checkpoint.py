"""`checkpoint`: three lines that let anyone tell later whether history was changed."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from tui.commands.common import add_json

if TYPE_CHECKING:
    import argparse

    from tui.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `checkpoint`."""
    add_json(parser, "one JSON object")


def run(args: argparse.Namespace, session: Session) -> int:
    """Print it."""
    from ledger.journal import checkpoint

    with session.ledger(create=False).read() as conn:
        held = checkpoint(conn)
    if args.json:
        root = base64.b64encode(held.root).decode()
        session.print_json({"origin": held.origin, "size": held.size, "root": root})
    else:
        session.print(held.text().rstrip("\n"))
    return 0
