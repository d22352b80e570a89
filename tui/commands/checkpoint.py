"""`checkpoint`: three lines that let anyone tell later whether history was changed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tui.commands.common import add_json

if TYPE_CHECKING:
    import argparse

    from tui.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `checkpoint`."""
    parser.add_argument(
        "--sign",
        nargs="?",
        const="",
        metavar="KEY",
        help="sign with an SSH key: KEY, or CALLEDIT_SIGNING_KEY, git's, or one in ~/.ssh",
    )
    parser.add_argument("-o", dest="file", metavar="FILE", help="a file instead of standard output")
    add_json(parser, "one JSON object")


def run(args: argparse.Namespace, session: Session) -> int:
    """Print it; a file that is there is not overwritten."""
    from ledger.checkpoints import encode
    from ledger.journal import checkpoint

    with session.ledger(create=False).read() as conn:
        held = checkpoint(conn)
    signature = None if args.sign is None else _signature(held.text(), args.sign)
    if args.json:
        shape = {"origin": held.origin, "size": held.size, "root": encode(held.root)}
        signed = {} if signature is None else {"signature": signature}
        session.print_json(shape | signed)
    text = held.text() if signature is None else f"{held.text()}\n{signature}"
    if args.file is not None:
        _write(args.file, text)
    elif not args.json:
        session.print(text.rstrip("\n"))
    return 0


def _signature(text: str, key: str) -> str:
    from ledger.signing import sign
    from ledger.signing import signing_key

    return sign(text, signing_key(key), person=sys.stdin.isatty() and sys.stderr.isatty())


def _write(name: str, text: str) -> None:
    from ledger.clean import clean_line
    from ledger.errors import CalledItError

    said = clean_line(name, limit=300)
    try:
        with Path(name).open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise CalledItError(f"{said} is there already", mend="name another file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CalledItError(f"{said} cannot be written: {reason}") from error
