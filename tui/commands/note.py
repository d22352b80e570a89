"""`note`: write a remark beside a prediction."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tui.commands.common import add_json
from tui.commands.common import answer
from tui.commands.common import identifier

if TYPE_CHECKING:
    import argparse

    from tui.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `note`."""
    parser.add_argument("id", type=identifier, metavar="ID")
    parser.add_argument("text", nargs="?", default="-", help="the remark; - reads standard input")
    add_json(parser)


def run(args: argparse.Namespace, session: Session) -> int:
    """Write it down."""
    from ledger import book

    text = sys.stdin.read() if args.text == "-" else args.text
    answer(args, session, [book.note(session.ledger(), args.id, text, deed=session.deed)])
    return 0
