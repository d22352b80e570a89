"""`import`: predictions from JSON lines, with their verdicts; or a whole journal."""

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
    parser.add_argument(
        "--format",
        choices=("jsonl", "journal"),
        help="jsonl: predictions; journal: every event, as `export --format journal` writes it; "
        "told from the first line unless named",
    )
    add_json(parser, "one JSON object")


def run(args: argparse.Namespace, session: Session) -> int:
    """Record all of it or nothing."""
    from ledger.exchange.journal import is_journal

    name = "standard input" if args.file == "-" else args.file
    data = bytes_of(args.file)
    if args.format == "journal" or (args.format is None and is_journal(data)):
        return _journal(args, session, data, name)
    if is_journal(data):
        raise ReadError(f"{name} is a journal, not predictions", mend="say --format journal")
    return _predictions(args, session, data, name)


def _journal(args: argparse.Namespace, session: Session, data: bytes, name: str) -> int:
    from ledger.exchange.journal import read_journal
    from ledger.exchange.takeover import import_journal
    from ledger.linking.engine import link_predictions

    file = read_journal(data, name=name)
    ledger = session.ledger()
    done = import_journal(ledger, file)
    link_predictions(ledger, list(done.predictions))
    if args.json:
        counts = {"new": done.new, "known": done.known, "ahead": done.ahead}
        session.print_json(counts | {"events": done.held.size, "root": done.held.root.hex()})
    elif done.new:
        session.print(
            f"{done.new} events taken over, {done.known} were here already; "
            f"the ledger holds {done.held.size}, root {done.held.root.hex()[:16]}…"
        )
    else:
        session.print(
            f"nothing new: the ledger holds all {done.known} events of it"
            + (f", and {done.ahead} more" if done.ahead else "")
        )
    return 0


def _predictions(args: argparse.Namespace, session: Session, data: bytes, name: str) -> int:
    from ledger import book
    from ledger.exchange.jsonl import read_rows
    from ledger.linking.engine import link_predictions

    rows = read_rows(_text_of(data, name).split("\n"), name=name)
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


def _text_of(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ReadError(f"{name} is not UTF-8 text", mend="save it as UTF-8") from None
