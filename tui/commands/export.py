"""`export`: every open and resolved prediction, in a file or on standard output."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.errors import CalledItError

if TYPE_CHECKING:
    import argparse

    from tui.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `export`."""
    parser.add_argument("--format", choices=("jsonl",), default="jsonl", help="jsonl")
    parser.add_argument("--json", action="store_true", help="the same: it is JSON already")
    parser.add_argument("-o", dest="file", metavar="FILE", help="a file instead of standard output")


def run(args: argparse.Namespace, session: Session) -> int:
    """Write them, one object a line; a file that is there is not overwritten."""
    from ledger.exchange.jsonl import write_rows

    with session.ledger(create=False).read() as conn:
        rows = list(write_rows(conn, today=session.clock.today()))
    if args.file is None:
        for row in rows:
            session.print_json(row)
        return 0
    try:
        with Path(args.file).open("x", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    except FileExistsError:
        raise CalledItError(f"{args.file} is there already", mend="name another file") from None
    except OSError as error:
        raise CalledItError(f"{args.file} cannot be written: {error.strerror}") from error
    session.note(f"{len(rows)} predictions written to {args.file}")
    return 0
