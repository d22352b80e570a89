"""`poll`: fetch the feeds that are due, and link what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

from ledger.clean import clean_line
from ledger.clock import instant_text
from ledger.scoring.words import counted
from tui.commands.common import add_json

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from feeds.poll import PollSummary
    from feeds.settle import Polled
    from ledger.newsroom import Feed
    from ledger.store import Ledger
    from tui.session import Session

_MAX_WORKERS = 64


def configure(parser: argparse.ArgumentParser) -> None:
    """Options of `poll`."""
    parser.add_argument("feeds", nargs="*", metavar="FEED", help="id or address; all, unless told")
    parser.add_argument("--now", action="store_true", help="ask them even if they are not due")
    parser.add_argument(
        "--workers",
        type=_workers,
        default=8,
        metavar="N",
        help=f"requests at a time, 1 to {_MAX_WORKERS} (8)",
    )
    add_json(parser, "one JSON object")


def _workers(text: str) -> int:
    from argparse import ArgumentTypeError

    if text.isascii() and text.isdigit() and 1 <= int(text[:4]) <= _MAX_WORKERS:
        return int(text)
    raise ArgumentTypeError(f"give a number from 1 to {_MAX_WORKERS}")


def run(args: argparse.Namespace, session: Session) -> int:
    """Poll; fails only if every feed that was asked failed."""
    from feeds.poll import poll
    from ledger.newsroom import find_feed

    ledger = session.ledger()
    ids = None
    if args.feeds:
        with ledger.read() as conn:
            ids = [find_feed(conn, feed).id for feed in dict.fromkeys(args.feeds)]
    summary = poll(
        ledger,
        ids,
        ignore_schedule=args.now,
        workers=args.workers,
        on_progress=lambda polled: session.note(clean_line(_line_of(polled))),
    )
    linked = _link(ledger, summary.item_ids)
    for feed in summary.not_due:
        session.note(clean_line(_not_asked(feed, instant_text(session.clock.now()))))
    if args.json:
        session.print_json(_json(summary, linked))
    else:
        session.print(_in_words(summary, linked))
    failed = summary.count("failing", "gone")
    return 1 if failed and failed == len(summary.polled) else 0


def _link(ledger: Ledger, item_ids: Sequence[int]) -> int:
    if not item_ids:
        return 0  # the linker is not even loaded
    from ledger.linking.engine import link_items

    return link_items(ledger, item_ids)


def _line_of(polled: Polled) -> str:
    name = polled.feed.name
    if polled.error:
        return f"{name}: {polled.outcome}: {polled.error}"
    if polled.outcome == "unchanged":
        return f"{name}: nothing new"
    return f"{name}: {polled.new} new, {polled.changed} changed"


def _in_words(summary: PollSummary, linked: int) -> str:
    if not summary.polled:
        return "no feed is due"
    failed = summary.count("failing", "gone", "held")
    asked, new = counted(len(summary.polled), "feed"), counted(summary.new, "new item")
    text = f"{asked}: {new}, {summary.changed} changed"
    text += f", {linked} links to open predictions" if linked else ""
    return f"{text}; {counted(failed, 'feed')} did not answer well" if failed else text


def _not_asked(feed: Feed, now: str) -> str:
    if feed.is_leased(now, to_other_than=""):
        return f"{feed.name} is being asked by {feed.leased_by}"
    return f"{feed.name} is not due: {'; '.join(feed.next_why)}; see --now"


def _json(summary: PollSummary, linked: int) -> dict[str, Any]:
    return {
        "feeds": len(summary.polled),
        "new": summary.new,
        "changed": summary.changed,
        "unchanged": summary.count("unchanged"),
        "failing": summary.count("failing", "gone"),
        "held": summary.count("held"),
        "linked": linked,
        "polled": [
            {
                "feed": polled.feed.id,
                "url": polled.feed.url,
                "outcome": polled.outcome,
                "new": polled.new,
                "changed": polled.changed,
                "items": list(polled.item_ids),
                "error": polled.error or None,
                "warnings": list(polled.warnings),
                "next_poll": {"at": polled.next_at or None, "why": list(polled.why)},
            }
            for polled in summary.polled
        ],
        "not_due": [feed.id for feed in summary.not_due],
    }
