"""`link`: the news that bears on predictions, ranked, with the reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

from ledger.clean import clean_line
from tui.commands.common import add_json
from tui.commands.common import count
from tui.commands.common import day
from tui.commands.common import identifier

if TYPE_CHECKING:
    import argparse

    from ledger.links import Link
    from ledger.model import Prediction
    from tui.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `link`."""
    parser.add_argument(
        "ids", type=identifier, nargs="*", metavar="ID", help="all open unless told"
    )
    parser.add_argument("--all", action="store_true", help="every open prediction (the same)")
    parser.add_argument("--limit", type=count, default=10, metavar="N", help="at most N items (10)")
    parser.add_argument(
        "--as-of", type=day, metavar="YYYY-MM-DD", help="only items published up to this day"
    )
    add_json(parser)


def run(args: argparse.Namespace, session: Session) -> int:
    """Search the archive again and print the best; each item's link id is for `accept`."""
    from ledger.linking.engine import LIMIT
    from ledger.linking.engine import link_predictions
    from ledger.linking.engine import wanted
    from ledger.links import links_of

    ledger = session.ledger()
    link_predictions(ledger, args.ids or None, limit=max(args.limit, LIMIT), as_of=args.as_of)
    until = "" if args.as_of is None else args.as_of.isoformat()
    with ledger.read() as conn:
        predictions = wanted(conn, ledger, args.ids or None)
        ranked = [(p, links_of(conn, p.id, until=until)) for p in predictions]
    for prediction, held in ranked:
        # Best first, whatever was decided of them.
        found = sorted(held, key=lambda link: (-link.score, link.item_id))[: args.limit]
        if args.json:
            session.print_json(_json(prediction, found))
        else:
            _tell(session, prediction, found)
    if not ranked:
        session.note("no open prediction to link; `calledit keep` or `calledit add` makes some")
    return 0


def _json(prediction: Prediction, found: list[Link]) -> dict[str, Any]:
    return {
        "prediction": prediction.id,
        "external_id": prediction.external_id,
        "items": [
            {
                "link": link.id,
                "item": link.item_id,
                "external_id": link.external_id,
                "title": link.title,
                "url": link.url,
                "publisher": link.publisher,
                "published": link.published,
                "score": round(link.score, 4),
                "stance": link.stance,
                "stance_confidence": link.stance_confidence,
                "story": link.story,
                "why": list(link.why),
                "state": link.state,
            }
            for link in found
        ],
    }


def _tell(session: Session, prediction: Prediction, found: list[Link]) -> None:
    session.print(f"{prediction.id}  {prediction.statement}")
    for link in found:
        state = "" if link.state == "suggested" else f" [{link.state}]"
        where = (
            f"{link.publisher}, {link.published[:10]}" if link.publisher else link.published[:10]
        )
        session.print(
            f"    link {link.id:<5} (item {link.item_id}) {link.score:.2f}  "
            f"{clean_line(link.title, limit=100)}"
            f"  ({where}){state}  matches {', '.join(link.why[:6])}"
        )
    if not found:
        session.print("    no news bears on it yet")
