"""`import`: predictions from JSON lines, with their verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.errors import ReadError
from tui.commands.common import add_json
from tui.commands.common import bytes_of

if TYPE_CHECKING:
    import argparse

    from tui.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `import`."""
    parser.add_argument("file", metavar="FILE", help="- is standard input")
    parser.add_argument("--format", choices=("jsonl",), default="jsonl", help="jsonl")
    add_json(parser, "one JSON object")


def run(args: argparse.Namespace, session: Session) -> int:
    """Record all of it or nothing."""
    from ledger import book
    from ledger.exchange.jsonl import read_rows
    from ledger.linking.engine import link_predictions

    name = "standard input" if args.file == "-" else args.file
    rows = read_rows(_text_of(args.file, name).split("\n"), name=name)
    ledger = session.ledger()
    done = book.import_rows(ledger, rows, name=name, deed=session.deed)
    link_predictions(ledger, list(done.ids))
    if args.json:
        counts = {"new": len(done.ids), "known": done.known, "resolved": done.resolved}
        session.print_json(counts)
    else:
        session.print(
            f"{len(done.ids)} predictions recorded, {done.resolved} of them resolved; "
            f"{done.known} were here already"
        )
    return 0


def _text_of(file: str, name: str) -> str:
    try:
        return bytes_of(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ReadError(f"{name} is not UTF-8 text", mend="save it as UTF-8") from None
