"""`list`: predictions, filtered, searched and sorted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.common import add_json
from tui.commands.common import answer
from tui.commands.common import count

if TYPE_CHECKING:
    import argparse

    from tui.session import Session

_STATUSES = ("draft", "open", "due", "resolved", "withdrawn", "dropped", "all")
_SORTS = ("due", "made", "id", "source")


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `list`."""
    parser.add_argument("words", nargs="*", metavar="QUERY", help="words to find in the text")
    parser.add_argument(
        "--status", choices=_STATUSES, default="", metavar="S", help=_one_of(_STATUSES)
    )
    parser.add_argument("--source", default="", metavar="NAME", help="only this source's")
    parser.add_argument(
        "--due",
        metavar="WINDOW",
        help="overdue, today, week, month, 30d, a last day, or FROM..TO",
    )
    parser.add_argument("--tag", default="", metavar="T", help="only with this tag")
    parser.add_argument("--sort", choices=_SORTS, default="due", metavar="BY", help=_one_of(_SORTS))
    parser.add_argument("--limit", type=count, default=0, metavar="N", help="at most N")
    add_json(parser)


def run(args: argparse.Namespace, session: Session) -> int:
    """Print them."""
    from ledger.queries import Asked
    from ledger.queries import due_window
    from ledger.queries import list_predictions

    today = session.clock.today()
    first, last = due_window(args.due, today) if args.due else (None, None)
    asked = Asked(
        words=" ".join(args.words),
        # What is overdue is open: a resolved claim is not late any more.
        status=args.status or ("open" if args.due == "overdue" else ""),
        source=args.source,
        due_from=first,
        due=last,
        tag=args.tag,
        sort=args.sort,
        limit=args.limit,
    )
    with session.ledger().read() as conn:
        found = list_predictions(conn, asked, today=today)
    answer(args, session, found)
    if not found and asked == Asked(sort=args.sort, limit=args.limit):
        session.note("nothing to list; `calledit read FILE` finds claims, `calledit add` takes one")
    elif not found:
        session.note("no prediction is like that")
    return 0


def _one_of(words: tuple[str, ...]) -> str:
    return ", ".join(words)
