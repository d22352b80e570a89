"""`verify`: check the ledger from its stored bytes up."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.errors import ReadError
from ledger.scoring.words import counted
from tui.commands.common import add_json

if TYPE_CHECKING:
    import argparse

    from ledger.checkpoints import Checkpoint
    from tui.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `verify`."""
    parser.add_argument(
        "--against",
        action="append",
        default=[],
        metavar="CHECKPOINT",
        help="a file with a checkpoint that you kept (- is standard input); may be repeated",
    )
    add_json(parser, "one JSON object")


def run(args: argparse.Namespace, session: Session) -> int:
    """Say what is wrong, and leave with 1 if anything is."""
    from ledger.verify import verify

    held = [_checkpoint(name) for name in args.against]
    with session.ledger(create=False).read() as conn:
        found = verify(conn, held)
    problems = [{"event": p.event, "what": p.what} for p in found.problems]
    if args.json:
        session.print_json(
            {
                "ok": found.ok,
                "events": found.events,
                "root": found.root,
                "problems": problems,
                "scorecards": found.scorecards,
                "not_recomputed": found.not_recomputed,
            }
        )
    elif found.ok:
        since = f", and {counted(len(held), 'checkpoint')} kept elsewhere agree" if held else ""
        session.print(f"ok: {found.events} events, root {found.root[:16]}…{since}")
        if found.scorecards:
            session.print(f"{counted(found.scorecards, 'published scorecard')} came out again")
    else:
        for problem in found.problems:
            session.print(f"wrong: {problem.what}")
    if found.not_recomputed:
        told = counted(found.not_recomputed, "published scorecard")
        session.note(f"not recomputed, made by other scoring rules: {told}")
    return 0 if found.ok else 1


def _checkpoint(name: str) -> Checkpoint:
    from ledger.checkpoints import parse_checkpoint

    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ReadError(f"{name} cannot be read: {said}") from error
    return parse_checkpoint(text, name=name)
