"""`seed`: the seed ledger's claims, feeds and later news, written once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.common import add_json

if TYPE_CHECKING:
    import argparse

    from ledger.store import Ledger
    from tui.session import Session


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `seed`."""
    add_json(parser, "one JSON object")


def run(args: argparse.Namespace, session: Session) -> int:
    """Write it into the current ledger."""
    counts = plant(session.ledger())
    if args.json:
        session.print_json(counts)
    elif any(counts.values()):
        session.print(
            f"{counts['predictions']} predictions, {counts['items']} news items, "
            f"{counts['feeds']} feeds; none is resolved: `calledit` opens them for you"
        )
    else:
        session.note("the seed ledger is here already: nothing is added")
    return 0


def plant(ledger: Ledger) -> dict[str, int]:
    """Write the seeds by the same verbs that any claim, feed or item comes in by.

    What is there already is passed over, so a run that was cut short is completed by the next.

    Returns:
        How many predictions, items and feeds were new.
    """
    import seeds
    from feeds.opml import import_opml
    from ledger import book
    from ledger.linking.engine import link_predictions
    from ledger.newsroom import import_news

    article = seeds.article()
    rows = [
        {**claim, "article": article, "line": line}
        for line, claim in enumerate(seeds.claims(), start=1)
    ]
    planted = book.import_rows(ledger, rows, name="the seed ledger")
    news = import_news(ledger, seeds.later_news())
    feeds = import_opml(ledger, seeds.feeds_opml())
    link_predictions(ledger, list(planted.ids))
    return {"predictions": len(planted.ids), "items": news.new, "feeds": feeds.added}
