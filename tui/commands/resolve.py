"""`resolve`: a person's verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.model import OUTCOMES
from ledger.model import Evidence
from tui.commands.common import add_json
from tui.commands.common import answer
from tui.commands.common import day
from tui.commands.common import identifier
from tui.commands.common import tell_evidence

if TYPE_CHECKING:
    import argparse

    from tui.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `resolve`."""
    parser.add_argument("id", type=identifier, metavar="ID")
    parser.add_argument("outcome", choices=OUTCOMES, metavar="OUTCOME", help=", ".join(OUTCOMES))
    parser.add_argument("--credit", metavar="X", help="for partial: between 0 and 1 (0.5)")
    parser.add_argument(
        "--evidence",
        action="append",
        default=[],
        metavar="ITEM|URL",
        help="a news item's id or a web address; may be repeated",
    )
    parser.add_argument("--quote", default="", help="the passage that settles it")
    parser.add_argument("--reason", default="", help="why, in words")
    parser.add_argument("--on", type=day, metavar="YYYY-MM-DD", help="when it was settled (today)")
    add_json(parser)


def run(args: argparse.Namespace, session: Session) -> int:
    """Resolve it, on evidence or a reason."""
    from ledger import book

    resolved = book.resolve(
        session.ledger(),
        args.id,
        args.outcome,
        credit=args.credit,
        evidence=_evidence(args.evidence, args.quote),
        reason=args.reason,
        on=args.on,
        deed=session.deed,
    )
    answer(args, session, [resolved])
    if not args.json:
        tell_evidence(session, resolved)
    return 0


def _evidence(given: list[str], quote: str) -> list[Evidence | int]:
    """Items by number, the rest as addresses; the quote goes with the first address."""
    found: list[Evidence | int] = []
    for one in given:
        if one.isascii() and one.isdigit() and len(one) < 10:
            found.append(int(one))
        else:
            found.append(Evidence(url=one, quote=quote))
            quote = ""
    if quote:
        found.append(Evidence(quote=quote))
    return found
